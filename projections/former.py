"""Facts under tags of former times, as the SQL of read models sees them: under those of today.

Read models ask the journal in SQL, which knows no upcast. Where a span holds facts of a former tag they are
read in Python once, and for the rest of the transaction `journal` is a view that shows them so.
"""

from collections.abc import Collection, Generator
from contextlib import contextmanager

from psycopg import sql

from domain.facts.upcasts import UPCASTS, read_as_now
from projections.spans import Cursor, Span

FORMER = """
select position, type, data::text from journal
where position > %(after)s and position <= %(upto)s and type = any(%(types)s)"""

# Inside of it `journal` is the ledger's own: it is looked up before the view takes its name.
SHOW = """
create temporary view journal as
select
    position, coalesce(former.type, told.type) as type, source, key, content_hash, tags, occurred_at,
    recorded_at, actor, causation, coalesce(former.data, told.data) as data
from journal as told
left join unnest({positions}::bigint[], {types}::text[], {data}::json[]) as former (position, type, data)
    using (position)"""
CLEAR = "drop view pg_temp.journal"


@contextmanager
def shown_as_now(cursor: Cursor, span: Span, types: Collection[str]) -> Generator[None]:
    """Lets `journal` show the facts of `span`, which are of `types`, under the tags of today."""
    former = [type for type in types if type in UPCASTS]
    if not former:
        yield
        return
    rows = cursor.execute(FORMER, {**span.bounds, "types": former}).fetchall()
    # A statement that the server keeps ready has looked up already which table is meant by `journal`.
    connection = cursor.connection
    kept, connection.prepare_threshold = connection.prepare_threshold, None
    try:
        read = [(position, *read_as_now(tag, said)) for position, tag, said in rows]
        shown = {
            "positions": [position for position, _, _ in read],
            "types": [tag for _, tag, _ in read],
            "data": [said.decode() for _, _, said in read],
        }
        cursor.execute(sql.SQL(SHOW).format(**{name: sql.Literal(each) for name, each in shown.items()}))
        yield
        cursor.execute(CLEAR)
    finally:
        connection.prepare_threshold = kept
