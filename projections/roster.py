"""The roster: who works where, as what and for whom since when; leave; and the branches there are."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import msgspec

from domain.facts.base import Fact
from domain.facts.governance import BranchMerged, BranchOpened
from domain.facts.people import LeaveTaken
from domain.people.roster import (
    Leave,
    Posting,
    RosterChange,
    RosterFact,
    roster_change,
)
from projections.kept_roster import Roster, Standing, roster_of_all
from projections.rows import by_employee, facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "roster"
VERSION = 4
TABLES = ("roster_change", "leave", "branch", "branch_merge")
FACTS = frozenset(
    """employee_hired employee_transferred employee_promoted employee_named employee_left mentor_assigned
    assistant_assigned leave_taken branch_opened branch_merged fact_voided""".split()
)

SCHEMA = """
create table roster_change (
    position      bigint primary key,
    employee      text   not null collate "C",
    kind          text   not null collate "C"
        check (kind in ('hired', 'transferred', 'promoted', 'named', 'left', 'mentored', 'assisted')),
    effective_on  date   not null,
    name          text,
    branch        text   collate "C",
    department    text   collate "C",
    team          text   collate "C",
    post          text   collate "C",
    employment    text   collate "C",
    manager       text   collate "C",
    mentor        text   collate "C",
    assistant     text   collate "C",
    cause         text   collate "C" check ((cause is null) = (kind <> 'left')),
    cleared       text[]  check (cleared is null or kind = 'transferred'),
    void_position bigint check (void_position > position)
);
comment on table roster_change is
    'What changed in a person''s employment, one row a fact; what is null stays as it was.';
comment on column roster_change.position is 'Of the fact in the journal.';
comment on column roster_change.effective_on is 'First day of the change; of a leaver, the last working day.';
comment on column roster_change.assistant is 'Who serves the person; null in a row `assisted` for nobody.';
comment on column roster_change.cause is 'Why the person left.';
comment on column roster_change.cleared is 'What the person has no more: department, team, manager.';
comment on column roster_change.void_position is 'Position of the void that cancelled the fact.';

create table leave (
    position      bigint primary key,
    employee      text   not null collate "C",
    kind          text   not null collate "C",
    from_on       date   not null,
    until_on      date   not null,
    minutes       bigint check (minutes >= 0),
    void_position bigint check (void_position > position)
);
comment on table leave is 'Leave taken; both end days count.';
comment on column leave.position is 'Of the fact in the journal.';
comment on column leave.minutes is 'Length of a leave of less than whole days; null for whole days.';
comment on column leave.void_position is 'Position of the void that cancelled the fact.';

create table branch (
    position      bigint primary key,
    branch        text   not null collate "C",
    title         text   not null,
    opened_on     date   not null,
    void_position bigint check (void_position > position)
);
comment on table branch is 'The places where the firm works.';
comment on column branch.position is 'Of the fact in the journal.';
comment on column branch.title is 'Its name for people.';
comment on column branch.void_position is 'Position of the void that cancelled the fact.';

create table branch_merge (
    position      bigint primary key,
    branch        text   not null collate "C",
    into_branch   text   not null collate "C",
    effective_on  date   not null,
    void_position bigint check (void_position > position)
);
comment on table branch_merge is 'Branches that became part of others; the transfers of people are theirs.';
comment on column branch_merge.position is 'Of the fact in the journal.';
comment on column branch_merge.into_branch is 'The branch that stays.';
comment on column branch_merge.void_position is 'Position of the void that cancelled the fact.';

create index roster_change_by_employee on roster_change (employee, position);
create index roster_change_by_manager on roster_change (manager) where manager is not null;
create index roster_change_voided on roster_change (void_position) where void_position is not null;
create index leave_by_employee on leave (employee, from_on);
"""

CHANGES = """
select {columns} from roster_change
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position"""

LEAVE = """
select {columns} from leave
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, from_on, position"""

BRANCHES = "select {columns} from branch where {known} order by branch, position"


MERGES = "select {columns} from branch_merge where {known} order by position"


class BranchMerge(msgspec.Struct, frozen=True, kw_only=True):
    """From `effective_on` a branch is part of `into_branch`."""

    position: int
    branch: str
    into_branch: str
    effective_on: dt.date


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the firm works. title: its name for people."""

    position: int
    branch: str
    title: str
    opened_on: dt.date


def project(cursor: Cursor, span: Span) -> None:
    """Adds the changes, leaves and branches of the span, and marks what was voided in it."""
    rows = [row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "roster_change", [row for row in rows if isinstance(row, RosterChange)])
    store(cursor, "leave", [row for row in rows if isinstance(row, Leave)])
    store(cursor, "branch", [row for row in rows if isinstance(row, Branch)])
    store(cursor, "branch_merge", [row for row in rows if isinstance(row, BranchMerge)])
    mark_voided(cursor, span, *TABLES)


def row(position: int, fact: Fact) -> RosterChange | Leave | Branch | BranchMerge:
    """The row that `fact` brings."""
    match fact:
        case _ if isinstance(fact, RosterFact):
            return roster_change(position, fact)
        case LeaveTaken():
            return Leave(position=position, **msgspec.structs.asdict(fact))
        case BranchOpened():
            return Branch(position=position, **msgspec.structs.asdict(fact))
        case BranchMerged():
            return BranchMerge(
                position=position,
                branch=fact.branch,
                into_branch=fact.into,
                effective_on=fact.effective_on,
            )
        case _:
            raise TypeError(f"the roster has no row for {fact.TYPE}")


def changes(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[RosterChange]:
    """What changed for `employees`, or for everybody, by employee and position."""
    if employees is not None:
        return _read(cursor, employees, known_at)
    return [each for own in roster_of_all(cursor, known_at, _read).moves.values() for each in own]


def told(cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None) -> Roster:
    """What changed for `employees`, or for everybody, and what is made of it for a day or a period."""
    if employees is None:
        return roster_of_all(cursor, known_at, _read)
    return Roster(by_employee(_read(cursor, employees, known_at)))


def here(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> Mapping[str, Posting]:
    """Who of `employees`, or of everybody, works here on `day`, by employee."""
    return told(cursor, employees, known_at).here(day)


def standings(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> Mapping[str, Standing]:
    """How `employees`, or everybody, stand as of `day`, by employee; without those never hired."""
    return told(cursor, employees, known_at).standings(day)


def _read(cursor: Cursor, employees: Collection[str] | None, known_at: int | None) -> list[RosterChange]:
    asked = {"employees": None if employees is None else list(employees)}
    return fetch(cursor, RosterChange, CHANGES, asked, known_at)


def leave(cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None) -> list[Leave]:
    """The leave that `employees`, or everybody, took, by employee and first day."""
    return fetch(cursor, Leave, LEAVE, {"employees": employees}, known_at)


def branches(cursor: Cursor, known_at: int | None = None) -> list[Branch]:
    """The places where the firm works, by id."""
    return fetch(cursor, Branch, BRANCHES, {}, known_at)


def merges(cursor: Cursor, known_at: int | None = None) -> list[BranchMerge]:
    """The branches that became part of others, by position."""
    return fetch(cursor, BranchMerge, MERGES, {}, known_at)
