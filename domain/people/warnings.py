"""Warnings: when one is raised, how long it lasts, and how often it would have been right."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from domain.averages import median
from domain.period import Period

Observed = Mapping[str, Fraction | None]
"""What was watched of one person in one period, by name; None where nothing was measured.

What has to fall is there as it was in the periods before, too, under the names that `earlier` makes.
"""

Seen = TypeVar("Seen")


def earlier(name: str, periods: int) -> str:
    """The name under which is observed what `name` was so many periods before."""
    return f"{name} {periods} before"


def falls(observed: Observed, name: str) -> int:
    """In how many periods in a row, the last one first, `name` was lower than in the one before."""
    number, value = 0, observed.get(name)
    while value is not None and (before := observed.get(earlier(name, number + 1))) is not None:
        if value >= before:
            break
        number, value = number + 1, before
    return number


class Episode(NamedTuple):
    """A time through which one person gave cause to warn.

    first: the first period that met the conditions. raised: the one in which they had been met often enough.
    last: the last one that met them. is_open: it lasts to the end of what was looked at.
    """

    first: Period
    raised: Period
    last: Period
    is_open: bool

    @property
    def periods(self) -> int:
        """How many periods in a row have met the conditions."""
        number, period = 1, self.first
        while period != self.last:
            number, period = number + 1, period.next()
        return number


class Backtest(NamedTuple):
    """How a warning would have done on people whose fate is known.

    fired: episodes. warned, left: people. right: of those warned who left within the horizon of a warning.
    missed: who left without a warning within the horizon before. precision: right of warned; recall: right of
    left; None where there was nobody. lead_days: median days from the first such warning to the last day.
    """

    fired: int
    warned: int
    left: int
    right: int
    missed: int
    precision: Fraction | None
    recall: Fraction | None
    lead_days: Fraction | None


def episodes(
    seen: Sequence[tuple[Period, Seen]], is_met: Callable[[Seen], bool], periods: int
) -> list[Episode]:
    """The episodes in `seen`, one person's periods that follow one another without a gap."""
    found: list[Episode] = []
    run: list[Period] = []
    for period, observed in seen:
        if is_met(observed):
            if run and run[-1].next() != period:
                run = []
            run.append(period)
            if len(run) == periods:
                found.append(Episode(run[0], period, period, False))
            elif len(run) > periods:
                found[-1] = found[-1]._replace(last=period)
        else:
            run = []
    if found and seen and found[-1].last == seen[-1][0]:
        found[-1] = found[-1]._replace(is_open=True)
    return found


def backtest(
    raised_on: Mapping[str, Sequence[dt.date]], left_on: Mapping[str, dt.date], within_days: int
) -> Backtest:
    """How warnings raised on the days `raised_on` foretold who left.

    left_on: the last day of whoever left in the time that was looked at. A warning is right when the person
    left on its day or at most `within_days` later.
    """
    leads: dict[str, int] = {}
    for employee, last in left_on.items():
        days = [(last - day).days for day in raised_on.get(employee, ())]
        in_time = [lead for lead in days if 0 <= lead <= within_days]
        if in_time:
            leads[employee] = max(in_time)
    warned = sum(1 for days in raised_on.values() if days)
    return Backtest(
        fired=sum(len(days) for days in raised_on.values()),
        warned=warned,
        left=len(left_on),
        right=len(leads),
        missed=len(left_on) - len(leads),
        precision=Fraction(len(leads), warned) if warned else None,
        recall=Fraction(len(leads), len(left_on)) if left_on else None,
        lead_days=median(leads.values()),
    )
