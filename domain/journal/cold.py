"""Facts in cold storage: their partition was dropped, and they stand in a file alone.

Positions have no gap, so whoever finds fewer rows than positions asks here for the rest; who finds them all
pays nothing. No record is believed that does not hash to what was sealed.
"""

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import Cursor, sql

from domain.facts.upcasts import tag_now, with_former
from domain.journal import sealed
from domain.journal.merkle import HASH_BYTES, leaf_hash
from domain.journal.query import LAST, Query
from domain.journal.record import Record, record_line
from domain.journal.tiles import WIDTH, Place, TileDamaged
from domain.refusals import Refusal

BULK = tuple(
    "activity_recorded follow_up_recorded nursing_recorded patient_rated procedure_performed "
    "visit_recorded".split()
)
"""The types that stand in the file alone: many, and asked for by position or key, never by type or tag.

Facts of all other types of a dropped partition stay in the journal: rules and read models look them up.
"""

PARTS = """
select number, after, upto, file from journal_part
where dropped_at is not null and upto > %(after)s and after < %(upto)s
order by number"""

AT_INSTANT = """
select number, after, upto, file from journal_part
where dropped_at is not null and recorded_from <= %(instant)s and recorded_until > %(instant)s"""

READING = "select pg_advisory_lock_shared(hashtextextended('cold ' || %(schema)s, 0))"
READ = "select pg_advisory_unlock_shared(hashtextextended('cold ' || %(schema)s, 0))"

# On the wire json is its text, and canonical text is at hand as bytes.
COLUMN_TYPES = "int8 text text text bytea text[] timestamptz timestamptz text int8 bytea".split()

GROUP_RECORDS = 8_192
"""Records that are read at once, however few are asked for: a few milliseconds."""


class ColdRecord(NamedTuple):
    """A record as a file has it. leaf: the hash that it was sealed by, as the file says."""

    record: Record
    content_hash: bytes
    leaf: bytes


class FileDamaged(Exception):
    """The file is not there, or not what was written; the message says which and what is wrong."""


class ColdFileUnusable(Refusal):
    """Facts are in cold storage, and their file is missing or was altered."""


class ColdPart(NamedTuple):
    """A partition whose facts of bulk types, of the positions (after, upto], stand in `file` alone."""

    number: int
    after: int
    upto: int
    file: Path


def parts(cursor: Cursor[Any], after: int = 0, upto: int = LAST) -> list[ColdPart]:
    """The dropped partitions that have positions of (after, upto], in order."""
    rows = cursor.execute(PARTS, {"after": after, "upto": upto})
    return [ColdPart(number, begun, end, Path(file)) for number, begun, end, file in rows]


def may_be(types: Iterable[str]) -> bool:
    """Whether facts of one of `types` may be in cold storage; no type stands for all."""
    wanted = set(with_former(types))
    return not wanted or not wanted.isdisjoint(BULK)


def records(cursor: Cursor[Any], after: int, upto: int) -> Iterator[Record]:
    """The records of (after, upto] that are in cold storage, and others of their partitions, in order.

    Raises: ColdFileUnusable
    """
    for part in parts(cursor, after, upto):
        for found in read_part(cursor, part, max(after, part.after), min(upto, part.upto)):
            yield found.record


def completed(cursor: Cursor[Any], found: list[Record], after: int, upto: int) -> list[Record]:
    """`found` of (after, upto], with what of it is in cold storage, in order.

    Raises: ColdFileUnusable
    """
    here = {record.position: record for record in found}
    here |= {record.position: record for record in records(cursor, after, upto)}
    return [here[position] for position in sorted(here)] if len(here) > len(found) else found


def at(cursor: Cursor[Any], positions: Sequence[int]) -> list[ColdRecord]:
    """What stands at those of `positions` that are in cold storage, in order.

    Raises: ColdFileUnusable
    """
    found: list[ColdRecord] = []
    wanted = sorted(positions)
    for part in parts(cursor, wanted[0] - 1, wanted[-1]) if wanted else ():
        for group in _by_group(part, wanted):
            read = read_part(cursor, part, group[0] - 1, group[-1])
            found += [each for each in read if each.record.position in group]
    return found


def matching(cursor: Cursor[Any], query: Query, after: int, limit: int, upto: int = LAST) -> list[Record]:
    """The first `limit` records in cold storage of (after, upto] that `query` selects.

    It reads the files from the beginning: for those who may wait.
    Raises: ColdFileUnusable
    """
    found: list[Record] = []
    for record in records(cursor, after, upto):
        if not query or any(_selects(each.types, each.tags, record) for each in query):
            found.append(record)
            if len(found) == limit:
                break
    return found


