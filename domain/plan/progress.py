"""How far each target is, and whether the goals of the parts add up to the goal of the whole."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from domain.plan.components.base import attainment
from domain.plan.document import MONTHS, Goal, Plan
from domain.plan.resolve import ResolvedPlan
from domain.plan.statement import Values


class Progress(NamedTuple):
    """A target and how far it is: 15 done, 5 left. done: None where nothing was measured yet."""

    target: str
    measure: str
    done: Fraction | None
    needed: Fraction
    left: Fraction
    attained: Fraction
    is_met: bool


def progress(resolved: ResolvedPlan, values: Values) -> tuple[Progress, ...]:
    """Every target of a person's month, in the plan's order; reaching it exactly is enough."""
    return tuple(
        progress_of(name, target.measure, values[target.measure], target.value)
        for name, target in resolved.targets.items()
        if resolved.plan.targets[name].per is None
    )


def progress_of(name: str, measure: str, done: Fraction | None, needed: Fraction) -> Progress:
    """How far one target is."""
    left = max(needed - (done or 0), Fraction(0))
    is_met = done is not None and done >= needed
    return Progress(name, measure, done, needed, left, attainment(done, needed), is_met)


class GoalPart(NamedTuple):
    """A part of a wider goal, in that goal's period. heads: the people it holds for; 1 for a department."""

    goal: str
    heads: int
    total: Fraction


class GoalSum(NamedTuple):
    """The parts of a goal beside the goal itself. over: what they exceed it by; below 0 they fall short."""

    goal: str
    value: Fraction
    parts: tuple[GoalPart, ...]
    total: Fraction
    over: Fraction


def goal_sums(plan: Plan, heads: Mapping[str, int]) -> tuple[GoalSum, ...]:
    """The sum of its parts beside each goal that has parts, in the plan's order.

    heads: for each goal that holds for every person of a population, how many persons that are.
    """
    sums: list[GoalSum] = []
    for goal in plan.cascade:
        parts = tuple(_part(part, goal, heads) for part in plan.cascade if part.within == goal.id)
        total = sum((part.total for part in parts), Fraction(0))
        if parts:
            sums.append(GoalSum(goal.id, goal.value, parts, total, total - goal.value))
    return tuple(sums)


def _part(part: Goal, whole: Goal, heads: Mapping[str, int]) -> GoalPart:
    count = heads[part.id] if part.each is not None else 1
    times = Fraction(MONTHS[whole.period], MONTHS[part.period])
    return GoalPart(part.id, count, part.value * count * times)
