"""What holds for one person in one period: national standard → branch → team → person.

The narrowest level wins; within it the value that took effect last, and then the later fact. What is in force
on the deciding day (see `population`) holds for the whole period, or for all days of a placement.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import msgspec

from domain.people.roster import Leave, Posting, RosterChange, leave_days
from domain.period import Period
from domain.plan.checks import counted_measure
from domain.plan.components.base import Aim, Stay
from domain.plan.components.component import Component
from domain.plan.document import LeaveRelief, Milestone, Plan, Target
from domain.plan.measures import Days
from domain.plan.mentions import named_in, with_parts
from domain.plan.overrides import Override, TargetChange, changed_milestone, changed_value, permitted
from domain.plan.running import before
from domain.plan.settings import rebound, settings_in
from domain.plan.spells import Spells, decided_on, within
from domain.plan.stay import prorates, stay, whole_stay
from domain.plan.targets import (
    Grounds,
    ResolvedTarget,
    Sourced,
    line_target,
    relieved,
    resolved_target,
    source,
)


class Uses(NamedTuple):
    """The names that one component rests on. measures: with those that a ratio divides."""

    measures: tuple[str, ...]
    targets: tuple[str, ...]
    parameters: tuple[str, ...]
    milestones: tuple[str, ...]
    boards: tuple[str, ...]


class ResolvedPlan(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A plan with the numbers that hold for one person in one period, and where each comes from.

    plan: with every number in place, so its components can be computed as they stand. uses: one a component.
    stay: told as far as the plan asks about it. decided_on: the day whose posting decided.
    """

    plan: Plan
    period: Period
    settings: Mapping[str, Sourced]
    targets: Mapping[str, ResolvedTarget]
    aims: Mapping[str, Aim]
    stay: Stay
    decided_on: dt.date
    milestones: Mapping[str, Milestone]
    uses: tuple[Uses, ...]

    def value(self, name: str) -> Sourced:
        """The parameter `name` and where its value comes from."""
        return self.settings[name]

    @cached_property
    def grounds(self) -> tuple[Grounds, ...]:
        """What lines say of targets and parameters, one a component; whoever shares the plan shares these."""
        return tuple(
            Grounds(
                {name: line_target(self.targets[name]) for name in uses.targets},
                {name: source(self.settings[name]) for name in uses.parameters},
            )
            for uses in self.uses
        )


class Resolver:
    """Resolves one plan for many people; whoever shares all overrides shares one result.

    overrides, changes: those not voided, of any plan and person. levels: branch and team, as far as some
    branch or team has overrides.
    """

    def __init__(
        self,
        plan: Plan,
        period: Period,
        overrides: Iterable[Override] = (),
        changes: Iterable[TargetChange] = (),
    ) -> None:
        self.plan, self.period = plan, period
        self._permitted: list[tuple[Override, Fraction]] = []
        self._overrides: dict[tuple[str, str], list[int]] = {}
        for override in sorted(overrides, key=lambda o: (o.effective_from, o.position)):
            value = permitted(plan, override) if override.plan == plan.plan else None
            if value is not None:
                self._overrides.setdefault((override.level, override.scope), []).append(len(self._permitted))
                self._permitted.append((override, value))
        self._changes: dict[str, list[tuple[TargetChange, Fraction]]] = {}
        for change in sorted(changes, key=lambda c: (c.effective_from, c.position)):
            value = changed_value(plan, change)
            if value is not None:
                self._changes.setdefault(change.employee, []).append((change, value))
        self.levels = frozenset(level for level, _ in self._overrides) & {"branch", "team"}
        self._any_relief = any(_leave_relief(target) for target in plan.targets.values())
        self._whole = whole_stay(plan, period)
        self._asks_for_stay = prorates(plan) or self._whole.months > 0
        self._layers: dict[tuple[int, ...], ResolvedPlan] = {}

    def __call__(
        self,
        posting: Posting,
        leaves: Iterable[Leave] = (),
        moves: Iterable[RosterChange] = (),
        spells: Spells | None = None,
    ) -> ResolvedPlan:
        """What holds for the person of `posting`, as of the deciding day or of the last one in `spells`.

        leaves, moves: of that person, not voided. spells: where the plan pays by days.
        """
        day = decided_on(self.period, posting, spells)
        layer = self._layer(posting, day)
        if layer.decided_on != day:
            layer = msgspec.structs.replace(layer, decided_on=day)
        changes = self._changes.get(posting.employee, [])
        own = list(leaves) if self._any_relief or self._asks_for_stay else []
        stayed = self._whole
        if self._asks_for_stay:
            stayed = stay(self.plan, self.period, posting, own, moves, spells)
        away = _while_there(own, spells) if self._any_relief else []
        if not changes and not away and stayed == self._whole:
            return layer
        return self._personal(layer, changes, away, stayed)

    def placed(self, posting: Posting, day: dt.date) -> tuple[int, ...]:
        """Which overrides of branch and team hold for `posting` on `day`, as numbers that can be compared."""
        return self._holding((("branch", posting.branch), ("team", posting.team)), day)

    def _layer(self, posting: Posting, day: dt.date) -> ResolvedPlan:
        """The plan under the overrides that hold for `posting` on `day`, made once for each set of them."""
        scopes = (("branch", posting.branch), ("team", posting.team), ("person", posting.employee))
        key = self._holding(scopes, day)
        if key not in self._layers:
            holding = [self._permitted[number] for number in key]
            self._layers[key] = _layered(self.plan, self.period, holding, self._whole)
        return self._layers[key]

    def _holding(self, scopes: Iterable[tuple[str, str | None]], day: dt.date) -> tuple[int, ...]:
        """The overrides of `scopes` that are in force on `day`, by their number."""
        return tuple(
            number
            for level, scope in scopes
            for number in self._overrides.get((level, scope or ""), ())
            if _in_force(self._permitted[number][0], day)
        )

    def _personal(
        self,
        layer: ResolvedPlan,
        changes: Iterable[tuple[TargetChange, Fraction]],
        away: list[Leave],
        stayed: Stay,
    ) -> ResolvedPlan:
        asked, milestones = (
            {name: target.asked for name, target in layer.targets.items()},
            dict(layer.milestones),
        )
        day = layer.decided_on
        for change, value in changes:
            if not _in_force(change, day):
                continue
            if change.target in milestones:
                changed = changed_milestone(milestones[change.target], value, change.within_days)
                milestones[change.target] = changed
            if change.target in asked:
                asked[change.target] = Sourced(value, "person", change.position, f"person {change.employee}")
        targets = {
            name: resolved_target(target, asked[name], self.period, stayed)
            for name, target in layer.plan.targets.items()
        }
        for name, target in layer.plan.targets.items():
            relief = _leave_relief(target)
            days = leave_days(away, self.period.first_day, day, relief.kinds) if relief else 0
            if relief and days:
                value = relieved(targets[name].value, days, relief.per_day, target.rounding)
                targets[name] = targets[name]._replace(value=value, leave_days=days)
        return msgspec.structs.replace(
            layer, targets=targets, aims=_aims(targets), stay=stayed, milestones=milestones
        )


