"""How far the value of a measure can have moved by facts that came and went and that nobody has counted.

Nothing here asks whether a fact meets a condition or lies in somebody's window: at most all of it counts, and
at least nothing does. So the value of a count, of a number of different things or of a sum lies between what
was counted less what may have gone, and that with what may have come. Nothing is known of other kinds, which
are to be measured.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from domain.plan.arithmetic import NOTHING, ratio
from domain.plan.measures import NUMBERS, FactMeasure, Measure, RatioMeasure


class Sums(NamedTuple):
    """Of some credits: how many they are, and what their columns add up to, none of which is below 0."""

    number: int
    quantity: int
    minutes: int
    amount_minor: int
    score: Decimal


class Told(NamedTuple):
    """What came to a person's credits and what went, by the type of the fact."""

    came: dict[str, Sums]
    gone: dict[str, Sums]


class Range(NamedTuple):
    """Both ends of where a value lies, themselves included; None where nothing is known."""

    low: Fraction | None
    high: Fraction | None


ANYTHING = Range(None, None)


def at(value: Fraction | None) -> Range:
    """Just `value`; nothing is known of one that there was none of."""
    return ANYTHING if value is None else Range(value, value)


def moved(measure: FactMeasure, known: Range, told: Told) -> Range:
    """Where the value of `measure` lies, which was within `known` before what is `told`."""
    if known.low is None or known.high is None or not _adds_up(measure):
        return ANYTHING
    up = _most(measure, told.came.get(measure.fact), told.gone.get(measure.less or ""))
    down = _most(measure, told.gone.get(measure.fact), told.came.get(measure.less or ""))
    return Range(known.low - down, known.high + up)


def range_of(measures: Mapping[str, Measure], leaves: Mapping[str, Range], name: str) -> Range:
    """Where the measure `name` lies, whose measures over facts lie within `leaves`."""
    match measures[name]:
        case RatioMeasure(of=of, to=to):
            return _quotient(range_of(measures, leaves, of), range_of(measures, leaves, to))
        case FactMeasure():
            return leaves[name]
        case _:
            return ANYTHING


def _adds_up(measure: FactMeasure) -> bool:
    if measure.kind == "sum":
        return measure.of in NUMBERS.values() and measure.worth is None and measure.convert_at is None
    return measure.kind in ("count", "distinct")


def _most(measure: FactMeasure, *told: Sums | None) -> Fraction:
    """The most that these credits can add to `measure`, or take from it."""
    column = measure.of if measure.kind == "sum" and measure.of else "number"
    numbers: Sequence[int | Decimal] = [getattr(sums, column) for sums in told if sums is not None]
    return sum((Fraction(number) for number in numbers), NOTHING) / measure.scale


def _quotient(of: Range, to: Range) -> Range:
    """Where `of` / `to` lies; nothing is known where the second may be 0 or less."""
    if of.low is None or of.high is None or to.low is None or to.high is None or to.low <= 0:
        return ANYTHING
    return Range(
        ratio(of.low, to.high if of.low >= 0 else to.low),
        ratio(of.high, to.low if of.high >= 0 else to.high),
    )
