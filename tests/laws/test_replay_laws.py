"""However facts arrive, in whatever spans, whoever is killed meanwhile: the same facts give the same rows."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from conftest import new_database
from given import LEDGER, NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.facts.activity import ActivityRecorded
from domain.facts.base import Fact
from domain.facts.governance import (
    BranchOpened,
    FactConfirmed,
    FactVoided,
    LedgerOpened,
    OverrideSet,
    PlanEnded,
)
from domain.facts.people import EmployeeHired, EmployeeLeft, LeaveTaken
from domain.facts.registry import CREDITED
from domain.facts.selling import DealClosed, SatisfactionScored, VisitRecorded
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.record import Draft, draft
from projections import folding, registry
from projections.replay import rebuild, replay
from projections.runner import Runner, create
from projections.spans import Cursor, Span

TABLES = [table for projection in registry.PROJECTIONS for table in projection.TABLES]
START = dt.datetime(2025, 3, 30, 12, tzinfo=dt.UTC)
DAY = dt.date(2025, 3, 1)
SAME = (None, ())

many = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

people = st.sampled_from(["E1", "E2"])
customers = st.sampled_from(["C1", "C2"])
deals = st.builds(
    DealClosed,
    employee=people,
    customer=customers,
    deal=st.sampled_from(["D1", "D2"]),
    amount_minor=st.integers(1, 2**53 - 1),
    currency=st.sampled_from(["CNY", "USD"]),
    quantity=st.none() | st.integers(1, 3),
)
activities = st.builds(
    ActivityRecorded,
    employee=people,
    kind=st.just("infusion"),
    quantity=st.none() | st.integers(1, 3),
    minutes=st.none() | st.integers(0, 60),
    attributes=st.none() | st.dictionaries(st.sampled_from(["ward", "bed"]), st.integers(0, 9)),
)
told = st.one_of(
    deals,
    activities,
    st.builds(VisitRecorded, employee=people, customer=customers),
    st.builds(
        SatisfactionScored, employee=people, customer=customers, score=st.sampled_from(["8.5", "8.50", "9"])
    ),
    st.builds(
        EmployeeHired, employee=people, hired_on=st.just(DAY), branch=st.just("SH"), post=st.just("seller")
    ),
    st.builds(EmployeeLeft, employee=people, left_on=st.just(DAY), cause=st.just("pay")),
    st.builds(LeaveTaken, employee=people, kind=st.just("sick"), from_on=st.just(DAY), until_on=st.just(DAY)),
    st.builds(BranchOpened, branch=st.just("SH"), title=st.just("Shanghai"), opened_on=st.just(DAY)),
    st.builds(PlanEnded, plan=st.just("selling"), ended_on=st.just(DAY), reason=st.just("over")),
    st.builds(
        OverrideSet,
        plan=st.just("selling"),
        parameter=st.just("rate"),
        level=st.just("branch"),
        scope=st.just("SH"),
        value=st.just("3"),
        effective_from=st.just(DAY),
        reason=st.just("pilot"),
        approver=st.just("boss"),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Facts in order of their positions; each void and confirmation names one before it."""
    facts: list[Fact] = [
        draw(st.builds(LedgerOpened, name=st.just("firm"), zone=st.sampled_from(["UTC", "Asia/Shanghai"])))
    ]
    for position in range(2, draw(st.integers(2, 40))):
        about = draw(st.integers(1, position - 1))
        choices = [told, told]
        if facts[about - 1].TYPE not in ("ledger_opened", "branch_opened", "fact_voided"):
            choices.append(st.builds(FactVoided, position=st.just(about), reason=st.just("twice")))
        if facts[about - 1].TYPE in CREDITED:
            choices.append(st.builds(FactConfirmed, position=st.just(about), role=st.just("rd")))
        facts.append(draw(st.one_of(choices)))
    return facts


class Ledger:
    """A ledger that can be emptied, which only a test may do."""

    def __init__(self, dsn: str, journal: Journal) -> None:
        self.dsn, self.journal = dsn, journal
        with connect(dsn, LEDGER, service=False) as connection:
            create(connection)

    def clear(self) -> None:
        """Takes the ledger back to its beginning."""
        with connect(self.dsn, LEDGER, service=False) as connection:
            connection.execute("alter table journal disable trigger journal_is_append_only")
            connection.execute("delete from journal")  # a truncation would ask the guard of each partition
            connection.execute(f"truncate {', '.join(TABLES)}".encode())
            connection.execute("alter table journal enable always trigger journal_is_append_only")
            connection.execute("update projection set position = 0")

    def tell(self, facts: Iterable[Draft]) -> None:
        """Delivers facts; the journal keeps each once."""
        self.journal.append(list(facts), now=NOW)

    def catch_up(self) -> int:
        """Folds what the journal holds."""
        return Runner(self.dsn, LEDGER).catch_up()

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table."""
        with connect(self.dsn, LEDGER) as connection:
            found = connection.execute(f"select row_to_json(t) from {table} t order by t::text".encode())
            return [row for (row,) in found]

    def all_rows(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every read model."""
        return {table: self.rows(table) for table in [*TABLES, "projection"]}


