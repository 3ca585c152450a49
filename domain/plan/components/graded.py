"""Pay by a table over one number: what a measure comes to, or how far a target is attained."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from domain.plan.components.base import (
    Component,
    Earned,
    Fault,
    Part,
    Seen,
    Words,
    attainment,
    nothing_measured,
)
from domain.plan.fields import MeasureName, TargetName


class Figure(NamedTuple):
    """What a table is read for. aim: what its bands are shares of, when they are bands of attainment."""

    measure: str
    value: Fraction
    aim: Fraction | None

    @property
    def level(self) -> Fraction:
        """The number that the bands hold: the value itself, or the attainment."""
        return self.value if self.aim is None else attainment(self.value, self.aim)

    def earned(self, amount: Fraction, rule: str, words: Words, parts: tuple[Part, ...] = ()) -> Earned:
        """What it is worth; the sentence `rule` of a table over attainment says so."""
        said: Words = {"measure": self.measure, "value": self.value}
        if self.aim is not None:
            rule, said = f"{rule}_attained", said | {"target": self.aim, "attained": self.level}
        return Earned(amount, rule, said | words, parts)


class Graded(Component, frozen=True, kw_only=True):
    """Pay by bands of `measure`, or by bands of the attainment of `target`."""

    measure: MeasureName | None = None
    target: TargetName | None = None

    def earn(self, seen: Seen) -> Earned:
        """What the table makes of the number."""
        if self.target is not None:
            measure, aim = seen.aims[self.target]
        else:
            measure, aim = self.measure or "", None
        value = seen.values[measure]
        if value is None:
            return nothing_measured(measure)
        return self.worth(Figure(measure, value, aim))

    def worth(self, figure: Figure) -> Earned:
        """What `figure` earns."""
        raise NotImplementedError

    def faults(self) -> Iterator[Fault]:
        """It needs a measure or a target, and not both."""
        if (self.measure is None) == (self.target is None):
            yield Fault("", "It is not clear what the bands are of.", "Give `measure`, or `target` alone.")
