"""Connections to a ledger: one PostgreSQL schema, reached through search_path alone."""

import re
import threading
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

SERVICE_ROLE = "meritbook_service"
CHANNEL_PREFIX = "journal_"
FOLDED_PREFIX = "folded_"
# NAMEDATALEN leaves 63 bytes, and the channel's name is the schema's with a prefix.
_SCHEMA = re.compile(r"[a-z][a-z0-9_]{0,47}\Z")


class BadSchemaName(ValueError):
    """A ledger's schema is named by 1 to 48 of a-z, 0-9 and _, and begins with a letter."""


def check_schema(schema: str) -> str:
    """`schema` itself if a ledger may be called so.

    Raises: BadSchemaName
    """
    if not _SCHEMA.match(schema) or schema.startswith("pg_") or schema == "public":
        raise BadSchemaName(
            f"{schema!r} cannot name a ledger: use 1 to 48 of a-z, 0-9 and _, beginning with a letter."
        )
    return schema


def channel(schema: str) -> str:
    """The NOTIFY channel that wakes the followers of a ledger."""
    return CHANNEL_PREFIX + check_schema(schema)


def folded_channel(schema: str) -> str:
    """The NOTIFY channel that wakes who follows the read models of a ledger."""
    return FOLDED_PREFIX + check_schema(schema)


# A writer that hangs, or whose machine went away, would hold the ledger's one lock as long as its session.
WRITER = {"lock_timeout": "3s", "idle_in_transaction_session_timeout": "10s"}


CONNECT_SECONDS = 10
"""So long may each host of an address stay silent, if the address does not say how long."""


def ledger_conninfo(dsn: str, schema: str, *behind: str, service: bool = True, writer: bool = False) -> str:
    """`dsn` with the session settings of a ledger, for whoever opens the connection.

    behind: further schemas to look names up in, such as the ledger behind a scratch schema.
    service: work as the role that may only select and insert; else as the user of `dsn`, who owns the schema.
    writer: neither wait for a lock nor sit on one for long; whoever waits tries again.
    """
    settings = {
        "search_path": ",".join(check_schema(name) for name in (schema, *behind)),
        "timezone": "UTC",
        # journal_open relies on every statement having a snapshot of its own.
        "default_transaction_isolation": r"read\ committed",
    }
    if service:
        settings["role"] = SERVICE_ROLE
    if writer:
        settings |= WRITER
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    given = conninfo_to_dict(dsn).get("options")
    return make_conninfo(
        dsn,
        connect_timeout=_patience(dsn),
        options=f"{given} {options}" if given else options,
        application_name=f"meritbook {schema}",
        client_encoding="utf8",
    )


PREPARE_AFTER = 5
"""So often is a statement asked over a connection before the server keeps it prepared, as psycopg does."""

POOLED = {
    "timezone": "UTC",
    "default_transaction_isolation": '"read committed"',
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "60000",
}
"""What a pooler tells each session besides whose it is; longer than in WRITER, for readers compute."""

TOLD = """
select current_schemas(false), current_user, current_setting('TimeZone') = 'UTC',
    current_setting('default_transaction_isolation') = 'read committed',
    0 not in (
        select setting::int from pg_settings
        where name in ('lock_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout')
    )"""


def pooled_conninfo(pooler: str, schema: str) -> str:
    """The address of a pooler that hands out sessions for one transaction each, and has told them all.

    Nothing is said to a session there: the next transaction has another. Statements are not kept prepared.
    """
    return make_conninfo(
        pooler,
        connect_timeout=_patience(pooler),
        application_name=f"meritbook {check_schema(schema)}",
        client_encoding="utf8",
    )


def _patience(dsn: str) -> int | str:
    """How many seconds a host of `dsn` may stay silent."""
    return conninfo_to_dict(dsn).get("connect_timeout") or CONNECT_SECONDS


def said_by_pooler(schema: str, question_seconds: int) -> str:
    """The statements with which a pooler has to begin each session of the ledger `schema`."""
    told = {"search_path": check_schema(schema), "role": SERVICE_ROLE, **POOLED}
    told["statement_timeout"] = str(question_seconds * 1000)
    return "; ".join(f"set {name} = {value}" for name, value in told.items())


def is_told(connection: Connection[TupleRow], schema: str) -> bool:
    """Whether the sessions of a pooler are those of the ledger `schema`; each question is a transaction."""
    return connection.execute(TOLD).fetchone() == ([schema], SERVICE_ROLE, True, True, True)


def connect(
    dsn: str, schema: str, *behind: str, service: bool = True, autocommit: bool = False
) -> Connection[TupleRow]:
    """A connection to the ledger `schema`; see `ledger_conninfo`."""
    return psycopg.connect(ledger_conninfo(dsn, schema, *behind, service=service), autocommit=autocommit)


class Connections:
    """Some connections in autocommit, kept for whoever comes next; safe to share between threads.

    None is made before it is needed, so whoever tries again after a failure gets a new one at once.
    """

    def __init__(self, conninfo: str, most: int, prepare_after: int | None = PREPARE_AFTER) -> None:
        self._conninfo, self._prepare_after = conninfo, prepare_after
        self._places = threading.BoundedSemaphore(most)
        self._idle: list[Connection[TupleRow]] = []
        self._closed = False

    @contextmanager
    def one(self) -> Generator[Connection[TupleRow]]:
        """A connection of one's own for a while; waits when all are in use."""
        with self._places:
            connection = self._taken() or psycopg.connect(
                self._conninfo, autocommit=True, prepare_threshold=self._prepare_after
            )
            try:
                yield connection
            finally:
                idle = connection.info.transaction_status == TransactionStatus.IDLE
                if idle and not self._closed:
                    self._idle.append(connection)
                else:
                    connection.close()

    def drop_idle(self) -> None:
        """Closes those that nobody uses, for the server may have left them."""
        while connection := self._taken():
            connection.close()

    def close(self) -> None:
        """Closes them all, those in use when they come back."""
        self._closed = True
        self.drop_idle()

    def _taken(self) -> Connection[TupleRow] | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None
