"""What became known too late for closed periods, and the lines by which the next statement makes up for it.

Identity, after every close: what was settled for a closed period, over all statements, is what the period
comes to by the facts known at that close.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.period import Period
from domain.plan.retro import delta_lines
from domain.plan.statement import Line, make_statement
from projections.earned import earned
from projections.spans import Cursor

CLOSED = """
select period, position, known_at, currency from closed_period
where position <= coalesce(%(known_at)s, position)
order by first_day"""

# Too many people do no harm: whoever comes out as settled gets no line. One too few would break the identity.
TOUCHED = """
with touched (position, void_position, employee, day) as (
    select position, void_position, employee, day from credit
    where position > %(since)s or void_position > %(since)s
    union all
    select f.position, f.void_position, c.employee, c.day
    from confirmation f join credit c on c.position = f.fact_position
    where f.position > %(since)s or f.void_position > %(since)s
    union all
    select position, void_position, employee, effective_on from roster_change
    where position > %(since)s or void_position > %(since)s
    union all
    select position, void_position, employee, from_on from leave
    where position > %(since)s or void_position > %(since)s
    union all
    select position, void_position, employee, effective_from from target_change
    where position > %(since)s or void_position > %(since)s
    union all
    select o.position, o.void_position, r.employee, o.effective_from
    from override o
    join roster_change r
        on o.scope = case o.level when 'branch' then r.branch when 'team' then r.team else r.employee end
    where o.position > %(since)s or o.void_position > %(since)s
    union all
    select p.position, p.void_position, r.employee, p.day
    from (
        select position, void_position, effective_from as day from plan_version
        union all
        select position, void_position, ended_on from plan_end
    ) as p
    cross join roster_change r
    where p.position > %(since)s or p.void_position > %(since)s
)
select employee, min(day)
from touched
where day <= %(last_day)s
    and (%(employees)s::text[] is null or employee = any(%(employees)s))
    and (%(upto)s::bigint is null
        or position <= %(upto)s and (position > %(since)s or void_position <= %(upto)s))
group by employee"""

SETTLED = """
select l.employee, l.detail::text
from statement_line l join closed_period p on p.period = l.period
where l.about_period = %(about)s and l.employee = any(%(employees)s)
    and p.position <= coalesce(%(known_at)s, p.position)
order by p.first_day, l.employee, l.line"""

_LINE = msgspec.json.Decoder(Line)


class ClosedPeriod(NamedTuple):
    """A month that was closed. position: of the close; known_at: the last one that it took into account."""

    period: Period
    position: int
    known_at: int
    currency: str


def closed_periods(cursor: Cursor, known_at: int | None) -> list[ClosedPeriod]:
    """The months that were closed, as known at `known_at`, in their order."""
    return [
        ClosedPeriod(Period.parse(period), *rest)
        for period, *rest in cursor.execute(CLOSED, {"known_at": known_at}).fetchall()
    ]


def touched(
    cursor: Cursor, last: ClosedPeriod, known_at: int | None, employees: Sequence[str] | None = None
) -> dict[str, dt.date]:
    """Who may be due something else than was settled up to the `last` close, and from which day on."""
    parameters = {
        "since": last.known_at,
        "last_day": last.period.last_day,
        "upto": known_at,
        "employees": None if employees is None else list(employees),
    }
    return dict(cursor.execute(TOUCHED, parameters, prepare=False).fetchall())


def deltas(
    cursor: Cursor, closed: Sequence[ClosedPeriod], since: Mapping[str, dt.date], known_at: int | None
) -> dict[str, list[Line]]:
    """The lines that make up for whatever changed about the `closed` periods, by employee.

    since: as `touched` gives it. A changed day changes its own period and, through windows and milestones,
    any later one.
    """
    found: dict[str, list[Line]] = {}
    for about in closed:
        people = sorted(employee for employee, day in since.items() if day <= about.period.last_day)
        if not people:
            continue
        again = earned(cursor, about.period, known_at, people)
        settled = settled_lines(cursor, about.period, people, known_at)
        nothing = (str(about.period), about.currency, ())
        for employee in people:
            due = again.get(employee) or make_statement(employee, *nothing)
            found.setdefault(employee, []).extend(delta_lines(due, settled.get(employee, ())))
    return {employee: lines for employee, lines in found.items() if lines}


def settled_lines(
    cursor: Cursor, about: Period, employees: Sequence[str], known_at: int | None
) -> dict[str, list[Line]]:
    """All lines that were ever settled for `about`, its own statements' and later deltas, by employee."""
    found: dict[str, list[Line]] = {}
    parameters = {"about": str(about), "employees": list(employees), "known_at": known_at}
    for employee, detail in cursor.execute(SETTLED, parameters):
        found.setdefault(employee, []).append(_LINE.decode(detail))
    return found
