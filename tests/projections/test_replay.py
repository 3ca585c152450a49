"""Replaying and comparing: the same rows from the same facts, beside the live ones."""

from typing import Any

import psycopg
import pytest
from beside import schemas, tamper
from book import Book
from given import LEDGER
from psycopg.sql import SQL

from domain.journal.connection import connect
from domain.period import Period
from projections import replay, roster, standings
from projections.folding import RebuildNeeded
from projections.replay import rebuild, replayed
from projections.scratch import ScratchInUse, scratch, scratch_name
from projections.statements import statement

MARCH = Period.parse("2025-03")


def test_the_same_facts_give_the_same_rows(busy: Book, ledger_dsn: str) -> None:
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.position == busy.journal.head()
    assert found.compared == (None, ())
    assert found.rows["credit"] == 6 and found.rows["closed_period"] == 1
    assert schemas(ledger_dsn) == [LEDGER], "the scratch schema is gone"


@pytest.mark.parametrize(
    ("change", "table", "live", "replayed"),
    [
        ("update credit set score = 8.50 where score = 8.5", "credit", "8.50", "8.5"),
        ("update credit set amount_minor = 701 where deal = 'D1'", "credit", "701", "700"),
        (
            "update credit set void_position = null where deal = 'D1'",
            "credit",
            '"void_position":null',
            "void_position",
        ),
        ("delete from confirmation", "confirmation", None, "manager"),
        ("insert into leave values (1, 'E9', 'sick', '2025-03-01', '2025-03-01')", "leave", "E9", None),
        ("update plan_version set document = document || ' '", "plan_version", "title", "title"),
        ("update standing set count = count + 1 where employee = 'E2'", "standing", '"count":2', '"count":1'),
        ("update statement set total_minor = total_minor + 1", "statement", "10001", "10000"),
    ],
)
def test_the_first_row_that_differs_is_shown(
    busy: Book, ledger_dsn: str, change: str, table: str, live: str | None, replayed: str | None
) -> None:
    """Down to the last byte: 8.50 is not 8.5."""
    tamper(ledger_dsn, change)
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared is not None and found.compared.difference is not None
    difference = found.compared.difference
    assert difference.table == table
    for shown, row in ((live, difference.live), (replayed, difference.replayed)):
        assert (row is None) if shown is None else (row is not None and shown in row), str(difference)
    assert table in str(difference)


def test_rows_are_compared_in_the_order_of_their_key(busy: Book, ledger_dsn: str) -> None:
    tamper(ledger_dsn, "update credit set channel = 'forged'")
    first = replay.replay(ledger_dsn, LEDGER, and_compare=True).compared
    with busy.cursor() as cursor:
        found = cursor.execute("select min(position) from credit").fetchone()
    assert first is not None and first.difference is not None and found is not None
    assert f'"position":{found[0]},' in (first.difference.live or "")


def test_every_past_position_compares_too(busy: Book, ledger_dsn: str) -> None:
    """Rows as known at N, by the predicate, are the rows that a replay up to N makes."""
    for at in range(busy.journal.head()):
        found = replay.replay(ledger_dsn, LEDGER, at, and_compare=True)
        assert found.position == at
        assert found.compared == (None, ())


@pytest.mark.parametrize(
    ("change", "table"),
    [
        ("update statement set total_minor = total_minor + 1", "statement"),
        ("update statement_line set amount_minor = amount_minor + 1", "statement_line"),
        ("update credit set quantity = 9 where deal = 'D1'", "credit"),
        ("delete from closed_period", "closed_period"),
    ],
)
def test_a_forged_past_is_found_at_its_position(busy: Book, ledger_dsn: str, change: str, table: str) -> None:
    """Right after the close, whatever has come since."""
    with busy.cursor() as cursor:
        [(closed_at,)] = cursor.execute("select position from closed_period").fetchall()
    tamper(ledger_dsn, change)
    found = replay.replay(ledger_dsn, LEDGER, closed_at, and_compare=True).compared
    assert found is not None and found.difference is not None and found.difference.table == table


def test_standings_of_the_past_are_those_of_the_replay(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are compared: with credits that are read wrongly, a difference is found."""
    monkeypatch.setattr(standings, "PAST", {"standing": lambda schema: SQL("select * from standing limit 0")})
    found = replay.replay(ledger_dsn, LEDGER, busy.journal.head() - 1, and_compare=True).compared
    assert found is not None and found.difference is not None and found.difference.table == "standing"


def test_results_of_the_past_are_those_of_a_replay(busy: Book, ledger_dsn: str) -> None:
    """Statements by the predicate on live rows, and by the same code on rows that know no future."""
    for at in range(1, busy.journal.head() + 1):
        with busy.cursor() as cursor:
            by_predicate = (
                statement(cursor, "E1", MARCH, at, engine="test"),
                roster.changes(cursor, None, at),
            )
        with replayed(ledger_dsn, LEDGER, at) as connection, connection.cursor() as cursor:
            assert (statement(cursor, "E1", MARCH, at, engine="test"), roster.changes(cursor)) == by_predicate


def test_a_replay_asked_beyond_the_journal_ends_with_it(busy: Book, ledger_dsn: str) -> None:
    assert replay.replay(ledger_dsn, LEDGER, 10**9, and_compare=True).position == busy.journal.head()


def test_a_comparison_goes_no_further_than_the_live_ones(busy: Book, ledger_dsn: str) -> None:
    """Facts that nobody has folded yet are no difference."""
    behind = busy.journal.head()
    busy.visit("H1")
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert (found.position, found.compared) == (behind, (None, ()))


def test_a_replay_needs_no_live_rows_unless_it_compares(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standings, "VERSION", standings.VERSION + 1)
    assert replay.replay(ledger_dsn, LEDGER).position == busy.journal.head()
    with pytest.raises(RebuildNeeded, match="standings"):
        replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert schemas(ledger_dsn) == [LEDGER]


def test_one_replay_at_a_time(busy: Book, ledger_dsn: str) -> None:
    """A second one is refused; a rebuild has a schema of its own."""
    with replayed(ledger_dsn, LEDGER):
        with pytest.raises(ScratchInUse, match="replay"):
            replay.replay(ledger_dsn, LEDGER)
        rebuild(ledger_dsn, LEDGER)
    assert schemas(ledger_dsn) == [LEDGER]


def test_a_replay_leaves_its_place_to_the_next_at_once(
    ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may take a while to notice that a session has ended."""
    lingering: list[psycopg.Connection[Any]] = []

    def lingers(*given: Any, **named: Any) -> psycopg.Connection[Any]:
        connection = connect(*given, **named)
        monkeypatch.setattr(connection, "close", lambda: lingering.append(connection))
        return connection

    monkeypatch.setattr("projections.scratch.connect", lingers)
    for _ in range(2):
        with scratch(ledger_dsn, LEDGER, "replay"):
            pass
    monkeypatch.undo()
    for connection in lingering:
        connection.close()


def test_long_names_have_a_scratch_schema_too() -> None:
    long = "l" * 48
    assert scratch_name("ledger", "replay") == "ledger_replay"
    assert len(scratch_name(long, "rebuild")) <= 48
    assert scratch_name(long, "rebuild") != scratch_name("l" * 47, "rebuild")


def test_the_scratch_schema_is_in_front_of_the_ledger(busy: Book, ledger_dsn: str) -> None:
    with scratch(ledger_dsn, LEDGER, "replay") as connection:
        connection.execute("create table credit (mine int primary key)")
        assert connection.execute("select count(*) from credit").fetchone() == (0,)
        assert connection.execute("select max(position) from journal").fetchone() == (busy.journal.head(),)
