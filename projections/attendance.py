"""Attendance: what counts of the hours that people clocked, by how their unit takes attendance."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from domain.facts.shifts import AttendanceKind
from domain.people import attendance as rules
from domain.people.attendance import Clocked
from domain.people.roster import RosterChange, posting
from domain.people.unit_rules import UnitRules, attendance
from projections import roster, shifts
from projections.rows import by_employee, fetch
from projections.spans import Cursor

VISITS = """
select {columns} from credit
where fact = 'visit_recorded' and day between %(first)s and %(last)s and customer is not null
    and (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""


class _Visit(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    day: dt.date
    customer: str


class AttendedDay(NamedTuple):
    """What counts of a day, in minutes, what does not, and by which kind of attendance."""

    kind: AttendanceKind
    minutes: int
    uncounted_minutes: int


def attended(
    cursor: Cursor,
    first: dt.date,
    last: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> dict[str, dict[dt.date, AttendedDay]]:
    """What counts of the days from `first` to `last`, of each of `employees`, or everybody, who clocked.

    The kind is that of the unit where the person works on the day; it is looked up only if some unit has one.
    """
    clocked = by_employee(shifts.clocked(cursor, first, last, employees, known_at))
    told = [each for each in shifts.unit_rules(cursor, known_at) if each.attendance is not None]
    changes: dict[str, list[RosterChange]] = {}
    visits: dict[str, list[_Visit]] = {}
    if told and clocked:
        changes = by_employee(roster.changes(cursor, list(clocked), known_at))
        asked = {"employees": list(clocked), "first": first, "last": last}
        visits = by_employee(fetch(cursor, _Visit, VISITS, asked, known_at))
    found: dict[str, dict[dt.date, AttendedDay]] = {}
    for employee, own in clocked.items():
        for day in sorted({each.day for each in own}):
            kind = _kind(told, changes.get(employee, ()), day)
            visited = {each.customer for each in visits.get(employee, ()) if each.day == day}
            said = (Clocked(each.minutes, each.project, each.customer) for each in own if each.day == day)
            counted = rules.attended(kind, said, visited)
            found.setdefault(employee, {})[day] = AttendedDay(kind, *counted)
    return found


def _kind(told: Sequence[UnitRules], changes: Sequence[RosterChange], day: dt.date) -> AttendanceKind:
    here = posting(changes, day)
    return attendance(told, here.branch if here else None, here.department if here else None, day)
