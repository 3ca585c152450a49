"""How far somebody is with the targets of a single day, and what overtime before it took off them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction

from domain.plan.daily import after_overtime, daily, days_before, is_due, one_day, overtime_minutes
from domain.plan.document import OvertimeRelief
from domain.plan.measures import Measure
from domain.plan.mentions import with_parts
from domain.plan.progress import Progress, progress_of
from domain.plan.resolve import ResolvedPlan
from projections import measures, sight
from projections.spans import Cursor


def progress_of_day(
    cursor: Cursor, employee: str, day: dt.date, resolved: ResolvedPlan, known_at: int | None
) -> Iterator[tuple[Progress, int]]:
    """Each daily target of a person's plan on `day`, and the days of overtime that lowered it; 0 for none."""
    targets, plan = daily(resolved.plan), resolved.plan
    if not targets:
        return
    names = with_parts(plan.measures, tuple(target.measure for target in targets.values()))
    done = _measured(cursor, employee, day, {name: plan.measures[name] for name in names}, known_at)
    for name, target in targets.items():
        needed, relief = resolved.targets[name].value, target.relief.overtime if target.relief else None
        worked = relief is not None and _worked(cursor, employee, day, relief, known_at)
        if relief is not None and worked:
            needed = after_overtime(target, needed)
        found = progress_of(name, target.measure, done[target.measure], needed)
        yield found, relief.days if relief is not None and worked else 0


def _worked(
    cursor: Cursor, employee: str, day: dt.date, relief: OvertimeRelief, known_at: int | None
) -> bool:
    looked_at: Mapping[str, Measure] = {"overtime": overtime_minutes(relief)}
    before = days_before(relief, day)
    return is_due(
        relief, [_measured(cursor, employee, each, looked_at, known_at)["overtime"] for each in before]
    )


def _measured(
    cursor: Cursor, employee: str, day: dt.date, looked_at: Mapping[str, Measure], known_at: int | None
) -> dict[str, Fraction | None]:
    opened = sight.windows(looked_at.values(), one_day(day), {employee: day})
    return measures.evaluate(cursor, looked_at, opened, known_at)[employee]
