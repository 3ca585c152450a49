"""Rebuilding: new rows beside the old ones, a switch, and nothing lost on the way."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest
from beside import content, schemas, tamper
from book import Book
from given import LEDGER

from domain.journal.connection import connect
from projections import folding, registry, replay, standings
from projections.folding import RebuildNeeded
from projections.replay import UnknownReadModel, rebuild
from projections.runner import Runner
from projections.scratch import scratch_name
from projections.spans import UnfoldableFact


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
    monkeypatch.setattr(standings, "VERSION", standings.VERSION + 1)
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
    monkeypatch.setattr(standings, "VERSION", standings.VERSION + 1)
    assert rebuild(ledger_dsn, LEDGER, ["policy"]).names == ("policy", "standings")
    assert busy.runner.catch_up() == busy.journal.head()


def test_a_rebuild_of_all_goes_to_the_end_of_the_journal(
    busy: Book, ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy.visit("H1")
    assert rebuild(ledger_dsn, LEDGER).position == busy.journal.head()


def test_an_unknown_name_is_refused_before_any_work(busy: Book, ledger_dsn: str) -> None:
    with pytest.raises(UnknownReadModel, match="'standing'; there are roster, directory, policy, credits"):
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
    whole = replay._switch

    def meanwhile(*given: Any) -> int:
        busy.visit("H1", "H2")
        Runner(ledger_dsn, LEDGER).catch_up()
        with busy.cursor() as cursor:
            found = cursor.execute("select count(*) from credit").fetchone()
            seen.append(found[0] if found else 0)
        return whole(*given)

    monkeypatch.setattr(replay, "_switch", meanwhile)
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
@pytest.mark.parametrize("moment", ["_make", "_compare", "_switch", "_replace"])
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
