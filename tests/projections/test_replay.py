"""Replaying, comparing and rebuilding: the same rows from the same facts, beside the live ones."""

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from book import Book
from given import LEDGER

from domain.facts.selling import SatisfactionScored
from domain.journal.connection import connect
from domain.period import Period
from projections import folding, registry, replay, roster, standings
from projections.folding import RebuildNeeded
from projections.replay import UnknownReadModel, rebuild, replayed
from projections.runner import Runner
from projections.scratch import ScratchInUse, scratch, scratch_name
from projections.spans import UnfoldableFact
from projections.statements import statement

MARCH = Period.parse("2025-03")
CLIENTS = "components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]"


@pytest.fixture
def busy(book: Book) -> Book:
    """A ledger with something in every read model, a closed month and voids on both sides of the close."""
    book.adopt(CLIENTS)
    book.hire("E2")
    positions = book.register("C1", "C2", "C3")
    book.confirm(positions[0], "manager")
    book.void(positions[1])
    deal = book.sell("D1", 700)
    book.tell(SatisfactionScored(employee="E2", customer="C1", score="8.5"))
    book.close()
    book.void(deal)
    book.void(positions[2])
    book.register("C4", employee="E2", on=dt.date(2025, 4, 2))
    book.runner.catch_up()
    return book


def tamper(dsn: str, statement: str) -> None:
    """Changes live rows behind everybody's back."""
    with connect(dsn, LEDGER, service=False) as connection:
        connection.execute(statement.encode())


def schemas(dsn: str) -> list[str]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("select nspname from pg_namespace where nspname like 'ledger%' order by 1")
        return [name for (name,) in found]


def content(dsn: str) -> dict[str, list[Any]]:
    """Every row of every read model."""
    tables = ["projection", *(table for model in registry.PROJECTIONS for table in model.TABLES)]
    with connect(dsn, LEDGER) as connection:
        return {
            table: connection.execute(f"select t::text from {table} t order by 1".encode()).fetchall()
            for table in tables
        }


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
        assert found.compared == (None, ("standing", "statement", "statement_line"))


def test_results_of_the_past_are_those_of_a_replay(busy: Book, ledger_dsn: str) -> None:
    """Statements by the predicate on live rows, and by the same code on rows that know no future."""
    for at in range(1, busy.journal.head() + 1):
        with busy.cursor() as cursor:
            by_predicate = (statement(cursor, "E1", MARCH, at), roster.changes(cursor, None, at))
        with replayed(ledger_dsn, LEDGER, at) as connection, connection.cursor() as cursor:
            assert (statement(cursor, "E1", MARCH, at), roster.changes(cursor)) == by_predicate


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


@pytest.mark.parametrize("names", [(), ("standings",), ("credits", "statements")], ids=" ".join)
def test_a_rebuild_leaves_the_rows_as_they_were(busy: Book, ledger_dsn: str, names: Sequence[str]) -> None:
    before = content(ledger_dsn)
    built = rebuild(ledger_dsn, LEDGER, names)
    assert built.names == tuple(m.NAME for m in registry.PROJECTIONS if not names or m.NAME in names)
    assert (built.position, built.difference) == (busy.journal.head(), None)
    assert content(ledger_dsn) == before
    assert schemas(ledger_dsn) == [LEDGER]


def test_a_rebuild_mends_rows_and_says_what_was_wrong(busy: Book, ledger_dsn: str) -> None:
    before = content(ledger_dsn)
    tamper(ledger_dsn, "update credit set amount_minor = 701 where deal = 'D1'")
    built = rebuild(ledger_dsn, LEDGER, ["credits"])
    assert built.difference is not None and "701" in (built.difference.live or "")
    assert content(ledger_dsn) == before


def test_a_rebuilt_model_is_followed_and_read_by_the_service(busy: Book, ledger_dsn: str) -> None:
    """Grants, keys and indexes come along; a statement prepared before still runs."""
    query = "select count(*) from credit where employee = %s"
    with busy.journal.cursor() as cursor:
        before = cursor.execute(query, ["E2"], prepare=True).fetchone()
        indexes = cursor.execute(b"select indexname, indexdef from pg_indexes order by 1").fetchall()
        rebuild(ledger_dsn, LEDGER)
        busy.visit("H1", employee="E2")
        busy.runner.catch_up()
        assert before == (2,) and cursor.execute(query, ["E2"], prepare=True).fetchone() == (3,)
        assert cursor.execute(b"select indexname, indexdef from pg_indexes order by 1").fetchall() == indexes


