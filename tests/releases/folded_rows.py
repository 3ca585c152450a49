"""What a journal folds to, a line for each table: read model, its version, table, rows and their digest."""

import hashlib
from collections.abc import Iterator

from psycopg import sql

from projections.compare import KEY
from projections.registry import PROJECTIONS
from projections.spans import Cursor

ROWS = "select row_to_json(row)::text from {table} as row order by {key}"


def rows_in(cursor: Cursor) -> Iterator[str]:
    """The tables of all read models, in order."""
    for projection in PROJECTIONS:
        for table in projection.TABLES:
            [[key]] = cursor.execute(KEY, {"table": table}).fetchall()
            asked = sql.SQL(ROWS).format(
                table=sql.Identifier(table), key=sql.SQL(", ").join(map(sql.Identifier, key))
            )
            lines = [line for (line,) in cursor.execute(asked)]
            digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
            yield f"{projection.NAME} {projection.VERSION} {table} {len(lines)} {digest}"
