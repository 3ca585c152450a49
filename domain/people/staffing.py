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
        there = here(first).values()
        months.update(each.branch for each in there)
        left.update(
            each.branch
            for each in there
            if each.left_on is not None and first <= each.left_on < last and each.employee not in left_out
        )
    return {branch: Counted(left[branch], months[branch]) for branch in of_branches}


def expected_heads(now: int, ahead: Iterable[Ahead], leaves: Fraction, fails: Fraction) -> list[Fraction]:
    """How many are to be expected at the end of each month, when the shares `leaves` and `fails` go."""
    stay, announced = 1 - leaves, now
    # Over one denominator, which grows with each month: lowest terms are found once a month.
    above, below = now * fails.denominator, fails.denominator
    found: list[Fraction] = []
    for month in ahead:
        came = (month.heads - announced) * fails.denominator - month.probations * fails.numerator
        below *= stay.denominator
        above = above * stay.numerator + came * (below // fails.denominator)
        announced = month.heads
        found.append(Fraction(max(above, 0), below))
    return found


def to_hire(posts: int, heads: Fraction) -> int:
    """So many people are to be hired for `posts`: to the nearest whole one, half a person being one."""
    above, below = heads.as_integer_ratio()
    return max((2 * (posts * below - above) + below) // (2 * below), 0)
