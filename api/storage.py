"""How much room the ledger takes, and how much there is left."""

import shutil
from typing import Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.ops import Ledger
from api.reading import Reading

TABLES = """
select
    coalesce(whole.relname, c.relname), sum(pg_total_relation_size(c.oid))::bigint,
    sum(greatest(c.reltuples, 0))::bigint
from pg_class c left join pg_class whole on whole.oid = pg_partition_root(c.oid)
where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
group by 1
order by 2 desc, 1"""

WHOLE = "select pg_database_size(current_database())"


class TableSize(msgspec.Struct, frozen=True, kw_only=True):
    """A table with its indexes and partitions. rows: as the database estimates them."""

    table: str
    bytes: int
    rows: int


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger takes. database_bytes: of all that is in the database. free_bytes: on the disk of the
    home; of a database elsewhere this says nothing.
    """

    ledger_bytes: int
    database_bytes: int
    free_bytes: int
    is_embedded: bool
    tables: list[TableSize]


@get(
    "/storage",
    summary="How much room the ledger takes",
    tags=["administering"],
    opt={"action": "administer", "personal": "none", "reach": "all"},
)
async def read_storage(reading: NamedDependency[Reading], ledger: NamedDependency[Ledger]) -> Storage:
    """Each table with its indexes, the largest first."""

    def question(cursor: Cursor[Any]) -> Storage:
        rows = cursor.execute(TABLES).fetchall()
        tables = [TableSize(table=table, bytes=size, rows=rows) for table, size, rows in rows]
        whole = cursor.execute(WHOLE).fetchone()
        return Storage(
            ledger_bytes=sum(each.bytes for each in tables),
            database_bytes=int(whole[0]) if whole else 0,
            free_bytes=shutil.disk_usage(ledger.settings.home).free,
            is_embedded=ledger.server is not None,
            tables=tables,
        )

    return await reading.ask(question)
