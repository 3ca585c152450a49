"""Facts of cold storage in front of the ledger's: in a scratch schema `journal` is all of it once more.

What folds there asks the journal in SQL, and SQL reads no files. So they are copied into a table beside the
read models, for as long as the scratch schema lives, and `journal` there means both.
"""

from psycopg import sql

from domain.journal import cold
from domain.journal.connection import SERVICE_ROLE
from projections.spans import Connection

COLUMNS = "position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data"

MAKE = "create unlogged table thawed (like {journal})"
COPY = f"copy thawed ({COLUMNS}) from stdin with (format binary)"
INDEX = """
alter table thawed add primary key (position);
create index on thawed (type, position);
create index on thawed using gin (tags);
analyze thawed;
create view journal as
select {columns} from {journal} union all select {columns} from thawed;
grant select on journal to {service}"""


def thaw(connection: Connection, scratch: str, schema: str) -> None:
    """Lets `journal` in the schema `scratch` show what is in cold storage of the ledger `schema`, too.

    connection: of the owner, in autocommit, to whom `scratch` comes first.
    Raises: ColdFileUnusable
    """
    with connection.cursor() as cursor:
        parts = cold.parts(cursor)
        if not parts:
            return
        names: dict[str, sql.Composable] = {
            "journal": sql.Identifier(schema, "journal"),
            "columns": sql.SQL(COLUMNS),
        }
        names["service"] = sql.Identifier(SERVICE_ROLE)
        cursor.execute(sql.SQL(MAKE).format(**names))
        for part in parts:
            cold.copy(cursor, part, sql.SQL(COPY), cold.BULK)
        cursor.execute(sql.SQL(INDEX).format(**names))
