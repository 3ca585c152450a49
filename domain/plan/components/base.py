"""What a component of pay looks at, what it says it earned, and what can be wrong with it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from domain.period import Period
from domain.plan.arithmetic import ALL, NOTHING, ratio, summed
from domain.plan.fields import Prorate

Words = dict[str, Fraction | str]


class Aim(NamedTuple):
    """A target as it holds for one person in one period."""

    measure: str
    value: Fraction


class Stay(NamedTuple):
    """How long somebody has been here, and for how many `of` the days of a period.

    months: completed since the hire. days: on which they belong to the plan. present: of them without leave.
    on_leave: of them with leave of some kinds, by the kinds that a measure of days names.
    """

    months: int = 0
    days: int = 1
    present: int = 1
    of: int = 1
    on_leave: Mapping[tuple[str, ...], int] = {}

    def share(self, prorate: Prorate) -> Fraction:
        """The days that count for `prorate` as a share of the period."""
        return Fraction(self.days if prorate == "employed" else self.present, self.of)


class Standing(NamedTuple):
    """A place on a board, among so many people who have one."""

    place: int
    people: int


class Month(NamedTuple):
    """What each component earned in an earlier month by all that is known, rounded, in major units."""

    period: Period
    earned: Mapping[str, Fraction]


class Seen(NamedTuple):
    """All that a component may look at: one person's measures, targets and milestones in one period.

    values: in the measure's own unit, amounts in major ones. attained: the day each milestone was reached.
    places: on the boards whose period ends with this one. carried: what caps left over before, by component.
    months: earlier ones, as far as something looks at them. is_last: whether the plan pays the person no more
    in the next month. earned: what the other components earn now, for those that come after them.
    placements: the same of each branch or team where the person worked, where their numbers differ.
    placement: which of them what is done now counts in.
    """

    values: Mapping[str, Fraction | None]
    aims: Mapping[str, Aim]
    attained: Mapping[str, dt.date]
    period: Period
    places: Mapping[str, Standing] = {}
    stay: Stay = Stay()
    carried: Mapping[str, Fraction] = {}
    months: tuple[Month, ...] = ()
    is_last: bool = False
    earned: Mapping[str, Fraction] = {}
    placements: "tuple[Seen, ...]" = ()
    placement: int = -1


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

    def as_parts(self) -> tuple[Part, ...]:
        """Its parts, or itself as the only one."""
        return self.parts or (Part("earned", self.amount, self.words, self.rule),)


class Fault(NamedTuple):
    """What is wrong with a component. where: path below it, such as `bands[1].from`."""

    where: str
    message: str
    remedy: str


def total(parts: Sequence[Part]) -> Fraction:
    """What `parts` come to."""
    return summed(part.amount for part in parts)


def nothing_measured(measure: str) -> Earned:
    """No pay, because there was nothing to measure."""
    return Earned(Fraction(0), "nothing_measured", {"measure": measure})


def attainment(value: Fraction | None, aim: Fraction) -> Fraction:
    """`value` as a share of `aim`; nothing measured attains nothing, and an aim of 0 is attained."""
    if value is None:
        return NOTHING
    return ratio(value, aim) if aim else ALL
