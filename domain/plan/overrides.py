"""What may be set below the national standard, by whom and within which bounds."""

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import msgspec

from domain.facts.governance import Level as OverrideLevel
from domain.facts.governance import OverrideSet, TargetChanged
from domain.plan.components.base import Fault
from domain.plan.document import Milestone, Parameter, Plan
from domain.plan.exact import Unit, exact, shown
from domain.plan.problems import did_you_mean
from domain.plan.settings import rebound
from domain.refusals import BadField, OverrideNotPermitted, OverrideOutOfBounds, UnknownTarget


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter that a branch, team or person has set, from a day on and to its last day.

    value: as given, such as "30" or "12 %". scope: id of the branch, team or person.
    """

    position: int
    plan: str
    parameter: str
    level: OverrideLevel
    scope: str
    value: str
    effective_from: dt.date
    effective_until: dt.date | None = None


class TargetChange(msgspec.Struct, frozen=True, kw_only=True):
    """A target or milestone that was changed for one person, from a day on and to its last day.

    within_days: new length of a milestone's window; None leaves it.
    """

    position: int
    employee: str
    target: str
    value: str
    effective_from: dt.date
    effective_until: dt.date | None = None
    within_days: int | None = None


class Pace(NamedTuple):
    """What a milestone asks for a day before and after a change: 10 in 30 days is 1/3, 8 in 20 is 2/5."""

    before: Fraction
    after: Fraction

    @property
    def is_harder(self) -> bool:
        """Whether the change asks for more a day than before."""
        return self.after > self.before


def check_override(plan: Plan, override: OverrideSet | Override) -> None:
    """Lets an override pass that `plan` opened to its level, within the bounds, and that breaks no rule.

    Raises: OverrideNotPermitted, OverrideOutOfBounds.
    """
    parameter = plan.parameters.get(override.parameter)
    if parameter is None:
        raise OverrideNotPermitted(
            field="data.parameter",
            detail=f"Plan {plan.plan} has no parameter `{override.parameter}`.",
            remedy=did_you_mean(override.parameter, plan.parameters),
        )
    if parameter.open is None or override.level not in parameter.open.to:
        raise OverrideNotPermitted(
            field="data.parameter",
            detail=f"Plan {plan.plan} does not open `{override.parameter}` to a {override.level}.",
            remedy=_what_is_open(plan, override.level),
        )
    value = _in_form(override.value, parameter.form)
    if value is None:
        detail, remedy = _misread(override.parameter, override.value, parameter.form)
        raise OverrideOutOfBounds(field="data.value", detail=detail, remedy=remedy)
    if not _within(parameter, value):
        raise OverrideOutOfBounds(
            field="data.value",
            detail=f"{override.value} is outside the bounds of `{override.parameter}`.",
            remedy=f"Stay {_bounds(parameter)}.",
        )
    for where, message, remedy in _new_faults(plan, override.parameter, value):
        raise OverrideOutOfBounds(
            field="data.value", detail=f"With {override.value}, {where} would break: {message}", remedy=remedy
        )


def permitted(plan: Plan, override: Override) -> Fraction | None:
    """The value of an override that `plan` permits; None for one that another version may have permitted."""
    try:
        check_override(plan, override)
    except (OverrideNotPermitted, OverrideOutOfBounds):
        return None
    return _in_form(override.value, plan.parameters[override.parameter].form)


def check_target_change(plan: Plan, change: TargetChanged | TargetChange) -> None:
    """Lets a change pass that names a target or milestone of `plan`, in the form that it is counted in.

    Raises: UnknownTarget, BadField.
    """
    milestones = {milestone.id: milestone for milestone in plan.milestones}
    aim = plan.targets.get(change.target) or milestones.get(change.target)
    if aim is None:
        raise UnknownTarget(
            field="data.target",
            detail=f"Plan {plan.plan} has no target or milestone `{change.target}`.",
            remedy=did_you_mean(change.target, (*plan.targets, *milestones)),
        )
    form = plan.measures[aim.measure].form
    value = _in_form(change.value, form)
    if value is None:
        detail, remedy = _misread(change.target, change.value, form)
        raise BadField(field="data.value", detail=detail, remedy=remedy)
    if value < 0:
        raise BadField(
            field="data.value",
            detail=f"`{change.target}` cannot be below zero, and {change.value!r} is.",
            remedy="Write 0 % or more." if form == "percent" else "Write 0 or more.",
        )
    if value == 0 and isinstance(aim, Milestone):
        raise BadField(
            field="data.value",
            detail=f"With 0 nothing is left of the milestone `{change.target}` to reach.",
            remedy="Write more than 0.",
        )
    if change.within_days is not None and not isinstance(aim, Milestone):
        raise BadField(
            field="data.within_days",
            detail=f"`{change.target}` is a target of every period.",
            remedy="Leave `within_days` out; it is for milestones.",
        )


def changed_value(plan: Plan, change: TargetChange) -> Fraction | None:
    """The value that `change` sets in `plan`; None when it is not about this plan."""
    try:
        check_target_change(plan, change)
    except (UnknownTarget, BadField):
        return None
    written = exact(change.value)
    return written.value if written else None


def changed_milestone(milestone: Milestone, value: Fraction, within_days: int | None) -> Milestone:
    """`milestone` as changed for one person."""
    days = milestone.within_days if within_days is None else Fraction(within_days)
    return msgspec.structs.replace(milestone, reaches=value, within_days=days)


def pace(before: Milestone, after: Milestone) -> Pace:
    """What a milestone and its changed form ask for a day."""
    return Pace(before.reaches / before.within_days, after.reaches / after.within_days)


def _in_form(text: str, form: Unit) -> Fraction | None:
    written = exact(text)
    if written is None or (written.unit == "percent") != (form == "percent"):
        return None
    return written.value


def _misread(name: str, text: str, form: Unit) -> tuple[str, str]:
    """What is wrong with a value of `name` that `_in_form` cannot read, and what to write instead."""
    remedy = "Write it with a percent sign, such as 12 %."
    if form != "percent":
        remedy = "Write it without a percent sign, such as 30."
    if exact(text) is None:
        return f"`{name}` needs a number, and {text!r} is not one.", remedy
    if form == "percent":
        return f"`{name}` is a percentage, and {text!r} has no percent sign.", remedy
    return f"`{name}` is not a percentage, and {text!r} is one.", remedy


def _within(parameter: Parameter, value: Fraction) -> bool:
    low, high = (parameter.open.min, parameter.open.max) if parameter.open else (None, None)
    return (low is None or low <= value) and (high is None or value <= high)


def _bounds(parameter: Parameter) -> str:
    low, high = (parameter.open.min, parameter.open.max) if parameter.open else (None, None)
    least = f"at or above {shown(low, parameter.form)}" if low is not None else ""
    most = f"at or below {shown(high, parameter.form)}" if high is not None else ""
    return " and ".join(part for part in (least, most) if part)


def _what_is_open(plan: Plan, level: str) -> str:
    names = [
        name for name, parameter in plan.parameters.items() if parameter.open and level in parameter.open.to
    ]
    return f"Open to a {level}: {', '.join(names) or 'nothing'}."


def _new_faults(plan: Plan, parameter: str, value: Fraction) -> Iterator[Fault]:
    for component in rebound(plan.components, {parameter: value}):
        for where, message, remedy in component.all_faults():
            yield Fault(f"{component.id}.{where}" if where else component.id, message, remedy)
    for milestone in rebound(plan.milestones, {parameter: value}):
        if milestone.within_days < 1 or milestone.within_days.denominator != 1:
            yield Fault(f"{milestone.id}.within_days", "No whole number of days.", "Write 1 or more.")
