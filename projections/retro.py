"""What became known too late for closed periods, and the lines by which the next statement makes up for it.

Identity, after every close: what was settled for a closed period, over all statements, is what the period
comes to by the facts known at that close.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from domain.period import Period
from domain.plan.retro import delta_lines
from domain.plan.statement import Line, make_statement
from projections.earned import earned
from projections.late import ClosedPeriod
from projections.spans import Cursor

SETTLED = """
select l.employee, l.detail::text
from statement_line l join closed_period p on p.period = l.period
where l.about_period = %(about)s and l.employee = any(%(employees)s)
    and p.position <= coalesce(%(known_at)s, p.position)
order by p.first_day, l.employee, l.line"""

_LINE = msgspec.json.Decoder(Line)


def deltas(
    cursor: Cursor, closed: Sequence[ClosedPeriod], since: Mapping[str, dt.date], known_at: int | None
) -> dict[str, list[Line]]:
    """The lines that make up for whatever changed about the `closed` periods, by employee.

    since: as `late.touched` gives it. A changed day changes its own period and, through windows and
    milestones, any later one.
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
