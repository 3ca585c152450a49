"""A close and a what-if by one process, by two local workers, and by a Dask cluster over TCP, in one run.

The people are those of `closing` and `simulating`. One process works on the next part while the database is
busy, so it uses more than one processor already. Each way comes to the same bytes, or the run fails. A close
that is not counted comes first: what workers import is paid when they begin, not by each close.
"""

import argparse
import copy
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import yaml

from api.cluster.crew import crew_of
from api.garbage import collect_seldom
from api.settings import Settings
from benchmarks.closing import MARCH, PLAN
from benchmarks.scratch import LEDGER, database
from benchmarks.simulating import FIRST, LAST, MONTHS, fill_year
from domain.journal.connection import connect
from domain.plan.parse import plan_document
from projections import closing
from projections.crew import Crew
from projections.simulation import WhatIf, simulate
from projections.spans import Cursor

ALONE = "one process"

Work = Callable[[Cursor, Crew | None], bytes]


def closed(cursor: Cursor, crew: Crew | None) -> bytes:
    """The digest of a month's statements."""
    with cursor.connection.transaction():
        return closing.compute(cursor, MARCH, closing.head(cursor), crew).digest.encode()


def tried(cursor: Cursor, crew: Crew | None) -> bytes:
    """A higher bonus on the year."""
    changed = copy.deepcopy(plan_document(yaml.safe_load(PLAN.read_text("utf-8"))))
    changed["parameters"]["client_bonus"]["value"] = "60.00"
    asked = WhatIf(FIRST, LAST, changed)
    return msgspec.json.encode(simulate(cursor, asked, closing.head(cursor), crew=crew))


@contextmanager
def tcp(dsn: str, workers: int) -> Generator[str]:
    """The address of a scheduler on loopback with so many workers, each a process."""
    begun: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scheduler.json")
        environment = {**os.environ, "MERITBOOK_DATABASE_URL": dsn, "PYTHONPATH": os.getcwd()}
        for options in (
            ("scheduler", "--port", "0", "--dashboard-address", "127.0.0.1:0"),
            *[("worker", "--no-nanny", "--nthreads", "1", "--no-dashboard")] * workers,
        ):
            command = [sys.executable, "-m", "dask", *options, "--host", "127.0.0.1"]
            command += ["--scheduler-file", str(file)]
            begun.append(
                subprocess.Popen(
                    command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
        try:
            while not file.exists():
                time.sleep(0.05)
            yield str(msgspec.json.decode(file.read_bytes())["address"])
        finally:
            for process in begun:
                process.kill()
                process.wait()


def measured(work: Work, cursor: Cursor, crew: Crew | None) -> tuple[float, bytes]:
    """How long `work` takes, and what it came to."""
    began = time.perf_counter()
    found = work(cursor, crew)
    return time.perf_counter() - began, found


def run(cursor: Cursor, dsn: str, chosen: argparse.Namespace, works: dict[str, Work]) -> bool:
    """Prints how long each way takes; whether all come to the same."""
    settings = Settings(home=Path(), ledger=LEDGER)
    same = True
    with tcp(dsn, chosen.workers) as address:
        alone: dict[str, tuple[float, bytes]] = {}
        closed(cursor, None)
        for name, work in works.items():
            alone[name] = measured(work, cursor, None)
            print(f"{name:<28}{ALONE:<16}{alone[name][0]:>8.2f} s", flush=True)
        for way, scheduler in ((f"local:{chosen.workers}", f"local:{chosen.workers}"), ("tcp", address)):
            began = time.perf_counter()
            with crew_of(scheduler, settings, dsn) as crew:
                joined = time.perf_counter() - began
                closed(cursor, crew)
                for name, work in works.items():
                    seconds, found = measured(work, cursor, crew)
                    same &= found == alone[name][1]
                    ratio = alone[name][0] / seconds
                    print(f"{name:<28}{way:<16}{seconds:>8.2f} s {ratio:>6.2f} × as fast", flush=True)
            print(f"{'':<28}{way:<16}{joined:>8.2f} s to begin, or join")
    print("the same bytes each way" if same else "MISSED: not the same bytes")
    return same


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a way comes to something else."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dsn", default=os.environ.get("MERITBOOK_TEST_DATABASE_URL"), help="a server to use"
    )
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--facts", type=int, default=10, help="facts of each person in a month")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    collect_seldom()
    people = f"{chosen.people:,} people"
    with database(chosen.dsn) as dsn:
        fill_year(dsn, chosen.people, chosen.facts)
        with connect(dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
            works = {f"close, {people}": closed, f"what-if, {people} × {MONTHS}": tried}
            return 0 if run(cursor, dsn, chosen, works) else 1


if __name__ == "__main__":
    raise SystemExit(main())
