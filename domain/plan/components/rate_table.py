"""A rate table: 1 % of revenue up to 50,000, 2 % from there, 3 % from 100,000."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from domain.plan.arithmetic import product
from domain.plan.components.bands import Stretch, along, band_faults, filled, held_in
from domain.plan.components.base import Earned, Fault, Part, Words, total
from domain.plan.components.graded import Figure, Graded
from domain.plan.fields import Level


class RateBand(Stretch, frozen=True, kw_only=True):
    """What each unit is paid from `from` up to but not including `until`: 2 % of money, 50 a client."""

    rate: Level


class RateTable(Graded, frozen=True, kw_only=True):
    """A rate for each unit of the measure, by bands of `measure` or of the attainment of `target`.

    marginal: each band's rate pays what lies in that band. whole: the rate of the band that holds the number
    pays all of the measure. interpolated: as whole, but the rate moves in a straight line from the beginning
    of each band to the beginning of the next; the last one is level, and so is a band without a beginning.
    A band of attainment from 100 % is an accelerator when it pays more than the band below it, a decelerator
    when it pays less. A target of 0 counts as attained: all is paid at the rate that holds at 100 %.
    """

    KIND: ClassVar[str] = "rate_table"
    bands: tuple[RateBand, ...]
    method: Literal["marginal", "whole", "interpolated"] = "marginal"

    def worth(self, figure: Figure) -> Earned:
        """The measure times the rates that its parts, or all of it, come to."""
        if self.method == "marginal" and (figure.aim is None or figure.aim):
            return self._by_parts(figure)
        if self.method == "interpolated":
            rate = along([(band.from_, band.rate) for band in self.bands], figure.level)
            words: Words = {}
        else:
            band = held_in(self.bands, figure.level)
            rate, words = (band.rate, band.edges()) if band else (None, {})
        if rate is None:
            return figure.earned(Fraction(0), "step_below", words)
        return figure.earned(product(figure.value, rate), "rate_whole", words | {"band_rate": rate})

    def _by_parts(self, figure: Figure) -> Earned:
        measure, aim = figure.measure, figure.aim
        rule = "rate_band" if aim is None else "rate_band_attained"
        parts: list[Part] = []
        for number, band, counted in filled(self.bands, figure.value, aim):
            words: Words = {"measure": measure, "value": counted, "band_rate": band.rate, **band.span()}
            if aim is not None:
                words["target"] = aim
            parts.append(Part(f"band {number}", product(counted, band.rate), words, rule))
        return figure.earned(total(parts), "rate_marginal", {}, tuple(parts))

    def faults(self) -> Iterator[Fault]:
        """Bands must rise, touch each other and have no end above."""
        yield from super().faults()
        yield from band_faults(self.bands, "rate: 2 %")
