"""Establishment: the posts that units have, filled and vacant as of any day."""

import datetime as dt

import msgspec

from domain.facts.establishment import PostsEstablished
from domain.people import establishment as rules
from domain.people.establishment import Posts, PostsChange
from projections import roster
from projections.rows import facts_of, fetch, store
from projections.spans import Cursor, Span, mark_voided

NAME = "establishment"
VERSION = 1
TABLES = ("posts_change",)
FACTS = frozenset({"posts_established", "fact_voided"})

SCHEMA = """
create table posts_change (
    position      bigint primary key,
    branch        text   not null collate "C",
    department    text   collate "C",
    post          text   collate "C",
    employment    text   not null collate "C",
    posts         bigint not null check (posts >= 0),
    effective_on  date   not null,
    void_position bigint check (void_position > position)
);
comment on table posts_change is 'How many posts units have, one row a fact.';
comment on column posts_change.position is 'Of the fact in the journal.';
comment on column posts_change.department is 'The unit; null for the whole branch.';
comment on column posts_change.post is 'For which work; null for all of it.';
comment on column posts_change.void_position is 'Position of the void that cancelled the fact.';
"""

CHANGES = "select {columns} from posts_change where {known} order by position"


def project(cursor: Cursor, span: Span) -> None:
    """Adds the posts of the span, and marks those voided in it."""
    rows: list[PostsChange] = []
    for position, fact in facts_of(cursor, span, "posts_established"):
        assert isinstance(fact, PostsEstablished)
        said = {name: value for name, value in msgspec.structs.asdict(fact).items() if name != "reason"}
        rows.append(PostsChange(position=position, **said))
    store(cursor, "posts_change", rows)
    mark_voided(cursor, span, *TABLES)


def posts_changes(cursor: Cursor, known_at: int | None = None) -> list[PostsChange]:
    """All that was said of how many posts there are, by position."""
    return fetch(cursor, PostsChange, CHANGES, {}, known_at)


def establishment(cursor: Cursor, day: dt.date, known_at: int | None = None) -> tuple[Posts, ...]:
    """The posts that there are on `day`, with how many are filled and vacant."""
    changes = posts_changes(cursor, known_at)
    return rules.establishment(changes, roster.here(cursor, day, known_at=known_at), day)
