"""The runner: spans, turns, stops and lost connections."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from book import Book
from faults.embedded_user import until
from given import LEDGER, NOW, drafted, visit, visits
from psycopg.conninfo import make_conninfo

from domain.facts.registry import FACT_TYPES
from domain.journal.append import Journal
from domain.journal.connection import connect
from projections import folding, registry, runner, standings
from projections.folding import RebuildNeeded, folded
from projections.learning import Learning
from projections.runner import Runner, create
from projections.spans import Cursor, Projection, Span, UnfoldableFact

INSERT = """
insert into journal (position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, data)
select
    max(position) + 1, %(type)s, 'test', 'raw-' || max(position), sha256('x'), '{}', now(), now(), 'test',
    %(data)s
from journal"""


class Spy:
    """A read model without tables that does as it is told.

    met: the spans it was asked to fold.
    """

    NAME, VERSION, SCHEMA, TABLES, FACTS = "spy", 1, "select", (), frozenset(FACT_TYPES)

    def __init__(self, act: Callable[[Cursor, Span], None] = lambda cursor, span: None) -> None:
        self.met: list[Span] = []
        self._act = act

    def project(self, cursor: Cursor, span: Span) -> None:
        self.met.append(Span(span.after, span.upto))
        self._act(cursor, span)


@pytest.fixture
def journal(journal: Journal, ledger_dsn: str) -> Journal:
    """The door to a ledger with empty read models."""
    _create(ledger_dsn, registry.PROJECTIONS)
    return journal


@pytest.fixture
def small_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans of at most 10 facts."""
    monkeypatch.setattr(folding, "SPAN_FACTS", 10)


def _create(dsn: str, projections: tuple[Projection, ...]) -> None:
    with connect(dsn, LEDGER, service=False) as connection:
        create(connection, projections)


def _insert(dsn: str, type: str, data: str = "{}") -> None:
    """Writes a fact past the one door, as a newer program or a fault would."""
    with connect(dsn, LEDGER, service=False) as connection:
        connection.execute(INSERT, {"type": type, "data": data})


def _one(journal: Journal, query: str) -> Any:
    found = journal.retried(lambda cursor: cursor.execute(query.encode()).fetchone())
    return found[0] if found else None


def test_an_empty_journal_is_caught_up_with(journal: Journal, ledger_dsn: str) -> None:
    assert Runner(ledger_dsn, LEDGER).catch_up() == 0


