"""The days on which Huikang worked in 2025."""

import datetime as dt

LAST_DAY = dt.date(2025, 12, 19)
"""The files end here, in the middle of the month that is still open."""

_HOLIDAYS = (
    (dt.date(2025, 1, 1), dt.date(2025, 1, 1)),
    (dt.date(2025, 1, 28), dt.date(2025, 2, 4)),
    (dt.date(2025, 4, 4), dt.date(2025, 4, 6)),
    (dt.date(2025, 5, 1), dt.date(2025, 5, 5)),
    (dt.date(2025, 5, 31), dt.date(2025, 6, 2)),
    (dt.date(2025, 10, 1), dt.date(2025, 10, 8)),
)
"""China's public holidays of the year, first and last day. Source: State Council notice of November 2024."""


def working_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """The working days from `first` to `last`, both included."""
    days = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and not any(f <= day <= u for f, u in _HOLIDAYS)]


def month_bounds(month: int) -> tuple[dt.date, dt.date]:
    """First and last day of a month of 2025, as far as the files go."""
    first = dt.date(2025, month, 1)
    following = dt.date(2025 + month // 12, month % 12 + 1, 1)
    return first, min(following - dt.timedelta(days=1), LAST_DAY)
