"""Facts under tags of former times, as the SQL of read models sees them: under those of today.

Read models ask the journal in SQL, which knows no upcast. Where a span holds facts of a former tag they are
read in Python once, and for the rest of the transaction `journal` is a view that shows them so.
"""

from collections.abc import Collection, Generator
from contextlib import contextmanager

from domain.facts.upcasts import UPCASTS, read_as_now
from projections.spans import Cursor, Span

COLUMNS = "source, key, content_hash, tags, occurred_at, recorded_at, actor, causation"

FORMER = """
select position, type, data::text from journal
where position > %(after)s and position <= %(upto)s and type = any(%(types)s)"""

# The view is made before its name is taken: inside of it `journal` is the ledger's own.
SHOW = f"""
create temporary table former_fact (
    position bigint primary key, type text not null, data json not null
) on commit drop;
create temporary view journal as
select
    position, coalesce(former.type, told.type) as type, {COLUMNS}, coalesce(former.data, told.data) as data
from journal as told left join former_fact as former using (position)"""
FILL = "insert into former_fact (position, type, data) values (%s, %s, %s)"
CLEAR = "drop view pg_temp.journal; drop table pg_temp.former_fact"


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
        cursor.execute(SHOW)
        read = [(position, *read_as_now(tag, said)) for position, tag, said in rows]
        cursor.executemany(FILL, [(position, tag, said.decode()) for position, tag, said in read])
        yield
        cursor.execute(CLEAR)
    finally:
        connection.prepare_threshold = kept
