"""What a post is paid on the market, and where somebody's pay should lie by their results.

A percentile among peers is the share of the others who lie below, those who are level counting half: of
twenty-one people the one above eighteen others is at 90 %. The suggested pay lies on the market where the
person lies among their peers by results, ten points more or less.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import NamedTuple

import msgspec

SPREAD = Fraction(10, 100)
"""So far on both sides of the percentile of a person's results does the suggested range reach."""


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What the market pays for a month of a post as of a day. branch: None for everywhere.

    amounts_minor: at each of the `percents`, which rise. position: of the fact.
    """

    position: int
    post: str
    branch: str | None
    surveyed_on: dt.date
    surveyed_by: str
    currency: str
    percents: list[int]
    amounts_minor: list[int]


class MarketRange(NamedTuple):
    """From which pay to which, in minor units, and the percentiles of the market that these are at."""

    low: Fraction
    high: Fraction
    low_at: Fraction
    high_at: Fraction


def survey_for(surveys: Iterable[Survey], post: str | None, branch: str | None) -> Survey | None:
    """The last of `surveys`, in their order, about `post` in `branch`; else the last about it everywhere."""
    own = [each for each in surveys if each.post == post]
    there = [each for each in own if each.branch == branch]
    everywhere = [each for each in own if each.branch is None]
    return (there or everywhere or [None])[-1]


def percentiles(values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Where each of some people lies among the others; nobody, where there are no others."""
    others = len(values) - 1
    if others < 1:
        return {}
    whole = _whole(values)
    places: dict[int, tuple[int, int]] = {}
    for place, value in enumerate(sorted(whole.values())):
        places[value] = places.get(value, (place, place))[0], place
    # The first and the last place of those who are level, halved, is what counts for all of them.
    shares = {value: Fraction(first + last, 2 * others) for value, (first, last) in places.items()}
    return {who: shares[value] for who, value in whole.items()}


def paid_at(survey: Survey, percentile: Fraction) -> tuple[Fraction, Fraction]:
    """What the market pays at `percentile`, on the line between two figures, and at which one that is.

    Beyond the figures that there are, it is the nearest of them.
    """
    figures = [
        (Fraction(percent, 100), Fraction(minor))
        for percent, minor in zip(survey.percents, survey.amounts_minor, strict=True)
    ]
    asked = min(max(percentile, figures[0][0]), figures[-1][0])
    for (low, less), (high, more) in pairwise(figures):
        if low <= asked <= high:
            return less + (more - less) * (asked - low) / (high - low), asked
    return figures[0][1], asked


def market_range(survey: Survey, results: Fraction) -> MarketRange:
    """The pay that fits somebody whose results lie at the percentile `results`."""
    (low, low_at), (high, high_at) = (paid_at(survey, results + by) for by in (-SPREAD, SPREAD))
    return MarketRange(low, high, low_at, high_at)


def furthest_behind(gaps: Mapping[str, Fraction | None]) -> Sequence[str]:
    """The people by how far results lie above pay, the furthest first; those without a gap come last."""
    whole = _whole({who: gap for who, gap in gaps.items() if gap is not None})
    return [*sorted(whole, key=lambda who: (-whole[who], who)), *sorted(gaps.keys() - whole.keys())]


def _whole(values: Mapping[str, Fraction]) -> dict[str, int]:
    """`values` in parts so small that all are whole: whole numbers are compared sooner."""
    parts = lcm(*(value.denominator for value in values.values()))
    return {who: value.numerator * (parts // value.denominator) for who, value in values.items()}
