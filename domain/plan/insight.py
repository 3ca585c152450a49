"""Numbers about many people: what a measure comes to over all of them, and how sure that is.

Over many people counts and sums add up, a ratio is the sum above by the sum below, and anything else is the
mean of those who have a value. The intervals are 95 % ones: Wilson's for a share of something, normal for a
mean; they say how much chance alone may do, and nothing about causes.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from domain.plan.measures import FactMeasure, Measure, RatioMeasure, quotient

Z = Fraction(196, 100)
"""Standard deviations on both sides that hold 95 % of a normal distribution."""

ADDED = ("count", "sum", "each")
"""The kinds of measure that add up over people."""


class Interval(NamedTuple):
    """Where a number lies with 95 % confidence."""

    low: Fraction
    high: Fraction


class Pooled(NamedTuple):
    """What a measure comes to over people. people: who have a value. interval: None of too few."""

    value: Fraction | None
    people: int
    interval: Interval | None


def pooled(
    measures: Mapping[str, Measure], name: str, values: Sequence[Mapping[str, Fraction | None]]
) -> Pooled:
    """The measure `name` over people who each have the `values` of all measures."""
    measure = measures[name]
    own = [value for each in values if (value := each[name]) is not None]
    if isinstance(measure, FactMeasure) and measure.kind in ADDED:
        return Pooled(sum(own, Fraction(0)) if values else None, len(own), None)
    if isinstance(measure, RatioMeasure) and _adds(measures, measure.of) and _adds(measures, measure.to):
        above = sum((each[measure.of] or Fraction(0) for each in values), Fraction(0))
        below = sum((each[measure.to] or Fraction(0) for each in values), Fraction(0))
        return Pooled(quotient(above, below), len(own), wilson(above, below))
    mean = sum(own, Fraction(0)) / len(own) if own else None
    return Pooled(mean, len(own), mean_interval(own))


def change(before: Fraction | None, after: Fraction | None) -> Fraction | None:
    """How much `after` is above `before`, as a share of it: 15 % → 8 % is −7/15."""
    return None if before is None or after is None or not before else (after - before) / before


def wilson(part: Fraction, whole: Fraction) -> Interval | None:
    """The interval of the share `part` of `whole` things; None where it is no share of them."""
    if whole <= 0 or not 0 <= part <= whole:
        return None
    share = part / whole
    middle = share + Z**2 / (2 * whole)
    spread = Z * root(share * (1 - share) / whole + Z**2 / (4 * whole**2))
    scale = 1 + Z**2 / whole
    return Interval(max((middle - spread) / scale, Fraction(0)), min((middle + spread) / scale, Fraction(1)))


def mean_interval(values: Sequence[Fraction]) -> Interval | None:
    """The interval of the mean of `values`; None of fewer than two."""
    number = len(values)
    if number < 2:
        return None
    mean = sum(values, Fraction(0)) / number
    variance = sum(((value - mean) ** 2 for value in values), Fraction(0)) / (number - 1)
    spread = Z * root(variance / number)
    return Interval(mean - spread, mean + spread)


def correlation(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Pearson's correlation of `pairs`, from −1 to 1; None where one side does not vary."""
    held = list(pairs)
    number = len(held)
    if number < 2:
        return None
    left = sum((one for one, _ in held), Fraction(0)) / number
    right = sum((other for _, other in held), Fraction(0)) / number
    together = sum(((one - left) * (other - right) for one, other in held), Fraction(0))
    apart = sum(((one - left) ** 2 for one, _ in held), Fraction(0)) * sum(
        ((other - right) ** 2 for _, other in held), Fraction(0)
    )
    return together / root(apart) if apart else None


def root(value: Fraction) -> Fraction:
    """The square root, to 28 digits."""
    with localcontext() as context:
        context.prec = 28
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def _adds(measures: Mapping[str, Measure], name: str) -> bool:
    measure = measures[name]
    return isinstance(measure, FactMeasure) and measure.kind in (*ADDED, "distinct")
