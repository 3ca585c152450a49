"""The connections over which a process answers questions: some, kept open, to the server or to its pooler."""

from functools import partial
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from api.settings import Settings
from api.unready import NotReady
from domain.journal.connection import is_told, ledger_conninfo, pooled_conninfo, said_by_pooler

READERS = 8
KEPT_OPEN = 6
"""Of a service: a page asks for several things at once, and to open a connection takes longer than to ask."""

LOOK_AROUND = """
select count(pg_relation_size(oid)) from pg_class
where relnamespace = current_schema()::regnamespace and relkind in ('r', 'i', 'p') and not relispartition"""
"""Has a server's process read what its catalogue says of each table and index, which each does for itself."""

RECONNECT_SECONDS = 3.0
BOUND_TIME = "select set_config('statement_timeout', %(seconds)s || 's', false)"


def readers(settings: Settings, dsn: str, *, lasting: bool = False) -> ConnectionPool[Any]:
    """The connections to the ledger; the caller closes them.

    lasting: of a service, which keeps some open that are ready for any question.
    Raises: NotReady where the sessions of a pooler are not those of the ledger.
    """
    schema, seconds = settings.ledger, settings.question_seconds
    # Tries to connect lie ever further apart; whoever asks next begins anew with short ones.
    pool = partial(
        ConnectionPool[Any],
        reconnect_timeout=RECONNECT_SECONDS,
        min_size=KEPT_OPEN if lasting else 1,
        max_size=READERS,
        open=True,
        timeout=10.0,
    )
    if settings.pooler_url is None:
        return pool(ledger_conninfo(dsn, schema), configure=partial(_begin, seconds, lasting))
    address = pooled_conninfo(settings.pooler_url, schema)
    with psycopg.connect(address, autocommit=True, prepare_threshold=None) as connection:
        # A pooler that clears sessions after each use would lose what it told them with the first.
        if not all(is_told(connection, schema) for _ in range(2)):
            raise NotReady(
                f"The sessions behind MERITBOOK_POOLER_URL are not those of the ledger {schema}.",
                f"Write in pgbouncer.ini at its database: connect_query='{said_by_pooler(schema, seconds)}'",
            )
    return pool(address, kwargs={"prepare_threshold": None})


def _begin(seconds: int, lasting: bool, connection: Connection[TupleRow]) -> None:
    """No single statement of a reader may run without end."""
    connection.execute(BOUND_TIME, {"seconds": seconds})
    if lasting:
        connection.execute(LOOK_AROUND)
    connection.commit()
