"""Practices with the results behind them, restated from facts, and who decides at a client's steps."""

from typing import Any

import msgspec

from domain.facts.practices import DecisionMakerRecorded, MeasuredResult, PracticeShared, ProcessStep
from domain.facts.selling import Stage
from domain.people.sales_stages import STEPS
from domain.period import Period
from domain.plan.exact import Unit, exact_text
from domain.plan.fields import Title
from domain.plan.insight import change
from projections import insight
from projections.closing import head
from projections.insight import Restated, pooled_over, restated
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "practices"
VERSION = 1
TABLES = ("practice", "decision_maker")
FACTS = frozenset({"practice_shared", "decision_maker_recorded", "fact_voided"})

SCHEMA = """
create table practice (
    position      bigint primary key,
    practice      text   not null collate "C",
    employee      text   not null collate "C",
    title         text   not null,
    text          text   not null,
    stage         text   collate "C",
    step          text   collate "C",
    kind          text   collate "C",
    customer      text   collate "C",
    results       text   not null,
    void_position bigint check (void_position > position)
);
comment on table practice is 'Ways of working that were shared; of each id the last one holds.';
comment on column practice.position is 'Of the fact in the journal.';
comment on column practice.results is 'Where its effect is read, as JSON.';
comment on column practice.void_position is 'Position of the void that cancelled the fact.';

create table decision_maker (
    position      bigint primary key,
    customer      text   not null collate "C",
    employee      text   not null collate "C",
    step          text   not null collate "C",
    role          text   not null collate "C",
    name          text   not null,
    contact       text,
    note          text,
    void_position bigint check (void_position > position)
);
comment on table decision_maker is 'Who decides at clients; of a client, step and role the last one holds.';
comment on column decision_maker.position is 'Of the fact in the journal.';
comment on column decision_maker.name is 'As the journal holds it: personal data is not in clear there.';
comment on column decision_maker.void_position is 'Position of the void that cancelled the fact.';

create index decision_maker_by_customer on decision_maker (customer, position);
"""

PRACTICES = """
select {columns} from practice
where position in (select max(position) from practice where {known} group by practice)
order by practice"""

DECISION_MAKERS = """
select {columns} from decision_maker
where position in (
    select max(position) from decision_maker where customer = %(customer)s and {known} group by step, role
)
order by position"""


class _PracticeRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    practice: str
    employee: str
    title: str
    text: str
    stage: Stage | None
    step: ProcessStep | None
    kind: str | None
    customer: str | None
    results: str


class DecisionMaker(msgspec.Struct, frozen=True, kw_only=True):
    """Who decides at a step of a client's buying. name, contact, note: None where they cannot be read."""

    position: int
    customer: str
    employee: str
    step: ProcessStep
    role: str
    name: str | None
    contact: str | None
    note: str | None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result behind a practice, as facts tell it: a measure over everybody of a plan in a branch.

    before: where two periods are compared; change: after less before; relative: that as a share of before;
    exact. title, form, after: None where no plan in force has the measure.
    """

    branch: str
    plan: str
    measure: str
    title: Title | None = None
    form: Unit | None = None
    before: Restated | None = None
    after: Restated | None = None
    change: str | None = None
    relative: str | None = None


class Practice(msgspec.Struct, frozen=True, kw_only=True):
    """A way of working, where it fits, and the results behind it. position: of its fact."""

    position: int
    practice: str
    employee: str
    title: str
    text: str
    stage: Stage | None
    step: ProcessStep | None
    kind: str | None
    customer: str | None
    results: tuple[Result, ...]


def project(cursor: Cursor, span: Span) -> None:
    """Adds the practices and decision makers of the span, and marks what was voided in it."""
    shared = list[_PracticeRow]()
    deciding = list[DecisionMaker]()
    for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"}):
        match fact:
            case PracticeShared():
                said: dict[str, Any] = msgspec.structs.asdict(fact)
                said["results"] = msgspec.json.encode(fact.results or []).decode()
                shared.append(_PracticeRow(position=position, **said))
            case DecisionMakerRecorded():
                deciding.append(DecisionMaker(position=position, **msgspec.structs.asdict(fact)))
            case _:
                raise TypeError(f"practices have no row for {fact.TYPE}")
    store(cursor, "practice", shared)
    store(cursor, "decision_maker", deciding)
    mark_voided(cursor, span, *TABLES)


def practices(
    cursor: Cursor,
    known_at: int | None = None,
    *,
    stage: Stage | None = None,
    step: ProcessStep | None = None,
    kind: str | None = None,
    customer: str | None = None,
) -> list[Practice]:
    """The practices that fit, by id, each with its results.

    kind, customer: those for such clients, or this one, and those for any.
    """
    rows = fetch(cursor, _PracticeRow, PRACTICES, {}, known_at)
    return [
        _practice(cursor, row, known_at)
        for row in rows
        if stage in (None, row.stage)
        and step in (None, row.step)
        and (kind is None or row.kind in (None, kind))
        and (customer is None or row.customer in (None, customer))
    ]


def process_of(cursor: Cursor, customer: str, kind: str | None, known_at: int | None) -> list[Practice]:
    """What helps at the steps of a client's buying, in their order."""
    found = practices(cursor, known_at, kind=kind or "", customer=customer)
    steps = [each for each in found if each.step is not None]
    return sorted(steps, key=lambda each: STEPS.index(each.step) if each.step else 0)


def decision_makers(cursor: Cursor, customer: str, known_at: int | None = None) -> list[DecisionMaker]:
    """Who decides at `customer`, by step, encrypted as the journal holds it."""
    found = fetch(cursor, DecisionMaker, DECISION_MAKERS, {"customer": customer}, known_at)
    return sorted(found, key=lambda each: (STEPS.index(each.step), each.position))


def _practice(cursor: Cursor, row: _PracticeRow, known_at: int | None) -> Practice:
    told = msgspec.json.decode(row.results, type=list[MeasuredResult])
    known_at = head(cursor) if known_at is None else known_at
    return Practice(
        position=row.position,
        practice=row.practice,
        employee=row.employee,
        title=row.title,
        text=row.text,
        stage=row.stage,
        step=row.step,
        kind=row.kind,
        customer=row.customer,
        results=tuple(_result(cursor, each, known_at) for each in told),
    )


def _result(cursor: Cursor, told: MeasuredResult, known_at: int) -> Result:
    """What `told` comes to, measured as the version of the plan says that is in force at its end."""
    after = Period.parse(told.after)
    plan = insight.plan_in_force(cursor, told.plan, after, known_at)
    if plan is None or told.measure not in plan.measures:
        return Result(branch=told.branch, plan=told.plan, measure=told.measure)
    before = None if told.before is None else Period.parse(told.before)
    now = pooled_over(cursor, plan, told.measure, after, known_at, told.branch)
    then = None if before is None else pooled_over(cursor, plan, told.measure, before, known_at, told.branch)
    moved = None if then is None or then.value is None or now.value is None else now.value - then.value
    return Result(
        branch=told.branch,
        plan=told.plan,
        measure=told.measure,
        title=plan.measures[told.measure].title,
        form=plan.measures[told.measure].form,
        before=restated(before, then) if before and then else None,
        after=restated(after, now),
        change=exact_text(moved),
        relative=exact_text(change(then.value, now.value)) if then else None,
    )
