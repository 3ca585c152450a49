"""Pay per unit: ten new clients at 50 each are 500; for every ten clients 300."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from domain.plan.arithmetic import product
from domain.plan.components.base import Earned, Fault, Seen
from domain.plan.components.graded import Counted, Figure
from domain.plan.fields import Amount, Level, MeasureName


class PerUnit(Counted, frozen=True, kw_only=True):
    """`rate` for each unit of `measure`; a measure below zero, after reversals, takes pay back.

    every: `rate` for every so many whole units instead; what is left over pays nothing.
    """

    KIND: ClassVar[str] = "per_unit"
    measure: MeasureName
    rate: Amount
    every: Level | None = None

    def subject(self, seen: Seen) -> tuple[str, Fraction | None]:
        """The measure alone."""
        return self.measure, None

    def worth(self, figure: Figure) -> Earned:
        """The units, or the whole lots of them, times the rate."""
        measure, value, _ = figure
        if self.every is None:
            return Earned(
                product(value, self.rate),
                "per_unit",
                {"measure": measure, "value": value, "rate": self.rate},
            )
        lots = Fraction(abs(value) // self.every) * (1 if value > 0 else -1)
        words = {"measure": measure, "value": value, "every": self.every, "lots": lots, "rate": self.rate}
        return Earned(lots * self.rate, "per_lot", words)

    def faults(self) -> Iterator[Fault]:
        """Lots must have a size, and a running total is only another way of counting lots."""
        if self.every is not None and self.every <= 0:
            yield Fault("every", "A lot must be more than 0.", "Write 10, or leave `every` out.")
        if self.running and self.every is None:
            yield Fault("running", "Each unit is paid the same whenever it comes.", "Leave `running` out.")
