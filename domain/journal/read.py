"""Reading the journal in order: its head, its pages, and where it stood at an instant."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from psycopg import Cursor
from psycopg.sql import SQL

from domain.journal import cold
from domain.journal.lookup import RECORD_COLUMNS, at_positions, stored_keys, to_records
from domain.journal.query import LAST, Query, Selector, first_positions
from domain.journal.record import Record

HEAD = "select coalesce(max(position), 0) from journal"

PAGE = f"""
select {RECORD_COLUMNS} from journal
where position > %(after)s and position <= %(upto)s
order by position"""

MATCHING = SQL("select {columns} from journal where position = any(array({positions})) order by position")

BY_KEY = f"select {RECORD_COLUMNS} from journal where source = %(source)s and key = %(key)s"

# Positions have no gap and recorded_at never falls, so halving finds the place without an index on time.
AS_OF = """
with recursive search (low, high) as (
    select 0::bigint, coalesce(max(position), 0) from journal
    union all
    select
        case when recorded_at <= %(instant)s then middle else low end,
        case when recorded_at <= %(instant)s then high else middle - 1 end
    from search
    cross join lateral (select (low + high + 1) / 2 as middle) half
    cross join lateral (
        select recorded_at from journal where position = middle
        union all
        -- In cold storage: the instant lies before or behind all of its partition, else the file was asked.
        select case when recorded_until <= %(instant)s then recorded_until else recorded_from end
        from journal_part
        where dropped_at is not null and after < middle and upto >= middle
        limit 1
    ) met
    where low < high
)
select low from search where low = high"""


def head(cursor: Cursor[Any]) -> int:
    """The last position; 0 for an empty journal."""
    return _number(cursor.execute(HEAD))


def position_as_of(cursor: Cursor[Any], instant: dt.datetime) -> int:
    """The last position recorded at or before `instant`; 0 when there was none."""
    in_cold = cold.position_as_of(cursor, instant)
    return _number(cursor.execute(AS_OF, {"instant": instant})) if in_cold is None else in_cold


def page(
    cursor: Cursor[Any], after: int, size: int, *, upto: int = LAST, types: Sequence[str] = ()
) -> list[Record]:
    """The first `size` records of (after, upto], of `types` if any are named."""
    if types:
        records = matching(cursor, (Selector(tuple(types)),), after, size)
        return [record for record in records if record.position <= upto]
    # Positions have no gap: a page is a range, and needs no limit.
    end = min(upto, after + size)
    found = to_records(cursor.execute(PAGE, {"after": after, "upto": end}))
    return found if len(found) == end - after else cold.completed(cursor, found, after, end)


def matching(cursor: Cursor[Any], query: Query, after: int, limit: int) -> list[Record]:
    """The first `limit` records beyond `after` that `query` selects."""
    wanted = MATCHING.format(columns=SQL(RECORD_COLUMNS), positions=first_positions(query, after, limit))
    found = to_records(cursor.execute(wanted, prepare=False))
    if all(each.types and not cold.may_be(each.types) for each in query) and query:
        return found
    upto = found[-1].position if len(found) == limit else LAST
    here = {record.position: record for record in found}
    here |= {record.position: record for record in cold.matching(cursor, query, after, limit, upto)}
    return [here[position] for position in sorted(here)[:limit]]


def find(cursor: Cursor[Any], source: str, key: str) -> Record | None:
    """The record under an idempotency key."""
    found = to_records(cursor.execute(BY_KEY, {"source": source, "key": key}))
    if not found and (stored := stored_keys(cursor, [(source, key)])):
        found = at_positions(cursor, [stored[source, key].position])
    return next(iter(found), None)


def _number(cursor: Cursor[Any]) -> int:
    row = cursor.fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0])
