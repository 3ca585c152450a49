"""Archived ledgers: the journal takes no more facts, whoever brings them, and all of it can still be read.

A trigger of the journal sees to it, which only the owner of its tables can make and drop: it holds for every
way in, and a ledger in use pays nothing for it. What the trail notes still comes in: whoever reads personal
data leaves a trace in an archived ledger, too.
"""

import datetime as dt
from typing import Any, NamedTuple

import psycopg
from psycopg import Cursor

from domain.journal.connection import connect
from domain.refusals import NotNow

TRAIL = (
    "token_made",
    "token_revoked",
    "access_refused",
    "personal_data_read",
    "access_changed",
    "signed_in",
    "webhook_changed",
)
"""The types of facts that an archived ledger still takes: those about the use of the ledger itself."""

GUARD = "ledger_is_archived"

# Whoever is appending is waited for; from then on nobody appends.
RAISE_GUARD = f"""
create trigger {GUARD} before insert on journal
for each row when (new.type not in ('{"', '".join(TRAIL)}')) execute function {GUARD}()"""
ALWAYS = f"alter table journal enable always trigger {GUARD}"
DROP_GUARD = f"drop trigger if exists {GUARD} on journal"

ARCHIVE = """
insert into archive (archived_at, archived_by, reason) values (%(at)s, %(by)s, %(reason)s)
on conflict ((true)) where restored_at is null do nothing"""

RESTORE = """
update archive set restored_at = greatest(%(at)s, archived_at), restored_by = %(by)s
where restored_at is null"""

MADE = "select to_regclass('archive')"
ARCHIVED = "select archived_at, archived_by, reason from archive where restored_at is null"


class LedgerArchived(NotNow):
    """The ledger is archived: it is read as before, and takes no more facts."""


class LedgerInUse(NotNow):
    """The ledger is not archived."""


class Archived(NamedTuple):
    """Since when a ledger is archived, by whom and why."""

    archived_at: dt.datetime
    archived_by: str
    reason: str


def archived(cursor: Cursor[Any]) -> Archived | None:
    """Since when the ledger is archived; None while it is in use."""
    if cursor.execute(MADE).fetchone() == (None,):
        return None  # no program that can archive has migrated it yet
    row = cursor.execute(ARCHIVED).fetchone()
    return None if row is None else Archived(*row)


def archive(owner_dsn: str, schema: str, *, now: dt.datetime, actor: str, reason: str) -> None:
    """Lets nothing more be appended to the ledger `schema`.

    Raises: LedgerArchived when that is so already.
    """
    with connect(owner_dsn, schema, service=False) as connection, connection.cursor() as cursor:
        if cursor.execute(ARCHIVE, {"at": now, "by": actor, "reason": reason}).rowcount == 0:
            raise refusal(schema)
        cursor.execute(RAISE_GUARD)
        cursor.execute(ALWAYS)


def restore(owner_dsn: str, schema: str, *, now: dt.datetime, actor: str) -> None:
    """Takes the archived ledger `schema` into use again.

    Raises: LedgerInUse when it is not archived.
    """
    with connect(owner_dsn, schema, service=False) as connection, connection.cursor() as cursor:
        if cursor.execute(RESTORE, {"at": now, "by": actor}).rowcount == 0:
            raise LedgerInUse(
                field="ledger",
                detail=f"The ledger {schema} is not archived.",
                remedy="See meritbook ledger list.",
            )
        cursor.execute(DROP_GUARD)


def refusal(schema: str) -> LedgerArchived:
    """What whoever writes to the archived ledger `schema` is told."""
    return LedgerArchived(
        field="",
        detail=f"The ledger {schema} is archived: it is read as before, and takes no more facts.",
        remedy=f"Write to the one that goes on; meritbook ledger restore {schema} takes it into use again.",
    )


def told(error: psycopg.Error, schema: str) -> Exception:
    """What an append to the ledger `schema` raises in place of `error`."""
    return refusal(schema) if error.diag.constraint_name == GUARD else error
