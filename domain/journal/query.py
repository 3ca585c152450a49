"""Which facts of the journal: by types and tags in any combination, compiled to SQL that uses its indexes."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from psycopg.sql import SQL, Composable, Composed

from domain.facts.upcasts import with_former


class Selects(Protocol):
    """Facts of any of the types (all, when none is named) that bear every one of the tags."""

    @property
    def types(self) -> Sequence[str]:
        """The types to choose from."""
        ...

    @property
    def tags(self) -> Sequence[str]:
        """The tags to bear."""
        ...


class Selector(NamedTuple):
    """The plain `Selects`."""

    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


LAST = 2**63 - 1
"""Where no position is beyond."""

Query: TypeAlias = Sequence[Selects]
"""Facts that at least one of them selects; all facts, when there is none."""


class Condition(NamedTuple):
    """Append only if no fact that `query` selects stands beyond position `after`."""

    query: Query
    after: int = 0


# The inner select is a fence. Left to itself the planner walks the positions or the whole table, hoping to
# meet a match soon; fenced, it weighs the indexes against the range of positions by their whole cost.
_MATCHES = SQL("select position from journal where position > {after} and ({selected})")
_HOLDS = SQL("select exists (select from ({matches} offset 0) found)")
_PAGE = SQL("""
select position from ({matches} offset 0) found
order by position limit {limit}""")
_ANY_PAGE = SQL("select position from journal where position > {after} order by position limit {limit}")
# Compared as rows, type and position are what only the index of both has in order. Asked for equal types the
# planner, which takes each type for as frequent as the next, walks all positions in search of a rare one.
_TYPE_PAGE = SQL("""
select found.position from unnest({types}::text[]) as wanted (type)
cross join lateral (
    select position from journal
    where (journal.type, position) > (wanted.type, {after})
        and (journal.type, position) <= (wanted.type, {last}) and position > {after}
    order by journal.type, position limit {limit}
) found
order by found.position limit {limit}""")


def violated(condition: Condition) -> Composed:
    """Selects whether a fact stands against `condition`."""
    return _HOLDS.format(matches=_matches(condition.query, condition.after))


def first_positions(query: Query, after: int, limit: int) -> Composed:
    """Selects the first `limit` positions beyond `after` that `query` selects."""
    if any(item.tags for item in query):
        return _PAGE.format(matches=_matches(query, after), limit=limit)
    types = sorted(with_former({type for item in query for type in item.types}))
    if types and all(item.types for item in query):
        return _TYPE_PAGE.format(types=types, after=after, last=LAST, limit=limit)
    return _ANY_PAGE.format(after=after, limit=limit)


def _matches(query: Query, after: int) -> Composed:
    selected = SQL(" or ").join(_selected(item) for item in query) if query else SQL("true")
    return _MATCHES.format(after=after, selected=selected)


def _selected(item: Selects) -> Composable:
    parts: list[Composable] = []
    if item.types:
        parts.append(SQL("type = any({}::text[])").format(with_former(item.types)))
    if item.tags:
        parts.append(SQL("tags @> {}::text[]").format(list(item.tags)))
    return SQL("({})").format(SQL(" and ").join(parts)) if parts else SQL("true")
