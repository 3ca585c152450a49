"""Honours: who came first on a board, with the facts that show it, and what has been awarded."""

from collections.abc import Sequence
from itertools import islice

import msgspec

from domain.facts.governance import HonourAwarded
from domain.period import Period
from domain.plan.measures import FactMeasure, days_of
from domain.plan.mentions import with_parts
from projections import policy, roster
from projections.boards import board
from projections.evidence import counted_facts
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "honours"
VERSION = 2
TABLES = ("honour",)
FACTS = frozenset({"honour_awarded", "fact_voided"})

SCHEMA = """
create table honour (
    position      bigint   primary key,
    employee      text     not null collate "C",
    plan          text     not null collate "C",
    board         text     not null collate "C",
    period        text     not null collate "C",
    place         bigint   not null,
    value         text     not null collate "C",
    evidence      bigint[] not null,
    measure       text     collate "C",
    void_position bigint check (void_position > position)
);
comment on table honour is 'Honours that were awarded for places on boards.';
comment on column honour.position is 'Of the fact in the journal.';
comment on column honour.value is 'Of the measure that the board ranks by, an exact number.';
comment on column honour.evidence is 'Positions of the facts behind the value.';
comment on column honour.void_position is 'Position of the void that cancelled the fact.';

create index honour_by_employee on honour (employee, period);
"""

HONOURS = """
select {columns} from honour
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""

EVIDENCE_FACTS = 100


class Honour(msgspec.Struct, frozen=True, kw_only=True):
    """An honour that was awarded. position: of its fact; the rest is as in `honour_awarded`."""

    position: int
    employee: str
    plan: str
    board: str
    period: str
    place: int
    value: str
    evidence: list[int]
    measure: str | None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the honours of the span, and marks those voided in it."""
    facts = facts_of(cursor, span, "honour_awarded")
    store(cursor, "honour", [Honour(position=at, **msgspec.structs.asdict(fact)) for at, fact in facts])
    mark_voided(cursor, span, *TABLES)


def honours(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[Honour]:
    """What was awarded to `employees`, or to anybody, in order of position."""
    return fetch(cursor, Honour, HONOURS, {"employees": employees}, known_at)


def winners(
    cursor: Cursor, name: str, period: Period, *, plan: str | None = None, known_at: int | None = None
) -> list[HonourAwarded] | None:
    """An honour for everybody in the first place of the board `name`; None when no plan has it.

    Who shares the first place shares the honour; nobody is honoured for nothing measured.
    """
    ranked = board(cursor, name, period, plan=plan, known_at=known_at)
    if ranked is None:
        return None
    return [
        HonourAwarded(
            employee=place.employee,
            plan=ranked.plan,
            board=name,
            period=str(period),
            place=place.place,
            value=place.value,
            measure=ranked.measure,
            evidence=_evidence(cursor, ranked.plan, ranked.measure, place.employee, period, known_at),
        )
        for place in ranked.places
        if place.place == 1 and place.value is not None
    ]


def _evidence(
    cursor: Cursor, plan: str, measure: str, employee: str, period: Period, known_at: int | None
) -> list[int]:
    """Positions of the facts behind a measure, in their order."""
    versions = policy.plans_in_force(cursor, period.last_day, known_at)
    named = next(version.parsed().measures for version in versions if version.plan == plan)
    here = roster.told(cursor, [employee], known_at).deciding(period)[employee]
    positions: set[int] = set()
    for part in with_parts(named, (measure,)):
        leaf = named[part]
        if isinstance(leaf, FactMeasure):
            days = days_of(leaf.window, period, here.hired_on)
            _, facts = counted_facts(cursor, leaf, employee, (days,), known_at, limit=EVIDENCE_FACTS)
            positions.update(fact.position for fact in facts if leaf.gate is None or not fact.is_flagged)
    return list(islice(sorted(positions), EVIDENCE_FACTS))
