"""Leaf hashes straight from the journal: the database writes each record line and hashes it.

A record line made in SQL is the one that `record_line` makes, byte for byte; a law of the tests says so.
"""

from typing import Any, NamedTuple

from psycopg import Cursor

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
    """The leaf hashes of the records in (after, upto]; fewer when the journal has a hole."""
    row = cursor.execute(LEAVES, {"after": after, "upto": upto}).fetchone()
    assert row is not None, "an aggregate always answers"
    return Leaves(row[0], row[1] or b"")
