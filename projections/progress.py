"""How far a person is on a day: targets, this month beside the last one, and pay so far."""

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Literal

import msgspec

from domain.period import Period
from domain.plan import progress as rules
from domain.plan.document import Plan
from domain.plan.exact import Unit, exact_text
from domain.plan.fields import Noun, Title
from domain.plan.measures import FactMeasure, Measure
from domain.plan.placements import by_placement
from domain.plan.population import belongs
from domain.plan.resolve import ResolvedPlan
from domain.plan.running import is_before
from domain.plan.spells import Spells, membership
from domain.plan.statement import Entitlement, earnings
from domain.plan.targets import Source
from projections import measures, policy, roster, sight
from projections.closing import head
from projections.daily import progress_of_day
from projections.earned import entitlements
from projections.members import members
from projections.spans import Cursor


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A measure up to the day, beside the whole month before.

    Numbers are exact texts, such as "3/20"; None where nothing was measured. form: how to show them.
    """

    plan: str
    measure: str
    title: Title
    form: Unit
    unit: Noun | None
    value: str | None
    previous: str | None
    change: str | None


class TargetProgress(msgspec.Struct, frozen=True, kw_only=True):
    """A target: 15 done, 5 left.

    attained: done as a share of needed. left_a_day: what is left, on each of the days left, of what adds up
    from day to day; None of averages, ratios, levels and days. asked: the target before `leave_days` of leave
    took something off, and who set it. per: `day` for what is asked for the day itself. overtime_days: those
    before it whose overtime lowered it.
    """

    plan: str
    target: str
    title: Title
    measure: str
    form: Unit
    unit: Noun | None
    done: str | None
    needed: str
    left: str
    attained: str
    is_met: bool
    left_a_day: str | None
    asked: Source
    leave_days: int
    per: Literal["day"] | None = None
    overtime_days: int = 0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a person stands on `day`, in the month that it belongs to.

    days_left: of the month, after the day. earned_minor: by the facts up to the day, of each plan.
    """

    employee: str
    day: dt.date
    period: str
    days_left: int
    targets: tuple[TargetProgress, ...]
    levels: tuple[Level, ...]
    earned_minor: dict[str, int]
    currency: str | None


class Attainment(msgspec.Struct, frozen=True, kw_only=True):
    """How far a person is with the targets of the month of `day`, and what they earned by the facts up to it.

    days_left: of the month, after the day. targets: none for somebody whom no plan covers. earned_minor: of
    each plan, in `currency`.
    """

    employee: str
    day: dt.date
    period: str
    days_left: int
    targets: tuple[TargetProgress, ...]
    earned_minor: dict[str, int]
    currency: str | None


class GoalPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a wider goal, in that goal's period. heads: how many people it holds for."""

    goal: str
    title: Title
    heads: int
    total: str


class GoalSum(msgspec.Struct, frozen=True, kw_only=True):
    """A goal beside the sum of its parts. over: what they exceed it by; below 0 they fall short."""

    goal: str
    title: Title
    unit: Noun
    value: str
    parts: tuple[GoalPart, ...]
    total: str
    over: str


def progress(cursor: Cursor, employee: str, day: dt.date, known_at: int | None = None) -> Progress | None:
    """Where `employee` stands on `day`; None for somebody whom no plan covers that month."""
    # One position for all that is read here, since facts are folded meanwhile.
    known_at = head(cursor) if known_at is None else known_at
    own = entitled(cursor, employee, day, known_at)
    if not own:
        return None
    return Progress(
        **msgspec.structs.asdict(_attainment(cursor, employee, day, own, known_at)),
        levels=tuple(
            level for held in own for level in _levels(held, _values_before(cursor, employee, held, known_at))
        ),
    )


def attainments(
    cursor: Cursor, employees: Sequence[str], day: dt.date, known_at: int | None = None
) -> list[Attainment]:
    """How far each of `employees` is on `day`, in their order; measured for all of them at once."""
    known_at = head(cursor) if known_at is None else known_at
    period = Period.containing(day)
    groups = members(cursor, period, known_at, employees)
    due = entitlements(cursor, groups, period, known_at, until=day)
    return [_attainment(cursor, who, day, due.get(who, []), known_at) for who in employees]


def entitled(cursor: Cursor, employee: str, day: dt.date, known_at: int | None = None) -> list[Entitlement]:
    """The plans of `employee` in the month of `day`, with what was measured up to the day."""
    known_at = head(cursor) if known_at is None else known_at
    period = Period.containing(day)
    groups = members(cursor, period, known_at, [employee])
    return entitlements(cursor, groups, period, known_at, until=day).get(employee, [])


def cascade(cursor: Cursor, day: dt.date, known_at: int | None = None) -> dict[str, list[GoalSum]]:
    """The goals of each plan in force on `day` beside the sums of their parts, for those here that day."""
    postings = roster.told(cursor, None, known_at).deciding(Period("month", day, day))
    found: dict[str, list[GoalSum]] = {}
    for version in policy.plans_in_force(cursor, day, known_at):
        plan = version.parsed()
        heads = {
            goal.id: sum(belongs(goal.each, here, day) for here in postings.values())
            for goal in plan.cascade
            if goal.each is not None
        }
        found[plan.plan] = [_goal_sum(plan, told) for told in rules.goal_sums(plan, heads)]
    return {name: sums for name, sums in found.items() if sums}