def test_a_new_version_replaces_the_old_one(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Built beside it with its new tables; the old ones are dropped, those given up as well."""
    monkeypatch.setattr(standings, "VERSION", 2)
    monkeypatch.setattr(standings, "SCHEMA", "create table total_2 (employee text primary key);")
    monkeypatch.setattr(standings, "TABLES", ("total_2",))
    monkeypatch.setattr(
        standings,
        "project",
        lambda cursor, span: cursor.execute("insert into total_2 values (%s)", [str(span.upto)]),
    )
    with pytest.raises(RebuildNeeded):
        busy.runner.catch_up()
    built = rebuild(ledger_dsn, LEDGER, ["standings"])
    assert built.difference is None
    busy.visit("H1")
    busy.runner.catch_up()
    with busy.cursor() as cursor:
        assert cursor.execute("select to_regclass('standing'), to_regclass('total_2')").fetchone() == (
            None,
            "total_2",
        )
        assert cursor.execute("select count(*) from total_2").fetchone() != (0,)


def test_what_needs_a_rebuild_is_built_along(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the switch would join rows of this version to rows of another."""
    monkeypatch.setattr(standings, "VERSION", 2)
    assert rebuild(ledger_dsn, LEDGER, ["policy"]).names == ("policy", "standings")
    assert busy.runner.catch_up() == busy.journal.head()


def test_a_rebuild_of_all_goes_to_the_end_of_the_journal(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy.visit("H1")
    assert rebuild(ledger_dsn, LEDGER).position == busy.journal.head()


def test_an_unknown_name_is_refused_before_any_work(busy: Book, ledger_dsn: str) -> None:
    with pytest.raises(UnknownReadModel, match="'standing'; there are roster, policy, credits"):
        rebuild(ledger_dsn, LEDGER, ["standing"])


def test_progress_is_told(busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "SPAN_FACTS", 5)
    told = list[int]()
    rebuild(ledger_dsn, LEDGER, on_progress=told.append)
    assert told == sorted(set(told)) and told[0] == 1 and told[-1] == busy.journal.head()


def test_the_old_rows_serve_until_the_switch(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Readers and followers go on while the new rows are filled and compared."""
    seen = list[int]()
    whole = replay._analyze

    def meanwhile(*given: Any) -> None:
        busy.visit("H1", "H2")
        Runner(ledger_dsn, LEDGER).catch_up()
        with busy.cursor() as cursor:
            found = cursor.execute("select count(*) from credit").fetchone()
            seen.append(found[0] if found else 0)
        whole(*given)

    monkeypatch.setattr(replay, "_analyze", meanwhile)
    built = rebuild(ledger_dsn, LEDGER)
    assert seen == [8]
    assert built.position == busy.journal.head()
    assert replay.replay(ledger_dsn, LEDGER, and_compare=True).compared == (None, ())


def test_a_fact_that_cannot_be_folded_leaves_the_live_rows(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(ledger_dsn)

    def refuse(*given: Any) -> None:
        raise UnfoldableFact(4, "plan_adopted", "no")

    monkeypatch.setattr(standings, "project", refuse)
    with pytest.raises(UnfoldableFact):
        rebuild(ledger_dsn, LEDGER)
    assert content(ledger_dsn) == before
    assert schemas(ledger_dsn) == [LEDGER]


@pytest.mark.faults
@pytest.mark.parametrize("moment", ["_make", "_compare", "_analyze", "_switch", "_replace"])
def test_a_killed_rebuild_leaves_the_live_rows(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Its connections die at any moment; what it leaves behind is cleared by the next one."""
    before = content(ledger_dsn)
    whole: Callable[..., Any] = getattr(replay, moment)

    def killed(*given: Any) -> None:
        if moment == "_replace":
            whole(*given)
        with psycopg.connect(ledger_dsn, autocommit=True) as server:
            server.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                "and pid <> pg_backend_pid() and application_name like %s",
                ["meritbook ledger%"],
            )
        if moment != "_replace":
            whole(*given)

    with monkeypatch.context() as patch:
        patch.setattr(replay, moment, killed)
        with pytest.raises(psycopg.OperationalError):
            rebuild(ledger_dsn, LEDGER)
    assert content(ledger_dsn) == before
    assert schemas(ledger_dsn) == [LEDGER, scratch_name(LEDGER, "rebuild")]
    assert rebuild(ledger_dsn, LEDGER).difference is None
    assert content(ledger_dsn) == before
    assert schemas(ledger_dsn) == [LEDGER]


def test_a_long_reader_delays_the_switch_and_no_more(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch gives up for a moment, so that others are not kept waiting behind it."""
    monkeypatch.setattr(replay, "SWITCH", "set local lock_timeout = '50ms'")
    tries = list[int]()
    whole = replay._replace
    done = threading.Event()

    def counted(*given: Any) -> None:
        tries.append(1)
        if len(tries) == 3:
            reader.rollback()
            done.set()
        whole(*given)

    monkeypatch.setattr(replay, "_replace", counted)
    with connect(ledger_dsn, LEDGER) as reader:
        reader.execute("select count(*) from credit")
        rebuild(ledger_dsn, LEDGER)
    assert len(tries) == 3 and done.is_set()


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
