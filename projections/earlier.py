"""What earlier months leave to a later one: what caps left over, and what was earned that is trued up.

These months are computed for it as known now, from the first that matters on, and never read from statements:
so a late fact moves on through all of them.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from domain.period import Period, PeriodKind
from domain.plan.components.base import Month
from domain.plan.components.true_up import TrueUp
from domain.plan.document import Plan
from domain.plan.exchange import minor_worth
from domain.plan.statement import Entitlement, carried_into, earnings, in_major
from projections.asking import Asking
from projections.members import Members
from projections.spans import Cursor


class Earlier(NamedTuple):
    """What earlier months leave to one person. carried: by caps, in major units and by component.

    months: of the quarter or year, where something is trued up. is_last: whether the plan pays the person no
    more in the month that follows.
    """

    carried: Mapping[str, Fraction] = {}
    months: tuple[Month, ...] = ()
    is_last: bool = False


NOTHING = Earlier()

Entitled = Callable[
    [Cursor, Members, Period, int | None, dt.date, Asking, Mapping[str, Earlier]], Mapping[str, Entitlement]
]
"""How the people of one plan are measured in a month."""


def earlier(
    cursor: Cursor, group: Members, period: Period, known_at: int | None, asking: Asking, entitled: Entitled
) -> Mapping[str, Earlier]:
    """What the months before `period` leave to each of the group; whoever is not there is left nothing."""
    spans = trued_up(group.plan, period)
    staying = asking.staying(cursor, group, period, known_at) if spans else group.resolved.keys()
    ending = {employee for employee in group.resolved if employee not in staying}
    due = [span for span in spans if ending or span.last_day == period.last_day]
    carried = carried_since(group.plan, period)
    firsts = [span.first_day for span in due] + ([carried] if carried is not None else [])
    first = min(firsts, default=period.first_day)
    left: dict[str, Earlier] = {}
    if first < period.first_day:
        everybody = carried is not None or any(span.last_day == period.last_day for span in due)
        people = list(group.resolved) if everybody else sorted(ending)
        months = _groups(cursor, group, first, period, known_at, asking, people)
        left = _left(cursor, months, known_at, asking, entitled)
    if carried is None:
        left = {employee: before._replace(carried={}) for employee, before in left.items()}
    return left | {employee: left.get(employee, NOTHING)._replace(is_last=True) for employee in ending}


def trued_up(plan: Plan, period: Period) -> set[Period]:
    """The quarter and year of `period`, as far as something in `plan` is trued up over them."""
    overs: set[PeriodKind] = {
        component.over for component in plan.components if isinstance(component, TrueUp)
    }
    return {Period.containing(period.last_day, over) for over in overs}


def carried_since(plan: Plan, period: Period) -> dt.date | None:
    """The first day from which caps of `plan` carry something into `period`; None where none does."""
    found: dt.date | None = None
    for component in plan.components:
        cap = component.cap
        if cap is not None and cap.carried is not None and cap.carries_from(period.previous(), period):
            first = Period.containing(period.last_day, cap.carried).first_day
            found = first if found is None else min(first, found)
    return found


def _groups(
    cursor: Cursor,
    group: Members,
    first: dt.date,
    period: Period,
    known_at: int | None,
    asking: Asking,
    people: list[str],
) -> dict[Period, Members | None]:
    """The plan in each month from the day `first` on, with those of `people` whom it paid; then the group."""
    found: dict[Period, Members | None] = {}
    month = Period.containing(first)
    while month.first_day < period.first_day:
        held = asking.members(cursor, month, known_at, people)
        found[month] = next((each for each in held if each.plan.plan == group.plan.plan), None)
        month = month.next()
    return found | {period: group}


def _left(
    cursor: Cursor,
    months: Mapping[Period, Members | None],
    known_at: int | None,
    asking: Asking,
    entitled: Entitled,
) -> dict[str, Earlier]:
    """What all but the last of `months` leave to the last, month by month."""
    left: dict[str, Earlier] = {}
    for (month, group), (later, following) in pairwise(months.items()):
        own: Mapping[str, Entitlement] = {}
        if group is not None:
            staying = following.resolved.keys() if following is not None else ()
            before = dict(_before(left, group, month, staying))
            own = entitled(cursor, group, month, known_at, month.last_day, asking, before)
        for employee, gone in left.items():
            left[employee] = gone._replace(carried={})
        for employee, entitlement in own.items():
            known = left.get(employee, NOTHING).months
            left[employee] = Earlier(carried_into(entitlement, later), (*known, _month(entitlement)))
    return left


def _before(
    left: Mapping[str, Earlier], group: Members, month: Period, staying: Collection[str]
) -> Iterator[tuple[str, Earlier]]:
    """What is left to each of the group, as far as the version of the plan in `month` takes it."""
    takes = carried_since(group.plan, month) is not None
    for employee in group.resolved:
        held = left.get(employee, NOTHING)
        if not takes:
            held = held._replace(carried={})
        yield employee, held._replace(is_last=employee not in staying)


def _month(entitlement: Entitlement) -> Month:
    plan = entitlement.resolved.plan
    scale = minor_worth(entitlement.exchanged, plan.currency, plan.pays_in)
    worth = zip(plan.components, earnings(entitlement), strict=True)
    return Month(
        entitlement.resolved.period,
        {component.id: in_major(minor, scale) for component, (_, minor) in worth if minor},
    )
