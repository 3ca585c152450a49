"""What an entitlement would pay if more were done: only the components that can differ are computed again."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.money import rounded
from domain.plan.components.base import Seen, Standing
from domain.plan.components.component import Component
from domain.plan.document import Lever
from domain.plan.exchange import minor_worth
from domain.plan.measures import Measure, RatioMeasure, with_ratios
from domain.plan.mentions import with_parts
from domain.plan.sizes import more_of
from domain.plan.statement import Entitlement, Values, after_others, seen_by

Mode = Literal["held", "recomputed"]
"""What becomes of ratios when more is done: they stay as they are, or follow from it alone."""

MODES: tuple[Mode, Mode] = ("held", "recomputed")

Amounts = Mapping[str, int]
"""What components pay, in minor units, by their id."""


class Move(NamedTuple):
    """`times` more of a lever."""

    lever: Lever
    times: int


class Contest(NamedTuple):
    """A board that pays. leaves: own values of what its measure is made of; others: their values of it.

    others: the best of them, as many as places pay. behind: how many more there are, whose values are no
    matter.
    """

    measure: str
    first: Literal["highest", "lowest"]
    leaves: Values
    others: tuple[Fraction, ...]
    behind: int = 0

    def standing(self, value: Fraction | None) -> Standing | None:
        """The place of `value` while the others stay where they are; none for a value that has none.

        Behind all of the best the place is no more than the first of those that pay nothing.
        """
        if value is None or (self.first == "highest" and value <= 0):
            return None
        better = sum(self.is_better(other, value) for other in self.others)
        return Standing(better + 1, len(self.others) + self.behind + 1)

    def is_better(self, one: Fraction, other: Fraction) -> bool:
        """Whether `one` stands before `other`."""
        return one > other if self.first == "highest" else one < other


ALONE: Mapping[str, Contest] = MappingProxyType({})
"""No board pays."""


def with_now(seen: Seen, moved: Callable[[Seen], Seen]) -> Seen:
    """`seen` with the placement in which more is done `moved`, if there are placements."""
    if not seen.placements:
        return seen
    each = list(seen.placements)
    each[seen.placement] = moved(each[seen.placement])
    return seen._replace(placements=tuple(each))


class Doing:
    """One entitlement, and what it pays when its measures move.

    contests: by the boards that pay. What licences that are frozen now keep from counting does not move.
    """

    def __init__(self, entitlement: Entitlement, contests: Mapping[str, Contest] = ALONE) -> None:
        resolved = entitlement.resolved
        self.entitlement, self.contests, self.plan = entitlement, contests, resolved.plan
        self._scale = minor_worth(entitlement.exchanged, self.plan.currency, self.plan.pays_in)
        self.seen = seen_by(entitlement)
        self._uses = {
            part.id: (
                frozenset(uses.measures),
                frozenset(uses.milestones),
                frozenset(uses.boards),
            )
            for part, uses in zip(self.plan.components, resolved.uses, strict=True)
        }
        for part in self.plan.components:
            # What follows from the pay of others follows from what they look at.
            own = [self._uses[name] for name in (part.id, *part.looks_at())]
            measures, milestones, boards = (
                frozenset[str]().union(*names) for names in zip(*own, strict=True)
            )
            self._uses[part.id] = measures, milestones, boards
        self.now: Amounts = {part.id: self.minor(part, self.seen) for part in self.plan.components}
        self.total_minor = sum(self.now.values())

    def minor(self, part: Component, seen: Seen) -> int:
        """What `part` pays whoever is `seen`, in minor units."""
        if part.AFTER_OTHERS:
            others = [other for other in self.plan.components if not other.AFTER_OTHERS]
            earned = {other.id: self.minor(other, seen) for other in others}
            seen = after_others(seen, earned, self._scale)
        return rounded(part.pay(seen).amount, part.rounding or self.plan.rounding, self._scale)

    def amounts(self, parts: Iterable[Component], seen: Seen) -> dict[str, int]:
        """What every component pays whoever is `seen`, if only `parts` can differ from now."""
        return {**self.now, **{part.id: self.minor(part, seen) for part in parts}}

    def by_mode(self, parts: Iterable[Component], seens: Mapping[Mode, Seen]) -> dict[Mode, Amounts]:
        """`amounts` by both assumptions."""
        held = list(parts)
        return {mode: self.amounts(held, seen) for mode, seen in seens.items()}

    def touched(self, names: Iterable[str]) -> list[Component]:
        """The components that can pay otherwise once the measures `names`, and ratios of them, move."""
        moved, measures, resolved = frozenset(names), self.plan.measures, self.entitlement.resolved
        milestones = {
            name for name in self.entitlement.under_way if resolved.milestones[name].measure in moved
        }
        boards = {
            name
            for name, contest in self.contests.items()
            if moved.intersection(with_parts(measures, (contest.measure,)))
        }
        return [
            part
            for part in self.plan.components
            for looked, reached, ranked in [self._uses[part.id]]
            if moved & looked or milestones & reached or boards & ranked
        ]

    def after(self, moves: Iterable[Move], mode: Mode) -> Seen:
        """What components see once `moves` are made."""
        adding = [
            (name, times, by)
            for lever, times in moves
            for name, by in lever.adds.items()
            if name not in self.entitlement.frozen
        ]
        added: dict[str, Fraction] = {}
        for name, times, by in adding:
            added[name] = added.get(name, Fraction(0)) + times * by

        def moved(seen: Seen) -> Seen:
            values = dict(seen.values)
            for name, times, by in adding:
                values[name] = more_of(values[name], times, by)
            return seen._replace(values=self._follow(values, mode), places={**seen.places, **places})

        places = self._places(added)
        after = with_now(moved(self.seen), moved)
        return after._replace(attained=self._attained(added))

    def at(self, measure: str, level: Fraction, mode: Mode) -> Seen:
        """What components see with `measure` at `level`."""
        held, is_ratio = self.seen.values[measure], isinstance(self.plan.measures[measure], RatioMeasure)

        def moved(seen: Seen) -> Seen:
            own = seen.values[measure]
            new = level if own is None or held is None else own + level - held
            values = {**seen.values, measure: new}
            return seen._replace(values=values if is_ratio else self._follow(values, mode))

        return with_now(moved(self.seen), moved)

    def value_on(self, contest: Contest) -> Fraction | None:
        """The own value on a board."""
        return with_ratios(self._behind(contest), contest.leaves)[contest.measure]

    def ratios_moved(self, seen: Seen) -> list[str]:
        """The ratios that components look at and that differ from now once they see this."""
        used = dict.fromkeys(name for uses in self.entitlement.resolved.uses for name in uses.measures)
        ratios = (name for name in used if isinstance(self.plan.measures[name], RatioMeasure))
        return [name for name in ratios if self.entitlement.values[name] != seen.values[name]]

    def _follow(self, values: Values, mode: Mode) -> Values:
        if mode == "held":
            return values
        measures = self.plan.measures
        leaves = {n: v for n, v in values.items() if not isinstance(measures[n], RatioMeasure)}
        return with_ratios(measures, leaves)

    def _attained(self, added: Mapping[str, Fraction]) -> Mapping[str, dt.date]:
        """The milestones that are reached when more is done while they are open."""
        resolved, attained = self.entitlement.resolved, self.entitlement.attained
        reached = {
            name
            for name, done in self.entitlement.under_way.items()
            if done + added.get(resolved.milestones[name].measure, Fraction(0))
            >= resolved.milestones[name].reaches
        }
        return {**dict.fromkeys(reached, resolved.period.last_day), **attained} if reached else attained

    def _places(self, added: Mapping[str, Fraction]) -> Mapping[str, Standing]:
        """The places on boards while the others stay where they are."""
        places = dict(self.entitlement.places)
        for board, contest in self.contests.items():
            if not contest.leaves.keys() & added.keys():
                continue
            moved = {
                name: value if name not in added else (value or 0) + added[name]
                for name, value in contest.leaves.items()
            }
            standing = contest.standing(with_ratios(self._behind(contest), moved)[contest.measure])
            if standing is not None:
                places[board] = standing
        return places

    def _behind(self, contest: Contest) -> dict[str, Measure]:
        return {name: self.plan.measures[name] for name in with_parts(self.plan.measures, (contest.measure,))}
