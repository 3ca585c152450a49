"""How many people a unit will lack: posts, announced changes, the rate at which people leave, probations.

A month is the time to the same day of the next one. Of those who are here, the same share leaves in every
month, whoever they are; whoever is announced to come or go does so on their day; of each probation that ends
in a month, the share that was not confirmed before goes. Everything is exact; it is rounded once, to the
people who are to be hired.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import floor
from typing import NamedTuple

from domain.people.roster import Posting
from domain.period import months_after

RATE_MONTHS = 12
"""Over so many months before the day is the rate of leaving counted."""


class Counted(NamedTuple):
    """So many of so many: leavers of months that people were here, or confirmed of ended probations."""

    part: int
    whole: int

    @property
    def share(self) -> Fraction | None:
        """The part of the whole; None of nothing."""
        return Fraction(self.part, self.whole) if self.whole else None


class Ahead(NamedTuple):
    """What is known of a month ahead. heads: by its last day as announced. probations: that end in it."""

    on: dt.date
    posts: int
    heads: int
    probations: int


def leaving(
    here: Callable[[dt.date], Mapping[str, Posting]],
    day: dt.date,
    of_branches: Iterable[str],
    but: Iterable[str] = (),
) -> dict[str, Counted]:
    """Who left each branch in the months up to `day`, of all months that somebody was there at the start of.

    here: who works where on a day. but: people who do not count as leavers, since their probation was ended.
    """
    left_out = set(but)
    left, months = Counter[str | None](), Counter[str | None]()
    for number in range(RATE_MONTHS, 0, -1):
        first, last = months_after(day, -number), months_after(day, 1 - number)
        for each in here(first).values():
            months[each.branch] += 1
            if each.left_on is not None and first <= each.left_on < last and each.employee not in left_out:
                left[each.branch] += 1
    return {branch: Counted(left[branch], months[branch]) for branch in of_branches}


def expected_heads(now: int, ahead: Iterable[Ahead], leaves: Fraction, fails: Fraction) -> list[Fraction]:
    """How many are to be expected at the end of each month, when the shares `leaves` and `fails` go."""
    found: list[Fraction] = []
    expected, announced = Fraction(now), now
    for month in ahead:
        expected = expected * (1 - leaves) + (month.heads - announced) - month.probations * fails
        announced = month.heads
        found.append(max(expected, Fraction(0)))
    return found


def to_hire(posts: int, heads: Fraction) -> int:
    """So many people are to be hired for `posts`: to the nearest whole one, half a person being one."""
    return max(floor(posts - heads + Fraction(1, 2)), 0)
