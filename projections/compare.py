"""Live rows against replayed ones, table by table, down to the last byte."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from ({live}) as live
full join (select {columns} from {replayed}) as replayed using ({key})
where live.{first} is null or replayed.{first} is null or live *<> replayed
order by {key}
limit 1"""

SEEN_VOID = "case when void_position <= %(known_at)s then void_position end as void_position"
LIVE = "select {seen} from {table} {known}"
KNOWN = "where position <= %(known_at)s"
PAST = "select {columns} from ({rows}) as past"


class Difference(NamedTuple):
    """The first row of a table, by its primary key, that is not the same: as JSON, or None where it lacks."""

    table: str
    live: str | None
    replayed: str | None

    def __str__(self) -> str:
        return f"{self.table}: live {self.live or 'has no such row'}, replayed {self.replayed or 'has none'}"


class Compared(NamedTuple):
    """What came of comparing. unchecked: tables that tell nothing about the past, nor do others for them."""

    difference: Difference | None
    unchecked: tuple[str, ...]


class UpgradeDiffers(Exception):
    """What this release makes of the facts is not what is served."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(f"This release says something else in {difference}")
        self.difference = difference


def compare(
    cursor: Cursor,
    live: str,
    replayed: str,
    projections: Iterable[Projection],
    known_at: int,
    *,
    is_present: bool,
    only_shared: bool = False,
    but: Collection[str] = (),
) -> Compared:
    """The first difference between the schemas `live` and `replayed`, the latter folded up to `known_at`.

    Live rows are taken as they were known then, which those with a position tell; of others the read model
    may say in PAST how they come out of tables that do. is_present: `live` itself stands at `known_at`.
    only_shared: the live ones are of another version; columns that both have are compared. but: tables that
    are left out.
    """
    unchecked: list[str] = []
    for projection in projections:
        past: Mapping[str, Callable[[str], sql.Composed]] = getattr(projection, "PAST", {})
        for table in projection.TABLES:
            columns = _names(cursor, COLUMNS, f"{replayed}.{table}")
            key = _names(cursor, KEY, f"{replayed}.{table}")
            if only_shared:
                theirs = _names(cursor, COLUMNS, f"{live}.{table}")
                columns = [each for each in columns if each in theirs]
            if table in but or not set(key) <= set(columns):
                unchecked.append(table)
                continue
            if is_present or "position" in columns:
                rows = _live(live, table, columns)
            elif table in past:
                rows = sql.SQL(PAST).format(columns=_listed(columns), rows=past[table](live))
            else:
                unchecked.append(table)
                continue
            statement = sql.SQL(FIRST_DIFFERENCE).format(
                live=rows,
                columns=_listed(columns),
                key=_listed(key),
                first=sql.Identifier(key[0]),
                replayed=sql.Identifier(replayed, table),
            )
            found = cursor.execute(statement, {"known_at": known_at}).fetchone()
            if found:
                return Compared(Difference(table, *found), tuple(unchecked))
    return Compared(None, tuple(unchecked))


def _live(schema: str, table: str, columns: Sequence[str]) -> sql.Composed:
    """The rows of a live table, those with a position as they were known at the parameter `known_at`."""
    return sql.SQL(LIVE).format(
        seen=_listed(columns, void=SEEN_VOID),
        table=sql.Identifier(schema, table),
        known=sql.SQL(KNOWN if "position" in columns else ""),
    )


def _listed(names: Iterable[str], void: LiteralString | None = None) -> sql.Composed:
    """`names` as columns; `void` in the place of void_position."""
    return sql.SQL(", ").join(
        sql.SQL(void) if void and name == "void_position" else sql.Identifier(name) for name in names
    )


def _names(cursor: Cursor, query: LiteralString, table: str) -> list[str]:
    found = cursor.execute(query, {"table": table}).fetchone()
    return list(found[0] or ()) if found else []
