"""Targets of single days: which they are, what can be wrong with them, and how overtime lowers them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction

from domain.money import rounded
from domain.period import Period
from domain.plan.components.base import Fault
from domain.plan.document import OvertimeRelief, Plan, Target
from domain.plan.fields import Title
from domain.plan.measures import Condition, FactMeasure, RatioMeasure
from domain.plan.mentions import named_in

OVERTIME = Title("Overtime", "加班")


def one_day(day: dt.date) -> Period:
    """`day` as a period of its own, to measure over."""
    return Period("month", day, day)


def daily(plan: Plan) -> dict[str, Target]:
    """The targets of `plan` that are for every single day."""
    return {name: target for name, target in plan.targets.items() if target.per == "day"}


def overtime_minutes(relief: OvertimeRelief) -> FactMeasure:
    """What `relief` looks at on each of the days before."""
    why = Condition(column="kind", test="one_of", words=relief.reasons)
    return FactMeasure(kind="sum", fact="overtime_recorded", of="minutes", where=(why,), title=OVERTIME)


def days_before(relief: OvertimeRelief, day: dt.date) -> list[dt.date]:
    """The days whose overtime decides about `day`, the last one first."""
    return [day - dt.timedelta(days=number) for number in range(1, relief.days + 1)]


def is_due(relief: OvertimeRelief, minutes: Sequence[Fraction | None]) -> bool:
    """Whether so many minutes of overtime on the days before lower the target."""
    return all(told is not None and told > relief.more_than_minutes for told in minutes)


def after_overtime(target: Target, value: Fraction) -> Fraction:
    """The next day's target of `value` after overtime that lowers it, in whole numbers."""
    if target.relief is None or target.relief.overtime is None:
        return value
    return Fraction(rounded(value * (1 - target.relief.overtime.lower_by), target.rounding))


def daily_faults(plan: Plan) -> Iterator[Fault]:
    """What only targets of days may say, what they may not, and that no component looks at them."""
    for name, target in plan.targets.items():
        path, relief = f"targets.{name}", target.relief.overtime if target.relief else None
        if target.per is None and relief is not None:
            yield Fault(f"{path}.relief.overtime", "It lowers the target of the next day.", "Add `per: day`.")
        if relief is not None and not (relief.days >= 1 and relief.more_than_minutes >= 0 and relief.reasons):
            yield Fault(f"{path}.relief.overtime", "It would always or never hold.", "Write days: 1 or more.")
        if target.per is not None:
            yield from _faults(path, target, plan)
    for index, component in enumerate(plan.components):
        for name in named_in(component, "targets"):
            if name in daily(plan):
                yield Fault(
                    f"components[{index}]",
                    f"`{name}` is asked for each day, and pay is of months.",
                    "Name a target of the month.",
                )


def _faults(path: str, target: Target, plan: Plan) -> Iterator[Fault]:
    for name, held in (("spread", target.spread), ("prorate", target.prorate)):
        if held is not None:
            yield Fault(f"{path}.{name}", "A day has no part of a month or year.", "Leave it out.")
    if target.relief is not None and target.relief.leave is not None:
        yield Fault(f"{path}.relief.leave", "It lowers the target of a month.", "Leave it out.")
    measure = plan.measures.get(target.measure)
    parts = [measure.of, measure.to] if isinstance(measure, RatioMeasure) else [target.measure]
    over = [plan.measures.get(part) for part in parts]
    if any(isinstance(part, FactMeasure) and part.window.kind != "period" for part in over):
        yield Fault(f"{path}.measure", "It looks at more than the day.", "Take a measure without `window`.")
