"""Leaf hashes straight from the journal: the database writes each record line and hashes it.

A record line made in SQL is the one that `record_line` makes, byte for byte; a law of the tests says so.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Cursor

from domain.journal import cold

_INSTANT = """'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'"""

LINE = f"""concat(
    '{{"actor":', to_json(actor), ',"causation":', coalesce(causation::text, 'null'), ',"data":', data,
    ',"key":', to_json(key), ',"occurred_at":"', to_char(occurred_at, {_INSTANT}), '","position":', position,
    ',"recorded_at":"', to_char(recorded_at, {_INSTANT}), '","source":', to_json(source),
    ',"tags":', to_json(tags), ',"type":', to_json(type), '}}')"""

# The fence lets the sort have the hashes alone, and not the lines.
LEAVES = f"""
select count(*), string_agg(leaf, ''::bytea order by position)
from (
    select position, sha256('\\x00'::bytea || convert_to({LINE}, 'UTF8')) as leaf
    from journal where position > %(after)s and position <= %(upto)s
    offset 0
) hashed"""


class Leaves(NamedTuple):
    """Hashes of consecutive records, one after the other. found: how many there are."""

    found: int
    hashes: bytes


def leaves(cursor: Cursor[Any], after: int, upto: int) -> Leaves:
    """The leaf hashes of the records in (after, upto]; fewer when the journal has a hole.

    Raises: ColdFileUnusable
    """
    row = cursor.execute(LEAVES, {"after": after, "upto": upto}).fetchone()
    assert row is not None, "an aggregate always answers"
    if row[0] < upto - after and (parts := cold.parts(cursor, after, upto)):
        return _with_cold(cursor, parts, after, upto)
    return Leaves(row[0], row[1] or b"")


def _with_cold(cursor: Cursor[Any], parts: Sequence[cold.ColdPart], after: int, upto: int) -> Leaves:
    """Those of cold storage from its files, what stands between them from the journal."""
    found, hashes, begun = 0, list[bytes](), after
    for part in parts:
        low, high = max(after, part.after), min(upto, part.upto)
        before = leaves(cursor, begun, low) if begun < low else Leaves(0, b"")
        in_file = [each.leaf for each in cold.read_part(cursor, part, low, high)]
        found += before.found + len(in_file)
        hashes += [before.hashes, *in_file]
        begun = high
    behind = leaves(cursor, begun, upto) if begun < upto else Leaves(0, b"")
    return Leaves(found + behind.found, b"".join([*hashes, behind.hashes]))
