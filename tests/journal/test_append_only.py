"""Nothing in the journal is altered or removed: by grant, and again by trigger."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from given import LEDGER, NOW, visits
from psycopg.errors import InsufficientPrivilege

from domain.journal.append import Journal
from domain.journal.connection import connect

ALTERATIONS = [
    "update journal set actor = 'somebody else' where position = 1",
    "update journal set position = position where false",
    "delete from journal where position = 2",
    "delete from journal where false",
    "truncate journal",
    "merge into journal using (select 1) as one on position = 1 when matched then delete",
    "insert into journal table journal on conflict (position) do update set actor = 'somebody else'",
]


@pytest.fixture
def owner(ledger_dsn: str, journal: Journal) -> Iterator[psycopg.Connection]:
    """The owner, even a superuser, before a journal of three facts, which must be unchanged afterwards."""
    journal.append(visits(3), now=NOW)
    before = list(journal.read())
    with connect(ledger_dsn, LEDGER, service=False, autocommit=True) as connection:
        yield connection
    assert list(journal.read()) == before


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_the_service_has_no_right_to(owner: psycopg.Connection, ledger_dsn: str, alteration: str) -> None:
    """Even where somebody has taken the trigger away."""
    owner.execute("alter table journal disable trigger journal_is_append_only")
    with (
        connect(ledger_dsn, LEDGER) as service,
        pytest.raises(InsufficientPrivilege, match="permission denied"),
    ):
        service.execute(alteration)


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_the_trigger_stops_the_owner_too(owner: psycopg.Connection, alteration: str) -> None:
    with pytest.raises(
        InsufficientPrivilege, match=r"of ledger\.journal: facts are never altered or removed"
    ):
        owner.execute(alteration)


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_the_trigger_stops_replication_too(owner: psycopg.Connection, alteration: str) -> None:
    owner.execute("set session_replication_role = replica")
    with pytest.raises(InsufficientPrivilege, match="never altered or removed"):
        owner.execute(alteration)


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_the_trigger_stops_a_service_with_too_many_rights(
    owner: psycopg.Connection, ledger_dsn: str, alteration: str
) -> None:
    owner.execute("grant all on journal to meritbook_service")
    with connect(ledger_dsn, LEDGER) as service, pytest.raises(InsufficientPrivilege, match="never altered"):
        service.execute(alteration)


def test_the_refusal_says_what_to_do_instead(owner: psycopg.Connection) -> None:
    with pytest.raises(InsufficientPrivilege, match=r"(?s)delete of ledger.journal.*Append a fact_voided"):
        owner.execute("delete from journal")


def test_truncating_what_refers_to_nothing_does_not_cascade_around(owner: psycopg.Connection) -> None:
    with pytest.raises(InsufficientPrivilege, match="truncate of ledger"):
        owner.execute("truncate journal cascade")


@pytest.mark.parametrize(
    "statement",
    [
        "alter table journal disable trigger all",
        "drop table journal",
        "drop trigger journal_is_append_only on journal",
        "alter table journal add column extra text",
        "create table elsewhere ()",
        "create or replace function journal_is_append_only() returns trigger language plpgsql as 'begin end'",
        "set session_replication_role = replica",
        "insert into migration (number, name, sha256) values (9999, 'x', 'x')",
        "update migration set sha256 = ''",
    ],
)
def test_the_service_cannot_change_the_rules(
    owner: psycopg.Connection, ledger_dsn: str, statement: str
) -> None:
    with connect(ledger_dsn, LEDGER) as service, pytest.raises(InsufficientPrivilege):
        service.execute(statement)


def test_the_services_rights_are_these_and_no_more(owner: psycopg.Connection) -> None:
    rights = owner.execute(
        "select privilege_type from information_schema.role_table_grants "
        "where table_schema = 'ledger' and table_name = 'journal' "
        "and grantee in ('meritbook_service', 'PUBLIC')"
    ).fetchall()
    assert sorted(rights) == [("INSERT",), ("SELECT",)]


def test_every_column_and_table_is_commented(owner: psycopg.Connection) -> None:
    silent = owner.execute(
        "select attname from pg_attribute where attrelid = 'journal'::regclass and attnum > 0 "
        "and not attisdropped and col_description(attrelid, attnum) is null"
    ).fetchall()
    assert silent == []


def test_no_table_is_ever_locked() -> None:
    """It would make appends wait for VACUUM, and on Citus every ledger for one dead node."""
    root = Path(__file__).parents[2]
    sources = [path for kind in ("*.py", "*.sql") for path in (root / "domain").rglob(kind)]
    assert len(sources) > 10
    for path in sources:
        assert not re.search(r"lock\s+table", path.read_text("utf-8"), re.IGNORECASE), path