def _attainment(
    cursor: Cursor, employee: str, day: dt.date, own: Sequence[Entitlement], known_at: int
) -> Attainment:
    period = Period.containing(day)
    days_left = (period.last_day - day).days
    return Attainment(
        employee=employee,
        day=day,
        period=str(period),
        days_left=days_left,
        targets=tuple(
            target
            for held in own
            for target in (*_targets(held, days_left), *_of_day(cursor, employee, day, held, known_at))
        ),
        earned_minor={held.resolved.plan.plan: sum(minor for _, minor in earnings(held)) for held in own},
        currency=own[0].resolved.plan.pays_in if own else None,
    )


def _targets(held: Entitlement, days_left: int) -> list[TargetProgress]:
    """How far each target is; one that each branch or team has a number for, in the placement of the day."""
    resolved, plan = held.resolved, held.resolved.plan
    found = {each.target: each for each in rules.progress(resolved, held.values)}
    if held.placements:
        placed, now = by_placement(resolved), held.now
        found |= {
            each.target: each for each in rules.progress(now.resolved, now.values) if each.target in placed
        }
        targets = {**resolved.targets, **{name: now.resolved.targets[name] for name in placed}}
        resolved = msgspec.structs.replace(resolved, targets=targets)
    return [_target(resolved, plan, each, days_left) for each in found.values()]


def _of_day(
    cursor: Cursor, employee: str, day: dt.date, held: Entitlement, known_at: int | None
) -> Iterator[TargetProgress]:
    """The targets of `day` itself."""
    resolved, plan = held.now.resolved, held.resolved.plan
    for found, worked in progress_of_day(cursor, employee, day, resolved, known_at):
        told = _target(resolved, plan, found, days_left=0)
        yield msgspec.structs.replace(told, per="day", overtime_days=worked)


def _target(resolved: ResolvedPlan, plan: Plan, found: rules.Progress, days_left: int) -> TargetProgress:
    measure, target = plan.measures[found.measure], resolved.targets[found.target]
    asked = target.asked
    return TargetProgress(
        plan=plan.plan,
        target=found.target,
        title=plan.targets[found.target].title or measure.title,
        measure=found.measure,
        form=measure.form,
        unit=measure.unit,
        done=exact_text(found.done),
        needed=str(found.needed),
        left=str(found.left),
        attained=str(found.attained),
        is_met=found.is_met,
        left_a_day=str(found.left / days_left) if days_left and _adds_up(measure) else None,
        asked=Source(str(asked.value), asked.level, asked.position, asked.path),
        leave_days=target.leave_days,
    )


def _adds_up(measure: Measure) -> bool:
    """Whether some of what is measured can be done on each day."""
    return (
        isinstance(measure, FactMeasure)
        and measure.form != "percent"
        and measure.kind in ("count", "sum", "distinct")
    )


def _values_before(
    cursor: Cursor, employee: str, held: Entitlement, known_at: int | None
) -> dict[str, Fraction | None]:
    """The measures of the same plan over the month before."""
    before, plan = held.resolved.period.previous(), held.resolved.plan
    told = roster.told(cursor, [employee], known_at)
    here = told.deciding(before).get(employee)
    if here is None:
        return dict.fromkeys(plan.measures)
    spells: dict[str, Spells] = {}
    if plan.transfers == "by_days":
        there = membership(plan, before, here, told.moves[employee])
        if there is None or there.spells is None:
            return dict.fromkeys(plan.measures)
        spells[employee] = there.spells
    opened = sight.windows(plan.measures.values(), before, {employee: here.hired_on}, spells=spells)
    return measures.evaluate(cursor, plan.measures, opened, known_at)[employee]


def _levels(held: Entitlement, before: dict[str, Fraction | None]) -> list[Level]:
    plan, levels = held.resolved.plan, list[Level]()
    for name, value in held.values.items():
        if is_before(name):
            continue
        measure, previous = plan.measures[name], before[name]
        moved = value - previous if value is not None and previous is not None else None
        levels.append(
            Level(
                plan=plan.plan,
                measure=name,
                title=measure.title,
                form=measure.form,
                unit=measure.unit,
                value=exact_text(value),
                previous=exact_text(previous),
                change=exact_text(moved),
            )
        )
    return levels


def _goal_sum(plan: Plan, told: rules.GoalSum) -> GoalSum:
    goals = {goal.id: goal for goal in plan.cascade}
    return GoalSum(
        goal=told.goal,
        title=goals[told.goal].title,
        unit=goals[told.goal].unit,
        value=str(told.value),
        parts=tuple(
            GoalPart(goal=part.goal, title=goals[part.goal].title, heads=part.heads, total=str(part.total))
            for part in told.parts
        ),
        total=str(told.total),
        over=str(told.over),
    )
