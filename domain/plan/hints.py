"""How much more earns how much more: computed by the rules of pay themselves, with more done.

Doing more of one thing can move a ratio as well: two more clients without a deal lower the close rate. Nobody
knows how the rest of the month will go, so each hint gives both answers: with the ratios held, as if the new
work went like the old, and with the ratios computed anew, as if nothing else happened.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.plan.document import Lever
from domain.plan.measures import FactMeasure, RatioMeasure, with_ratios
from domain.plan.resolve import ResolvedPlan
from domain.plan.sizes import more_of
from domain.plan.statement import Entitlement, Sentence, Values, earnings


class Outcome(NamedTuple):
    """What the plan would pay in all, and under which assumption."""

    total_minor: int
    gain_minor: int
    assumption: Sentence


class Hint(NamedTuple):
    """`times` more of a lever. now_minor: what the plan pays today. rises: components that would pay more."""

    lever: Lever
    times: int
    now_minor: int
    held: Outcome
    recomputed: Outcome
    rises: tuple[str, ...]


def next_steps(entitlement: Entitlement) -> tuple[Hint, ...]:
    """The next steps that earn more, the fewest first and among equals the one that gains most.

    For each lever and component, the first number of times at which that component pays more; nothing that a
    cap or a band without end makes vain.
    """
    found = [hint for lever in levers_of(entitlement.resolved) for hint in _first_rises(entitlement, lever)]
    return tuple(sorted(found, key=lambda hint: (hint.times, -_gain(hint), hint.lever.id)))


def more(entitlement: Entitlement, lever: Lever, times: int) -> Hint:
    """What `times` more of `lever` would come to."""
    now = _amounts(entitlement)
    held, recomputed = _with_more(entitlement, lever, times)
    return _hint(entitlement, lever, times, now, _amounts(held), _amounts(recomputed))


def steps_to(entitlement: Entitlement, wanted_minor: int) -> tuple[Hint, ...]:
    """For each lever that can do it, the fewest times until the plan pays `wanted_minor` in all.

    With the ratios held, or with them computed anew, whichever takes fewer.
    """
    found: list[Hint] = []
    for lever in levers_of(entitlement.resolved):
        tries = (more(entitlement, lever, times) for times in _times(entitlement))
        enough = (
            hint for hint in tries if max(hint.held.total_minor, hint.recomputed.total_minor) >= wanted_minor
        )
        found += [hint for hint in [next(enough, None)] if hint]
    return tuple(sorted(found, key=lambda hint: (hint.times, -_gain(hint), hint.lever.id)))


def levers_of(resolved: ResolvedPlan) -> tuple[Lever, ...]:
    """What the plan says a person can do more of; by default one more of each thing that it counts."""
    plan = resolved.plan
    if plan.hints.levers:
        return plan.hints.levers
    used = dict.fromkeys(name for uses in resolved.uses for name in uses.measures)
    return tuple(
        Lever(id=name, title=measure.title, adds={name: Fraction(1)})
        for name in used
        if isinstance(measure := plan.measures[name], FactMeasure)
        and measure.kind in ("count", "distinct")
        and not measure.window.ends_before
    )


def _first_rises(entitlement: Entitlement, lever: Lever) -> Iterator[Hint]:
    now = _amounts(entitlement)
    waiting = [set(now), set(now)]
    for times in _times(entitlement):
        outcomes = [_amounts(changed) for changed in _with_more(entitlement, lever, times)]
        risen = [
            {component for component in left if amounts[component] > now[component]}
            for left, amounts in zip(waiting, outcomes, strict=True)
        ]
        waiting = [left - new for left, new in zip(waiting, risen, strict=True)]
        if risen[0] | risen[1] and any(sum(amounts.values()) > sum(now.values()) for amounts in outcomes):
            yield _hint(entitlement, lever, times, now, *outcomes)


def _times(entitlement: Entitlement) -> range:
    return range(1, entitlement.resolved.plan.hints.up_to + 1)


def _with_more(entitlement: Entitlement, lever: Lever, times: int) -> tuple[Entitlement, Entitlement]:
    """The entitlement with more done: once with the ratios held, once with them computed anew."""
    measures, values = entitlement.resolved.plan.measures, entitlement.values
    held = {**values, **{name: more_of(values[name], times, by) for name, by in lever.adds.items()}}
    leaves = {name: value for name, value in held.items() if not isinstance(measures[name], RatioMeasure)}
    attained = _attained_with(entitlement, lever, times)
    return (
        entitlement._replace(values=held, attained=attained),
        entitlement._replace(values=with_ratios(measures, leaves), attained=attained),
    )


def _attained_with(entitlement: Entitlement, lever: Lever, times: int) -> Mapping[str, dt.date]:
    """The milestones that are reached when more is done while they are open."""
    resolved = entitlement.resolved
    reached = {
        name
        for name, done in entitlement.under_way.items()
        if done + times * lever.adds.get(resolved.milestones[name].measure, Fraction(0))
        >= resolved.milestones[name].reaches
    }
    return {**dict.fromkeys(reached, resolved.period.last_day), **entitlement.attained}


def _hint(
    entitlement: Entitlement,
    lever: Lever,
    times: int,
    now: Mapping[str, int],
    held: Mapping[str, int],
    recomputed: Mapping[str, int],
) -> Hint:
    _, anew = _with_more(entitlement, lever, times)
    ratios = _moved(entitlement.values, anew.values, entitlement.resolved)
    words = {"ratios": ",".join(ratios)}
    total = sum(now.values())
    nothing = Sentence("nothing_held", {})
    return Hint(
        lever=lever,
        times=times,
        now_minor=total,
        held=_outcome(held, total, Sentence("ratios_held", words) if ratios else nothing),
        recomputed=_outcome(recomputed, total, Sentence("ratios_recomputed", words) if ratios else nothing),
        rises=tuple(name for name in now if max(held[name], recomputed[name]) > now[name]),
    )


def _moved(before: Values, after: Values, resolved: ResolvedPlan) -> list[str]:
    """The ratios that components look at and that more work moves."""
    used = dict.fromkeys(name for uses in resolved.uses for name in uses.measures)
    ratios = (name for name in used if isinstance(resolved.plan.measures[name], RatioMeasure))
    return [name for name in ratios if before[name] != after[name]]


def _amounts(entitlement: Entitlement) -> dict[str, int]:
    components = entitlement.resolved.plan.components
    worth = earnings(entitlement)
    return {component.id: minor for component, (_, minor) in zip(components, worth, strict=True)}


def _outcome(amounts: Mapping[str, int], now_minor: int, assumption: Sentence) -> Outcome:
    total = sum(amounts.values())
    return Outcome(total, total - now_minor, assumption)


def _gain(hint: Hint) -> int:
    return max(hint.held.gain_minor, hint.recomputed.gain_minor)
