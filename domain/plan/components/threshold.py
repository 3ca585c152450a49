"""A bonus for reaching a threshold: 200 from a close rate of 15 %."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from domain.plan.arithmetic import NOTHING, is_below, product
from domain.plan.components.base import Earned, Fault, Seen, Words
from domain.plan.components.graded import Counted, Figure
from domain.plan.fields import Amount, Level, MeasureName, Share, TargetName


class Threshold(Counted, frozen=True, kw_only=True):
    """`pays` once `measure` reaches a level, or once the `target` is met; reaching it exactly is enough.

    attains: the share of the target that is enough, such as 90 %; all of it when absent.
    """

    KIND: ClassVar[str] = "threshold"
    pays: Amount
    measure: MeasureName | None = None
    reaches: Level | None = None
    target: TargetName | None = None
    attains: Share | None = None

    def subject(self, seen: Seen) -> tuple[str, Fraction | None]:
        """The measure, or that of the target."""
        return seen.aims[self.target] if self.target is not None else (self.measure or "", None)

    def worth(self, figure: Figure) -> Earned:
        """The whole bonus or nothing."""
        measure, value, aim = figure
        level = (self.reaches or NOTHING) if aim is None else aim
        if aim is not None and self.attains is not None:
            level = product(aim, self.attains)
        words: Words = {"measure": measure, "value": value, "reaches": level, "pays": self.pays}
        if not is_below(value, level):
            return Earned(self.pays, "threshold_reached", words)
        return Earned(NOTHING, "threshold_missed", words)

    def faults(self) -> Iterator[Fault]:
        """It needs a measure and a level, or a target, and not both."""
        forms = (self.measure is not None, self.reaches is not None, self.target is not None)
        if forms not in ((True, True, False), (False, False, True)):
            yield Fault(
                "",
                "It is not clear when the bonus is due.",
                "Give `measure` and `reaches`, or `target`, with `attains: 90 %` where that is enough.",
            )
        if self.attains is not None and self.target is None:
            yield Fault("attains", "There is no target to attain.", "Give a `target`, or leave it out.")
        if self.attains is not None and self.attains <= 0:
            yield Fault("attains", "Nothing is to be attained.", "Write more than 0 %.")