@pytest.mark.usefixtures("small_spans")
def test_spans_are_bounded_and_end_with_what_changes_the_rest(
    journal: Journal, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most 10 facts here; the opening and every close of a month are the last of theirs."""
    spy, looked_forward = Spy(), list[int]()
    monkeypatch.setattr(Learning, "before_close", lambda _, __, after: looked_forward.append(after))
    journal.append(visits(13), now=NOW)
    _insert(ledger_dsn, "ledger_opened", '{"name": "firm"}')
    _insert(ledger_dsn, "period_closed")
    journal.append(visits(21), now=NOW)
    _create(ledger_dsn, (spy,))
    told = list[int]()
    assert Runner(ledger_dsn, LEDGER, [spy]).catch_up(on_progress=told.append) == 36
    assert spy.met == [Span(0, 10), Span(10, 14), Span(14, 15), Span(15, 25), Span(25, 35), Span(35, 36)]
    assert told == [span.upto for span in spy.met]
    assert looked_forward == [10, 14], "before each span that ends so, for it reads what came before"


@pytest.mark.usefixtures("small_spans")
def test_it_goes_no_further_than_it_was_asked_to(journal: Journal, ledger_dsn: str) -> None:
    journal.append(visits(25), now=NOW)
    reached = [Runner(ledger_dsn, LEDGER).catch_up(upto) for upto in (13, 5, None)]
    assert reached == [13, 13, 25]
    assert _one(journal, "select count(*) from credit") == 25


def test_a_model_is_asked_only_about_facts_it_folds(journal: Journal, ledger_dsn: str) -> None:
    spy = Spy()
    spy.FACTS = frozenset({"plan_adopted"})
    journal.append(visits(3), now=NOW)
    _create(ledger_dsn, (spy,))
    assert Runner(ledger_dsn, LEDGER, [spy]).catch_up() == 3
    assert spy.met == []


def test_every_fact_type_is_folded_by_some_model() -> None:
    """No fact is written in vain."""
    folded_types = frozenset[str]().union(*(projection.FACTS for projection in registry.PROJECTIONS))
    assert folded_types >= FACT_TYPES.keys() - {"ledger_opened"}, "the opening is looked up, not folded"


def test_the_runner_needs_no_more_than_the_service_may(journal: Journal, ledger_dsn: str) -> None:
    """It reads the journal and writes rows; it makes, empties and drops nothing."""
    journal.append(visits(3), now=NOW)
    assert Runner(ledger_dsn, LEDGER).catch_up() == 3
    for forbidden in ("truncate credit", "drop table credit", "create table mine ()"):
        with connect(ledger_dsn, LEDGER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(forbidden.encode())


@pytest.mark.parametrize("before", [0, 1, 9, 10, 37])
@pytest.mark.usefixtures("small_spans")
def test_an_unknown_type_stops_it_loudly(journal: Journal, ledger_dsn: str, before: int) -> None:
    """All before it is folded; nothing is skipped, and whoever asks can see where and why."""
    journal.append([drafted(), *visits(before)], now=NOW)
    _insert(ledger_dsn, "moon_landed")
    journal.append(visits(3), now=NOW)
    for _ in range(2):
        with pytest.raises(UnfoldableFact) as stop:
            Runner(ledger_dsn, LEDGER).catch_up()
        assert (stop.value.position, stop.value.type) == (before + 2, "moon_landed")
    assert _one(journal, "select min(position) from projection") == before + 1
    assert _one(journal, "select count(*) from credit") == before + 1
    with journal.cursor() as cursor:
        seen = runner.stopped(cursor)
    assert seen is not None and (seen.position, seen.type) == (before + 2, "moon_landed")
    assert str(seen) == str(stop.value)


@pytest.mark.parametrize("bad", [1, 2, 10, 11, 37])
@pytest.mark.usefixtures("small_spans")
def test_a_fact_that_cannot_be_folded_is_closed_in_on(journal: Journal, ledger_dsn: str, bad: int) -> None:
    """The database names no row when a span of many fails; halving finds it."""

    def refuse(cursor: Cursor, span: Span) -> None:
        cursor.execute("select 1 / (%s::int - 1)", [1 if span.after < bad <= span.upto else 2])

    spy = Spy(refuse)
    journal.append(visits(40), now=NOW)
    _create(ledger_dsn, (spy,))
    with pytest.raises(UnfoldableFact) as stop:
        Runner(ledger_dsn, LEDGER, [spy]).catch_up()
    assert (stop.value.position, stop.value.type) == (bad, "visit_recorded")
    assert "division by zero" in stop.value.because
    assert _one(journal, "select position from projection where name = 'spy'") == bad - 1


def test_a_fact_that_a_model_names_is_not_searched_for(journal: Journal, ledger_dsn: str) -> None:
    """It stands before that fact after one more try."""

    def refuse(cursor: Cursor, span: Span) -> None:
        if span.after < 30 <= span.upto:
            raise UnfoldableFact(30, "visit_recorded", "does not add up")

    spy = Spy(refuse)
    journal.append(visits(40), now=NOW)
    _create(ledger_dsn, (spy,))
    with pytest.raises(UnfoldableFact, match="position 30, visit_recorded: does not add up"):
        Runner(ledger_dsn, LEDGER, [spy]).catch_up()
    assert spy.met == [Span(0, 40), Span(0, 29), Span(29, 40)]


def test_a_stop_is_forgotten_once_it_is_overcome(journal: Journal, ledger_dsn: str) -> None:
    """A program that can fold the fact goes on where the other one stopped."""

    def refuse(cursor: Cursor, span: Span) -> None:
        raise UnfoldableFact(span.after + 1, "visit_recorded", "no idea")

    journal.append(visits(3), now=NOW)
    _create(ledger_dsn, (Spy(),))
    with pytest.raises(UnfoldableFact):
        Runner(ledger_dsn, LEDGER, [Spy(refuse)]).catch_up()
    assert Runner(ledger_dsn, LEDGER, [Spy()]).catch_up() == 3
    with journal.cursor() as cursor:
        assert runner.stopped(cursor) is None


def test_rows_of_another_version_are_not_added_to(
    journal: Journal, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(visits(3), now=NOW)
    monkeypatch.setattr(standings, "VERSION", standings.VERSION + 1)
    with pytest.raises(RebuildNeeded, match="standings") as needed:
        Runner(ledger_dsn, LEDGER).catch_up()
    assert needed.value.names == ("standings",)
    assert _one(journal, "select count(*) from credit") == 0


def test_a_model_that_is_added_later_must_be_built_first(journal: Journal, ledger_dsn: str) -> None:
    """On an empty ledger it just starts."""
    both = (*registry.PROJECTIONS, Spy())
    with pytest.raises(RebuildNeeded, match="spy"):
        Runner(ledger_dsn, LEDGER, both).catch_up()
    _create(ledger_dsn, both)
    assert Runner(ledger_dsn, LEDGER, both).catch_up() == 0
    journal.append(visits(3), now=NOW)
    Runner(ledger_dsn, LEDGER, both).catch_up()
    late = Spy()
    late.NAME = "late"
    _create(ledger_dsn, (late,))
    with pytest.raises(RebuildNeeded, match="late"):
        Runner(ledger_dsn, LEDGER, (*both, late)).catch_up()


def test_creating_twice_changes_nothing(journal: Journal, ledger_dsn: str) -> None:
    journal.append(visits(3), now=NOW)
    Runner(ledger_dsn, LEDGER).catch_up()
    with connect(ledger_dsn, LEDGER, service=False) as connection:
        assert create(connection) == []
    assert _one(journal, "select count(*) from credit") == 3


@pytest.mark.usefixtures("small_spans")
def test_two_runners_take_turns(journal: Journal, ledger_dsn: str) -> None:
    """Every fact is folded once, whoever folds it."""
    journal.append(visits(300), now=NOW)
    pair = [threading.Thread(target=Runner(ledger_dsn, LEDGER).catch_up) for _ in range(2)]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join()
    assert _one(journal, "select count(*) from credit") == 300
    assert _one(journal, "select sum(count) from standing") == 300


@pytest.fixture
def following(journal: Journal, ledger_dsn: str) -> Iterator[threading.Thread]:
    """A follower at work."""
    stop = threading.Event()
    thread = threading.Thread(target=Runner(ledger_dsn, LEDGER).follow, args=[stop])
    thread.start()
    yield thread
    stop.set()
    thread.join(10)
    assert not thread.is_alive(), "it ends when it is told to"


def test_a_follower_folds_what_arrives(following: threading.Thread, journal: Journal) -> None:
    for number in range(1, 4):
        journal.append([drafted(visit())], now=NOW)
        until(lambda number=number: _one(journal, "select count(*) from credit") == number)


@pytest.mark.faults
def test_a_follower_survives_lost_connections(
    following: threading.Thread, journal: Journal, postgres: str
) -> None:
    """An administrator ends every connection of the database, ours too, again and again."""
    for number in range(1, 4):
        database = _one(journal, "select current_database()")
        with psycopg.connect(postgres, autocommit=True) as server:
            server.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [database]
            )
        journal.append([drafted(visit())], now=NOW)
        until(lambda number=number: _one(journal, "select count(*) from credit") == number)
    assert following.is_alive()


def test_trouble_is_told_to_who_asks(ledger_dsn: str) -> None:
    """A follower whose ledger is not there yet keeps trying, and says so."""
    stop, told = threading.Event(), list[str]()

    def tell(error: psycopg.OperationalError) -> None:
        told.append(str(error))
        stop.set()

    Runner(make_conninfo(ledger_dsn, host="127.0.0.1", port=1), LEDGER).follow(stop, tell)
    assert len(told) == 1


def test_a_stopped_follower_says_why(journal: Journal, ledger_dsn: str) -> None:
    journal.append([drafted()], now=NOW)
    _insert(ledger_dsn, "moon_landed")
    with pytest.raises(UnfoldableFact, match="moon_landed"):
        Runner(ledger_dsn, LEDGER).follow(threading.Event())


def test_a_transaction_that_is_undone_leaves_no_trace(journal: Journal, ledger_dsn: str) -> None:
    """Rows of the models before the one that failed go with its own."""

    def refuse(cursor: Cursor, span: Span) -> None:
        raise UnfoldableFact(1, "visit_recorded", "no")

    models = (*registry.PROJECTIONS, Spy(refuse))
    _create(ledger_dsn, models)
    journal.append(visits(3), now=NOW)
    with connect(ledger_dsn, LEDGER, autocommit=True) as connection, pytest.raises(UnfoldableFact):
        list(folded(connection, models))
    assert _one(journal, "select count(*) from credit") == 0
    assert _one(journal, "select max(position) from projection") == 0


def test_a_closing_month_is_folded_after_all_before_it(book: Book) -> None:
    """Its statements rest on credits of the same span."""
    book.adopt("components: [{id: c, title: C, kind: per_unit, measure: clients, rate: 50}]")
    book.register("C1", "C2")
    made = book.close()
    assert made.total_minor == 10_000


def test_the_planner_learns_what_came_at_once(journal: Journal, ledger_dsn: str) -> None:
    """Without that it plans the next close for empty tables, and takes half a minute instead of a second."""
    journal.append(visits(3_000), now=NOW)
    Runner(ledger_dsn, LEDGER).catch_up()
    assert _one(journal, "select reltuples::bigint from pg_class where oid = 'credit'::regclass") == 3_000
    assert _one(journal, "select reltuples::bigint from pg_class where oid = 'journal'::regclass") == 3_000
