"""Shifts: patterns and rules, who was assigned what, what was worked, and the steps of swaps."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from domain.facts.base import Fact
from domain.facts.shifts import (
    AttendanceKind,
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    ShiftSpan,
    ShiftWorked,
    SkillNeeded,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)
from domain.people import shifts as rules
from domain.people.shifts import Duty, Exchanged, Given, Pattern
from domain.people.unit_rules import UnitRules, rules_of
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided
from projections.swaps import AskedRow, SwapStep, exchanges, swaps

NAME = "shifts"
VERSION = 2
TABLES = ("shift_pattern", "shift_rules", "shift_assignment", "shift_time", "swap", "swap_step")
FACTS = frozenset(
    """shift_pattern_set shift_rules_set shift_assigned shift_worked swap_asked swap_consented swap_approved
    swap_refused fact_voided""".split()
)

SCHEMA = """
create table shift_pattern (
    position      bigint  primary key,
    pattern       text    not null collate "C",
    title         text    not null,
    spans         text    not null,
    effective_on  date    not null,
    night         boolean not null,
    credentials   text,
    skills        text,
    void_position bigint  check (void_position > position)
);
comment on table shift_pattern is 'The hours of shifts, each from a day on.';
comment on column shift_pattern.position is 'Of the fact in the journal.';
comment on column shift_pattern.spans is 'Its parts without breaks, in order, as JSON.';
comment on column shift_pattern.credentials is 'What whoever has it must hold, as JSON; null for nothing.';
comment on column shift_pattern.void_position is 'Position of the void that cancelled the fact.';

create table shift_rules (
    position        bigint primary key,
    branch          text   collate "C",
    department      text   collate "C" check (department is null or branch is not null),
    effective_on    date   not null,
    nights_in_a_row bigint check (nights_in_a_row >= 0),
    rest_minutes    bigint check (rest_minutes >= 0),
    week_minutes    bigint check (week_minutes >= 0),
    credentials     text,
    skills          text,
    attendance      text   check (attendance in ('shifts', 'projects', 'visits')),
    void_position   bigint check (void_position > position)
);
comment on table shift_rules is 'What assignments must keep in a unit; without one, everywhere.';
comment on column shift_rules.position is 'Of the fact in the journal.';
comment on column shift_rules.credentials is 'What whoever has a shift must hold, as JSON.';
comment on column shift_rules.void_position is 'Position of the void that cancelled the fact.';

create table shift_assignment (
    position      bigint primary key,
    employee      text   not null collate "C",
    day           date   not null,
    pattern       text   not null collate "C",
    void_position bigint check (void_position > position)
);
comment on table shift_assignment is 'Shifts as they were assigned, before swaps.';
comment on column shift_assignment.position is 'Of the fact in the journal.';
comment on column shift_assignment.day is 'On which the shift begins.';
comment on column shift_assignment.void_position is 'Position of the void that cancelled the fact.';

create table shift_time (
    position      bigint primary key,
    employee      text   not null collate "C",
    day           date   not null,
    minutes       bigint not null check (minutes > 0),
    project       text   collate "C",
    customer      text   collate "C",
    void_position bigint check (void_position > position)
);
comment on table shift_time is 'Hours worked; those of a day add up.';
comment on column shift_time.position is 'Of the fact in the journal.';
comment on column shift_time.customer is 'At whose place the person clocked in.';
comment on column shift_time.void_position is 'Position of the void that cancelled the fact.';

create table swap (
    position          bigint primary key,
    swap              text   not null collate "C",
    employee          text   not null collate "C",
    day               date   not null,
    pattern           text   not null collate "C",
    colleague         text   not null collate "C",
    colleague_day     date   not null,
    colleague_pattern text   not null collate "C",
    void_position     bigint check (void_position > position)
);
comment on table swap is 'Swaps that were asked for.';
comment on column swap.position is 'Of the fact in the journal.';
comment on column swap.day is 'Of the shift that who asks gives.';
comment on column swap.colleague_day is 'Of the shift that they take.';
comment on column swap.void_position is 'Position of the void that cancelled the fact.';

