"""What became known too late for closed periods, and the lines by which the next statement makes up for it.

Identity, after every close: what was settled for a closed period, over all statements, is what the period
comes to by the facts known at that close. It is about what was earned; lines of accounts are not in it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from domain.period import Period
from domain.plan.measures import FactMeasure
from domain.plan.retro import delta_lines
from domain.plan.statement import Line, make_statement
from projections import policy
from projections.earned import earned
from projections.late import ClosedPeriod, counts_by_deal
from projections.spans import Cursor

SETTLED = """
select l.employee, l.detail::text
from statement_line l join closed_period p on p.period = l.period
where l.about_period = %(about)s and l.employee = any(%(employees)s)
    and l.kind not in ('account', 'allowance')
    and p.position <= coalesce(%(known_at)s, p.position)
order by p.first_day, l.employee, l.line"""

RETURNED = """
select employee, min(deal_day) from credit
where deal_day is not null and position > %(since)s and employee = any(%(employees)s)
    and position <= coalesce(%(known_at)s, position)
    and (void_position is null or void_position > %(known_at)s)
group by employee"""

_LINE = msgspec.json.Decoder(Line)


def deltas(
    cursor: Cursor, closed: Sequence[ClosedPeriod], since: Mapping[str, dt.date], known_at: int | None
) -> dict[str, list[Line]]:
    """The lines that make up for whatever changed about the `closed` periods, by employee.

    since: as `late.touched` gives it. A changed day changes its own period and, through windows and
    milestones, any later one.
    """
    found: dict[str, list[Line]] = {}
    back = _returned(cursor, closed, since, known_at)
    for about in closed:
        people = sorted(employee for employee, day in since.items() if day <= about.period.last_day)
        if not people:
            continue
        again = earned(cursor, about.period, known_at, people)
        settled = settled_lines(cursor, about.period, people, known_at)
        by_deal = _counted_by_deal(cursor, about.period, known_at) if back else frozenset[tuple[str, str]]()
        nothing = (str(about.period), about.currency, ())
        for employee in people:
            due = again.get(employee) or make_statement(employee, *nothing)
            is_back = back.get(employee, dt.date.max) <= about.period.last_day
            lines = delta_lines(due, settled.get(employee, ()), by_deal if is_back else ())
            found.setdefault(employee, []).extend(lines)
    return {employee: lines for employee, lines in found.items() if lines}


def _returned(
    cursor: Cursor, closed: Sequence[ClosedPeriod], since: Mapping[str, dt.date], known_at: int | None
) -> dict[str, dt.date]:
    """Whose deals came back since the last close, and the earliest day on which one of them was closed."""
    if not since or not counts_by_deal(cursor, known_at):
        return {}
    asked = {"since": closed[-1].known_at, "employees": sorted(since), "known_at": known_at}
    return dict(cursor.execute(RETURNED, asked).fetchall())


def _counted_by_deal(cursor: Cursor, about: Period, known_at: int | None) -> frozenset[tuple[str, str]]:
    """The plans that hold in `about`, each with its measures that a deal leaves on its own day."""
    return frozenset(
        (version.plan, name)
        for version in policy.plans_in_force(cursor, about.last_day, known_at)
        for name, measure in version.parsed().measures.items()
        if isinstance(measure, FactMeasure) and measure.counted == "when_closed"
    )


def settled_lines(
    cursor: Cursor, about: Period, employees: Sequence[str], known_at: int | None
) -> dict[str, list[Line]]:
    """All lines that were ever settled for `about`, its own statements' and later deltas, by employee."""
    found: dict[str, list[Line]] = {}
    parameters = {"about": str(about), "employees": list(employees), "known_at": known_at}
    for employee, detail in cursor.execute(SETTLED, parameters):
        found.setdefault(employee, []).append(_LINE.decode(detail))
    return found
