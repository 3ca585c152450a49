"""What to look at before a month is closed: what a close would refuse, and what it would settle later."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec
from psycopg.sql import SQL

from domain.facts.trail import AccessRefused, PersonalDataRead
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.measures import FactMeasure, Measure
from domain.plan.spells import Membership
from projections import policy
from projections.holding import in_effect
from projections.inquiries import inquiries
from projections.late import closed_periods
from projections.measures import Pass, confirmed, counts, rows
from projections.members import belonging, roll
from projections.plan_life import drafts
from projections.reconciling import steps_of
from projections.sight import bound_for, seen, windows
from projections.spans import Cursor

Item = Literal[
    "month_over",
    "months_before",
    "counting",
    "imports",
    "quarantine",
    "unconfirmed",
    "without_plan",
    "inquiries",
    "holds",
    "drafts",
    "runs_before",
    "seal",
]
"""In the order in which they are looked at."""

MOST_SINCE = 1_000
"""So many facts since a proposal are counted, and no more."""

UNCONFIRMED = SQL("select asked.holder, c.position, c.fact, c.day {seen} and {counts} and not {confirmed}")

SINCE = """
select count(*) from (
    select from journal
    where position > %(after)s and (%(upto)s::bigint is null or position <= %(upto)s)
        and type <> all(%(trail)s)
    limit %(most)s
) as since"""

_TRAIL = [AccessRefused.TYPE, PersonalDataRead.TYPE]


class CheckItem(msgspec.Struct, frozen=True, kw_only=True):
    """A thing to look at. count: how many there are; 0 for done, null where a past moment does not tell.

    blocks: whether the close is refused as long as it is not 0. address: where to look at them.
    """

    item: Item
    count: int | None
    blocks: bool = False
    address: str | None = None


class Unconfirmed(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a plan counts for a person only once somebody has confirmed it. by: as what they do.

    title: of the measure.
    """

    position: int
    type: str
    employee: str
    name: str | None = None
    day: dt.date
    plan: str
    measure: str
    title: Title
    by: str


class WithoutPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works in the month and is paid by no plan in force in it."""

    employee: str
    name: str | None
    branch: str | None
    post: str | None
    hired_on: dt.date
    left_on: dt.date | None


def items(cursor: Cursor, period: Period, today: dt.date, known_at: int | None) -> Iterator[CheckItem]:
    """What the read models know of an open month."""
    closed = [each.period for each in closed_periods(cursor, known_at)]
    yield CheckItem(
        item="month_over", count=max(0, (period.last_day - today).days + 1), blocks=True, address=None
    )
    yield CheckItem(item="months_before", count=_open_before(period, closed), blocks=True)
    unpaid = sum(steps_of(cursor, each, known_at).release is None for each in closed)
    yield CheckItem(item="runs_before", count=unpaid, address="/v1/payroll/runs")
    people = population(cursor, period, known_at)
    waiting = {each.position for each in unconfirmed(cursor, period, people, known_at)}
    yield CheckItem(item="unconfirmed", count=len(waiting), address=f"/v1/closes/{period}/unconfirmed")
    count = len(without_plan(people))
    yield CheckItem(item="without_plan", count=count, address=f"/v1/closes/{period}/without-plan")
    asked = inquiries(cursor, known_at)
    opened = [each for each in asked if each.state != "resolved" and each.period <= str(period)]
    yield CheckItem(item="inquiries", count=len(opened), address="/v1/inquiries")
    held = in_effect(cursor, period, None, known_at)
    yield CheckItem(item="holds", count=len(held), address="/v1/payroll/holds?released=false")
    found = drafts(cursor, None, known_at)
    due = [d for d in found if d.state == "open" and d.effective_from <= period.last_day]
    yield CheckItem(item="drafts", count=len(due), address="/v1/plans/drafts?state=open")


class Population(NamedTuple):
    """Who works in a month, and whom each plan in force pays."""

    here: Mapping[str, Posting]
    paid: Sequence[tuple[Plan, Mapping[str, Membership]]]


def population(cursor: Cursor, period: Period, known_at: int | None) -> Population:
    """Who works in `period`, and by which plans; not by which numbers."""
    there = roll(cursor, period, known_at)
    paid = [
        (plan, belonging(plan, there))
        for version in policy.plans_in_force(cursor, period.last_day, known_at)
        for plan in [version.parsed()]
    ]
    return Population(there.here, paid)


def unconfirmed(
    cursor: Cursor, period: Period, people: Population, known_at: int | None
) -> list[Unconfirmed]:
    """The facts of `period` that a plan counts only once somebody has confirmed them, by position."""
    found: list[Unconfirmed] = []
    for plan, own in people.paid:
        hired = {who: held.posting.hired_on for who, held in own.items()}
        spells = {who: held.spells for who, held in own.items() if held.spells is not None}
        for name, measure in _to_confirm(plan.measures) if own else ():
            days = windows([measure], period, hired, None, spells)[measure.window]
            bound = bound_for(cursor, [measure], days, known_at)
            statement = UNCONFIRMED.format(
                seen=seen(bound, [measure], known_at),
                counts=counts(bound, _whoever_confirms(measure), measure.fact, known_at),
                confirmed=confirmed(bound, measure.confirmed_by or "", known_at),
            )
            found.extend(
                Unconfirmed(
                    position=position,
                    type=type_,
                    employee=holder,
                    day=day,
                    plan=plan.plan,
                    measure=name,
                    title=measure.title,
                    by=measure.confirmed_by or "",
                )
                for holder, position, type_, day in rows(cursor, Pass(statement, bound))
            )
    return sorted(found, key=lambda each: (each.position, each.employee, each.plan, each.measure))


def without_plan(people: Population) -> list[WithoutPlan]:
    """Who works in the month and is paid by no plan that is in force in it, by id."""
    paid = {who for _, own in people.paid for who in own}
    return [_without(posting) for who, posting in sorted(people.here.items()) if who not in paid]


def facts_since(cursor: Cursor, position: int, known_at: int | None) -> int:
    """How many facts were recorded after `position`, but for the trail of who reads; a thousand at most."""
    asked: Mapping[str, object] = {
        "after": position,
        "upto": known_at,
        "trail": _TRAIL,
        "most": MOST_SINCE,
    }
    row = cursor.execute(SINCE, asked).fetchone()
    return row[0] if row else 0


def _to_confirm(measures: Mapping[str, Measure]) -> Iterator[tuple[str, FactMeasure]]:
    """The measures that count what is confirmed, over the period alone."""
    for name, measure in measures.items():
        if isinstance(measure, FactMeasure) and measure.confirmed_by is not None:
            yield name, msgspec.structs.replace(measure, window=type(measure.window)())


def _whoever_confirms(measure: FactMeasure) -> FactMeasure:
    return msgspec.structs.replace(measure, confirmed_by=None)


def _open_before(period: Period, closed: Sequence[Period]) -> int:
    """How many months must be closed before `period`; none where it is the first of all."""
    if not closed:
        return 0
    number, month = 0, closed[-1].next()
    while month.first_day < period.first_day:
        number, month = number + 1, month.next()
    return number


def _without(here: Posting) -> WithoutPlan:
    return WithoutPlan(
        employee=here.employee,
        name=here.name,
        branch=here.branch,
        post=here.post,
        hired_on=here.hired_on,
        left_on=here.left_on,
    )