create table swap_step (
    position      bigint primary key,
    swap          text   not null collate "C",
    step          text   not null collate "C" check (step in ('consented', 'approved', 'refused')),
    approver      text   collate "C" check (approver is null or step = 'approved'),
    reason        text   check (reason is null or step = 'refused'),
    void_position bigint check (void_position > position)
);
comment on table swap_step is 'What became of swaps.';
comment on column swap_step.position is 'Of the fact in the journal.';
comment on column swap_step.void_position is 'Position of the void that cancelled the fact.';

create index shift_assignment_by_employee on shift_assignment (employee, day);
create index shift_time_by_day on shift_time (day, employee);
create index swap_by_employee on swap (employee);
create index swap_by_colleague on swap (colleague);
create index swap_step_by_swap on swap_step (swap);
"""

PATTERNS = "select {columns} from shift_pattern where {known} order by position"
RULES = "select {columns} from shift_rules where {known} order by position"

ASSIGNED = """
select {columns} from shift_assignment
where (%(employees)s::text[] is null or employee = any(%(employees)s))
    and (%(first)s::date is null or day between %(first)s and %(last)s) and {known}
order by position"""

WORKED = """
select {columns} from shift_time
where (%(employees)s::text[] is null or employee = any(%(employees)s))
    and day between %(first)s and %(last)s and {known}
