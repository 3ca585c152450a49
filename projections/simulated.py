"""What a simulation comes to: pay as it stands and under a draft, by month, branch, component and person."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import TypeVar

import msgspec

from domain.plan.distribution import Bin, bins
from domain.plan.fields import Title
from domain.plan.trial import NOTHING, Pay, sums_by_component, total_minor
from projections.largest import LargestChange

BASIS = Title(
    en="Both sides are computed anew by what was known at that position, each fact in the month that it is "
    "about, however late it came. Settled payslips and their retro lines are not looked at. What counts is "
    "what is earned; what is paid of it after draws, holdbacks and balances carried stands beside it.",
    zh="两边都按该位置已知的全部事实重新计算，迟到的事实计入其所属月份；已结算的工资单及其追溯行不参与比较。比较的是所得；计入预支、暂扣与结转余额后的实发数另列。",
)

CHANGES_KEPT = 100_000
"""So many changed components are remembered before all but the largest are forgotten."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Pay as it stands and under the draft, in minor units."""

    before_minor: int
    after_minor: int
    difference_minor: int


class MonthChange(Change, frozen=True, kw_only=True):
    """What everybody earned in a month. paid: of it, once accounts have given and taken."""

    period: str
    paid: Change


class AccountChange(Change, frozen=True, kw_only=True):
    """What an account gives, or, below 0, takes: a draw, a holdback, a balance that is carried."""

    plan: str
    account: str
    title: Title


class BranchChange(Change, frozen=True, kw_only=True):
    """The pay of a branch: of those who worked there at the end of each month. None for no branch."""

    branch: str | None


class ComponentChange(Change, frozen=True, kw_only=True):
    """What a component pays everybody; 0 where a side does not have it."""

    plan: str
    component: str
    title: Title


class PersonChange(Change, frozen=True, kw_only=True):
    """What a person is paid for all months. branch: of the last month in which a plan pays them."""

    employee: str
    branch: str | None


class CurvePoint(msgspec.Struct, frozen=True, kw_only=True):
    """What the draft costs with a parameter at `value`, and that beside the pay as it stands."""

    value: str
    total_minor: int
    difference_minor: int


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Who wins and who loses: how many people, the extremes, and how many by how much.

    most_gained, most_lost: None where nobody did; of several the first by id. bins: of the differences.
    """

    winners: int
    losers: int
    unchanged: int
    most_gained: PersonChange | None
    most_lost: PersonChange | None
    bins: tuple[Bin, ...]


class Simulation(Change, frozen=True, kw_only=True):
    """What a draft would have changed.

    plan: of the draft, with the hash of its document; None where plans were only taken away. people: those
    whom a plan pays on either side, by employee. curve: of the parameter `varied`. paid: what is paid of all
    that is earned, once `accounts` have given and taken.
    """

    plan: str | None
    document_hash: str | None
    without: tuple[str, ...]
    first: str
    last: str
    known_at: int
    currency: str
    basis: Title
    paid: Change
    accounts: tuple[AccountChange, ...]
    months: tuple[MonthChange, ...]
    branches: tuple[BranchChange, ...]
    components: tuple[ComponentChange, ...]
    distribution: Spread
    largest: tuple[LargestChange, ...]
    varied: str | None
    curve: tuple[CurvePoint, ...]
    people: tuple[PersonChange, ...]


_Name = TypeVar("_Name")

_Key = tuple[int, str, str, str, str]
"""Minus how far a component of a person and month changed, so that the largest comes first; who; what."""


def nothing() -> list[int]:
    """Before and after of what nobody is paid."""
    return [0, 0]


def add_pairs(to: MutableMapping[_Name, list[int]], more: Mapping[_Name, list[int]]) -> None:
    """Adds each of `more` to the one of the same name in `to`."""
    for name, pair in more.items():
        held = to.setdefault(name, nothing())
        for side in (0, 1):
            held[side] += pair[side]


class Sums:
    """What has been added up so far, each as before and after."""

    def __init__(self, months: Iterable[str], points: int) -> None:
        self.months = {month: [0, 0] for month in months}
        self.branches = defaultdict[str | None, list[int]](nothing)
        self.components = defaultdict[tuple[str, str], list[int]](nothing)
        self.people = defaultdict[str, list[int]](nothing)
        self.branch_of: dict[str, str | None] = {}
        self.titles: dict[tuple[str, str], Title] = {}
        self.curve = [0] * points
        self.changed: list[_Key] = []

    def add(
        self, period: str, branches: Mapping[str, str | None], sides: Sequence[Mapping[str, Pay]], top: int
    ) -> None:
        """Adds one month of the people in `branches`. sides: what they are paid before and after."""
        self.branch_of |= branches
        for side, pays in enumerate(sides):
            for employee, pay in pays.items():
                whole = total_minor(pay)
                self.branches[branches[employee]][side] += whole
                self.people[employee][side] += whole
                self.months[period][side] += whole
            for key, amount in sums_by_component(pays.values()).items():
                self.components[key][side] += amount
        for employee in branches:
            self._compare(period, employee, *(pays.get(employee, NOTHING) for pays in sides))
            if len(self.changed) > CHANGES_KEPT:
                self.changed = heapq.nsmallest(top, self.changed)

    def join(self, more: "Sums", top: int) -> None:
        """Adds what others have added up, of other people or later months."""
        add_pairs(self.months, more.months)
        add_pairs(self.branches, more.branches)
        add_pairs(self.components, more.components)
        add_pairs(self.people, more.people)
        self.branch_of |= more.branch_of
        self.titles |= more.titles
        self.curve = [held + added for held, added in zip(self.curve, more.curve, strict=True)]
        self.changed = heapq.nsmallest(top, [*self.changed, *more.changed])

    def _compare(self, period: str, employee: str, before: Pay, after: Pay) -> None:
        """Remembers the components by which a person is paid something else."""
        for plan in dict.fromkeys((*before, *after)):
            sides = [pay[plan].by_component if plan in pay else {} for pay in (before, after)]
            for component in dict.fromkeys((*sides[0], *sides[1])) if sides[0] != sides[1] else ():
                old, new = (side.get(component, 0) for side in sides)
                if old != new:
                    self.changed.append((-abs(new - old), employee, period, plan, component))

    def largest(self, top: int) -> list[_Key]:
        """The `top` components of a person and month that changed most, the largest first."""
        return heapq.nsmallest(top, self.changed)

    def everybody(self) -> tuple[PersonChange, ...]:
        """What each person's months come to, by employee."""
        return tuple(
            PersonChange(employee=who, branch=self.branch_of[who], **change(self.people[who]))
            for who in sorted(self.people)
        )


def change(pair: Sequence[int]) -> dict[str, int]:
    """The fields of a change between two amounts."""
    before, after = pair
    return {"before_minor": before, "after_minor": after, "difference_minor": after - before}


def together(pair: Sequence[int], moved: Sequence[int]) -> Change:
    """The change of what is paid, where `pair` is earned and accounts move so much."""
    return Change(**change([earned + more for earned, more in zip(pair, moved, strict=True)]))


def spread(people: Sequence[PersonChange]) -> Spread:
    """Who of `people` wins and who loses."""

    def size(each: PersonChange) -> int:
        return each.difference_minor

    winners = sum(size(each) > 0 for each in people)
    losers = sum(size(each) < 0 for each in people)
    return Spread(
        winners=winners,
        losers=losers,
        unchanged=len(people) - winners - losers,
        most_gained=max(people, key=size) if winners else None,
        most_lost=min(people, key=size) if losers else None,
        bins=bins(map(size, people)),
    )
