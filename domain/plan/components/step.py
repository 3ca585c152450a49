"""A step bonus over half-open bands: nothing below 10 %, 1000 from 10 %, 2000 from 15 %."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

import msgspec

from domain.plan.components.base import Component, Earned, Fault, Seen, Words, nothing_measured
from domain.plan.fields import Amount, Level, MeasureName


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """From `from` up to but not including `until`; an absent end is open."""

    pays: Amount
    from_: Level | None = msgspec.field(name="from", default=None)
    until: Level | None = None

    def has(self, value: Fraction) -> bool:
        """Whether `value` lies in the band."""
        return (self.from_ is None or self.from_ <= value) and (self.until is None or value < self.until)


class Step(Component, frozen=True, kw_only=True):
    """What the band that `measure` lies in pays; nothing below the first band."""

    KIND: ClassVar[str] = "step"
    measure: MeasureName
    bands: tuple[Band, ...]

    def earn(self, seen: Seen) -> Earned:
        """The pay of the one band that holds the measure."""
        value = seen.values[self.measure]
        if value is None:
            return nothing_measured(self.measure)
        words: Words = {"measure": self.measure, "value": value}
        for band in self.bands:
            if band.has(value):
                return Earned(band.pays, "step", words | _edges(band) | {"pays": band.pays})
        return Earned(Fraction(0), "step_below", words)

    def faults(self) -> Iterator[Fault]:
        """Bands must rise, touch each other and have no end above."""
        return band_faults(self.bands)


def band_faults(bands: tuple[Band, ...]) -> Iterator[Fault]:
    """Where `bands` overlap, leave a hole or run backwards."""
    if not bands:
        yield Fault("bands", "There are no bands.", "Write at least one, such as {from: 10 %, pays: 1000}.")
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


def _edges(band: Band) -> Words:
    edges = {"from": band.from_, "until": band.until}
    return {name: edge for name, edge in edges.items() if edge is not None}
