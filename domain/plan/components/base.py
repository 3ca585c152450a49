"""What every component of pay is: some fields of the document, and a rule that earns."""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import ClassVar, NamedTuple

import msgspec

from domain.money import Rounding
from domain.period import Period
from domain.plan.fields import Identifier, Title

Words = dict[str, Fraction | str]


class Aim(NamedTuple):
    """A target as it holds for one person in one period."""

    measure: str
    value: Fraction


class Seen(NamedTuple):
    """All that a component may look at: one person's measures, targets and milestones in one period.

    values: in the measure's own unit, amounts in major ones. attained: the day each milestone was reached.
    """

    values: Mapping[str, Fraction | None]
    aims: Mapping[str, Aim]
    attained: Mapping[str, dt.date]
    period: Period


class Part(NamedTuple):
    """A share of what a component earned; the parts of one component sum exactly to the whole.

    rule: key of its sentence in `domain.plan.words`, as for the whole.
    """

    name: str
    amount: Fraction
    words: Words
    rule: str = "score_part"


class Earned(NamedTuple):
    """What a component is worth, in major units and not yet rounded, and the rule that made it so.

    rule: key of a sentence in `domain.plan.words`; words: what fills it.
    """

    amount: Fraction
    rule: str
    words: Words
    parts: tuple[Part, ...] = ()


class Fault(NamedTuple):
    """What is wrong with a component. where: path below it, such as `bands[1].from`."""

    where: str
    message: str
    remedy: str


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of pay. clause: of the contract or policy that it implements. rounding: the plan's if absent."""

    KIND: ClassVar[str]
    id: Identifier
    title: Title
    clause: str = ""
    rounding: Rounding | None = None

    def earn(self, seen: Seen) -> Earned:
        """What this component is worth to the person that `seen` describes."""
        raise NotImplementedError

    def faults(self) -> Iterator[Fault]:
        """What is wrong with its numbers, read or overridden; nothing by default."""
        return iter(())


def nothing_measured(measure: str) -> Earned:
    """No pay, because there was nothing to measure."""
    return Earned(Fraction(0), "nothing_measured", {"measure": measure})


def attainment(value: Fraction | None, aim: Fraction) -> Fraction:
    """`value` as a share of `aim`; nothing measured attains nothing, and an aim of 0 is attained."""
    if value is None:
        return Fraction(0)
    return value / aim if aim else Fraction(1)
