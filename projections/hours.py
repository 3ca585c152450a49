"""Hours of work: each day's shift beside what was worked, overtime, and days of much overtime on end."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from domain.facts.shifts import AttendanceKind, ShiftSpan
from domain.people import shifts as rules
from domain.people.shifts import OvertimeDay, Pattern
from projections import attendance, shifts
from projections.rows import fetch
from projections.spans import Cursor

LOOK_BACK_DAYS = 92
"""A run of overtime is followed back so far."""

# A reason that was recorded may come with minutes of its own, and then the shift need not be known.
RECORDED = """
select {columns} from credit
where fact = 'overtime_recorded' and day between %(first)s and %(last)s
    and (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by position"""


class _Recorded(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    day: dt.date
    kind: str
    minutes: int


class ShiftDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which a person has a shift or worked.

    pattern: None where none is assigned; minutes: None where its hours are not known either.
    position: of the assignment, or of the approval of `swap`. overtime_minutes: None is unknown.
    attendance: how the unit takes it; uncounted_minutes: clocked, and not for a project or not at a visit.
    """

    day: dt.date
    pattern: str | None
    title: str | None
    spans: tuple[ShiftSpan, ...]
    night: bool
    minutes: int | None
    position: int | None
    swap: str | None
    worked_minutes: int | None
    overtime_minutes: int | None
    attendance: AttendanceKind | None
    uncounted_minutes: int


class Shifts(msgspec.Struct, frozen=True, kw_only=True):
    """A person's shifts of some days, both ends included.

    assigned_minutes, worked_minutes: in sum. overtime_minutes: over the days of which it is known.
    """

    employee: str
    from_on: dt.date
    until_on: dt.date
    days: tuple[ShiftDay, ...]
    nights: int
    assigned_minutes: int
    worked_minutes: int
    overtime_minutes: int


class OvertimeRun(msgspec.Struct, frozen=True, kw_only=True):
    """Days on end on each of which a person worked much longer than their shift."""

    employee: str
    from_on: dt.date
    until_on: dt.date
    minutes: int
    days: tuple[OvertimeDay, ...]


def of_person(
    cursor: Cursor, employee: str, first: dt.date, last: dt.date, known_at: int | None = None
) -> Shifts:
    """The shifts of `employee` from `first` to `last`, after swaps, beside what they worked."""
    patterns = shifts.patterns(cursor, known_at)
    held = shifts.duties(cursor, first, last, [employee], known_at).get(employee, {})
    worked = attendance.attended(cursor, first, last, [employee], known_at).get(employee, {})
    days: list[ShiftDay] = []
    for day in sorted(held.keys() | worked.keys()):
        duty = held.get(day)
        hours = rules.pattern_on(patterns, duty.pattern, day) if duty else None
        minutes = hours.minutes if hours else None
        counted = worked.get(day)
        worked_minutes = counted.minutes if counted else None
        days.append(
            ShiftDay(
                day=day,
                pattern=duty.pattern if duty else None,
                title=hours.title if hours else None,
                spans=hours.spans if hours else (),
                night=hours is not None and hours.night,
                minutes=minutes,
                position=duty.position if duty else None,
                swap=duty.swap if duty else None,
                worked_minutes=worked_minutes,
                overtime_minutes=rules.overtime(minutes, worked_minutes),
                attendance=counted.kind if counted else None,
                uncounted_minutes=counted.uncounted_minutes if counted else 0,
            )
        )
    return Shifts(
        employee=employee,
        from_on=first,
        until_on=last,
        days=tuple(days),
        nights=sum(each.night for each in days),
        assigned_minutes=sum(each.minutes or 0 for each in days),
        worked_minutes=sum(each.worked_minutes or 0 for each in days),
        overtime_minutes=sum(each.overtime_minutes or 0 for each in days),
    )


def overtime_runs(
    cursor: Cursor,
    day: dt.date,
    *,
    days: int = 3,
    more_than_minutes: int = 120,
    within_days: int = 7,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> list[OvertimeRun]:
    """Runs of `days` or more with more overtime than that, which ended in the `within_days` up to `day`.

    Overtime is worked less assigned; where one of them is not known, what was recorded as overtime, and
    where nothing was, it is unknown and no run goes over the day.
    """
    first = day - dt.timedelta(days=LOOK_BACK_DAYS)
    since = day - dt.timedelta(days=within_days - 1)
    found: list[OvertimeRun] = []
    for employee, own in sorted(_overtime(cursor, first, day, employees, known_at).items()):
        for run in rules.overtime_runs(own, more_than_minutes, days):
            if run[-1].day >= since:
                minutes = sum(each.minutes for each in run)
                ends = {"from_on": run[0].day, "until_on": run[-1].day}
                found.append(OvertimeRun(employee=employee, minutes=minutes, days=run, **ends))
    return found


def _overtime(
    cursor: Cursor, first: dt.date, last: dt.date, employees: Sequence[str] | None, known_at: int | None
) -> dict[str, list[OvertimeDay]]:
    """The days of which overtime is known, of each person who has any."""
    asked = {"employees": employees, "first": first, "last": last}
    recorded: dict[str, dict[dt.date, list[_Recorded]]] = {}
    for row in fetch(cursor, _Recorded, RECORDED, asked, known_at):
        recorded.setdefault(row.employee, {}).setdefault(row.day, []).append(row)
    patterns = shifts.patterns(cursor, known_at)
    held = shifts.duties(cursor, first, last, employees, known_at)
    worked = attendance.attended(cursor, first, last, employees, known_at)
    found: dict[str, list[OvertimeDay]] = {}
    for employee in worked.keys() | recorded.keys():
        own, said = worked.get(employee, {}), recorded.get(employee, {})
        for day in own.keys() | said.keys():
            duty = held.get(employee, {}).get(day)
            hours = rules.pattern_on(patterns, duty.pattern, day) if duty else None
            counted = own.get(day)
            known = _of_day(day, hours, counted.minutes if counted else None, said.get(day, ()))
            if known is not None:
                found.setdefault(employee, []).append(known)
    return found


def _of_day(
    day: dt.date, hours: Pattern | None, worked: int | None, recorded: Iterable[_Recorded]
) -> OvertimeDay | None:
    said = list(recorded)
    assigned = hours.minutes if hours else None
    minutes = rules.overtime(assigned, worked)
    if minutes is None and not said:
        return None
    measured = minutes is not None
    return OvertimeDay(
        day=day,
        minutes=minutes if minutes is not None else sum(each.minutes for each in said),
        assigned_minutes=assigned if measured else None,
        worked_minutes=worked if measured else None,
        reasons=tuple(sorted({each.kind for each in said})),
    )