@pytest.fixture(scope="module")
def ledger(postgres: str, template: str) -> Iterator[Ledger]:
    """One ledger for all examples."""
    with new_database(postgres, template) as dsn, Journal(dsn, LEDGER) as journal:
        yield Ledger(dsn, journal)


def drafts(facts: Sequence[Fact]) -> list[Draft]:
    """`facts` ready for the journal, five hours apart, so that days and zones matter."""
    return [
        draft(
            fact,
            source="test",
            key=str(number),
            occurred_at=START + number * dt.timedelta(hours=5),
            actor="test",
        )
        for number, fact in enumerate(facts)
    ]


@many
@given(facts=histories(), arrivals=st.lists(st.integers(1, 12)), size=st.integers(1, 50))
def test_a_rebuild_is_what_following_was(
    ledger: Ledger, facts: list[Fact], arrivals: list[int], size: int
) -> None:
    """Wherever arrivals and the bound of a span cut the journal."""
    ledger.clear()
    rest = drafts(facts)
    with patch.object(folding, "SPAN_FACTS", size):
        for number in arrivals:
            ledger.tell(rest[:number])
            rest = rest[number:]
            ledger.catch_up()
        ledger.tell(rest)
        ledger.catch_up()
    followed = ledger.all_rows()
    assert replay(ledger.dsn, LEDGER, and_compare=True).compared == SAME
    rebuild(ledger.dsn, LEDGER)
    assert ledger.all_rows() == followed


@many
@given(facts=histories(), at=st.integers(0, 40))
def test_what_was_known_is_what_a_replay_to_then_gives(ledger: Ledger, facts: list[Fact], at: int) -> None:
    """The predicate on live rows is no other truth than the facts up to a position."""
    ledger.clear()
    ledger.tell(drafts(facts))
    ledger.catch_up()
    compared = replay(ledger.dsn, LEDGER, at, and_compare=True).compared
    assert compared is not None and compared.difference is None


@many
@given(facts=histories(), again=st.lists(st.integers(0, 39)), size=st.integers(1, 50))
def test_twice_delivered_is_once(ledger: Ledger, facts: list[Fact], again: list[int], size: int) -> None:
    """Facts that are delivered again, and read models that are told again, change nothing."""
    ledger.clear()
    ledger.tell(drafts(facts))
    ledger.catch_up()
    once = ledger.all_rows()
    ledger.clear()
    with patch.object(folding, "SPAN_FACTS", size):
        for number, fact in enumerate(drafts(facts)):
            ledger.tell([fact])
            ledger.tell(earlier for index, earlier in enumerate(drafts(facts)[:number]) if index in again)
            if number in again:
                ledger.catch_up()
                ledger.catch_up()
        ledger.catch_up()
    assert ledger.all_rows() == once


@many
@given(facts=histories(), size=st.integers(1, 50))
def test_what_was_voided_never_happened(ledger: Ledger, facts: list[Fact], size: int) -> None:
    """Live credits and standings are those of a ledger that heard neither the facts nor their voids."""
    voided = {fact.position for fact in facts if isinstance(fact, FactVoided)}
    silent = {"fact_voided", "fact_confirmed"}
    heard = [fact for at, fact in enumerate(drafts(facts), 1) if at not in voided and fact.type not in silent]
    results: list[Any] = []
    with patch.object(folding, "SPAN_FACTS", size):
        for history in (drafts(facts), heard):
            ledger.clear()
            ledger.tell(history)
            ledger.catch_up()
            counting = [row for row in ledger.rows("credit") if row["void_position"] is None]
            results.append(
                (
                    Counter(str({**row, "position": None}) for row in counting),
                    ledger.rows("standing"),
                )
            )
    assert results[0] == results[1]


@many
@given(
    facts=histories(),
    model=st.integers(0, len(registry.PROJECTIONS) - 1),
    kills=st.sets(st.integers(1, 12), min_size=1),
    size=st.integers(1, 12),
    before=st.booleans(),
)
def test_a_killed_follower_neither_repeats_nor_skips(
    ledger: Ledger, facts: list[Fact], model: int, kills: set[int], size: int, before: bool
) -> None:
    """It loses its connection before or after some model's rows; the next one begins where these say."""
    ledger.clear()
    ledger.tell(drafts(facts))
    whole, calls = registry.PROJECTIONS[model].project, iter(range(1, 1000))

    def killed(cursor: Cursor, span: Span) -> None:
        dies = next(calls) in kills
        if not (dies and before):
            whole(cursor, span)
        if dies:
            cursor.connection.close()
            raise psycopg.OperationalError("killed")

    with (
        patch.object(folding, "SPAN_FACTS", size),
        patch.object(registry.PROJECTIONS[model], "project", killed),
    ):
        for _ in range(len(kills) + 1):
            try:
                ledger.catch_up()
            except psycopg.OperationalError:
                continue
            break
        else:
            pytest.fail("every kill was survived, and still it did not finish")
    assert replay(ledger.dsn, LEDGER, and_compare=True).compared == SAME
