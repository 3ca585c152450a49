"""How much more earns how much more: computed by the rules of pay themselves, with more done.

Doing more of one thing can move a ratio as well: two more clients without a deal lower the close rate. Nobody
knows how the rest of the month will go, so each hint gives both answers: with the ratios held, as if the new
work went like the old, and with the ratios computed anew, as if nothing else happened.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from domain.plan.components.base import Seen
from domain.plan.components.component import Component
from domain.plan.components.terms import MISSED
from domain.plan.document import Lever
from domain.plan.doing import ALONE, MODES, Amounts, Contest, Doing, Mode, Move
from domain.plan.fields import Noun
from domain.plan.measures import FactMeasure, RatioMeasure
from domain.plan.mentions import with_parts
from domain.plan.resolve import ResolvedPlan
from domain.plan.rising import only_rises
from domain.plan.statement import Entitlement, Sentence


class Outcome(NamedTuple):
    """What the plan would pay in all, and under which assumption. amounts: of it, each component's."""

    total_minor: int
    gain_minor: int
    assumption: Sentence
    amounts: Amounts


class Hint(NamedTuple):
    """`times` more of a lever. now_minor: what the plan pays today. rises: components that would pay more.

    also: what is done together with it, where a gate is shut to each of them alone.
    """

    lever: Lever
    times: int
    now_minor: int
    held: Outcome
    recomputed: Outcome
    rises: tuple[str, ...]
    also: tuple[Move, ...] = ()


def next_steps(entitlement: Entitlement, contests: Mapping[str, Contest] = ALONE) -> tuple[Hint, ...]:
    """The next steps that earn more, the fewest first and among equals the one that gains most.

    For each lever and component, the first number of times at which that component pays more; nothing that a
    cap or a band without end makes vain. A component behind a gate that no lever opens and fills alone has
    the fewest times of two.
    """
    doing = Doing(entitlement, contests)
    levers = levers_of(entitlement.resolved)
    found = [hint for lever in levers for hint in _first_rises(doing, lever)]
    found += _together(doing, levers, {name for hint in found for name in hint.rises})
    return _cheapest_first(found)


def more(entitlement: Entitlement, lever: Lever, times: int, contests: Mapping[str, Contest] = ALONE) -> Hint:
    """What `times` more of `lever` would come to."""
    return _hint(Doing(entitlement, contests), Move(lever, times))


def steps_to(
    entitlement: Entitlement, wanted_minor: int, contests: Mapping[str, Contest] = ALONE
) -> tuple[Hint, ...]:
    """For each lever that can do it, the fewest times until the plan pays `wanted_minor` in all.

    With the ratios held, or with them computed anew, whichever takes fewer.
    """
    doing = Doing(entitlement, contests)
    found: list[Hint] = []
    for lever in levers_of(entitlement.resolved):
        firsts = _Search(doing, lever).to_reach(wanted_minor)
        reached = [times for times in firsts if times is not None]
        found += [_hint(doing, Move(lever, min(reached)))] if reached else []
    return _cheapest_first(found)


def levers_of(resolved: ResolvedPlan) -> tuple[Lever, ...]:
    """What the plan says a person can do more of; by default one more of each thing that it counts."""
    plan = resolved.plan
    if plan.hints.levers:
        return plan.hints.levers
    used = dict.fromkeys(name for uses in resolved.uses for name in uses.measures)
    return tuple(
        Lever(id=name, title=Noun(measure.title.en, measure.title.zh), adds={name: Fraction(1)})
        for name in used
        if isinstance(measure := plan.measures[name], FactMeasure)
        and measure.kind in ("count", "distinct")
        and not measure.window.ends_before
        and measure.counts_own
    )


