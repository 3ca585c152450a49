"""Work done on days without the licence that a plan asks for: how much, which, and why it is flagged."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from psycopg.sql import SQL

from domain.period import Period
from domain.plan.fields import Title
from domain.plan.licence import Flagged, Freeze, Frozen, frozen, licensed_measures, whatever_the_licence
from domain.plan.measures import FactMeasure, Measure
from domain.plan.spells import Spells
from projections import credentials
from projections.measures import Pass, counts, licensed, rows
from projections.members import members
from projections.rows import by_employee
from projections.sight import Windows, bound_for, seen, windows
from projections.spans import Cursor

MUCH = SQL(
    """
select holder, work, total, last_on
from (
    select asked.holder, count(*) as total, count(*) filter (where not {licensed}) as work,
        max(c.day) filter (where not {licensed}) as last_on
    {seen} and {counts}
    group by asked.holder
) as done
where work > 0"""
)

WHICH = SQL(
    """
select asked.holder, c.position, c.fact, c.day
{seen} and {counts} and not {licensed}
order by c.position, asked.holder"""
)


class Freezing(NamedTuple):
    """What the licences of a plan come to for one person.

    flagged: work without its licence, by measure. frozen: why no more would count, by measure.
    """

    flagged: Mapping[str, Flagged]
    frozen: Mapping[str, Freeze]


class FlaggedWork(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that a person was credited with on a day on which they lacked the licence for it.

    credential: the kind. state, since: why it was not valid on that day, and from which day on. is_paid:
    whether the plan counts it all the same. title: of the measure.
    """

    position: int
    type: str
    employee: str
    day: dt.date
    plan: str
    measure: str
    title: Title
    credential: str
    state: Frozen
    since: dt.date | None
    is_paid: bool


def freezings(
    cursor: Cursor, named: Mapping[str, Measure], opened: Windows, day: dt.date, known_at: int | None
) -> dict[str, Freezing]:
    """What the licences that `named` ask for come to, for each person in `opened`, as of `day`."""
    wanted = licensed_measures(named)
    people = sorted({employee for measure in wanted.values() for employee in opened[measure.window]})
    if not people:
        return {}
    changes = by_employee(credentials.changes(cursor, people, known_at))
    flagged: dict[str, dict[str, Flagged]] = {}
    for name, measure in wanted.items():
        kind = measure.licensed or ""
        for employee, work, total, last_on in rows(cursor, _asked(cursor, MUCH, measure, opened, known_at)):
            why = frozen(changes.get(employee, ()), employee, kind, last_on) or Freeze("none")
            told = Flagged(work, total, kind, measure.gate is None, why)
            flagged.setdefault(employee, {})[name] = told
    return {
        employee: Freezing(
            flagged.get(employee, {}),
            {
                name: why
                for name, measure in wanted.items()
                if measure.gate and (why := frozen(changes.get(employee, ()), employee, measure.gate, day))
            },
        )
        for employee in people
    }


def flagged_work(
    cursor: Cursor, period: Period, employees: Sequence[str] | None, known_at: int | None
) -> list[FlaggedWork]:
    """What was done in `period` without the licence that the plan of who did it asks for, by position."""
    found: list[FlaggedWork] = []
    for group in members(cursor, period, known_at, employees):
        wanted = licensed_measures(group.plan.measures)
        if not wanted or not group.resolved:
            continue
        changes = by_employee(credentials.changes(cursor, list(group.resolved), known_at))
        for name, measure in wanted.items():
            in_period = msgspec.structs.replace(measure, window=type(measure.window)())
            opened = windows([in_period], period, group.hired, None, group.spells)
            for employee, position, type_, day in rows(
                cursor, _asked(cursor, WHICH, in_period, opened, known_at)
            ):
                kind = measure.licensed or ""
                why = frozen(changes.get(employee, ()), employee, kind, day) or Freeze("none")
                found.append(
                    FlaggedWork(
                        position=position,
                        type=type_,
                        employee=employee,
                        day=day,
                        plan=group.plan.plan,
                        measure=name,
                        title=measure.title,
                        credential=kind,
                        state=why.state,
                        since=why.since,
                        is_paid=measure.gate is None,
                    )
                )
    return sorted(found, key=lambda work: (work.position, work.employee, work.plan, work.measure))


def _asked(
    cursor: Cursor, question: SQL, measure: FactMeasure, opened: Windows, known_at: int | None
) -> Pass:
    days: Mapping[str, Spells] = opened[measure.window]
    bound = bound_for(cursor, [measure], days, known_at)
    statement = question.format(
        licensed=licensed(bound, measure.licensed or ""),
        seen=seen(bound, [measure], known_at),
        counts=counts(bound, whatever_the_licence(measure), measure.fact, known_at),
    )
    return Pass(statement, bound)
