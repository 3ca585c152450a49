"""Bands: half-open stretches of a number, [from, until), that rise and touch, the last without an end."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import msgspec

from domain.plan.arithmetic import ALL, is_below
from domain.plan.components.base import Fault, Words
from domain.plan.fields import Level


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """From `from` up to but not including `until`; an absent end is open."""

    from_: Level | None = msgspec.field(name="from", default=None)
    until: Level | None = None

    def has(self, value: Fraction) -> bool:
        """Whether `value` lies in the band."""
        return (self.from_ is None or not is_below(value, self.from_)) and (
            self.until is None or is_below(value, self.until)
        )

    def edges(self) -> Words:
        """Its ends, as far as it has any."""
        ends = {"from": self.from_, "until": self.until}
        return {name: end for name, end in ends.items() if end is not None}

    def span(self) -> Words:
        """Both its ends; an open one is empty."""
        return {
            "from": "" if self.from_ is None else self.from_,
            "until": "" if self.until is None else self.until,
        }


Held = TypeVar("Held", bound=Stretch)


def portion(value: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    """How much of the way from 0 to `value` lies from `low` to `high`; below 0 for a `value` below 0."""
    near, far = min(value, Fraction(0)), max(value, Fraction(0))
    length = (far if high is None else min(far, high)) - (near if low is None else max(near, low))
    return max(length, Fraction(0)) * (1 if value >= 0 else -1)


def filled(
    bands: Sequence[Held], value: Fraction, unit: Fraction | None = None
) -> Iterator[tuple[int, Held, Fraction]]:
    """The number of each of `bands` that `value` reaches, the band, and how much of `value` lies in it.

    bands: that rise and touch. unit: what their edges are shares of.
    """
    if value.numerator >= 0:
        yield from _filled_up(bands, value, ALL if unit is None else unit)
        return
    for number, band in enumerate(bands, start=1):
        counted = portion(value, _times(band.from_, unit), _times(band.until, unit))
        if counted:
            yield number, band, counted


def _filled_up(
    bands: Sequence[Held], value: Fraction, unit: Fraction
) -> Iterator[tuple[int, Held, Fraction]]:
    """As `filled`, of a `value` that is not below 0, in integers: every edge is two of them."""
    whole, parts = value.as_integer_ratio()
    times, share = unit.as_integer_ratio()
    low, low_parts = _edge(bands[0].from_, times, share)
    for number, band in enumerate(bands, start=1):
        top, top_parts = whole, parts
        high, high_parts = _edge(band.until, times, share)
        if band.until is not None and whole * high_parts >= high * parts:
            top, top_parts = high, high_parts
        if low > 0:
            top, top_parts = top * low_parts - low * top_parts, top_parts * low_parts
        if top < 0:
            return
        if top:
            yield number, band, Fraction(top, top_parts)
        low, low_parts = high, high_parts


def _edge(edge: Fraction | None, times: int, share: int) -> tuple[int, int]:
    """An edge in `times` / `share`, as a ratio that need not be reduced; 0 for an open end."""
    if edge is None:
        return 0, 1
    whole, parts = edge.as_integer_ratio()
    return whole * times, parts * share


def _times(edge: Fraction | None, unit: Fraction | None) -> Fraction | None:
    return edge if edge is None or unit is None else edge * unit


def along(points: Sequence[tuple[Fraction | None, Fraction]], value: Fraction) -> Fraction | None:
    """Where `value` lies on the straight lines from point to point; None below the first of them.

    points: the lower end of each band and what holds there. What begins nowhere is level, and so is the last.
    """
    for (low, here), (high, there) in pairwise(points):
        if high is not None and value < high:
            if low is None:
                return here
            return None if value < low else here + (there - here) * (value - low) / (high - low)
    low, here = points[-1]
    return None if low is not None and value < low else here


def band_faults(bands: Sequence[Stretch], shown: str = "pays: 1000") -> Iterator[Fault]:
    """Where `bands` overlap, leave a hole or run backwards. shown: what a band of this kind says."""
    if not bands:
        yield Fault("bands", "There are no bands.", f"Write at least one, such as {{from: 10 %, {shown}}}.")
        return
    for index, band in enumerate(bands):
        if band.from_ is not None and band.until is not None and band.until <= band.from_:
            yield Fault(
                f"bands[{index}].until", "The band ends before it begins.", "Make `until` the greater."
            )
    for index, (lower, upper) in enumerate(pairwise(bands), start=1):
        if lower.until is None or upper.from_ is None:
            yield Fault(
                f"bands[{index}].from",
                "It is open towards the band before.",
                "Close both: until 10 %, from 10 %.",
            )
        elif upper.from_ < lower.until:
            yield Fault(
                f"bands[{index}].from", "The band overlaps the one before.", "Begin where that one ends."
            )
        elif upper.from_ > lower.until:
            yield Fault(
                f"bands[{index}].from", "There is a hole below this band.", "Begin where the one before ends."
            )
    if bands[-1].until is not None:
        yield Fault(
            f"bands[{len(bands) - 1}].until", "Whoever exceeds the last band would earn nothing.",
            "Leave `until` out of the last band.",
        )  # fmt: skip


def held_in(bands: Sequence[Held], value: Fraction) -> Held | None:
    """The one of `bands` that holds `value`; None below the first."""
    return next((band for band in bands if band.has(value)), None)
