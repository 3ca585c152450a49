"""What a measure that nobody simply does once more would have to come to, to earn more.

An average, an amount or a rate is no lever. For these the next level is told at which a rule pays more: the
edge of a band, a target, a gate, the next whole point, the value of whoever holds the next place.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.plan.arithmetic import summed
from domain.plan.components.base import Seen, attainment
from domain.plan.components.component import Component
from domain.plan.components.per_point import PerPoint
from domain.plan.components.per_unit import PerUnit
from domain.plan.components.rank import Rank
from domain.plan.components.rate_table import RateTable
from domain.plan.components.scorecard import Scorecard
from domain.plan.components.step import Step
from domain.plan.components.threshold import Threshold
from domain.plan.components.true_up import TrueUp
from domain.plan.doing import ALONE, MODES, Contest, Doing, Mode
from domain.plan.hints import Outcome, levers_of, outcome, rises
from domain.plan.measures import DaysMeasure, FactMeasure, RatioMeasure
from domain.plan.mentions import named_in, with_parts
from domain.plan.running import is_before
from domain.plan.statement import Entitlement, Sentence


class Reach(NamedTuple):
    """`measure` at `level` instead of `value`.

    board, place: where this is the value of the next place that pays more.
    """

    measure: str
    value: Fraction | None
    level: Fraction
    now_minor: int
    held: Outcome
    recomputed: Outcome
    rises: tuple[str, ...]
    board: str | None = None
    place: int = 0


def next_levels(entitlement: Entitlement, contests: Mapping[str, Contest] = ALONE) -> tuple[Reach, ...]:
    """The next level that pays more, of each measure that no lever moves; then the next places on boards."""
    doing = Doing(entitlement, contests)
    return (*_levels(doing), *_places(doing))


def _levels(doing: Doing) -> Iterator[Reach]:
    for measure in _unmoved(doing):
        found: set[Fraction] = set()
        for part in doing.touched([measure]):
            for level in sorted(_beyond(doing, part, measure)):
                if any(
                    doing.minor(part, doing.at(measure, level, mode)) > doing.now[part.id] for mode in MODES
                ):
                    found.add(level)
                    break
        for level in sorted(found):
            reach = _reach(doing, measure, level)
            if max(reach.held.gain_minor, reach.recomputed.gain_minor) > 0:
                yield reach


def _unmoved(doing: Doing) -> list[str]:
    """The measures that components look at themselves and that no lever moves."""
    plan, resolved = doing.plan, doing.entitlement.resolved
    moved = {name for lever in levers_of(resolved) for name in lever.adds}
    direct = dict.fromkeys(
        name
        for part in plan.components
        for name in (
            *named_in(part, "measures"),
            *(resolved.aims[target].measure for target in named_in(part, "targets")),
        )
    )
    return [
        name
        for name in direct
        for parts in [with_parts(plan.measures, (name,))]
        if not moved.intersection(parts)
        and not doing.entitlement.frozen.keys() & set(parts)
        and not is_before(name)
        and not any(isinstance(plan.measures[part], DaysMeasure) for part in parts)
    ]


def _beyond(doing: Doing, part: Component, measure: str) -> Iterator[Fraction]:
    """The levels of `measure` above its value at which `part` turns; those of gates below it too."""
    whole, (part, seen) = doing.seen.values[measure], part.current(doing.seen)
    value = seen.values[measure]
    # What was measured in other placements comes on top.
    elsewhere = Fraction(0) if whole is None or value is None else whole - value
    for level in _levels_beyond(doing, part, measure, seen):
        yield level + elsewhere


def _levels_beyond(doing: Doing, part: Component, measure: str, seen: Seen) -> Iterator[Fraction]:
    value = seen.values[measure]
    for level in _turns(part, measure, seen):
        if value is None or level > value:
            yield level
    step = _least(doing, measure)
    for gate in part.gates:
        if gate.measure == measure or (gate.target and seen.aims[gate.target].measure == measure):
            for test, level in gate.tests():
                wanted = level + {"more_than": step, "less_than": -step}.get(test, Fraction(0))
                # What was counted does not become less; an average may.
                if value is None or wanted > value or not _only_grows(doing, measure):
                    yield wanted
            if gate.target is not None:
                yield gate.attains * seen.aims[gate.target].value


def _turns(part: Component, measure: str, seen: Seen) -> Iterator[Fraction]:
    value = seen.values[measure] or Fraction(0)
    for multiplier in part.multipliers:
        unit = _unit(multiplier.measure, multiplier.target, measure, seen)
        yield from (band.from_ * unit for band in multiplier.bands if unit and band.from_ is not None)
    match part:
        case PerUnit(every=None) if part.measure == measure:
            yield Fraction(value // 1 + 1)
        case PerUnit(every=Fraction() as every) if part.measure == measure:
            yield (value // every + 1) * every
        case Threshold():
            unit = _unit(part.measure, part.target, measure, seen)
            share = part.attains or Fraction(1)
            yield from () if unit is None else [unit * share if part.target else part.reaches or Fraction(0)]
        case PerPoint() if seen.aims[part.target].measure == measure:
            over = max(value - seen.aims[part.target].value, Fraction(0))
            yield seen.aims[part.target].value + (over // part.point + 1) * part.point
        case Step() | RateTable():
            unit = _unit(part.measure, part.target, measure, seen)
            yield from (band.from_ * unit for band in part.bands if unit and band.from_ is not None)
        case Scorecard():
            yield from _score_turns(part, measure, seen)
        case TrueUp():
            yield from _turns(part.rule, measure, seen)
        case _:
            return


def _unit(own: str | None, target: str | None, measure: str, seen: Seen) -> Fraction | None:
    """What edges are counted in: 1 for the measure's own, the aim for attainment; None for others."""
    if target is not None:
        return seen.aims[target].value if seen.aims[target].measure == measure else None
    return Fraction(1) if own == measure else None


