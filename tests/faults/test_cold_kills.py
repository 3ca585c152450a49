"""Whoever puts facts into cold storage is killed at any step: every fact stays, here or in its file."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cold import ColdScene
from conftest import new_database
from faults.campaign import Tell, rounds
from given import LEDGER

from domain.journal import cold_store
from domain.journal.lookup import stored_keys

pytestmark = pytest.mark.faults

STEPS = 45
"""About so many statements does it take to go around once."""

RUN = """
import datetime as dt, os, signal, sys
from pathlib import Path
import psycopg
from domain.journal import cold_file, cold_store

dsn, ledger, place = sys.argv[1:]
NOW = dt.datetime(2026, 1, 6, tzinfo=dt.UTC)


def around(left):
    def step(work):
        def counted(*given, **named):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(*given, **named)
        return counted

    psycopg.Cursor.execute = step(psycopg.Cursor.execute)
    cold_file.sync_directory = step(cold_file.sync_directory)
    with cold_store.working(dsn, ledger) as cursor:
        for part in cold_store.listed(cursor):
            if part.dropped_at is not None:
                cold_store.bring_back(cursor, part, lambda _: None)
        for part in cold_store.ready(cursor):
            cold_store.store(cursor, part, Path(place), NOW, lambda _: None)
        for part in cold_store.listed(cursor):
            if part.file and not part.dropped_at:
                cold_store.drop(cursor, part, NOW)


print("ready", flush=True)
for left in sys.stdin:
    child = os.fork()
    if not child:
        around(int(left))
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""
"""Forks a process that brings back, stores and drops, and is killed at the step that it is told."""


@contextmanager
def going_around(scene: ColdScene) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", RUN, scene.dsn, LEDGER, str(scene.place)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        process.stdout.readline()
        try:
            yield process
        finally:
            process.stdin.close()
            process.wait()


@rounds(8, soak=150)
def test_a_killed_keeper_of_cold_storage_loses_nothing(
    postgres: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    dice, killed, dropped = random.Random(rounds), 0, 0
    with new_database(postgres) as dsn:
        scene = ColdScene(dsn, tmp_path)
        scene.seal()
        before = list(scene.journal.read())
        keys = [(record.source, record.key) for record in before]
        with going_around(scene) as process:
            assert process.stdin is not None and process.stdout is not None
            for number in range(rounds):
                # Further and further at first, so that every state is met; then anywhere.
                step = 1 + number * STEPS // 8 if number < 8 else dice.randint(1, 2 * STEPS)
                process.stdin.write(f"{step}\n")
                process.stdin.flush()
                status = int(process.stdout.readline())
                killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
                assert list(scene.journal.read()) == before
                with scene.journal.cursor() as cursor:
                    found = stored_keys(cursor, keys)
                    assert [found[key].position for key in keys] == list(range(1, len(keys) + 1))
                    parts = cold_store.listed(cursor)
                    dropped += any(part.dropped_at for part in parts)
        scene.drop([part for part in [*scene.store(), *parts] if part.file and not part.dropped_at])
        assert list(scene.journal.read()) == before
        scene.journal.close()
    assert killed
    tell(
        "cold storage killed",
        rounds=rounds,
        faults=killed,
        found="0 lost",
        dropped=dropped,
    )
