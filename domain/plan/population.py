"""Whom a plan is for, and which version of it.

A person belongs to a plan in a period by where they work on its last day, or on their own last day of work if
that comes earlier; to a plan that pays `by_days`, also by where they worked before (see `spells`). The last
of their days in the plan decides which overrides and changed targets hold for the whole period; where the
plan pays by days and branches or teams set other numbers, the last of their days in each (see `placements`).
"""

import datetime as dt
from collections.abc import Iterable

from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Plan, Population


def belongs(population: Population, posting: Posting, day: dt.date) -> bool:
    """Whether somebody with this `posting` on `day` is one of `population`."""
    tenure = population.tenure_months
    months = completed_months(posting.hired_on, day) if tenure else 0
    return (
        (not population.post or posting.post in population.post)
        and (not population.branch or posting.branch in population.branch)
        and (not population.department or posting.department in population.department)
        and (not population.team or posting.team in population.team)
        and (not population.employment or posting.employment in population.employment)
        and (tenure is None or tenure.has(months))
    )


def completed_months(hired_on: dt.date, day: dt.date) -> int:
    """Whole months from `hired_on` to `day`.

    A month is complete on the same day of the month, or on the last day of a month that has no such day.
    """
    months = (day.year - hired_on.year) * 12 + day.month - hired_on.month
    month_ends = (day + dt.timedelta(days=1)).day == 1
    return months - (day.day < hired_on.day and not month_ends)


def deciding_day(period: Period, left_on: dt.date | None) -> dt.date:
    """The day of `period` whose posting decides: its last one, or an earlier last day of work."""
    return min(period.last_day, left_on) if left_on is not None else period.last_day


def version_in_force(versions: Iterable[Plan], day: dt.date) -> Plan | None:
    """The version of a plan that holds on `day`: the one that took effect last, unless it has ended.

    versions: of one plan, in the order of adoption; of two with the same first day the later holds.
    """
    started = [plan for plan in versions if plan.effective_from <= day]
    if not started:
        return None
    plan = max(enumerate(started), key=lambda numbered: (numbered[1].effective_from, numbered[0]))[1]
    return plan if plan.effective_until is None or day <= plan.effective_until else None
