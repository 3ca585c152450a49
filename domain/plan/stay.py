"""For how much of a period somebody is there, and for how many months since the hire.

Days are calendar days, and both end days count: the hire day, the last day of work, and the day from which a
transfer holds, which is the new post's. Only days on which the person is one of the plan's population count;
how long they have been here does not matter for that.
"""

import datetime as dt
from collections.abc import Collection, Iterable

import msgspec

from domain.people.roster import Leave, Posting, RosterChange, leave_days
from domain.people.roster import posting as posting_on
from domain.period import Period
from domain.plan.components.base import Stay
from domain.plan.document import Plan, Population
from domain.plan.population import belongs, completed_months, deciding_day


def whole_stay(plan: Plan, period: Period) -> Stay:
    """The stay of somebody who was there every day and is past every ramp."""
    return Stay(most_months(plan), period.days, period.days, period.days)


def stay(
    plan: Plan, period: Period, posting: Posting, leaves: Collection[Leave], moves: Iterable[RosterChange]
) -> Stay:
    """The stay of the person of `posting`, which is that of their deciding day.

    leaves, moves: of that person, not voided; without moves the posting alone tells. Months beyond the last
    that the plan asks about are not told.
    """
    last = deciding_day(period, posting.left_on)
    days = _days(plan.population, period, posting, last, list(moves))
    away = sum(leave_days(leaves, day, day) for day in days) if leaves else 0
    months = min(completed_months(posting.hired_on, last), most_months(plan))
    return Stay(months, len(days), len(days) - away, period.days)


def prorates(plan: Plan) -> bool:
    """Whether something in `plan` depends on the days that somebody is there."""
    return any(part.prorate is not None for part in (*plan.targets.values(), *plan.components))


def most_months(plan: Plan) -> int:
    """The months since the hire after which nothing in `plan` changes any more."""
    spans = [step for target in plan.targets.values() for step in target.ramp]
    floors = [part.floor.tenure_months for part in plan.components if part.floor is not None]
    bounds = [bound for span in (*spans, *floors) if span is not None for bound in (span.from_, span.until)]
    return max((bound for bound in bounds if bound is not None), default=0)


def _days(
    population: Population, period: Period, posting: Posting, last: dt.date, moves: list[RosterChange]
) -> list[dt.date]:
    first = max(period.first_day, posting.hired_on) if not moves else period.first_day
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    if not any(period.first_day <= move.effective_on <= period.last_day for move in moves):
        return days
    whom = msgspec.structs.replace(population, tenure_months=None)
    return [day for day in days if (here := posting_on(moves, day)) is not None and belongs(whom, here, day)]
