"""Live rows against replayed ones, table by table, down to the last byte."""

from collections.abc import Iterable
from typing import LiteralString, NamedTuple

from psycopg import sql

from projections.spans import Cursor, Projection

COLUMNS = """
select array_agg(attname::text order by attnum) from pg_attribute
where attrelid = to_regclass(%(table)s) and attnum > 0 and not attisdropped"""

KEY = """
select array_agg(attname::text order by place)
from pg_index
cross join lateral unnest(indkey) with ordinality as part (attnum, place)
join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
where indrelid = to_regclass(%(table)s) and indisprimary"""

# *<> compares bytes, so that 8.5 and 8.50 differ. A void that came after known_at was not known then.
FIRST_DIFFERENCE = """
select row_to_json(live)::text, row_to_json(replayed)::text
from (select {seen} from {live} {known}) as live
full join (select {columns} from {replayed}) as replayed using ({key})
where live.{first} is null or replayed.{first} is null or live *<> replayed
order by {key}
limit 1"""

SEEN_VOID = "case when void_position <= %(known_at)s then void_position end as void_position"
KNOWN = "where position <= %(known_at)s"


class Difference(NamedTuple):
    """The first row of a table, by its primary key, that is not the same: as JSON, or None where it lacks."""

    table: str
    live: str | None
    replayed: str | None

    def __str__(self) -> str:
        return f"{self.table}: live {self.live or 'has no such row'}, replayed {self.replayed or 'has none'}"


class Compared(NamedTuple):
    """What came of comparing. unchecked: tables that tell nothing about the past."""

    difference: Difference | None
    unchecked: tuple[str, ...]


def compare(
    cursor: Cursor,
    live: str,
    replayed: str,
    projections: Iterable[Projection],
    known_at: int,
    *,
    is_present: bool,
) -> Compared:
    """The first difference between the schemas `live` and `replayed`, the latter folded up to `known_at`.

    Live rows are taken as they were known then, which only those with a position tell.
    is_present: `live` itself stands at `known_at`.
    """
    unchecked: list[str] = []
    for table in (table for projection in projections for table in projection.TABLES):
        columns = _names(cursor, COLUMNS, f"{replayed}.{table}")
        if not is_present and "position" not in columns:
            unchecked.append(table)
            continue
        key = _names(cursor, KEY, f"{replayed}.{table}")
        statement = sql.SQL(FIRST_DIFFERENCE).format(
            seen=_listed(columns, void=SEEN_VOID),
            columns=_listed(columns),
            key=_listed(key),
            first=sql.Identifier(key[0]),
            known=sql.SQL(KNOWN if "position" in columns else ""),
            live=sql.Identifier(live, table),
            replayed=sql.Identifier(replayed, table),
        )
        found = cursor.execute(statement, {"known_at": known_at}).fetchone()
        if found:
            return Compared(Difference(table, *found), tuple(unchecked))
    return Compared(None, tuple(unchecked))


def _listed(names: Iterable[str], void: LiteralString | None = None) -> sql.Composed:
    """`names` as columns; `void` in the place of void_position."""
    return sql.SQL(", ").join(
        sql.SQL(void) if void and name == "void_position" else sql.Identifier(name) for name in names
    )


def _names(cursor: Cursor, query: LiteralString, table: str) -> list[str]:
    found = cursor.execute(query, {"table": table}).fetchone()
    return list(found[0]) if found else []
