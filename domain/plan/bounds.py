"""How far the value of a measure can have moved by facts that came and went and that nobody has counted.

Nothing here asks whether a fact meets a condition or lies in somebody's window: at most all of it counts, and
at least nothing does. So the value of a count, of a number of different things or of a sum lies between what
was counted less what may have gone, and that with what may have come. Nothing is known of other kinds, which
are to be measured.

What a measure over facts comes to is told here before its scale divides it: whole numbers nearly always,
which are added and compared at a tenth of the cost of fractions.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.plan.measures import NUMBERS, FactMeasure, Measure, RatioMeasure

Exact = int | Fraction
"""Whole numbers stay such."""


class Sums(NamedTuple):
    """Of some credits: when the first was, how many they are, and sums of columns, none of them below 0."""

    first_at: dt.datetime
    number: int
    quantity: int
    minutes: int
    amount_minor: int
    score: Decimal


class Told(NamedTuple):
    """What came to a person's credits and what went, by the type of the fact."""

    came: dict[str, Sums]
    gone: dict[str, Sums]

    @property
    def first_at(self) -> dt.datetime | None:
        """Before this no value can have been reached that is better by these; None where that is unknown."""
        return None if self.gone else min((sums.first_at for sums in self.came.values()), default=None)


class Range(msgspec.Struct, frozen=True, gc=False):
    """Both ends of where a value lies, themselves included; None where nothing is known."""

    low: Exact | None
    high: Exact | None


ANYTHING = Range(None, None)


def at(measure: FactMeasure, value: Fraction | None) -> Range:
    """Just `value` of `measure`; nothing is known of one that there was none of."""
    if value is None:
        return ANYTHING
    top, bottom = value.as_integer_ratio()
    parts = top * measure.scale
    exact = Fraction(parts, bottom) if parts % bottom else parts // bottom
    return Range(exact, exact)


def moved(measure: FactMeasure, known: Range, told: Told) -> Range:
    """Where the value of `measure` lies, which was within `known` before what is `told`."""
    if known.low is None or known.high is None or not _adds_up(measure):
        return ANYTHING
    up = _most(measure, told.came.get(measure.fact), told.gone.get(measure.less or ""))
    down = _most(measure, told.gone.get(measure.fact), told.came.get(measure.less or ""))
    return Range(known.low - down, known.high + up) if up or down else known


def range_of(measures: Mapping[str, Measure], leaves: Mapping[str, Range], name: str) -> Range:
    """Where the measure `name` lies, whose measures over facts lie within `leaves`."""
    match measures[name]:
        case RatioMeasure(of=of, to=to):
            scales = _scale(measures[of]), _scale(measures[to])
            return _quotient(range_of(measures, leaves, of), range_of(measures, leaves, to), *scales)
        case FactMeasure():
            return leaves[name]
        case _:
            return ANYTHING


def _adds_up(measure: FactMeasure) -> bool:
    if measure.kind == "sum":
        return measure.of in NUMBERS.values() and measure.worth is None and measure.convert_at is None
    return measure.kind in ("count", "distinct")


def _scale(measure: Measure) -> int:
    return measure.scale if isinstance(measure, FactMeasure) else 1


def _most(measure: FactMeasure, *told: Sums | None) -> Exact:
    """The most that these credits can add to `measure`, or take from it."""
    column = measure.of if measure.kind == "sum" and measure.of else "number"
    most: Exact = 0
    for sums in told:
        if sums is not None:
            number: int | Decimal = getattr(sums, column)
            top, bottom = number.as_integer_ratio()
            most += top if bottom == 1 else Fraction(top, bottom)
    return most


def _quotient(of: Range, to: Range, of_scale: int, to_scale: int) -> Range:
    """Where `of` / `to` lies; nothing is known where the second may be 0 or less."""
    if of.low is None or of.high is None or to.low is None or to.high is None or to.low <= 0:
        return ANYTHING
    return Range(
        Fraction(of.low * to_scale, (to.high if of.low >= 0 else to.low) * of_scale),
        Fraction(of.high * to_scale, (to.low if of.high >= 0 else to.high) * of_scale),
    )
