"""What tests of the database share: a server, and a database a test, copied from a migrated template."""

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import psycopg
import pytest
from given import LEDGER
from hypothesis import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.journal.append import Journal
from domain.journal.migrate import migrate

# How long an example takes is the machine's affair; pytest's own limit ends what hangs.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

Say: TypeAlias = Callable[[str], None]

SAID = "said"

ROOM_BYTES = 4 << 30
"""How much memory must be free for a server of tests to live there."""


LONGEST = ("laws", "documented", "api/test_access_matrix.py", "demo", "pages", "faults")
"""What begins first, so that no worker is alone with it in the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a server, so that a run against another one can be confined to it."""
    for item in items:
        if "postgres" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
    items.sort(key=_after)


def _after(item: pytest.Item) -> int:
    place = item.path.relative_to(Path(__file__).parent).as_posix()
    return next((at for at, long in enumerate(LONGEST) if place.startswith(long)), len(LONGEST))


@pytest.fixture
def say(record_property: Callable[[str, object], None]) -> Say:
    """Shows a line when all tests are done, whether this one passes or not."""
    return lambda line: record_property(SAID, line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows what tests had to say; those that run in a worker of their own have no terminal."""
    reports = (report for found in terminalreporter.stats.values() for report in found)
    calls = [report for report in reports if getattr(report, "when", None) == "call"]
    if lines := sorted({line for report in calls for name, line in report.user_properties if name == SAID}):
        terminalreporter.section("said by tests")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running server, as a superuser."""
    given = os.environ.get("MERITBOOK_TEST_DATABASE_URL")
    if given:
        yield given
        drop_left(given)
        return
    from faults.embedded_user import new_home

    from api.embedded import EmbeddedPostgres

    with new_home(_fastest_place()) as home, EmbeddedPostgres(home) as server:
        _hurry(server.dsn)
        yield server.dsn


def _fastest_place() -> Path:
    """Memory where there is much: a database is a thousand files, copied in 11 ms there and 200 on a disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else Path("/tmp")


def _hurry(dsn: str) -> None:
    """Lets a server wait for no disk; tests that kill servers start others, which do."""
    with psycopg.connect(dsn, autocommit=True) as server:
        for setting, value in (("fsync", "off"), ("full_page_writes", "off"), ("max_wal_size", "512MB")):
            server.execute(sql.SQL("alter system set {} = {}").format(sql.Identifier(setting), value))
        server.execute("select pg_reload_conf()")


@contextmanager
def new_database(postgres: str, template: str = "template1") -> Generator[str]:
    """The address of a fresh copy of `template`, dropped some time afterwards."""
    name = f"test_{uuid4().hex}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    drop_left(postgres)
    with psycopg.connect(postgres, autocommit=True) as server:
        server.execute(
            sql.SQL("create database {name} template {template} strategy file_copy").format(**names)
        )
    try:
        yield make_conninfo(postgres, dbname=name)
    finally:
        _left.append(name)


_left: list[str] = []
"""Databases that tests are done with. Dropped at once, they would wait for sessions that are just ending."""


def drop_left(postgres: str) -> None:
    """Drops the databases that tests are done with."""
    if _left:
        with psycopg.connect(postgres, autocommit=True) as server:
            while _left:
                server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(_left.pop())))


@pytest.fixture(scope="session")
def template(postgres: str) -> Iterator[str]:
    """The name of a database with one empty ledger."""
    with new_database(postgres) as dsn:
        migrate(dsn, LEDGER)
        yield str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


@pytest.fixture
def empty_dsn(postgres: str) -> Iterator[str]:
    """The owner's address of a database without any ledger."""
    with new_database(postgres) as dsn:
        yield dsn


@pytest.fixture
def ledger_dsn(postgres: str, template: str) -> Iterator[str]:
    """The owner's address of a database with one empty ledger, in the schema LEDGER."""
    with new_database(postgres, template) as dsn:
        yield dsn


@pytest.fixture
def journal(ledger_dsn: str) -> Iterator[Journal]:
    """The door to an empty ledger."""
    with Journal(ledger_dsn, LEDGER) as journal:
        yield journal
