"""What rosters are made from: the people that units need on each shift, and the wishes of people."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from domain.facts.base import Fact
from domain.facts.rostering import MixPart, ShiftNeedSet, ShiftWished
from domain.people.rostering import Need, Wish
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "rostering"
VERSION = 1
TABLES = ("shift_need", "shift_wish")
FACTS = frozenset({"shift_need_set", "shift_wished", "fact_voided"})

SCHEMA = """
create table shift_need (
    position      bigint primary key,
    branch        text   not null collate "C",
    department    text   collate "C",
    pattern       text   not null collate "C",
    count         bigint not null check (count >= 0),
    effective_on  date   not null,
    until_on      date   check (until_on >= effective_on),
    weekdays      text,
    mix           text,
    void_position bigint check (void_position > position)
);
comment on table shift_need is 'How many people units need on shifts, each from a day on.';
comment on column shift_need.position is 'Of the fact in the journal.';
comment on column shift_need.weekdays is 'Days of the week, 1 for Monday, as JSON; null for all.';
comment on column shift_need.mix is 'How many of them hold what, as JSON.';
comment on column shift_need.void_position is 'Position of the void that cancelled the fact.';

create table shift_wish (
    position      bigint primary key,
    employee      text   not null collate "C",
    day           date   not null,
    pattern       text   collate "C",
    weight        bigint not null check (weight > 0),
    void_position bigint check (void_position > position)
);
comment on table shift_wish is 'Shifts and days off that people wish for; of a day the last one counts.';
comment on column shift_wish.position is 'Of the fact in the journal.';
comment on column shift_wish.pattern is 'The shift; null for a day off.';
comment on column shift_wish.void_position is 'Position of the void that cancelled the fact.';

create index shift_need_by_unit on shift_need (branch, department);
create index shift_wish_by_employee on shift_wish (employee, day);
"""

NEEDS = """
select {columns} from shift_need
where branch = %(branch)s and department is not distinct from %(department)s::text and {known}
order by position"""

WISHES = """
select {columns} from shift_wish
where employee = any(%(employees)s) and day between %(first)s and %(last)s and {known}
order by position"""


class _NeedRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    branch: str
    department: str | None
    pattern: str
    count: int
    effective_on: dt.date
    until_on: dt.date | None
    weekdays: str | None
    mix: str | None


class _WishRow(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    employee: str
    day: dt.date
    pattern: str | None
    weight: int


_WEEKDAYS = msgspec.json.Decoder(frozenset[int])
_MIX = msgspec.json.Decoder(tuple[MixPart, ...])


def project(cursor: Cursor, span: Span) -> None:
    """Adds the needs and wishes of the span, and marks what was voided in it."""
    rows = [_row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "shift_need", [row for row in rows if isinstance(row, _NeedRow)])
    store(cursor, "shift_wish", [row for row in rows if isinstance(row, _WishRow)])
    mark_voided(cursor, span, *TABLES)


def _row(position: int, fact: Fact) -> _NeedRow | _WishRow:
    """The row that `fact` brings."""
    match fact:
        case ShiftNeedSet():
            return _NeedRow(
                position=position,
                branch=fact.branch,
                department=fact.department,
                pattern=fact.pattern,
                count=fact.count,
                effective_on=fact.effective_on,
                until_on=fact.until_on,
                weekdays=_json(fact.weekdays),
                mix=_json(fact.mix),
            )
        case ShiftWished():
            said = msgspec.structs.asdict(fact)
            return _WishRow(position=position, day=said.pop("on"), **said)
        case _:
            raise TypeError(f"rosters have no row for {fact.TYPE}")


def _json(said: object | None) -> str | None:
    return None if said is None else msgspec.json.encode(said).decode()


def needs(cursor: Cursor, branch: str, department: str | None, known_at: int | None = None) -> list[Need]:
    """What a unit ever said it needs, in the order in which it did."""
    asked = {"branch": branch, "department": department}
    return [
        Need(
            position=row.position,
            pattern=row.pattern,
            count=row.count,
            effective_on=row.effective_on,
            until_on=row.until_on,
            weekdays=_WEEKDAYS.decode(row.weekdays) if row.weekdays else None,
            mix=_MIX.decode(row.mix) if row.mix else (),
        )
        for row in fetch(cursor, _NeedRow, NEEDS, asked, known_at)
    ]


def wishes(
    cursor: Cursor, employees: Sequence[str], first: dt.date, last: dt.date, known_at: int | None = None
) -> list[Wish]:
    """What each of `employees` wishes for on the days from `first` to `last`: their last wish of a day."""
    asked = {"employees": list(employees), "first": first, "last": last}
    found = fetch(cursor, _WishRow, WISHES, asked, known_at)
    latest = {(row.employee, row.day): row for row in found}
    return [
        Wish(position=row.position, employee=row.employee, on=row.day, pattern=row.pattern, weight=row.weight)
        for row in latest.values()
    ]