class _Search:
    """The numbers of times that one lever is tried, each seen once."""

    def __init__(self, doing: Doing, lever: Lever) -> None:
        self._doing, self._lever = doing, lever
        self.parts = doing.touched(lever.adds)
        self.up_to = doing.plan.hints.up_to
        self._seen: dict[tuple[Mode, int], Seen] = {}
        self._rising = {mode: {part.id for part in self.parts if self._rises(part, mode)} for mode in MODES}

    def seen(self, mode: Mode, times: int) -> Seen:
        """What components see after so many."""
        key = mode, times
        if key not in self._seen:
            self._seen[key] = self._doing.after([Move(self._lever, times)], mode)
        return self._seen[key]

    def pays_more(self, part: Component, mode: Mode) -> int | None:
        """The first number of times at which `part` pays more than now; None up to the last that is tried."""
        now = self._doing.now[part.id]

        def is_more(mode: Mode, times: int) -> bool:
            return self._doing.minor(part, self.seen(mode, times)) > now

        return self._first(is_more, mode, part.id in self._rising[mode])

    def to_reach(self, wanted_minor: int) -> list[int | None]:
        """The first number of times at which the plan pays so much in all, by each assumption."""

        def is_enough(mode: Mode, times: int) -> bool:
            return sum(self._doing.amounts(self.parts, self.seen(mode, times)).values()) >= wanted_minor

        return [self._first(is_enough, mode, len(self._rising[mode]) == len(self.parts)) for mode in MODES]

    def _first(self, holds: Callable[[Mode, int], bool], mode: Mode, is_lasting: bool) -> int | None:
        """The first number of times that `holds`. is_lasting: from there on it does, so halving finds it."""
        if not is_lasting:
            return next((times for times in range(1, self.up_to + 1) if holds(mode, times)), None)
        if not holds(mode, self.up_to):
            return None
        low, high = 0, self.up_to
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(mode, middle) else (middle, high)
        return high

    def _rises(self, part: Component, mode: Mode) -> bool:
        """Whether more of the lever never makes `part` pay less."""
        doing, measures = self._doing, self._doing.plan.measures
        uses = next(
            uses
            for one, uses in zip(doing.plan.components, doing.entitlement.resolved.uses, strict=True)
            if one is part
        )
        if any(by < 0 for by in self._lever.adds.values()):
            return False
        falling = [
            name
            for name in uses.measures
            if isinstance(measure := measures[name], RatioMeasure)
            and self._lever.adds.keys() & with_parts(measures, (measure.to,))
        ]
        if falling and mode == "recomputed":
            return False
        values = [doing.seen.values[name] for name in uses.measures]
        return only_rises(part, values, [doing.seen.aims[name].value for name in uses.targets])


def _first_rises(doing: Doing, lever: Lever) -> Iterator[Hint]:
    search = _Search(doing, lever)
    firsts = {search.pays_more(part, mode) for part in search.parts for mode in MODES}
    for times in sorted(times for times in firsts if times is not None):
        hint = _hint(doing, Move(lever, times))
        if _gain(hint) > 0:
            yield hint


def _together(doing: Doing, levers: Sequence[Lever], risen: set[str]) -> Iterator[Hint]:
    """For each component that a gate shuts and no lever alone opens, the fewest times of two that do."""
    shut = [part for part in doing.plan.components if part.id not in risen and is_shut(part, doing.seen)]
    for part in shut:
        pairs = [
            (one, other)
            for one, other in combinations(levers, 2)
            if all(part in doing.touched(lever.adds) for lever in (one, other))
        ]
        tried = [found for pair in pairs if (found := _fewest(doing, part, *pair))]
        if tried:
            first, then = min(tried, key=lambda moves: sum(move.times for move in moves))
            hint = _hint(doing, first, (then,))
            if _gain(hint) > 0:
                yield hint


def _fewest(doing: Doing, part: Component, one: Lever, other: Lever) -> tuple[Move, Move] | None:
    """The fewest times of both, taken together, at which `part` pays more than now."""
    for times in range(2, doing.plan.hints.up_to + 1):
        for first in range(1, times):
            moves = Move(one, first), Move(other, times - first)
            if any(doing.minor(part, doing.after(moves, mode)) > doing.now[part.id] for mode in MODES):
                return moves
    return None


def is_shut(part: Component, seen: Seen) -> bool:
    """Whether a gate takes what `part` earns now."""
    rule, own = part.current(seen)
    return bool(rule.gates) and any(each.rule in MISSED for each in rule.pay(own).parts)


def _hint(doing: Doing, move: Move, also: tuple[Move, ...] = ()) -> Hint:
    moves = (move, *also)
    parts = doing.touched(name for each in moves for name in each.lever.adds)
    seens: dict[Mode, Seen] = {mode: doing.after(moves, mode) for mode in MODES}
    amounts = doing.by_mode(parts, seens)
    return Hint(
        lever=move.lever,
        times=move.times,
        now_minor=doing.total_minor,
        held=outcome(doing, amounts["held"], seens["recomputed"], "ratios_held"),
        recomputed=outcome(doing, amounts["recomputed"], seens["recomputed"], "ratios_recomputed"),
        rises=rises(doing, amounts),
        also=also,
    )


def rises(doing: Doing, amounts: Mapping[Mode, Amounts]) -> tuple[str, ...]:
    """The components that pay more than now by one of two assumptions."""
    best = {name: max(each[name] for each in amounts.values()) for name in doing.now}
    return tuple(name for name, now in doing.now.items() if best[name] > now)


def outcome(doing: Doing, amounts: Amounts, anew: Seen, assumption: str) -> Outcome:
    """What `amounts` come to. anew: what is seen with ratios recomputed, which says whether any moves."""
    total, ratios = sum(amounts.values()), doing.ratios_moved(anew)
    said = Sentence(assumption, {"ratios": ",".join(ratios)}) if ratios else Sentence("nothing_held", {})
    return Outcome(total, total - doing.total_minor, said, amounts)


def _cheapest_first(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    def times(hint: Hint) -> int:
        return hint.times + sum(move.times for move in hint.also)

    return tuple(sorted(hints, key=lambda hint: (times(hint), -_gain(hint), hint.lever.id)))


def _gain(hint: Hint) -> int:
    return max(hint.held.gain_minor, hint.recomputed.gain_minor)
