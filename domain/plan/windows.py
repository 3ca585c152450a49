"""Which days a measure looks at, as seen at the end of a period."""

import datetime as dt
from typing import Literal, NamedTuple

import msgspec

from domain.period import Period


class Window(msgspec.Struct, frozen=True):
    """Which days a measure looks at.

    period: those of the period. quarter, year: from the first day of the quarter or year to the period's last
    day. ever: all days up to the period's last one. last_periods: the period and the n − 1 before it.
    days_since_hire: from the hire day, which is day 0, to day n, or to the period's last day if that comes
    earlier. ends_before: it ends on the day before the period instead.
    """

    kind: Literal["period", "quarter", "year", "ever", "last_periods", "days_since_hire"] = "period"
    n: int = 0
    ends_before: bool = False


class Days(NamedTuple):
    """A run of days; both end days count. It is empty when the last comes before the first."""

    first: dt.date
    last: dt.date


def days_of(window: Window, period: Period, hired_on: dt.date) -> Days:
    """The days that `window` opens on for somebody hired on `hired_on`, as seen at the end of `period`."""
    if window.ends_before:
        whole = days_of(msgspec.structs.replace(window, ends_before=False), period, hired_on)
        return Days(whole.first, min(whole.last, period.first_day - dt.timedelta(days=1)))
    match window.kind:
        case "period":
            return Days(period.first_day, period.last_day)
        case "quarter" | "year" as longer:
            return Days(Period.containing(period.last_day, longer).first_day, period.last_day)
        case "ever":
            return Days(dt.date.min, period.last_day)
        case "last_periods":
            first = period
            for _ in range(window.n - 1):
                first = first.previous()
            return Days(first.first_day, period.last_day)
        case "days_since_hire":
            return Days(hired_on, min(hired_on + dt.timedelta(days=window.n), period.last_day))
