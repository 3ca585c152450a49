"""When a person's value was reached, which settles ties on boards.

With the last fact that the value rests on; a best one with the first fact that showed it, and a number of
different things with the first fact of the last of them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from psycopg.sql import SQL, Composed

from domain.plan.measures import FactMeasure
from projections.columns import column, number
from projections.conversion import with_rates
from projections.measures import Pass, counts, rows, taken_off
from projections.sight import Bound, Windows, bound_for, seen
from projections.spans import Cursor

REACHED: Mapping[str, SQL] = {
    "distinct": SQL(
        """
select holder, max(at)
from (
    select asked.holder, min(c.at) as at {seen} and {counted} and {column} is not null
    group by asked.holder, {column}
) as first
group by holder"""
    ),
    "best": SQL(
        """
select distinct on (asked.holder) asked.holder, c.at {seen} and {counted} and {column} is not null
order by asked.holder, {column} desc, c.at"""
    ),
}

LAST = SQL("select asked.holder, max(c.at) {seen} and ({counted} or {taken}) group by asked.holder")


def reached_at(
    cursor: Cursor,
    measures: Iterable[FactMeasure],
    opened: Windows,
    employees: Sequence[str],
    known_at: int | None,
) -> dict[str, dt.datetime]:
    """When each of `employees` came to the value that `measures` make together; without a fact, never."""
    found: dict[str, dt.datetime] = {}
    for measure in measures:
        days = {employee: opened[measure.window][employee] for employee in employees}
        if not days:
            continue
        rated = with_rates(cursor, {"": measure}, days.values(), known_at)[""]
        bound = bound_for(cursor, [rated], days, known_at)
        for employee, at in rows(cursor, Pass(_statement(bound, rated, known_at), bound)):
            found[employee] = max(at, found.get(employee, at))
    return found


def _statement(bound: Bound, measure: FactMeasure, known_at: int | None) -> Composed:
    parts = {
        "seen": seen(bound, [measure], known_at),
        "counted": counts(bound, measure, measure.fact, known_at),
    }
    if measure.kind in REACHED:
        return REACHED[measure.kind].format(column=number(bound, measure) or column(bound, "day"), **parts)
    return LAST.format(taken=taken_off(bound, measure, known_at), **parts)
