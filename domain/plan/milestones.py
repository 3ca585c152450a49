"""Milestones: reached once, within so many days of the hire.

The hire day is day 0, so "within 30 days" ends with day 30, which is the hire day plus 30; day 31 is late.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal, NamedTuple

from domain.plan.document import Milestone
from domain.plan.exchange import NO_RATES, Rates
from domain.plan.measures import Credit, Days, DaysMeasure, Measure, RatioMeasure, evaluate, quotient


class MilestoneStanding(NamedTuple):
    """How far somebody is on a day.

    done: so far; None where nothing was measured. gap: what is still missing. days_left: after the day asked
    about; 0 on the last day and later. attained_on: the day on which the level was reached in time.
    """

    milestone: str
    needed: Fraction
    done: Fraction | None
    gap: Fraction
    last_day: dt.date
    days_left: int
    state: Literal["open", "attained", "missed"]
    attained_on: dt.date | None


def last_day(milestone: Milestone, hired_on: dt.date) -> dt.date:
    """The last day that counts for somebody hired on `hired_on`."""
    return hired_on + dt.timedelta(days=int(milestone.within_days))


def milestone_standing(
    milestone: Milestone,
    done: Fraction | None,
    attained_on: dt.date | None,
    hired_on: dt.date,
    as_of: dt.date,
) -> MilestoneStanding:
    """The standing on `as_of`, from what was `done` by then and the day the level was reached, if it was."""
    last = last_day(milestone, hired_on)
    attained = attained_on is not None and attained_on <= min(last, as_of)
    gap = Fraction(0) if attained else max(milestone.reaches - (done or 0), Fraction(0))
    return MilestoneStanding(
        milestone=milestone.id,
        needed=milestone.reaches,
        done=done,
        gap=gap,
        last_day=last,
        days_left=max((last - as_of).days, 0),
        state="attained" if attained else "open" if as_of <= last else "missed",
        attained_on=attained_on if attained else None,
    )


def standing_from_credits(
    milestone: Milestone,
    measures: Mapping[str, Measure],
    credits: Iterable[Credit],
    employee: str,
    hired_on: dt.date,
    as_of: dt.date,
    rates: Rates = NO_RATES,
) -> MilestoneStanding:
    """The standing of `employee` on `as_of`: the reference for what a read model computes from its tables."""
    last = min(as_of, last_day(milestone, hired_on))
    own = [credit for credit in credits if credit.employee == employee]
    # What comes back may count on the day of its deal.
    counted = {day for credit in own for day in (credit.day, credit.deal_day) if day is not None}

    def done(day: dt.date) -> Fraction | None:
        return value_over(milestone.measure, measures, own, employee, Days(hired_on, day), rates)

    reached = (
        day for day in sorted(counted) if hired_on <= day <= last and _reaches(done(day), milestone.reaches)
    )
    return milestone_standing(milestone, done(last), next(reached, None), hired_on, as_of)


def value_over(
    name: str,
    measures: Mapping[str, Measure],
    credits: Iterable[Credit],
    employee: str,
    days: Days,
    rates: Rates = NO_RATES,
) -> Fraction | None:
    """The measure `name` over `days`, whatever its own window."""
    measure, own = measures[name], list(credits)
    if isinstance(measure, DaysMeasure):
        return None
    if isinstance(measure, RatioMeasure):
        of = value_over(measure.of, measures, own, employee, days, rates)
        return quotient(of, value_over(measure.to, measures, own, employee, days, rates))
    return evaluate(measure, own, employee, days, rates=rates)


def _reaches(done: Fraction | None, level: Fraction) -> bool:
    return done is not None and done >= level
