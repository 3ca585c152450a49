"""Pay that follows from one number: a measure, the attainment of a target, a running total, or each size."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from domain.plan.components.base import (
    Earned,
    Fault,
    Part,
    Seen,
    Words,
    attainment,
    nothing_measured,
)
from domain.plan.components.component import Component
from domain.plan.components.each import each_by_itself
from domain.plan.fields import Level, MeasureName, TargetName
from domain.plan.running import before
from domain.plan.sizes import Each


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


class Counted(Component, frozen=True, kw_only=True):
    """Pay that follows from one number. Of a measure `each`, every size is paid by itself.

    running: pays what the number comes to now, less what it came to before the period, by the numbers of the
    plan that hold now; for a measure whose window is longer than the period. counts_up_to: what lies above it
    counts as this, a level of the measure or the attainment of the target.
    """

    running: bool = False
    counts_up_to: Level | None = None

    def subject(self, seen: Seen) -> tuple[str, Fraction | None]:
        """The measure that is paid for, and the aim that it is compared with."""
        raise NotImplementedError

    def worth(self, figure: Figure) -> Earned:
        """What one number earns."""
        raise NotImplementedError

    def earn(self, seen: Seen) -> Earned:
        """What the number earns, or each of its sizes, or what it adds to what it had earned before."""
        measure, aim = self.subject(seen)
        value = seen.values[measure]
        if value is None:
            return nothing_measured(measure)
        now = self._limited(Figure(measure, value, aim))
        if not self.running:
            return now
        earlier = seen.values[before(measure)]
        return now if earlier is None else _since(now, self._limited(Figure(measure, earlier, aim)), earlier)

    def _limited(self, figure: Figure) -> Earned:
        """What it earns, and as a part what is not counted of it."""
        earned = self._earned(figure)
        if self.counts_up_to is None or (type(figure.value) is Each and figure.aim is None):
            return earned
        most = self.counts_up_to * (1 if figure.aim is None else figure.aim)
        if figure.value <= most or figure.aim == 0:
            return earned
        counted = self._earned(figure._replace(value=most)).amount
        words: Words = {"measure": figure.measure, "most": most}
        lost = Part("counts_up_to", counted - earned.amount, words, "counts_up_to")
        return earned._replace(amount=counted, parts=(*earned.as_parts(), lost))

    def _earned(self, figure: Figure) -> Earned:
        # Not `isinstance`: numbers are an abstract class, of which it asks much at every turn.
        if type(figure.value) is Each and figure.aim is None:
            most = self.counts_up_to
            return each_by_itself(
                figure.measure,
                figure.value,
                lambda size: self.worth(
                    figure._replace(value=size if most is None else min(size, Fraction(most)))
                ),
            )
        return self.worth(figure)


class Graded(Counted, frozen=True, kw_only=True):
    """Pay by bands of `measure`, or by bands of the attainment of `target`."""

    measure: MeasureName | None = None
    target: TargetName | None = None

    def subject(self, seen: Seen) -> tuple[str, Fraction | None]:
        """The measure, or that of the target."""
        return seen.aims[self.target] if self.target is not None else (self.measure or "", None)

    def faults(self) -> Iterator[Fault]:
        """It needs a measure or a target, and not both."""
        if (self.measure is None) == (self.target is None):
            yield Fault("", "It is not clear what the bands are of.", "Give `measure`, or `target` alone.")


def _since(now: Earned, earlier: Earned, value_before: Fraction) -> Earned:
    """What was added since `earlier`: a part for what it comes to now, and one for what came before."""
    words: Words = {"measure": now.words["measure"], "value": now.words["value"], "before": value_before}
    parts = (
        Part("to date", now.amount, now.words, now.rule),
        Part("before", -earlier.amount, earlier.words, earlier.rule),
    )
    return Earned(now.amount - earlier.amount, "running", words, parts)
