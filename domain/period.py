"""Business periods: months, ISO weeks, quarters and years, each a run of whole days."""

import datetime as dt
import re
from typing import Literal, NamedTuple, Self

PeriodKind = Literal["week", "month", "quarter", "year"]

_FORMS: tuple[tuple[PeriodKind, re.Pattern[str]], ...] = (
    ("month", re.compile(r"((?:19|2\d)\d\d)-(0[1-9]|1[0-2])\Z", re.ASCII)),
    ("week", re.compile(r"((?:19|2\d)\d\d)-W(0[1-9]|[1-4]\d|5[0-3])\Z", re.ASCII)),
    ("quarter", re.compile(r"((?:19|2\d)\d\d)-Q([1-4])\Z", re.ASCII)),
    ("year", re.compile(r"((?:19|2\d)\d\d)\Z", re.ASCII)),
)


class Period(NamedTuple):
    """A week "2025-W10", month "2025-03", quarter "2025-Q1" or year "2025"; both end days belong to it."""

    kind: PeriodKind
    first_day: dt.date
    last_day: dt.date

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period that `text` names.

        Raises: ValueError when it names none.
        """
        for kind, form in _FORMS:
            found = form.match(text)
            if found:
                year, *number = (int(group) for group in found.groups())
                return cls._of(kind, year, number[0] if number else 1)
        raise ValueError(f"{text[:40]!r} is not a period such as 2025-03, 2025-W10, 2025-Q1 or 2025")

    @classmethod
    def containing(cls, day: dt.date, kind: PeriodKind = "month") -> Self:
        """The period of `kind` that `day` belongs to."""
        match kind:
            case "week":
                year, week, _ = day.isocalendar()
                return cls._of(kind, year, week)
            case "month":
                return cls._of(kind, day.year, day.month)
            case "quarter":
                return cls._of(kind, day.year, (day.month + 2) // 3)
            case "year":
                return cls._of(kind, day.year, 1)

    @classmethod
    def _of(cls, kind: PeriodKind, year: int, number: int) -> Self:
        match kind:
            case "week":
                first = dt.date.fromisocalendar(year, number, 1)
                return cls(kind, first, first + dt.timedelta(days=6))
            case "month":
                return cls(kind, dt.date(year, number, 1), _month_end(year, number))
            case "quarter":
                return cls(kind, dt.date(year, 3 * number - 2, 1), _month_end(year, 3 * number))
            case "year":
                return cls(kind, dt.date(year, 1, 1), dt.date(year, 12, 31))

    def __str__(self) -> str:
        match self.kind:
            case "week":
                year, week, _ = self.first_day.isocalendar()
                return f"{year:04}-W{week:02}"
            case "month":
                return f"{self.first_day.year:04}-{self.first_day.month:02}"
            case "quarter":
                return f"{self.first_day.year:04}-Q{(self.first_day.month + 2) // 3}"
            case "year":
                return f"{self.first_day.year:04}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_day - self.first_day).days + 1

    def next(self) -> Self:
        """The period of the same kind right after."""
        return type(self).containing(self.last_day + dt.timedelta(days=1), self.kind)

    def previous(self) -> Self:
        """The period of the same kind right before."""
        return type(self).containing(self.first_day - dt.timedelta(days=1), self.kind)

    def has(self, day: dt.date) -> bool:
        """Whether `day` belongs to it."""
        return self.first_day <= day <= self.last_day


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of the month so many months later; where there is none, the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return min(_month_end(year, month + 1), dt.date(year, month + 1, 1) + dt.timedelta(days=day.day - 1))


def _month_end(year: int, month: int) -> dt.date:
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return after - dt.timedelta(days=1)
