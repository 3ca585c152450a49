"""A bonus for reaching a threshold: 200 from a close rate of 15 %."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from domain.plan.components.base import Component, Earned, Fault, Seen, Words, nothing_measured
from domain.plan.fields import Amount, Level, MeasureName, TargetName


class Threshold(Component, frozen=True, kw_only=True):
    """`pays` once `measure` reaches a level, or once the `target` is met; reaching it exactly is enough."""

    KIND: ClassVar[str] = "threshold"
    pays: Amount
    measure: MeasureName | None = None
    reaches: Level | None = None
    target: TargetName | None = None

    def earn(self, seen: Seen) -> Earned:
        """The whole bonus or nothing."""
        if self.target is not None:
            measure, level = seen.aims[self.target]
        else:
            measure, level = self.measure or "", self.reaches or Fraction(0)
        value = seen.values[measure]
        if value is None:
            return nothing_measured(measure)
        words: Words = {"measure": measure, "value": value, "reaches": level, "pays": self.pays}
        if value >= level:
            return Earned(self.pays, "threshold_reached", words)
        return Earned(Fraction(0), "threshold_missed", words)

    def faults(self) -> Iterator[Fault]:
        """It needs a measure and a level, or a target, and not both."""
        forms = (self.measure is not None, self.reaches is not None, self.target is not None)
        if forms not in ((True, True, False), (False, False, True)):
            yield Fault(
                "",
                "It is not clear when the bonus is due.",
                "Give `measure` and `reaches`, or `target` alone.",
            )
