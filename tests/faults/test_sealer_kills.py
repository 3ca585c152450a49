"""A sealer killed at any instant: every checkpoint that was ever seen is a beginning of every later one."""

import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from faults.campaign import Tell, rounds
from given import LEDGER, NOW, visits
from sealing import checkpoints, leaf_hashes, require_true, seal_home, sealer

from domain.journal import merkle, sealed
from domain.journal.append import Journal
from domain.journal.checkpoint import parse_checkpoint
from domain.journal.note import NoteRefused, parse_note

pytestmark = pytest.mark.faults

LONGEST_SECONDS = 0.4

RUN = """
import sys, threading
from pathlib import Path
from domain.journal import sealer
from domain.journal.seal_home import SealHome
sealer.PAUSE_SECONDS = 0.0
sealer.SPAN_RECORDS = 70
dsn, ledger, place, rotates = sys.argv[1:]
running = sealer.Sealer(dsn, ledger, SealHome(Path(place), ledger))
print("ready", flush=True)
if rotates == "True":
    running.rotate()
running.follow(threading.Event())
"""
"""A sealer that never rests and takes small steps, so that a kill meets it anywhere in its work."""


class Seen:
    """Every checkpoint that came to light, in the database or in the home."""

    def __init__(self, journal: Journal, memory: Path) -> None:
        self._journal, self._memory = journal, memory
        self.notes: set[str] = set()

    def look(self) -> None:
        """Takes down what is there now."""
        with self._journal.cursor() as cursor:
            newest = sealed.newest(cursor)
        if newest is not None:
            self.notes.add(newest.note.text)
        if self._memory.exists():
            try:
                self.notes.add(parse_note(self._memory.read_bytes()).text)
            except NoteRefused as torn:
                raise AssertionError("the home's checkpoint was half written") from torn

    def require_true(self) -> None:
        """Checks every one of them against the records as they are now."""
        heads = [parse_checkpoint(text) for text in self.notes]
        lines = leaf_hashes(self._journal, max(each.size for each in heads))
        for each in heads:
            assert each.root == merkle.root(lines[: each.size]), each


@contextmanager
def writing(journal: Journal) -> Iterator[None]:
    """Facts keep coming, in batches of odd sizes."""
    dice, stop = random.Random(3), threading.Event()

    def work() -> None:
        while not stop.wait(0.003):
            journal.append(visits(dice.choice((1, 3, 20))), now=NOW)

    writer = threading.Thread(target=work)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


@rounds(10, soak=300)
def test_a_killed_sealer_never_contradicts_itself(
    ledger_dsn: str, journal: Journal, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    """One round in four hands over to a new key before it is killed."""
    dice, seen = random.Random(rounds), Seen(journal, seal_home(tmp_path).memory_file)
    journal.append(visits(1), now=NOW)
    sealer(ledger_dsn, tmp_path).catch_up()
    for number in range(rounds):
        rotates = str(number % 4 == 3)
        options = [ledger_dsn, LEDGER, str(tmp_path / "seal"), rotates]
        with writing(journal):
            process = subprocess.Popen([sys.executable, "-c", RUN, *options], stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            until = time.monotonic() + dice.uniform(0, LONGEST_SECONDS)
            while time.monotonic() < until:
                seen.look()
            assert process.poll() is None, "it must be alive to be killed"
            process.kill()
            process.wait()
            process.stdout.close()
            seen.look()
    sealer(ledger_dsn, tmp_path).catch_up()
    seen.look()
    seen.require_true()
    require_true(journal)
    kept = checkpoints(journal)
    assert kept[-1].checkpoint.size == journal.head()
    with journal.cursor() as cursor:
        keys = len(sealed.keys(cursor))
    tell(
        "sealer killed",
        rounds=rounds,
        faults=rounds,
        found=f"{len(seen.notes)} seen, 0 contradicted",
        keys=keys,
    )


def test_two_sealers_whose_connections_are_killed_make_one_tree(
    ledger_dsn: str, journal: Journal, tmp_path: Path
) -> None:
    stop, failed = threading.Event(), list[BaseException]()

    def follow() -> None:
        try:
            sealer(ledger_dsn, tmp_path).follow(stop)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    with writing(journal), psycopg.connect(ledger_dsn, autocommit=True) as killer:
        for _ in range(8):
            time.sleep(0.25)
            killer.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and pid <> pg_backend_pid() and query like '%%checkpoint%%'"
            )
    stop.set()
    for thread in threads:
        thread.join(15)
    assert not failed
    sealer(ledger_dsn, tmp_path).catch_up()
    require_true(journal)
