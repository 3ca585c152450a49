"""Pay per point over a target: at 12 % over a target of 10 %, two points."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from domain.plan.arithmetic import NOTHING, difference, product, ratio
from domain.plan.components.base import Earned, Fault, Seen, nothing_measured
from domain.plan.components.component import Component
from domain.plan.fields import Amount, Level, TargetName


class PerPoint(Component, frozen=True, kw_only=True):
    """`rate` for each `point` by which the measure exceeds the target: whole points, or each part of one."""

    KIND: ClassVar[str] = "per_point"
    target: TargetName
    rate: Amount
    point: Level = Fraction(1, 100)
    counting: Literal["whole", "pro_rata"] = "whole"

    def earn(self, seen: Seen) -> Earned:
        """The points over the target times the rate; nothing is taken away below it."""
        measure, target = seen.aims[self.target]
        value = seen.values[measure]
        if value is None:
            return nothing_measured(measure)
        over = difference(value, target)
        points = ratio(over, self.point) if over.numerator > 0 else NOTHING
        if self.counting == "whole":
            points = Fraction(points.numerator // points.denominator)
        return Earned(
            product(points, self.rate),
            f"per_point_{self.counting}",
            {"measure": measure, "value": value, "target": target, "points": points, "rate": self.rate},
        )

    def faults(self) -> Iterator[Fault]:
        """A point of nothing would be exceeded without end."""
        if self.point <= 0:
            yield Fault("point", "A point must be more than 0.", "Write 1 %, or 1 for a target that counts.")