def position_as_of(cursor: Cursor[Any], instant: dt.datetime) -> int | None:
    """The last position recorded at or before `instant`, if it is in cold storage.

    Raises: ColdFileUnusable
    """
    row = cursor.execute(AT_INSTANT, {"instant": instant}).fetchone()
    if row is None:
        return None
    number, after, upto, file = row
    part = ColdPart(number, after, upto, Path(file))
    low, high = part.after + 1, part.upto  # the first was recorded by then, the last was not
    while high - low > GROUP_RECORDS:
        middle = (low + high) // 2
        (met,) = read_part(cursor, part, middle - 1, middle)
        low, high = (middle, high) if met.record.recorded_at <= instant else (low, middle)
    within = read_part(cursor, part, low - 1, high)
    return max(each.record.position for each in within if each.record.recorded_at <= instant)


def read_part(cursor: Cursor[Any], part: ColdPart, after: int, upto: int) -> Iterator[ColdRecord]:
    """The records of (after, upto] from the part's file, each hashed and held against what was sealed.

    Raises: ColdFileUnusable
    """
    from domain.journal import cold_file  # most ledgers have no file, and need no library to read it

    size = GROUP_RECORDS
    begun = after
    while begun < upto:
        end = min(upto, part.after + ((begun - part.after) // size + 1) * size)
        try:
            found = list(cold_file.read(part.file, part.after, begun, end))
            as_sealed = sealed_leaves(cursor, begun, end)
        except (FileDamaged, TileDamaged) as damaged:
            raise unusable(part, str(damaged)) from None
        for position, each, leaf in zip(range(begun + 1, end + 1), found, as_sealed, strict=False):
            if (
                each.record.position != position
                or not leaf_hash(record_line(each.record)) == each.leaf == leaf
            ):
                raise unusable(part, f"Position {position} is not what was sealed.")
        if len(found) != end - begun:
            raise unusable(part, f"Of the positions {begun + 1} to {end}, some are missing.")
        yield from found
        begun = end


@contextmanager
def held_warm(connection: psycopg.Connection[Any], schema: str) -> Generator[None]:
    """Meanwhile no partition is dropped or brought back; for the session of `connection`, in autocommit."""
    connection.execute(READING, {"schema": schema})
    try:
        yield
    finally:
        connection.execute(READ, {"schema": schema})


def copy(
    cursor: Cursor[Any],
    part: ColdPart,
    statement: sql.SQL | sql.Composed,
    types: Sequence[str] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Copies the records of `part`, of `types` if any are named, each checked, by the COPY `statement`.

    Raises: ColdFileUnusable
    """
    # A connection that copies can ask nothing, and checking asks for hashes.
    for begun in range(part.after, part.upto, GROUP_RECORDS):
        end = min(begun + GROUP_RECORDS, part.upto)
        found = list(read_part(cursor, part, begun, end))
        with cursor.copy(statement) as copying:
            copying.set_types(COLUMN_TYPES)
            for record, content_hash, _ in found:
                if not types or record.type in types:
                    said = record.type, record.source, record.key, content_hash, list(record.tags)
                    when = record.occurred_at, record.recorded_at
                    rest = record.actor, record.causation, record.data
                    copying.write_row((record.position, *said, *when, *rest))
        on_progress(end - part.after)


def sealed_leaves(cursor: Cursor[Any], after: int, upto: int) -> list[bytes]:
    """The hashes by which the records of (after, upto] were sealed.

    Raises: TileDamaged
    """
    places = [Place(0, number) for number in range(after // WIDTH, (upto - 1) // WIDTH + 1)]
    found = sealed.tiles(cursor, places)
    joined = b"".join(found[place] for place in places)
    skipped = after % WIDTH
    return [
        joined[start : start + HASH_BYTES]
        for start in range(skipped * HASH_BYTES, (skipped + upto - after) * HASH_BYTES, HASH_BYTES)
    ]


def unusable(part: ColdPart, why: str) -> ColdFileUnusable:
    """What is said where the file of `part` is missing or was altered."""
    return ColdFileUnusable(
        field="",
        detail=f"The positions {part.after + 1} to {part.upto} are in cold storage in {part.file}, "
        f"which cannot be used. {why}",
        remedy="Put the file back from its backup; meritbook cold list --check looks at all of them.",
    )


def _by_group(part: ColdPart, wanted: Sequence[int]) -> list[list[int]]:
    """The positions of `part` among `wanted`, those of one group of its file together."""
    found: dict[int, list[int]] = {}
    for position in wanted:
        if part.after < position <= part.upto:
            found.setdefault((position - part.after - 1) // GROUP_RECORDS, []).append(position)
    return list(found.values())


def _selects(types: Sequence[str], tags: Sequence[str], record: Record) -> bool:
    return (not types or tag_now(record.type) in types) and set(tags) <= set(record.tags)
