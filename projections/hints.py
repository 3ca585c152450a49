"""What a person could do next to earn more, and how much more, as of a day."""

import datetime as dt
from collections.abc import Iterator

import msgspec

from domain.plan import hints as rules
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.hints import Hint, Outcome
from domain.plan.statement import Entitlement
from domain.plan.words import say
from projections.progress import entitled
from projections.spans import Cursor

MOST_STEPS = 10


class StepOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan would pay in all, and what is assumed."""

    total_minor: int
    gain_minor: int
    assumption: Title


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """`times` more of something.

    held: with the ratios as they are. recomputed: with the ratios that would follow if nothing else happened.
    rises: the components that would pay more.
    """

    plan: str
    lever: str
    title: Title
    times: int
    now_minor: int
    currency: str
    held: StepOutcome
    recomputed: StepOutcome
    rises: tuple[str, ...]


def hints(
    cursor: Cursor, employee: str, day: dt.date, known_at: int | None = None, *, most: int = MOST_STEPS
) -> tuple[NextStep, ...]:
    """The next steps by which `employee` would earn more than on `day`: the cheapest first, `most` a plan."""
    return tuple(
        _step(held.resolved.plan, hint)
        for held in _still_open(cursor, employee, day, known_at)
        for hint in rules.next_steps(held)[:most]
    )


def more(
    cursor: Cursor, employee: str, day: dt.date, lever: str, times: int, known_at: int | None = None
) -> tuple[NextStep, ...]:
    """What `times` more of `lever` would come to, in each plan of `employee` that has it."""
    return tuple(
        _step(held.resolved.plan, rules.more(held, found, times))
        for held in _still_open(cursor, employee, day, known_at)
        for found in rules.levers_of(held.resolved)
        if found.id == lever
    )


def steps_to(
    cursor: Cursor, employee: str, day: dt.date, wanted_minor: int, known_at: int | None = None
) -> tuple[NextStep, ...]:
    """The fewest of each lever until a plan pays `wanted_minor` in all, the cheapest first."""
    return tuple(
        _step(held.resolved.plan, hint)
        for held in _still_open(cursor, employee, day, known_at)
        for hint in rules.steps_to(held, wanted_minor)
    )


def _still_open(cursor: Cursor, employee: str, day: dt.date, known_at: int | None) -> Iterator[Entitlement]:
    """The plans of `employee` in which something that is done on `day` or later can still count."""
    for held in entitled(cursor, employee, day, known_at):
        if held.resolved.decided_on >= day:
            yield held


def _step(plan: Plan, hint: Hint) -> NextStep:
    return NextStep(
        plan=plan.plan,
        lever=hint.lever.id,
        title=hint.lever.title,
        times=hint.times,
        now_minor=hint.now_minor,
        currency=plan.pays_in,
        held=_outcome(plan, hint.held),
        recomputed=_outcome(plan, hint.recomputed),
        rises=hint.rises,
    )


def _outcome(plan: Plan, outcome: Outcome) -> StepOutcome:
    key, words = outcome.assumption.key, outcome.assumption.words
    return StepOutcome(
        total_minor=outcome.total_minor,
        gain_minor=outcome.gain_minor,
        assumption=Title(say(key, words, plan, "en"), say(key, words, plan, "zh")),
    )
