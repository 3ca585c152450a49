"""Bars that a measure should reach, and how much of them a person or pair attains.

What reaches its bar attains all of it, and no more. Below `at_least` the share is the value by the bar, above
`at_most` the bar by the value: 85 % of 90 % is 17/18, an error rate of 2 % where 1 % is allowed is one half.
What was not measured is left out, and the weights of the rest keep their proportions.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

import msgspec

from domain.plan.components.base import Fault
from domain.plan.fields import Identifier, Level, MeasureName, Share, Title
from domain.plan.ids import repeated


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """A measure with the bar that it should reach: `at_least` or `at_most` so much; reaching it is enough.

    weight: among those beside it; all alike when none of them has one.
    """

    id: Identifier
    title: Title | None = None
    measure: MeasureName
    at_least: Level | None = None
    at_most: Level | None = None
    weight: Share | None = None

    @property
    def bar(self) -> Fraction:
        """The level to reach."""
        return self.at_least if self.at_least is not None else self.at_most or Fraction(0)

    def is_met(self, value: Fraction) -> bool:
        """Whether `value` reaches the bar."""
        return value >= self.bar if self.at_least is not None else value <= self.bar

    def attained(self, value: Fraction | None) -> Fraction | None:
        """How much of the bar `value` attains, from 0 to 1; None where nothing was measured."""
        if value is None:
            return None
        if self.is_met(value):
            return Fraction(1)
        if self.bar <= 0:  # nothing but an override has put it there
            return Fraction(0)
        return max(value, Fraction(0)) / self.bar if self.at_least is not None else self.bar / value


class Weighty(Protocol):
    """Something that counts by a weight."""

    @property
    def weight(self) -> Fraction | None:
        """Its weight, if it is given one."""
        ...


class Mean(NamedTuple):
    """A weighted mean. measured: of how many of them; value: None of none."""

    value: Fraction | None
    measured: int
    of: int


def weighted(parts: Iterable[tuple[Weighty, Fraction | None]]) -> Mean:
    """The mean of the shares that were measured, each by its weight, or all alike."""
    told = list(parts)
    known = [(each.weight or Fraction(1), share) for each, share in told if share is not None]
    whole = sum((weight for weight, _ in known), Fraction(0))
    value = sum((weight * share for weight, share in known), Fraction(0)) / whole if whole else None
    return Mean(value, len(known), len(told))


def indicator_faults(path: str, indicators: Sequence[Indicator]) -> Iterator[Fault]:
    """What is wrong with the bars at `path`, their ids and their weights."""
    for index, each in enumerate(indicators):
        place = f"{path}[{index}]"
        if (each.at_least is None) == (each.at_most is None):
            yield Fault(place, "It is not clear what is asked for.", "Give one of at_least and at_most.")
        elif each.at_least is not None and each.at_least <= 0:
            yield Fault(f"{place}.at_least", "Everybody would reach it.", "Write more than 0.")
        elif each.at_most is not None and each.at_most < 0:
            yield Fault(f"{place}.at_most", "Nobody could reach it.", "Write 0 or more.")
    yield from repeated(path, [each.id for each in indicators])
    yield from weight_faults(path, indicators)


def weight_faults(path: str, items: Sequence[Weighty]) -> Iterator[Fault]:
    """Weights that are not given to all of `items`, or do not sum to 100 %."""
    weights = [each.weight for each in items]
    if all(weight is None for weight in weights):
        return
    for index, weight in enumerate(weights):
        if weight is None or weight <= 0:
            yield Fault(
                f"{path}[{index}].weight",
                "It would count for nothing beside the others.",
                "Give each a weight above 0 %, or none of them.",
            )
            return
    total = sum((weight for weight in weights if weight is not None), Fraction(0))
    if total != 1:
        yield Fault(f"{path}[0].weight", "The weights do not sum to 100 %.", "Mend one of them.")
