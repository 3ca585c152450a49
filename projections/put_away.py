"""The read models of the release before, put away by an upgrade so that it can be taken back."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from psycopg import sql

from domain.journal.connection import SERVICE_ROLE, connect
from projections.folding import positions
from projections.scratch import HERE, scratch_name
from projections.spans import Connection, Cursor, Projection
from projections.tables import make_positions

CLEAR = "drop schema if exists {schema} cascade"
MAKE = "create schema {schema}"
SHOW = "grant usage on schema {schema} to {service}"
LOOK_IN = "select set_config('search_path', %(schema)s, true)"

THERE = "select to_regclass(%(table)s) is not null"
LIVE = "select name, version, tables, position from projection where name = any(%(names)s)"
NOTE = "insert into projection (name, version, tables, position) values (%s, %s, %s, %s)"
MOVE = "alter table {table} set schema {schema}"


class NothingPutAway(Exception):
    """There are no read models to go back to, or they are of another program."""


def put_away(cursor: Cursor, schema: str, names: Sequence[str]) -> None:
    """Moves the live tables of the read models `names` beside the ledger, in place of what is there."""
    kept = scratch_name(schema, "before")
    named = {"schema": sql.Identifier(kept), "service": sql.Identifier(SERVICE_ROLE)}
    cursor.execute(HERE)
    cursor.execute(sql.SQL(CLEAR).format(**named))
    cursor.execute(sql.SQL(MAKE).format(**named))
    cursor.execute(sql.SQL(SHOW).format(**named))
    cursor.execute(LOOK_IN, {"schema": schema})
    rows = cursor.execute(LIVE, {"names": list(names)}).fetchall()
    for table in (table for _, _, tables, _ in rows for table in tables):
        cursor.execute(sql.SQL(MOVE).format(table=sql.Identifier(schema, table), schema=sql.Identifier(kept)))
    cursor.execute(LOOK_IN, {"schema": kept})
    make_positions(cursor)
    cursor.executemany(NOTE, rows)
    cursor.execute(LOOK_IN, {"schema": schema})


@contextmanager
def taken_out(
    dsn: str, schema: str, projections: Sequence[Projection]
) -> Generator[tuple[Connection, list[Projection]]]:
    """A connection to what was put away, in front of the ledger, and which of `projections` that is.

    Raises: NothingPutAway
    """
    kept = scratch_name(schema, "before")
    with connect(dsn, kept, schema, service=False, autocommit=True) as connection:
        connection.prepare_threshold = None
        with connection.cursor() as cursor:
            if cursor.execute(THERE, {"table": f"{kept}.projection"}).fetchone() != (True,):
                raise NothingPutAway("No read models were put away by an upgrade.")
            found = positions(cursor, kept)
        ours = {projection.NAME: projection for projection in projections}
        if other := [
            name for name, stands in found.items() if name in ours and stands.version != ours[name].VERSION
        ]:
            raise NothingPutAway(
                f"{', '.join(other)} were put away by another release. Install that one, and run it there."
            )
        yield connection, [projection for projection in projections if projection.NAME in found]
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(CLEAR).format(schema=sql.Identifier(kept)))
