"""Finding stored facts again, many at a time: by key, by position, by type and tag."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

from domain.decide.boundary import Look
from domain.facts.upcasts import with_former
from domain.journal import cold
from domain.journal.record import Record

RECORD_COLUMNS = "position, recorded_at, type, source, key, occurred_at, actor, causation, data::text, tags"

# The fence makes the planner look keys up one by one, whatever it believes about the journal's size.
KEYS_STORED = """
select wanted.source, wanted.key, stored.position, stored.content_hash, stored.recorded_at
from unnest(%(sources)s::text[], %(keys)s::text[]) as wanted (source, key)
cross join lateral (
    select position, content_hash, recorded_at from journal j
    where j.source = wanted.source and j.key = wanted.key
    offset 0
) stored
union all
select wanted.source, wanted.key, c.position, null, null
from unnest(%(sources)s::text[], %(keys)s::text[]) as wanted (source, key)
cross join lateral (
    select position from cold_key c where c.digest = cold_digest(wanted.source, wanted.key) offset 0
) c
where exists (select from cold_source)"""

AT_POSITIONS = f"select {RECORD_COLUMNS} from journal where position = any(%(positions)s) order by position"

RECORDED_AT = "select position, recorded_at from journal where position = any(%(positions)s)"

TAGGED = f"""
select {RECORD_COLUMNS} from journal
where type = any(%(types)s) and tags && %(tags)s::text[]
order by position"""

# Few facts bear such a tag, however many there are of the types: the fence looks each tag up on its own.
TAGGED_EACH = f"""
select {RECORD_COLUMNS}
from unnest(%(tags)s::text[]) as wanted (tag)
cross join lateral (select * from journal where tags @> array[wanted.tag] offset 0) borne
where type = any(%(types)s)"""

OF_TYPES = f"select {RECORD_COLUMNS} from journal where type = any(%(types)s) order by position"

SORT_IN = "select journal_sort_in()"

SORTED_IN_FROM = 4
"""Above so many tags to look for, those that wait for the index are sorted in first: each look reads them."""

_OFTEN_BORNE = ("employee:", "customer:", "branch:")
"""Prefixes of tags that many facts bear: here it is the types looked at that are rare."""


class StoredKey(NamedTuple):
    """Where a key stands in the journal, and the hash of what was said under it."""

    position: int
    content_hash: bytes
    recorded_at: dt.datetime


def stored_keys(cursor: Cursor[Any], keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredKey]:
    """Those of the (source, key) pairs that the journal holds."""
    if not keys:
        return {}
    sources, ids = zip(*keys, strict=True)
    rows = cursor.execute(KEYS_STORED, {"sources": list(sources), "keys": list(ids)}).fetchall()
    found = {(source, key): StoredKey(*rest) for source, key, *rest in rows if rest[1] is not None}
    if len(found) < len(rows):
        found |= cold_keys(cursor, [position for _, _, position, said, _ in rows if said is None])
    return found


def cold_keys(cursor: Cursor[Any], positions: Sequence[int]) -> dict[tuple[str, str], StoredKey]:
    """What stands at these positions of cold storage, by source and key.

    Raises: ColdFileUnusable
    """
    return {
        (record.source, record.key): StoredKey(record.position, said, record.recorded_at)
        for record, said, _ in cold.at(cursor, positions)
    }


def at_positions(cursor: Cursor[Any], positions: Iterable[int]) -> list[Record]:
    """The records at these positions, those that exist, in order."""
    wanted = set(positions)
    if not wanted:
        return []
    found = to_records(cursor.execute(AT_POSITIONS, {"positions": list(wanted)}))
    if len(found) < len(wanted):
        lacking = wanted.difference(record.position for record in found)
        found = sorted([*found, *(each.record for each in cold.at(cursor, sorted(lacking)))])
    return found


def recorded_at(cursor: Cursor[Any], positions: Iterable[int]) -> dict[int, dt.datetime]:
    """When what stands at these positions was recorded, of those that exist."""
    wanted = set(positions)
    found = dict(cursor.execute(RECORDED_AT, {"positions": list(wanted)}).fetchall())
    if lacking := sorted(wanted - found.keys()):
        found |= {each.record.position: each.record.recorded_at for each in cold.at(cursor, lacking)}
    return found


def looked_at(cursor: Cursor[Any], looks: Iterable[Look]) -> list[Record]:
    """Every record that matches one of `looks`, each once, in order."""
    tags_of_types: dict[tuple[str, ...], set[str]] = {}
    for look in looks:
        tags_of_types.setdefault(look.types, set()).add(look.tag)
    found: dict[int, Record] = {}
    if sum(map(len, tags_of_types.values())) > SORTED_IN_FROM:
        cursor.execute(SORT_IN)
    for types, tags in tags_of_types.items():
        if "" in tags:
            query = OF_TYPES
        else:
            query = TAGGED if any(tag.startswith(_OFTEN_BORNE) for tag in tags) else TAGGED_EACH
        for record in to_records(
            cursor.execute(query, {"types": with_former(types), "tags": sorted(tags - {""})})
        ):
            found[record.position] = record
    return [found[position] for position in sorted(found)]


def to_records(rows: Iterable[tuple[Any, ...]]) -> list[Record]:
    """Rows of RECORD_COLUMNS as records."""
    return [Record(*row[:8], data=row[8].encode(), tags=tuple(row[9])) for row in rows]
