"""The ledgers of one database: made, listed, archived and taken into use again.

A ledger is a schema, and no statement reaches from one into another: what is told of several is asked of each
over a connection of its own.
"""

import datetime as dt
from collections.abc import Callable, Generator
from contextlib import contextmanager

import msgspec

from api.embedded import EmbeddedPostgres
from api.ops import now, open_book, open_ledger
from api.sealing import seal_up
from api.settings import Settings
from domain.facts.governance import LedgerOpened
from domain.facts.registry import decode
from domain.journal import archive
from domain.journal.connection import BadSchemaName, check_schema, connect
from domain.journal.query import Selector
from domain.journal.read import LAST, head, matching
from domain.refusals import BadField, NotNow, Refusal

# Only the catalogue is read: which schemas hold a journal of ours.
SCHEMAS = """
select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relname in ('journal', 'migration') and relkind in ('r', 'p')
group by nspname having count(*) = 2
order by nspname"""


class LedgerExists(NotNow):
    """The database has a ledger of this name already."""


class UnknownLedger(Refusal):
    """The database has no ledger of this name."""


class ListedLedger(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger of the database. name, zone, currency: None while it has not been opened.

    facts: how many it holds, which is its last position.
    """

    ledger: str
    name: str | None
    zone: str | None
    currency: str | None
    facts: int
    archived_at: dt.datetime | None
    archived_by: str | None
    reason: str | None


@contextmanager
def database(settings: Settings, on_wait: Callable[[str], None] | None = None) -> Generator[str]:
    """The owner's address of the database that holds the ledgers; the embedded one is started if need be."""
    if settings.database_url is None:
        with EmbeddedPostgres(settings.home, on_wait=on_wait) as server:
            yield server.dsn
    else:
        yield settings.owner_url or settings.database_url


def ledgers(settings: Settings, on_wait: Callable[[str], None] | None = None) -> list[ListedLedger]:
    """Every ledger of the database, by the name of its schema."""
    with database(settings, on_wait) as owner_dsn:
        return [_listed(owner_dsn, schema) for schema in schemas(owner_dsn)]


def schemas(owner_dsn: str) -> list[str]:
    """The names of the ledgers of a database."""
    with connect(owner_dsn, "ledgers", service=False) as connection:
        return [name for (name,) in connection.execute(SCHEMAS)]


def of_ledger(settings: Settings, ledger: str) -> Settings:
    """`settings` for another ledger of the same database.

    Raises: BadField for a name that no ledger can have.
    """
    try:
        return msgspec.structs.replace(settings, ledger=check_schema(ledger))
    except BadSchemaName as error:
        raise BadField(field="ledger", detail=str(error), remedy="Choose another name.") from None


def create(
    settings: Settings, ledger: str, *, name: str, zone: str, currency: str, actor: str
) -> ListedLedger:
    """Makes the ledger `ledger` beside the others, and opens it.

    Raises: BadField, LedgerExists; as `open_ledger`.
    """
    chosen = of_ledger(settings, ledger)
    with database(settings) as owner_dsn:
        if ledger in schemas(owner_dsn):
            raise LedgerExists(
                field="ledger",
                detail=f"The database has a ledger {ledger} already.",
                remedy="Choose another name; meritbook ledger list shows those that are taken.",
            )
    with open_ledger(chosen, prepare_it=True) as made:
        open_book(made, name=name, zone=zone, currency=currency, actor=actor)
        return _listed(made.owner_dsn, ledger)


def put_away(settings: Settings, ledger: str, *, actor: str, reason: str) -> ListedLedger:
    """Archives `ledger`: it is sealed up to its last fact, and takes no more.

    Raises: UnknownLedger, LedgerArchived; as `open_ledger`.
    """
    with open_ledger(known(settings, ledger)) as held:
        archive.archive(held.owner_dsn, ledger, now=now(), actor=actor, reason=reason)
        seal_up(held)
        return _listed(held.owner_dsn, ledger)


def take_up(settings: Settings, ledger: str, *, actor: str) -> ListedLedger:
    """Takes the archived `ledger` into use again.

    Raises: UnknownLedger, LedgerInUse.
    """
    known(settings, ledger)
    with database(settings) as owner_dsn:
        archive.restore(owner_dsn, ledger, now=now(), actor=actor)
        return _listed(owner_dsn, ledger)


def known(settings: Settings, ledger: str) -> Settings:
    """`settings` for a ledger that the database has.

    Raises: BadField, UnknownLedger.
    """
    chosen = of_ledger(settings, ledger)
    with database(settings) as owner_dsn:
        if ledger not in schemas(owner_dsn):
            raise UnknownLedger(
                field="ledger",
                detail=f"The database has no ledger {ledger}.",
                remedy="meritbook ledger list shows those that it has.",
            )
    return chosen


def _listed(owner_dsn: str, schema: str) -> ListedLedger:
    with connect(owner_dsn, schema, service=False) as connection, connection.cursor() as cursor:
        found = matching(cursor, (Selector(("ledger_opened",)),), 0, LAST)
        opened = decode(found[0].type, found[0].data) if found else None
        assert opened is None or isinstance(opened, LedgerOpened), (
            "records are of the type that was asked for"
        )
        put = archive.archived(cursor)
        return ListedLedger(
            ledger=schema,
            name=opened and opened.name,
            zone=opened and opened.zone,
            currency=opened and opened.currency,
            facts=head(cursor),
            archived_at=put and put.archived_at,
            archived_by=put and put.archived_by,
            reason=put and put.reason,
        )
