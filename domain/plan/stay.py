"""For how much of a period somebody is there, and for how many months since the hire.

Only days on which the person is one of the plan's population count (see `spells`).
"""

from collections.abc import Collection, Iterable

from domain.people.roster import Leave, Posting, RosterChange, leave_days
from domain.period import Period
from domain.plan.components.base import Stay
from domain.plan.document import Plan
from domain.plan.measures import Days
from domain.plan.population import completed_months
from domain.plan.spells import Spells, decided_on, spells, within


def whole_stay(plan: Plan, period: Period) -> Stay:
    """The stay of somebody who was there every day and is past every ramp."""
    return Stay(most_months(plan), period.days, period.days, period.days)


def stay(
    plan: Plan,
    period: Period,
    posting: Posting,
    leaves: Collection[Leave],
    moves: Iterable[RosterChange],
    known: Spells | None = None,
) -> Stay:
    """The stay of the person of `posting`, which is that of their deciding day.

    leaves, moves: of that person, not voided; without moves the posting alone tells. known: their spells in
    the plan, where it pays by days. Months beyond the last that the plan asks about are not told.
    """
    last = decided_on(period, posting, known)
    over = Days(period.first_day, last)
    here = spells(plan.population, posting, over, moves) if known is None else within(over, known)
    days = sum((spell.last - spell.first).days + 1 for spell in here)
    away = sum(leave_days(leaves, spell.first, spell.last) for spell in here) if leaves else 0
    months = min(completed_months(posting.hired_on, last), most_months(plan))
    return Stay(months, days, days - away, period.days)


def prorates(plan: Plan) -> bool:
    """Whether something in `plan` depends on the days that somebody is there."""
    return any(part.prorate is not None for part in (*plan.targets.values(), *plan.components))


def most_months(plan: Plan) -> int:
    """The months since the hire after which nothing in `plan` changes any more."""
    spans = [step for target in plan.targets.values() for step in target.ramp]
    floors = [part.floor.tenure_months for part in plan.components if part.floor is not None]
    bounds = [bound for span in (*spans, *floors) if span is not None for bound in (span.from_, span.until)]
    return max((bound for bound in bounds if bound is not None), default=0)
