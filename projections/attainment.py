"""On which day milestones were reached: each person's measure, day by day since the hire.

The reference is `domain.plan.milestones`. A milestone looks at the days since the hire, whatever window its
measure has otherwise.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from psycopg.sql import SQL, Composed

from domain.plan.measures import Days, FactMeasure, Measure, RatioMeasure, longest_run, quotient
from domain.plan.mentions import with_parts
from domain.plan.milestones import last_day
from projections.columns import column, day_of, number
from projections.conversion import with_rates
from projections.measures import Pass, aggregates, counts, exact, rows
from projections.members import Members
from projections.sight import Bound, bound_for, seen
from projections.spans import Cursor

Course = list[tuple[dt.date, Fraction | None]]
"""A measure's value since the hire, after each day on which it may have changed."""

_DAILY: Mapping[str, SQL] = {
    "distinct": SQL(
        """
select holder, day, count(*)
from (
    select asked.holder, min(c.day) as day {seen} and {counts} and {column} is not null
    group by asked.holder, {column}
) as first
group by holder, day
order by holder, day"""
    ),
    "last": SQL(
        """
select distinct on (asked.holder, c.day) asked.holder, c.day, {column}
{seen} and {counts} and {column} is not null
order by asked.holder, c.day, c.at desc, c.position desc, c.part desc"""
    ),
    "streak": SQL(
        """
select asked.holder, c.day {seen} and {counts} group by asked.holder, c.day order by asked.holder, c.day"""
    ),
}

_DAILY_NUMBERS = SQL(
    """
select asked.holder, {day}, {numbers} {seen} group by 1, 2 order by 1, 2"""
)


def attained(
    cursor: Cursor, group: Members, names: Iterable[str], until: dt.date, known_at: int | None
) -> dict[str, dict[str, dt.date]]:
    """The day on which each of the milestones `names` was reached in time, by employee, up to `until`."""
    found: dict[str, dict[str, dt.date]] = {}
    for name in names:
        for employee, course in courses_to(cursor, group, name, until, known_at).items():
            needed = group.resolved[employee].milestones[name].reaches
            day = first_reached(course, needed)
            if day is not None:
                found.setdefault(employee, {})[name] = day
    return found


def first_reached(course: Course, needed: Fraction) -> dt.date | None:
    """The first day on which `course` is at `needed` or above."""
    return next((day for day, value in course if value is not None and value >= needed), None)


def courses_to(
    cursor: Cursor, group: Members, name: str, until: dt.date, known_at: int | None
) -> dict[str, Course]:
    """How everybody went towards the milestone `name`, in its time and up to `until`."""
    days = {
        employee: Days(here.hired_on, min(last_day(resolved.milestones[name], here.hired_on), until))
        for employee, resolved in group.resolved.items()
        for here in [group.postings[employee]]
    }
    measure = next(milestone.measure for milestone in group.plan.milestones if milestone.id == name)
    return courses(cursor, group.plan.measures, measure, days, known_at)


def courses(
    cursor: Cursor, measures: Mapping[str, Measure], name: str, days: Mapping[str, Days], known_at: int | None
) -> dict[str, Course]:
    """How the measure `name` went over the `days` of each person; whoever has no credits is left out."""
    leaves = {
        part: m for part in with_parts(measures, (name,)) if isinstance(m := measures[part], FactMeasure)
    }
    bound = with_rates(cursor, leaves, ((run,) for run in days.values()), known_at)
    told = {part: _daily(cursor, measure, days, known_at) for part, measure in bound.items()} if days else {}
    measures = {**measures, **bound}
    return {
        employee: _course(measures, name, {part: daily.get(employee, []) for part, daily in told.items()})
        for employee in {employee for daily in told.values() for employee in daily}
    }


def _course(measures: Mapping[str, Measure], name: str, told: Mapping[str, list[tuple[Any, ...]]]) -> Course:
    measure = measures[name]
    if isinstance(measure, FactMeasure):
        return list(_running(measure, told[name]))
    assert isinstance(measure, RatioMeasure), "milestones look at work"
    of, to = dict(_course(measures, measure.of, told)), dict(_course(measures, measure.to, told))
    course, above, below = Course(), before_any(measures[measure.of]), before_any(measures[measure.to])
    for day in sorted(of.keys() | to.keys()):
        above, below = of.get(day, above), to.get(day, below)
        course.append((day, quotient(above, below)))
    return course


def _daily(
    cursor: Cursor, measure: FactMeasure, days: Mapping[str, Days], known_at: int | None
) -> dict[str, list[tuple[Any, ...]]]:
    """Each person's rows (day, numbers…), in order of the day."""
    held = {employee: (span,) for employee, span in days.items() if span.first <= span.last}
    found: dict[str, list[tuple[Any, ...]]] = {}
    if held:
        bound = bound_for(cursor, [measure], held, known_at)
        for employee, *row in rows(cursor, Pass(_statement(bound, measure, known_at), bound)):
            found.setdefault(employee, []).append(tuple(row))
    return found


def _statement(bound: Bound, measure: FactMeasure, known_at: int | None) -> Composed:
    sight = seen(bound, [measure], known_at)
    if measure.kind not in _DAILY:
        numbers = SQL(", ").join(aggregates(bound, measure, known_at))
        return _DAILY_NUMBERS.format(day=day_of(measure.counted), numbers=numbers, seen=sight)
    return _DAILY[measure.kind].format(
        seen=sight,
        counts=counts(bound, measure, measure.fact, known_at),
        column=number(bound, measure) or column(bound, "day"),
    )


def _running(
    measure: FactMeasure, told: Iterable[tuple[Any, ...]]
) -> Iterator[tuple[dt.date, Fraction | None]]:
    """The value after each day of `told`, from the numbers that this and all earlier days brought."""
    total, size, best, worked = Fraction(0), 0, None, list[dt.date]()
    for day, *numbers in told:
        match measure.kind:
            case "count" | "sum" | "each":
                total += exact(numbers[0]) - exact(numbers[1])
                yield day, total / measure.scale
            case "distinct":
                total += numbers[0]
                yield day, total
            case "average":
                total, size = total + exact(numbers[0]), size + numbers[1]
                yield day, total / measure.scale / size if size else None
            case "best":
                best = max((n for n in (best, numbers[0]) if n is not None), default=None)
                yield day, None if best is None else exact(best) / measure.scale
            case "last":
                yield day, exact(numbers[0]) / measure.scale
            case "streak":
                worked.append(day)
                yield day, Fraction(longest_run(worked))


def before_any(measure: Measure) -> Fraction | None:
    """What a measure is worth before the first credit."""
    nothing = not isinstance(measure, FactMeasure) or measure.kind in ("average", "last", "best")
    return None if nothing else Fraction(0)
