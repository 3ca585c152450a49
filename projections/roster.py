"""The roster: who works where, as what and for whom since when; leave; and the branches there are."""

import datetime as dt
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import NamedTuple, TypeVar

import msgspec

from domain.facts.base import Fact
from domain.facts.governance import BranchMerged, BranchOpened
from domain.facts.people import LeaveTaken
from domain.people.roster import (
    Leave,
    Posting,
    RosterChange,
    RosterFact,
    Status,
    postings,
    roster_change,
    standing,
)
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

EDITION = "select max(position), max(void_position) from roster_change"

LEAVE = """
select {columns} from leave
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, from_on, position"""

BRANCHES = "select {columns} from branch where {known} order by branch, position"


MERGES = "select {columns} from branch_merge where {known} order by position"


KEPT_DAYS = 32
"""Of so many days it is kept who was here; of more, that of none for a moment."""

_Made = TypeVar("_Made")


class Standing(NamedTuple):
    """Somebody on a day. posting: of it, or of their last or first day of work. named: what gave the name."""

    status: Status
    posting: Posting
    named: RosterChange | None


class Edition(NamedTuple):
    """Which roster it is: where its last change, and the last void of one, stand in the journal."""

    changed_at: int | None
    voided_at: int | None


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
    return [*_roster(cursor, employees, known_at).changes]


def here(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> Mapping[str, Posting]:
    """Who of `employees`, or of everybody, works here on `day`, by employee."""
    return _roster(cursor, employees, known_at).here(day)


def standings(
    cursor: Cursor, day: dt.date, employees: Sequence[str] | None = None, known_at: int | None = None
) -> Mapping[str, Standing]:
    """How `employees`, or everybody, stand as of `day`, by employee; without those never hired."""
    return _roster(cursor, employees, known_at).standings(day)


def edition(cursor: Cursor) -> Edition:
    """Which roster the read model holds now; as long as it is the same, so are all answers about people."""
    row = cursor.execute(EDITION).fetchone()
    assert row is not None, "an aggregate always answers"
    return Edition(*row)


class Roster:
    """Everybody's changes, and what was made of them for the days that were asked about last."""

    def __init__(self, told: Sequence[RosterChange]) -> None:
        self.changes = told
        self._here: dict[dt.date, Mapping[str, Posting]] = {}
        self._standings: dict[dt.date, Mapping[str, Standing]] = {}

    def here(self, day: dt.date) -> Mapping[str, Posting]:
        """As `here`, of this roster."""
        return _once(self._here, day, lambda: MappingProxyType(postings(self.changes, day)))

    def standings(self, day: dt.date) -> Mapping[str, Standing]:
        """As `standings`, of this roster."""
        return _once(self._standings, day, lambda: MappingProxyType(_standings(self.changes, day)))


class Kept:
    """Everybody's roster, kept as long as it is the one that the read model holds.

    It is for questions about facts that are committed: of those under way, another may take the position.
    """

    def __init__(self) -> None:
        self._held: tuple[Edition, Roster] | None = None

    @contextmanager
    def used(self) -> Generator[None]:
        """Whoever asks for the roster of everybody, in here and in this thread, is given the kept one."""
        token = _KEPT.set(self)
        try:
            yield
        finally:
            _KEPT.reset(token)

    def roster(self, cursor: Cursor, known_at: int | None) -> Roster:
        """Everybody's, as known at position `known_at`."""
        now = edition(cursor)
        if known_at is not None and known_at < max(now.changed_at or 0, now.voided_at or 0):
            return Roster(_read(cursor, None, known_at))
        held = self._held
        if held is None or held[0] != now:
            held = now, Roster(_read(cursor, None, None))
            # What was told meanwhile may stand in one and not in the other.
            self._held = held if edition(cursor) == now else None
        return held[1]


_KEPT: ContextVar[Kept | None] = ContextVar("kept_roster", default=None)


def _once(found: dict[dt.date, _Made], day: dt.date, make: Callable[[], _Made]) -> _Made:
    if day not in found:
        if len(found) >= KEPT_DAYS:
            found.clear()
        found[day] = make()
    return found[day]


def _standings(told: Sequence[RosterChange], day: dt.date) -> dict[str, Standing]:
    stands = ((own, standing(own, day)) for own in by_employee(told).values())
    return {
        found[1].employee: Standing(*found, _named(own, found[1]))
        for own, found in stands
        if found is not None
    }


def _named(own: Sequence[RosterChange], at: Posting) -> RosterChange | None:
    """The change whose name the person bears."""
    if at.name is None:
        return None
    return next(change for change in reversed(own) if change.name == at.name)


def _roster(cursor: Cursor, employees: Sequence[str] | None, known_at: int | None) -> Roster:
    kept = _KEPT.get()
    if employees is None and kept is not None:
        return kept.roster(cursor, known_at)
    return Roster(_read(cursor, employees, known_at))


def _read(cursor: Cursor, employees: Sequence[str] | None, known_at: int | None) -> list[RosterChange]:
    return fetch(cursor, RosterChange, CHANGES, {"employees": employees}, known_at)


def leave(cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None) -> list[Leave]:
    """The leave that `employees`, or everybody, took, by employee and first day."""
    return fetch(cursor, Leave, LEAVE, {"employees": employees}, known_at)


def branches(cursor: Cursor, known_at: int | None = None) -> list[Branch]:
    """The places where the firm works, by id."""
    return fetch(cursor, Branch, BRANCHES, {}, known_at)


def merges(cursor: Cursor, known_at: int | None = None) -> list[BranchMerge]:
    """The branches that became part of others, by position."""
    return fetch(cursor, BranchMerge, MERGES, {}, known_at)