order by position"""


_CREDENTIALS = msgspec.json.Decoder(tuple[str, ...])
_SKILLS = msgspec.json.Decoder(tuple[SkillNeeded, ...])


class _PatternRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    pattern: str
    title: str
    spans: str
    effective_on: dt.date
    night: bool
    credentials: str | None
    skills: str | None


class _RulesRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    branch: str | None
    department: str | None
    effective_on: dt.date
    nights_in_a_row: int | None
    rest_minutes: int | None
    week_minutes: int | None
    credentials: str | None
    skills: str | None
    attendance: AttendanceKind | None


class _Assigned(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    day: dt.date
    pattern: str


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """So long somebody worked on a day. project: for which; customer: at whose place."""

    position: int
    employee: str
    day: dt.date
    minutes: int
    project: str | None
    customer: str | None


class RulesInForce(msgspec.Struct, frozen=True, kw_only=True):
    """Patterns with their hours, and the numbers that assignments must keep, as they hold on a day."""

    patterns: tuple[Pattern, ...]
    rules: tuple[UnitRules, ...]


def project(cursor: Cursor, span: Span) -> None:
    """Adds what the span says of shifts, and marks what was voided in it."""
    by_table: dict[str, list[msgspec.Struct]] = {table: [] for table in TABLES}
    for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"}):
        table, row = _row(position, fact)
        by_table[table].append(row)
    for table, rows in by_table.items():
        store(cursor, table, rows)
    mark_voided(cursor, span, *TABLES)


def _row(position: int, fact: Fact) -> tuple[str, msgspec.Struct]:
    """The row that `fact` brings, and its table."""
    match fact:
        case ShiftPatternSet():
            row = _PatternRow(
                position=position,
                pattern=fact.pattern,
                title=fact.title,
                spans=msgspec.json.encode(fact.spans).decode(),
                effective_on=fact.effective_on,
                night=fact.night,
                credentials=_json(fact.credentials),
                skills=_json(fact.skills),
            )
            return "shift_pattern", row
        case ShiftRulesSet():
            said = msgspec.structs.asdict(rules_of(position, fact))
            said |= {"credentials": _json(fact.credentials), "skills": _json(fact.skills)}
            return "shift_rules", _RulesRow(**said)
        case ShiftAssigned():
            row = _Assigned(position=position, employee=fact.employee, day=fact.on, pattern=fact.pattern)
            return "shift_assignment", row
        case ShiftWorked():
            said = msgspec.structs.asdict(fact)
            row = Worked(position=position, day=said.pop("on"), **said)
            return "shift_time", row
        case SwapAsked():
            said = msgspec.structs.asdict(fact)
            said |= {"day": said.pop("on"), "colleague_day": said.pop("colleague_on")}
            return "swap", AskedRow(position=position, **said)
        case SwapConsented():
            return "swap_step", SwapStep(position=position, swap=fact.swap, step="consented")
        case SwapApproved():
            approved = SwapStep(position=position, swap=fact.swap, step="approved", approver=fact.approver)
            return "swap_step", approved
        case SwapRefused():
            return "swap_step", SwapStep(
                position=position, swap=fact.swap, step="refused", reason=fact.reason
            )
        case _:
            raise TypeError(f"shifts have no row for {fact.TYPE}")


def _json(said: object | None) -> str | None:
    """A list as it is kept in a column."""
    return None if said is None else msgspec.json.encode(said).decode()


def patterns(cursor: Cursor, known_at: int | None = None) -> list[Pattern]:
    """The hours of every shift that were ever set, in the order in which they were."""
    return [
        Pattern(
            position=row.position,
            pattern=row.pattern,
            title=row.title,
            spans=msgspec.json.decode(row.spans, type=tuple[ShiftSpan, ...]),
            effective_on=row.effective_on,
            night=row.night,
            credentials=_CREDENTIALS.decode(row.credentials) if row.credentials else (),
            skills=_SKILLS.decode(row.skills) if row.skills else (),
        )
        for row in fetch(cursor, _PatternRow, PATTERNS, {}, known_at)
    ]


def unit_rules(cursor: Cursor, known_at: int | None = None) -> list[UnitRules]:
    """The rules of every unit that were ever set, in the order in which they were."""
    found: list[UnitRules] = []
    for row in fetch(cursor, _RulesRow, RULES, {}, known_at):
        said = msgspec.structs.asdict(row)
        said["credentials"] = None if row.credentials is None else _CREDENTIALS.decode(row.credentials)
        said["skills"] = None if row.skills is None else _SKILLS.decode(row.skills)
        found.append(UnitRules(**said))
    return found


def in_force(cursor: Cursor, day: dt.date, known_at: int | None = None) -> RulesInForce:
    """Patterns by id, and rules by unit, the wider one first, that hold on `day`."""
    told = patterns(cursor, known_at)
    found = (rules.pattern_on(told, name, day) for name in sorted({each.pattern for each in told}))
    units: dict[tuple[str, str], UnitRules] = {}
    for each in sorted(unit_rules(cursor, known_at), key=lambda each: each.effective_on):
        if each.effective_on <= day:
            units[each.branch or "", each.department or ""] = each
    return RulesInForce(
        patterns=tuple(pattern for pattern in found if pattern is not None),
        rules=tuple(units[unit] for unit in sorted(units)),
    )


def duties(
    cursor: Cursor,
    first: dt.date,
    last: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> dict[str, dict[dt.date, Duty]]:
    """What each of `employees`, or everybody, has on the days from `first` to `last` after swaps."""
    steps: dict[str, list[Given | Exchanged]] = {}
    asked = {"employees": employees, "first": first, "last": last}
    for row in fetch(cursor, _Assigned, ASSIGNED, asked, known_at):
        steps.setdefault(row.employee, []).append(Given(row.position, row.day, row.pattern))
    for swap in swaps(cursor, employees, known_at):
        if swap.state == "approved":
            for employee, step in exchanges(swap):
                steps.setdefault(employee, []).append(step)
    return {
        employee: {
            day: duty
            for day, duty in sorted(rules.duties(sorted(own, key=lambda step: step.position)).items())
            if first <= day <= last
        }
        for employee, own in steps.items()
        if employees is None or employee in employees
    }


def clocked(
    cursor: Cursor,
    first: dt.date,
    last: dt.date,
    employees: Sequence[str] | None = None,
    known_at: int | None = None,
) -> list[Worked]:
    """The hours that `employees`, or everybody, clocked on the days from `first` to `last`, by position."""
    return fetch(cursor, Worked, WORKED, {"employees": employees, "first": first, "last": last}, known_at)
