"""From kill -9 to ready: the whole service on its embedded database, against bare PostgreSQL, in one run.

The facts of the ledger are counted and the service runs when it, the database and the keeper are killed.
Ours is the time from starting `meritbook serve` until /health/ready answers 200: the programs are loaded, the
database recovers, the ledger is looked over. The limit is a bare server on a copy of the same crashed files,
from its start until it answers a query. Once right after the facts were loaded, when the server's log holds
most of them still, and once with only what came since a checkpoint.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg

from api.embedded import EmbeddedPostgres
from api.embedded.account import choose_account
from api.embedded.binaries import find_binaries
from api.embedded.cluster import OWNER
from api.embedded.process import inhabitants
from api.ops import prepare
from benchmarks.projections import JOURNAL, OPENING
from benchmarks.scratch import LEDGER
from domain.journal.connection import connect
from projections.runner import Runner

WANTED_SECONDS = 3.0
PATIENCE_SECONDS = 300.0
SINCE_CHECKPOINT_FACTS = 20_000
SERVE = "from api.cli import main; main()"

MORE = JOURNAL.replace("n + 1, type, 'crm', 'crm-' || n", "%(head)s + n, type, 'more', %(head)s || '-' || n")


class Restart(NamedTuple):
    """How many seconds both took after the same crash."""

    ours: float
    bare: float


def fill(dsn: str, facts: int) -> None:
    """Makes a ledger of so many facts, all counted."""
    prepare(dsn, LEDGER)
    with connect(dsn, LEDGER, service=False) as connection:
        connection.execute(OPENING)
        connection.execute(JOURNAL.encode(), {"facts": facts - 1})
    Runner(dsn, LEDGER).catch_up()


def add_since_checkpoint(dsn: str) -> None:
    """A checkpoint of the server, and what comes after it."""
    with connect(dsn, LEDGER, service=False, autocommit=True) as connection:
        connection.execute("checkpoint")
        head = connection.execute("select max(position) from journal").fetchone()
        assert head is not None
        connection.execute(MORE.encode(), {"facts": SINCE_CHECKPOINT_FACTS, "head": head[0]})
    Runner(dsn, LEDGER).catch_up()


@contextmanager
def serving(home: Path) -> Iterator[float]:
    """A service that is ready; how many seconds that took. It is killed at the end."""
    environment = os.environ | {
        "MERITBOOK_HOME": str(home),
        "MERITBOOK_DATABASE_URL": "",
        "MERITBOOK_LEDGER": LEDGER,
        "MERITBOOK_PORT": "0",
    }
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve"], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = ""
        while "serves on " not in said or not said.endswith("\n"):
            said += process.stderr.readline()
            assert process.poll() is None, said
        _await_ready(said.split("serves on ")[1].split()[0], began)
        yield time.perf_counter() - began
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def _await_ready(url: str, began: float) -> None:
    while time.perf_counter() - began < PATIENCE_SECONDS:
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=PATIENCE_SECONDS):
                return
        except urllib.error.HTTPError as error:
            error.close()
            time.sleep(0.01)
    raise TimeoutError(f"not ready after {PATIENCE_SECONDS} s")


def crash(home: Path) -> None:
    """Kills every process of the database in `home` at once."""
    _kill_inhabitants(home / "postgres" / "data")


def _kill_inhabitants(data: Path) -> None:
    while found := inhabitants(data):
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.01)


def bare_seconds(home: Path) -> float:
    """How long a bare server takes to answer from a copy of the crashed files; the copy is then removed."""
    data, copy = home / "postgres" / "data", home.parent / "copy"
    account = choose_account(None, data)
    subprocess.run(["cp", "-a", str(data), str(copy)], check=True)
    (copy / "postmaster.pid").unlink(missing_ok=True)
    program = find_binaries(None, account).directory / "postgres"
    password = (home / "postgres" / "password").read_text()
    began = time.perf_counter()
    server = subprocess.Popen(
        [program, "-D", copy, "-c", f"unix_socket_directories={copy}", "-c", "listen_addresses="],
        user=account.switch_user,
        group=account.switch_group,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - began < PATIENCE_SECONDS:
            try:
                with psycopg.connect(
                    host=str(copy), user=OWNER, password=password, dbname="meritbook"
                ) as session:
                    session.execute("select 1")
                return time.perf_counter() - began
            except psycopg.OperationalError:
                time.sleep(0.01)
        raise TimeoutError(f"no answer after {PATIENCE_SECONDS} s")
    finally:
        server.kill()
        server.wait()
        _kill_inhabitants(copy)
        shutil.rmtree(copy)


def restart(home: Path, *, checkpointed: bool) -> Restart:
    """Crashes a working service of `home` and starts both."""
    with EmbeddedPostgres(home) as server:
        with serving(home):
            if checkpointed:
                add_since_checkpoint(server.dsn)
        crash(home)
    bare = bare_seconds(home)
    with serving(home) as ours:
        pass
    crash(home)
    return Restart(ours, bare)


@contextmanager
def loaded(facts: int) -> Iterator[Path]:
    """A home with so many facts, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="merit-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        home = Path(place) / "home"
        with EmbeddedPostgres(home) as server:
            fill(server.dsn, facts)
            try:
                yield home
            finally:
                crash(home)


def report(name: str, found: Sequence[Restart], *, wanted: float | None) -> bool:
    """Prints the medians; whether ours is as wanted."""
    ours = statistics.median(each.ours for each in found)
    bare = statistics.median(each.bare for each in found)
    met = wanted is None or ours <= wanted
    verdict = "" if wanted is None else f"   wanted {wanted:.1f} s   {'met' if met else 'MISSED'}"
    ratio = f"ratio {ours / bare:5.2f}"
    print(f"{name:<30}ours ready {ours:6.2f} s   bare recovery {bare:6.2f} s   {ratio}{verdict}")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures both crashes; 1 when the wanted time was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=int, default=1_000_000, help="in the ledger")
    parser.add_argument("--repeats", type=int, default=3, help="crashes with a checkpoint before them")
    chosen = parser.parse_args(arguments)
    with loaded(chosen.facts) as home:
        report("right after loading", [restart(home, checkpointed=False)], wanted=None)
        found = [restart(home, checkpointed=True) for _ in range(chosen.repeats)]
    return 0 if report(f"{SINCE_CHECKPOINT_FACTS:,} after a checkpoint", found, wanted=WANTED_SECONDS) else 1


if __name__ == "__main__":
    raise SystemExit(main())