def _score_turns(card: Scorecard, measure: str, seen: Seen) -> Iterator[Fraction]:
    """The target and the cap of each part, and where the score comes to an edge of the curve."""
    for part in card.parts:
        named, aim = seen.aims[part.target]
        if named != measure or aim <= 0:
            continue
        yield aim
        if part.cap is not None:
            yield part.cap * aim
        others = summed(
            one.weight * attainment(seen.values[aimed], wanted)
            for one in card.parts
            for aimed, wanted in [seen.aims[one.target]]
            if one is not part
        )
        for band in card.payout:
            if band.from_ is not None:
                yield (band.from_ - others) / part.weight * aim


def _least(doing: Doing, measure: str) -> Fraction:
    """The least by which a value of `measure` differs from another."""
    held = doing.plan.measures[measure]
    if isinstance(held, FactMeasure) and held.kind in ("count", "distinct", "streak"):
        return Fraction(1)
    return Fraction(1, 10_000 if held.form == "percent" else 100)


def _only_grows(doing: Doing, measure: str) -> bool:
    held = doing.plan.measures[measure]
    return isinstance(held, FactMeasure) and held.kind not in ("average", "last")


def _reach(doing: Doing, measure: str, level: Fraction) -> Reach:
    parts = doing.touched([measure])
    seens: dict[Mode, Seen] = {mode: doing.at(measure, level, mode) for mode in MODES}
    amounts = doing.by_mode(parts, seens)
    is_ratio = isinstance(doing.plan.measures[measure], RatioMeasure)
    anew = doing.seen if is_ratio else seens["recomputed"]
    return Reach(
        measure=measure,
        value=doing.entitlement.values[measure],
        level=level,
        now_minor=doing.total_minor,
        held=outcome(doing, amounts["held"], anew, "ratios_held"),
        recomputed=outcome(doing, amounts["recomputed"], anew, "ratios_recomputed"),
        rises=rises(doing, amounts),
    )


def _places(doing: Doing) -> Iterator[Reach]:
    """The nearest place on each board that pays more; a tie shares the place, so its value is enough."""
    for part in doing.plan.components:
        contest = doing.contests.get(part.board) if isinstance(part, Rank) else None
        if contest is None or not isinstance(part, Rank):
            continue
        own = doing.value_on(contest)
        for level in _nearest_first(contest.others, contest.first == "highest"):
            standing = contest.standing(level)
            if standing is None or (own is not None and not contest.is_better(level, own)):
                continue
            seen = doing.seen._replace(places={**doing.seen.places, part.board: standing})
            amounts = doing.amounts([part], seen)
            if amounts[part.id] > doing.now[part.id]:
                total = sum(amounts.values())
                said = Sentence("others_stay", {})
                told = Outcome(total, total - doing.total_minor, said, amounts)
                yield Reach(
                    contest.measure, own, level, doing.total_minor, told, told, (part.id,), part.board,
                    standing.place,
                )  # fmt: skip
                break


def _nearest_first(others: Iterable[Fraction], is_highest_first: bool) -> list[Fraction]:
    """The values of the others, from the last place upwards."""
    return sorted(set(others), reverse=not is_highest_first)
