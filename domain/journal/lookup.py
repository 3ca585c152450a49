"""Finding stored facts again, many at a time: by key, by position, by type and tag."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

from domain.decide.boundary import Look
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
) stored"""

AT_POSITIONS = f"select {RECORD_COLUMNS} from journal where position = any(%(positions)s) order by position"

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
    rows = cursor.execute(KEYS_STORED, {"sources": list(sources), "keys": list(ids)})
    return {(source, key): StoredKey(*rest) for source, key, *rest in rows}


def at_positions(cursor: Cursor[Any], positions: Iterable[int]) -> list[Record]:
    """The records at these positions, those that exist, in order."""
    wanted = list(positions)
    return to_records(cursor.execute(AT_POSITIONS, {"positions": wanted})) if wanted else []


def looked_at(cursor: Cursor[Any], looks: Iterable[Look]) -> list[Record]:
    """Every record that matches one of `looks`, each once, in order."""
    tags_of_types: dict[tuple[str, ...], set[str]] = {}
    for look in looks:
        tags_of_types.setdefault(look.types, set()).add(look.tag)
    found: dict[int, Record] = {}
    for types, tags in tags_of_types.items():
        if "" in tags:
            query = OF_TYPES
        else:
            query = TAGGED if any(tag.startswith(_OFTEN_BORNE) for tag in tags) else TAGGED_EACH
        for record in to_records(cursor.execute(query, {"types": list(types), "tags": sorted(tags - {""})})):
            found[record.position] = record
    return [found[position] for position in sorted(found)]


def to_records(rows: Iterable[tuple[Any, ...]]) -> list[Record]:
    """Rows of RECORD_COLUMNS as records."""
    return [Record(*row[:8], data=row[8].encode(), tags=tuple(row[9])) for row in rows]
