"""A scratch schema in front of the ledger's: read models are folded there beside the live ones."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from psycopg import sql

from domain.journal.cold import held_warm
from domain.journal.connection import SERVICE_ROLE, connect
from projections.spans import Connection
from projections.thawing import thaw

Purpose = Literal["replay", "rebuild", "before"]

SCHEMA_NAME = 48
"""The longest name that a schema may have."""

# For the session: the guard holds no transaction open that would keep old rows from being cleaned up.
TAKE = "select pg_try_advisory_lock(hashtextextended('scratch ' || %(scratch)s, 0))"

# A server notices only after a while that a session has ended; the next one shall not wait for that.
LEAVE = "select pg_advisory_unlock(hashtextextended('scratch ' || %(scratch)s, 0))"

# On Citus a schema made now would be placed on any node, and joined with none; so its tables stay with the
# coordinator until they are moved to the ledger. Any other server takes note and minds nothing.
HERE = "set citus.enable_schema_based_sharding = off"

CLEAR = "drop schema if exists {scratch} cascade"
MAKE = "create schema {scratch}"
SHOW = "grant usage on schema {scratch} to {service}"


class ScratchInUse(Exception):
    """Somebody else is folding the same ledger for the same purpose."""


def scratch_name(schema: str, purpose: Purpose) -> str:
    """The scratch schema of the ledger `schema`; a long name is shortened to a digest of it."""
    name = f"{schema}_{purpose}"
    if len(name) <= SCHEMA_NAME:
        return name
    return f"ledger_{hashlib.sha256(schema.encode()).hexdigest()[:16]}_{purpose}"


@contextmanager
def scratch(dsn: str, schema: str, purpose: Purpose) -> Generator[Connection]:
    """A connection, as owner, to an empty schema in front of the ledger `schema`; it is gone afterwards.

    What a killed process left there is cleared first.
    Raises: ScratchInUse
    """
    name = scratch_name(schema, purpose)
    with connect(dsn, schema, service=False, autocommit=True) as guard:
        if guard.execute(TAKE, {"scratch": name}).fetchone() != (True,):
            raise ScratchInUse(f"Another {purpose} of the ledger {schema} is running; wait for it or end it.")
        named = {"scratch": sql.Identifier(name)}
        guard.execute(HERE)
        guard.execute(sql.SQL(CLEAR).format(**named))
        guard.execute(sql.SQL(MAKE).format(**named))
        guard.execute(sql.SQL(SHOW).format(service=sql.Identifier(SERVICE_ROLE), **named))
        try:
            with (
                held_warm(guard, schema),
                connect(dsn, name, schema, service=False, autocommit=True) as connection,
            ):
                # A plan kept for later spans would be one for the first, small ones.
                connection.prepare_threshold = None
                # Until it is kept, nothing here is worth waiting for the disk.
                connection.execute("set synchronous_commit = off")
                thaw(connection, name, schema)
                yield connection
        finally:
            guard.execute(sql.SQL(CLEAR).format(**named))
            guard.execute(LEAVE, {"scratch": name})
