"""Work done on days without the licence that a plan asks for: how much, which, and why it is flagged."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec
from psycopg.sql import SQL

from domain.people.credentials import Held, covered, days_held
from domain.period import Period
from domain.plan.fields import Title
from domain.plan.licence import Flagged, Freeze, Frozen, frozen, licensed_measures, whatever_the_licence
from domain.plan.measures import FactMeasure, Measure
from domain.plan.spells import Spells
from projections import credentials, policy, roster
from projections.measures import Pass, counts, licensed, rows
from projections.members import Roll, belonging
from projections.rows import by_employee, known
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

# Whatever else was told of a credential than grants and renewals beyond the period is looked at one by one.
WHO = SQL(
    """
with sound as (
    select employee, min(type) as held
    from credential_change
    where {known}
    group by employee, credential
    having min(effective_on) filter (where kind = 'granted') <= %(first)s
        and bool_and(kind in ('granted', 'renewed') and coalesce(expires_on >= %(last)s, true))
        and min(type) = max(type)
)
select fact, asked.held, done.employee
from (
    select distinct c.fact, c.employee
    from credit c
    where c.day between %(first)s and %(last)s and c.fact = any(%(facts)s) and {known}
        and (%(employees)s::text[] is null or c.employee = any(%(employees)s))
) as done
join unnest(%(facts)s::text[], %(kinds)s::text[]) as asked (fact, held) using (fact)
where (done.employee, asked.held) not in (select employee, held from sound)"""
)
"""Who did some of what asks for a licence, and may have lacked it on one of the days: few do."""


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
    told = credentials.changes(cursor, people, known_at)
    changes, held = by_employee(told), days_held(told)
    flagged: dict[str, dict[str, Flagged]] = {}
    for name, measure in wanted.items():
        kind = measure.licensed or ""
        days = _in_doubt(measure, opened, held)
        for employee, work, total, last_on in rows(cursor, _asked(cursor, MUCH, measure, days, known_at)):
            why = frozen(changes.get(employee, ()), employee, kind, last_on) or Freeze("none")
            much = Flagged(work, total, kind, measure.gate is None, why)
            flagged.setdefault(employee, {})[name] = much
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
    asking = {
        version: licensed_measures(version.parsed().measures)
        for version in policy.plans_in_force(cursor, period.last_day, known_at)
    }
    lacking = _lacking(cursor, period, employees, known_at, chain(*(own.values() for own in asking.values())))
    people = roster.told(cursor, employees, known_at)
    here = people.deciding(period)
    for version, wanted in asking.items():
        doubtful = {
            who
            for measure in wanted.values()
            for who in (here if measure.fact == "deal_reversed" else lacking[_pair(measure)])
        }
        some = {who: each for who, each in here.items() if who in doubtful}
        there = belonging(version.parsed(), Roll(period, some, people.moves, {}, [], []))
        if not there:
            continue
        hired = {employee: each.posting.hired_on for employee, each in there.items()}
        spells = {employee: each.spells for employee, each in there.items() if each.spells is not None}
        told = credentials.changes(cursor, list(there), known_at)
        changes, held = by_employee(told), days_held(told)
        for name, measure in wanted.items():
            in_period = msgspec.structs.replace(measure, window=type(measure.window)())
            opened = windows([in_period], period, hired, None, spells)
            days = _in_doubt(in_period, opened, held)
            for employee, position, type_, day in rows(
                cursor, _asked(cursor, WHICH, in_period, days, known_at)
            ):
                kind = measure.licensed or ""
                why = frozen(changes.get(employee, ()), employee, kind, day) or Freeze("none")
                found.append(
                    FlaggedWork(
                        position=position,
                        type=type_,
                        employee=employee,
                        day=day,
                        plan=version.plan,
                        measure=name,
                        title=measure.title,
                        credential=kind,
                        state=why.state,
                        since=why.since,
                        is_paid=measure.gate is None,
                    )
                )
    return sorted(found, key=lambda work: (work.position, work.employee, work.plan, work.measure))


def _lacking(
    cursor: Cursor,
    period: Period,
    employees: Sequence[str] | None,
    known_at: int | None,
    wanted: Iterable[FactMeasure],
) -> Mapping[tuple[str, str], set[str]]:
    """Who may have done what is `wanted` without its licence, by the fact and the kind of credential."""
    pairs = sorted({_pair(measure) for measure in wanted})
    asked = {
        "first": period.first_day,
        "last": period.last_day,
        "facts": [fact for fact, _ in pairs],
        "kinds": [kind for _, kind in pairs],
        "employees": employees,
        "known_at": known_at,
    }
    found: dict[tuple[str, str], set[str]] = {pair: set() for pair in pairs}
    for fact, kind, who in cursor.execute(WHO.format(known=known(known_at)), asked, prepare=False):
        found[fact, kind].add(who)
    return found


def _pair(measure: FactMeasure) -> tuple[str, str]:
    return measure.fact, measure.licensed or ""


def _in_doubt(
    measure: FactMeasure, opened: Windows, held: Mapping[tuple[str, str], Sequence[Held]]
) -> Mapping[str, Spells]:
    """The days of those who may have done such work without its licence: most people hold theirs throughout.

    Others' work counts for some, and a reversal by the day of its deal: then the database is to look.
    """
    days, kind = opened[measure.window], measure.licensed or ""
    if measure.credited != "own" or measure.fact == "deal_reversed":
        return days
    return {
        employee: spells
        for employee, spells in days.items()
        if not all(covered(held.get((employee, kind), ()), *spell) for spell in spells)
    }


def _asked(
    cursor: Cursor, question: SQL, measure: FactMeasure, days: Mapping[str, Spells], known_at: int | None
) -> Pass:
    bound = bound_for(cursor, [measure], days, known_at)
    statement = question.format(
        licensed=licensed(bound, measure.licensed or ""),
        seen=seen(bound, [measure], known_at),
        counts=counts(bound, whatever_the_licence(measure), measure.fact, known_at),
    )
    return Pass(statement, bound)
