"""The firm's directory: by what names it knows people, and the groups that it keeps, as it told them last."""

from collections.abc import Sequence

import msgspec

from domain.facts.base import Fact
from domain.facts.directory import (
    DirectoryEntryRemoved,
    DirectoryEntrySet,
    DirectoryGroupRemoved,
    DirectoryGroupSet,
)
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "directory"
VERSION = 1
TABLES = ("directory_entry", "directory_group")
FACTS = frozenset(
    """directory_entry_set directory_entry_removed directory_group_set directory_group_removed
    fact_voided""".split()
)

SCHEMA = """
create table directory_entry (
    position      bigint primary key,
    employee      text   not null collate "C",
    user_name     text,
    external_id   text   check (external_id is null or user_name is not null),
    void_position bigint check (void_position > position)
);
comment on table directory_entry is 'Under what names the directory keeps people; the last row holds.';
comment on column directory_entry.position is 'Of the fact in the journal.';
comment on column directory_entry.user_name is 'Encrypted; null where the directory removed the person.';
comment on column directory_entry.external_id is 'Encrypted: the directory''s own key.';
comment on column directory_entry.void_position is 'Position of the void that cancelled the fact.';

create index directory_entry_of on directory_entry (employee, position);
create index directory_entry_voided on directory_entry (void_position) where void_position is not null;

create table directory_group (
    position      bigint primary key,
    team          text   not null collate "C",
    title         text,
    external_id   text   check (external_id is null or title is not null),
    void_position bigint check (void_position > position)
);
comment on table directory_group is 'Groups of the directory, each a team; the last row of each holds.';
comment on column directory_group.position is 'Of the fact in the journal.';
comment on column directory_group.title is 'Name for people; null where the directory removed the group.';
comment on column directory_group.void_position is 'Position of the void that cancelled the fact.';
"""

ENTRIES = """
select distinct on (employee) {columns} from directory_entry
where (%(employees)s::text[] is null or employee = any(%(employees)s)) and {known}
order by employee, position desc"""

GROUPS = """
select distinct on (team) {columns} from directory_group
where {known}
order by team, position desc"""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """How the directory keeps a person. user_name: encrypted; None: it was removed."""

    position: int
    employee: str
    user_name: str | None
    external_id: str | None = None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """A group of the directory. title: None: it was removed."""

    position: int
    team: str
    title: str | None
    external_id: str | None = None


def project(cursor: Cursor, span: Span) -> None:
    """Adds the entries and groups of the span, and marks what was voided in it."""
    rows = [_row(position, fact) for position, fact in facts_of(cursor, span, *FACTS - {"fact_voided"})]
    store(cursor, "directory_entry", [row for row in rows if isinstance(row, Entry)])
    store(cursor, "directory_group", [row for row in rows if isinstance(row, Group)])
    mark_voided(cursor, span, *TABLES)


def _row(position: int, fact: Fact) -> Entry | Group:
    match fact:
        case DirectoryEntrySet():
            return Entry(position=position, **msgspec.structs.asdict(fact))
        case DirectoryEntryRemoved():
            return Entry(position=position, employee=fact.employee, user_name=None)
        case DirectoryGroupSet():
            return Group(position=position, **msgspec.structs.asdict(fact))
        case DirectoryGroupRemoved():
            return Group(position=position, team=fact.team, title=None)
        case _:
            raise TypeError(f"the directory has no row for {fact.TYPE}")


def entries(
    cursor: Cursor, employees: Sequence[str] | None = None, known_at: int | None = None
) -> dict[str, Entry]:
    """How the directory keeps each person whom it ever told of, by employee; or each of some."""
    return {row.employee: row for row in fetch(cursor, Entry, ENTRIES, {"employees": employees}, known_at)}


def groups(cursor: Cursor, known_at: int | None = None) -> dict[str, Group]:
    """The groups that the directory ever told of, by team."""
    return {row.team: row for row in fetch(cursor, Group, GROUPS, {}, known_at)}
