"""Every number that holds for one person in one period, and who set it where."""

from collections.abc import Iterable, Iterator

import msgspec

from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.leaves import Number, Taken, take_apart
from domain.plan.overrides import TargetChange, changed_value
from domain.plan.resolve import ResolvedPlan
from domain.plan.targets import Origin, Sourced

_OF_PAY = ("parameters", "targets", "components", "draw", "holdbacks", "milestones")
"""The parts of a document whose numbers somebody may ask about; the others only show and propose."""


class SourcedValue(msgspec.Struct, frozen=True, kw_only=True):
    """A number that holds for a person and where it comes from.

    path: where the plan uses it, bands by where they begin. value: exact. said: as it is written.
    level: who set it, the plan itself being national. position: of the fact that did. source: the path in the
    document that says it, or the scope that set it, such as `branch SH`. holds: what a target comes to after
    spreading, ramp, proration and leave, where that is another number.
    """

    path: str
    title: Title
    value: str
    said: str
    level: Origin
    position: int
    source: str
    holds: str | None = None


def sourced_values(
    resolved: ResolvedPlan, adopted_at: int, changes: Iterable[TargetChange] = ()
) -> tuple[SourcedValue, ...]:
    """Every parameter, target, rate, weight, bound and milestone of `resolved`, in the document's order.

    adopted_at: position of the version. changes: of this person, those in force in the period.
    """
    held = _as_it_holds(resolved)
    taken = take_apart(held)
    personal = dict(_changed_milestones(resolved, changes))
    return tuple(
        _valued(
            path, number, personal.get(path) or _sourced(path, number, resolved), taken, resolved, adopted_at
        )
        for path, number in taken.numbers.items()
        if path.partition(".")[0] in _OF_PAY
    )


def _valued(
    path: str, number: Number, sourced: Sourced, taken: Taken, resolved: ResolvedPlan, adopted_at: int
) -> SourcedValue:
    item = max((each for each in taken.items if path.startswith(f"{each}.")), key=len, default="")
    target = resolved.targets.get(path.removeprefix("targets.").removesuffix(".value"))
    comes_to = target.value if target is not None and path.startswith("targets.") else number.value
    return SourcedValue(
        path=path,
        title=taken.items.get(item, Title(path, path)),
        value=str(number.value),
        said=number.said,
        level=sourced.level,
        position=sourced.position or adopted_at,
        source=sourced.path,
        holds=None if comes_to == number.value else str(comes_to),
    )


def _as_it_holds(resolved: ResolvedPlan) -> Plan:
    """The plan with the values of its parameters, targets and milestones that hold for the person."""
    plan = resolved.plan
    parameters = {
        name: msgspec.structs.replace(parameter, value=resolved.settings[name].value)
        for name, parameter in plan.parameters.items()
    }
    targets = {
        name: target
        if resolved.targets[name].asked.value == target.value
        else msgspec.structs.replace(target, value=resolved.targets[name].asked.value)
        for name, target in plan.targets.items()
    }
    milestones = tuple(resolved.milestones[milestone.id] for milestone in plan.milestones)
    return msgspec.structs.replace(plan, parameters=parameters, targets=targets, milestones=milestones)


def _sourced(path: str, number: Number, resolved: ResolvedPlan) -> Sourced:
    """Who set the number at `path`."""
    match path.split("."):
        case ["parameters", name, "value"]:
            return resolved.settings[name]
        case ["targets", name, "value"]:
            return resolved.targets[name].asked
        case _ if number.parameter is not None:
            return resolved.settings[number.parameter]
        case _:
            return Sourced(number.value, "national", None, path)


def _changed_milestones(
    resolved: ResolvedPlan, changes: Iterable[TargetChange]
) -> Iterator[tuple[str, Sourced]]:
    """The numbers of milestones that were changed for the person; of several changes the last one counts."""
    for change in sorted(changes, key=lambda change: (change.effective_from, change.position)):
        milestone = resolved.milestones.get(change.target)
        if milestone is None or changed_value(resolved.plan, change) is None:
            continue
        numbers = {"reaches": milestone.reaches}
        if change.within_days is not None:
            numbers["within_days"] = milestone.within_days
        for name, value in numbers.items():
            sourced = Sourced(value, "person", change.position, f"person {change.employee}")
            yield f"milestones.{milestone.id}.{name}", sourced
