"""A step bonus over half-open bands: nothing below 10 %, 1000 from 10 %, 2000 from 15 %."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from domain.plan.components.bands import Stretch, along, band_faults, held_in
from domain.plan.components.base import Earned, Fault
from domain.plan.components.graded import Figure, Graded
from domain.plan.fields import Amount


class Band(Stretch, frozen=True, kw_only=True):
    """From `from` up to but not including `until`; an absent end is open."""

    pays: Amount


class Step(Graded, frozen=True, kw_only=True):
    """What the band pays that holds `measure`, or the attainment of `target`; nothing below the first band.

    interpolated: the pay moves in a straight line from the beginning of each band to that of the next; the
    last one is level, and so is a band without a beginning.
    """

    KIND: ClassVar[str] = "step"
    bands: tuple[Band, ...]
    method: Literal["steps", "interpolated"] = "steps"

    def worth(self, figure: Figure) -> Earned:
        """The pay of the one band that holds the number, or of its place between two."""
        if self.method == "interpolated":
            pays = along([(band.from_, band.pays) for band in self.bands], figure.level)
            if pays is not None:
                return figure.earned(pays, "step_between", {"pays": pays})
        elif band := held_in(self.bands, figure.level):
            return figure.earned(band.pays, "step", band.edges() | {"pays": band.pays})
        return figure.earned(Fraction(0), "step_below", {})

    def faults(self) -> Iterator[Fault]:
        """Bands must rise, touch each other and have no end above."""
        yield from super().faults()
        yield from band_faults(self.bands)
