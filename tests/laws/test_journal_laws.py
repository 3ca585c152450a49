"""However facts are delivered, in whatever batches, over and over: the journal is a plain list."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
import rfc8785
from conftest import new_database
from given import LEDGER, NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from laws.simulation.makers import GOVERNED, Maker
from laws.simulation.memory import Memory, Told

from domain.facts.base import Fact
from domain.facts.governance import BranchOpened, FactConfirmed, FactVoided, LedgerOpened
from domain.facts.people import EmployeeHired
from domain.facts.registry import FACT_TYPES, tags_of
from domain.facts.selling import VisitRecorded
from domain.journal.append import Condition, ConditionFailed, Journal
from domain.journal.connection import connect
from domain.journal.query import Selector
from domain.journal.record import Draft, Record, draft, record_line
from domain.refusals import KeyReused, Refusal

PEOPLE, CLIENTS = ("E1", "E2"), ("C1", "C2")
MICROSECOND = dt.timedelta(microseconds=1)
TYPES = ("visit_recorded", "branch_opened")


class Delivery(NamedTuple):
    """Drafts that come together. copy_from: the size from which the journal copies them."""

    drafts: list[Draft]
    atomic: bool
    minutes: int
    condition: Condition | None
    copy_from: int


facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(VisitRecorded, employee=st.sampled_from(PEOPLE), customer=st.sampled_from(CLIENTS)),
    st.builds(
        BranchOpened,
        branch=st.just("SH"),
        title=st.sampled_from("AB"),
        opened_on=st.just(dt.date(2025, 1, 1)),
    ),
)
drafts = st.builds(
    draft,
    facts,
    source=st.sampled_from(("crm", "his")),
    key=st.sampled_from([f"k{n}" for n in range(12)]),
    occurred_at=st.just(NOW),
    actor=st.sampled_from(("one", "other")),
)
tags = st.sampled_from([f"employee:{e}" for e in PEOPLE] + [f"customer:{c}" for c in CLIENTS])
selectors = st.builds(
    Selector,
    types=st.sampled_from(((), TYPES, TYPES[:1], ("deal_closed",))),
    tags=st.lists(tags, max_size=2, unique=True).map(tuple),
)
conditions = st.builds(Condition, query=st.lists(selectors, max_size=3).map(tuple), after=st.integers(0, 30))
deliveries = st.builds(
    Delivery,
    drafts=st.lists(drafts, max_size=8),
    atomic=st.booleans(),
    minutes=st.integers(-600, 600),
    condition=st.none() | st.none() | conditions,
    copy_from=st.sampled_from((1, 3, 250)),
)


class PlainJournal:
    """The journal as a list: what must become of each delivery."""

    def __init__(self) -> None:
        self.records: list[tuple[Draft, dt.datetime]] = []
        self.places: dict[tuple[str, str], int] = {}

    def deliver(self, told: Delivery) -> list[tuple[int, bool] | str] | str:
        """Position and hit of each draft, or what it contradicts; or why nothing at all was written."""
        first: dict[tuple[str, str], Draft] = {}
        fresh = [d for d in told.drafts if (d[1:3]) not in self.places and first.setdefault(d[1:3], d) is d]
        said = {key: self.records[at - 1][0] for key, at in self.places.items()} | first
        agrees = [said[d[1:3]].content_hash == d.content_hash for d in told.drafts]
        if told.atomic and (contradiction := self._contradiction(told.drafts)):
            return contradiction
        if fresh and told.condition is not None and self._stands_against(told.condition):
            return "condition"
        known = set(self.places)
        now = NOW + dt.timedelta(minutes=told.minutes)
        for new in fresh:
            self.records.append((new, max(now, self.records[-1][1]) if self.records else now))
            self.places[new[1:3]] = len(self.records)
        return [
            (self.places[d[1:3]], d[1:3] in known or first[d[1:3]] is not d)
            if agreed
            else _against(d, f"position {self.places[d[1:3]]}")
            for d, agreed in zip(told.drafts, agrees, strict=True)
        ]

    def _contradiction(self, drafts: list[Draft]) -> str | None:
        """The first draft that contradicts its own delivery; if none does, the first against the journal."""
        first: dict[tuple[str, str], int] = {}
        for number, new in enumerate(drafts):
            twin = first.setdefault(new[1:3], number)
            if drafts[twin].content_hash != new.content_hash:
                return _against(new, f"item {twin + 1} of the same batch")
        for new in drafts:
            at = self.places.get(new[1:3])
            if at is not None and self.records[at - 1][0].content_hash != new.content_hash:
                return _against(new, f"position {at}")
        return None

    def _stands_against(self, condition: Condition) -> bool:
        return any(
            (not item.types or told.type in item.types) and set(item.tags) <= set(told.tags)
            for told, _ in self.records[condition.after :]
            for item in condition.query or (Selector(),)
        )


def _against(draft: Draft, where: str) -> str:
    return f"{draft.source} {draft.key} contradicts {where}"


@pytest.fixture(scope="module")
def journal(postgres: str, template: str) -> Iterator[tuple[Journal, str]]:
    """One journal, emptied before each example."""
    with new_database(postgres, template) as dsn, Journal(dsn, LEDGER) as journal:
        yield journal, dsn


def clear(dsn: str) -> None:
    """Makes the journal empty, which only its owner can, and not while its guard stands."""
    with connect(dsn, LEDGER, service=False) as owner:
        owner.execute("alter table journal disable trigger journal_is_append_only")
        owner.execute("delete from journal")
        owner.execute("alter table journal enable always trigger journal_is_append_only")


def why(refusal: Refusal) -> str:
    """What a KeyReused says, in short."""
    said = re.fullmatch(r"Source '(.+)' used the key '(.+)' before, .*: (.+)\.", refusal.detail)
    assert isinstance(refusal, KeyReused) and said is not None, refusal
    return "{} {} contradicts {}".format(*said.groups())


def answered(journal: Journal, told: Delivery) -> list[tuple[int, bool] | str] | str:
    """What the real journal makes of a delivery."""
    door = journal.append if told.atomic else journal.append_each
    now = NOW + dt.timedelta(minutes=told.minutes)
    try:
        with patch("domain.journal.append.COPY_FROM", told.copy_from):
            found = door(told.drafts, now=now, condition=told.condition)
    except KeyReused as refusal:
        return why(refusal)
    except ConditionFailed:
        return "condition"
    return [why(one) if isinstance(one, Refusal) else (one.position, one.hit) for one in found]


@given(told=st.lists(deliveries, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_journal_is_a_list(journal: tuple[Journal, str], told: list[Delivery]) -> None:
    """Positions, hits, refusals, conditions: whatever is repeated or contradicted, in one batch or later."""
    real, dsn = journal
    clear(dsn)
    plain = PlainJournal()
    for delivery in told:
        assert answered(real, delivery) == plain.deliver(delivery)
    assert [(r[2:], r.position, r.recorded_at) for r in real.read()] == [
        (told[:-1], position, recorded_at) for position, (told, recorded_at) in enumerate(plain.records, 1)
    ]
    with real.cursor() as cursor:
        hashes = cursor.execute("select content_hash from journal order by position").fetchall()
    assert [found for (found,) in hashes] == [told.content_hash for told, _ in plain.records]


@st.composite
def said(draw: st.DrawFn) -> Fact:
    """A fact of any type that needs no other fact."""
    memory, random = Memory(), draw(st.randoms(use_true_random=False))
    for fact in (
        LedgerOpened(name="firm"),
        EmployeeHired(employee="E1", hired_on=dt.date(2025, 1, 1), branch="SH", post="seller"),
    ):
        memory.told.append(Told(fact, "test", fact.TYPE, NOW, "test"))
    return Maker(memory, random, NOW).fact(draw(st.sampled_from(sorted(FACT_TYPES.keys() - GOVERNED))))


carried = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]),
    min_size=1,
    max_size=40,
)


@given(
    fact=said() | st.builds(FactVoided, position=st.integers(1, 2**53 - 1), reason=carried)
    | st.builds(FactConfirmed, position=st.just(1), role=st.just("rd")),
    source=carried, key=carried, actor=carried,
    happened=st.integers(0, 10**15).map(lambda n: dt.datetime(1990, 1, 2, tzinfo=dt.UTC) + n * MICROSECOND),
    zone=st.timezones(),
    position=st.integers(2, 2**53 - 1),
    caused=st.none() | st.just(1),
)  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_another_program_finds_the_same_bytes_and_hash(
    fact: Fact,
    source: str,
    key: str,
    actor: str,
    happened: dt.datetime,
    zone: dt.tzinfo,
    position: int,
    caused: int | None,
) -> None:
    """Line and content hash of any record are those of another implementation of RFC 8785."""
    made = draft(
        fact, source=source, key=key, occurred_at=happened.astimezone(zone), actor=actor, causation=caused
    )
    line = record_line(Record(position, NOW, *made[:-1]))
    data: Any = json.loads(made.data)
    at = happened.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    claim = {
        "type": fact.TYPE,
        "source": source,
        "key": key,
        "occurred_at": at,
        "causation": caused,
        "data": data,
    }
    assert made.content_hash == hashlib.sha256(rfc8785.dumps(claim)).digest()
    stamped = {
        "position": position,
        "recorded_at": "2025-03-10T09:30:00.000000Z",
        "tags": list(tags_of(fact)),
    }
    assert line == rfc8785.dumps(claim | stamped | {"actor": actor})
    assert json.loads(line)["data"] == data
