"""Pay per unit: ten new clients at 50 each are 500."""

from fractions import Fraction
from typing import ClassVar

from domain.plan.components.base import Component, Earned, Seen, nothing_measured
from domain.plan.fields import Amount, MeasureName


class PerUnit(Component, frozen=True, kw_only=True):
    """`rate` for each unit of `measure`; a measure below zero, after reversals, takes pay back."""

    KIND: ClassVar[str] = "per_unit"
    measure: MeasureName
    rate: Amount

    def earn(self, seen: Seen) -> Earned:
        """The measure times the rate."""
        value: Fraction | None = seen.values[self.measure]
        if value is None:
            return nothing_measured(self.measure)
        return Earned(
            value * self.rate, "per_unit", {"measure": self.measure, "value": value, "rate": self.rate}
        )