def resolve(
    plan: Plan,
    overrides: Iterable[Override],
    changes: Iterable[TargetChange],
    posting: Posting,
    leaves: Iterable[Leave],
    period: Period,
) -> ResolvedPlan:
    """What `plan` comes to for one person; for many people make one `Resolver`."""
    return Resolver(plan, period, overrides, changes)(posting, leaves)


def set_by_firm(plan: Plan) -> dict[str, Sourced]:
    """The parameters of `plan` as it says them, before anybody overrides one."""
    return {
        name: Sourced(Fraction(parameter.value), "national", None, f"parameters.{name}")
        for name, parameter in plan.parameters.items()
    }


def _layered(
    plan: Plan, period: Period, holding: list[tuple[Override, Fraction]], stayed: Stay
) -> ResolvedPlan:
    settings = set_by_firm(plan)
    for override, value in holding:
        path = f"{override.level} {override.scope}"
        settings[override.parameter] = Sourced(value, override.level, override.position, path)
    values = {override.parameter: settings[override.parameter].value for override, _ in holding}
    bound = msgspec.structs.replace(
        plan,
        components=rebound(plan.components, values),
        draw=rebound(plan.draw, values),
        holdbacks=rebound(plan.holdbacks, values),
        targets=rebound(plan.targets, values),
        milestones=rebound(plan.milestones, values),
        hints=rebound(plan.hints, values),
    )
    targets = {
        name: resolved_target(target, _asked(name, target, settings), period, stayed)
        for name, target in bound.targets.items()
    }
    return ResolvedPlan(
        plan=bound,
        period=period,
        settings=settings,
        targets=targets,
        aims=_aims(targets),
        stay=stayed,
        decided_on=period.last_day,
        milestones={milestone.id: milestone for milestone in bound.milestones},
        uses=tuple(_uses(component, bound) for component in bound.components),
    )


def _uses(component: Component, plan: Plan) -> Uses:
    targets = named_in(component, "targets")
    through = [plan.targets[target] for target in targets]
    measures = [*named_in(component, "measures"), *(target.measure for target in through)]
    running = counted_measure(plan, component)
    if running is not None and before(running) in plan.measures and getattr(component, "running", False):
        measures.append(before(running))
    numbers = (component, *(target.value for target in through))
    parameters = dict.fromkeys(setting.parameter for number in numbers for setting in settings_in(number))
    return Uses(
        measures=with_parts(plan.measures, tuple(measures)),
        targets=targets,
        parameters=tuple(parameters),
        milestones=named_in(component, "milestones"),
        boards=named_in(component, "boards"),
    )


def _asked(name: str, target: Target, settings: Mapping[str, Sourced]) -> Sourced:
    parameter: str | None = getattr(target.value, "parameter", None)
    if parameter:
        return settings[parameter]
    return Sourced(target.value, "national", None, f"targets.{name}.value")


def _while_there(leaves: list[Leave], spells: Spells | None) -> list[Leave]:
    """The parts of `leaves` that lie in `spells`."""
    if spells is None:
        return leaves
    return [
        msgspec.structs.replace(leave, from_on=part.first, until_on=part.last)
        for leave in leaves
        for part in within(Days(leave.from_on, leave.until_on), spells)
    ]


def _leave_relief(target: Target) -> LeaveRelief | None:
    return target.relief.leave if target.relief else None


def _aims(targets: Mapping[str, ResolvedTarget]) -> dict[str, Aim]:
    return {name: Aim(target.measure, target.value) for name, target in targets.items()}


def _in_force(thing: Override | TargetChange, day: dt.date) -> bool:
    return thing.effective_from <= day and (thing.effective_until is None or day <= thing.effective_until)
