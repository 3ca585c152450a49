"""Looking after the keys of personal data: their state, copies, another master key, and giving them up."""

import base64
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from psycopg import Cursor
from psycopg.errors import LockNotAvailable

from api.master_keys import HomeMasters, masters, read_key, write_key
from api.ops import Ledger
from domain.journal.connection import connect
from domain.journal.master import KeysUnavailable, MasterKey, new_master

# Keys are made under the shared half of this lock; see migration 0003.
LOCK = "select pg_advisory_xact_lock(hashtextextended('keys ' || current_schema(), 0))"

STATUS = """
select (select fingerprint from master_key), (select since from master_key),
    count(*) filter (where wrapped is not null and subject like 'employee:%'),
    count(*) filter (where wrapped is not null and subject like 'customer:%'),
    count(*) filter (where wrapped is null)
from subject_key"""

WRAPPED = "select subject, wrapped from subject_key where wrapped is not null order by subject"

# A key that is destroyed while others are wrapped anew stays destroyed.
REWRAP = """
update subject_key k set wrapped = anew.wrapped
from unnest(%(subjects)s::text[], %(before)s::bytea[], %(after)s::bytea[]) as anew (subject, before, wrapped)
where k.subject = anew.subject and k.wrapped = anew.before"""

USE = "update master_key set fingerprint = %(fingerprint)s, since = now()"

BRING = """
insert into subject_key (subject, wrapped)
select subject, wrapped from unnest(%(subjects)s::text[], %(wrapped)s::bytea[]) as copy (subject, wrapped)
where not exists (
    select from journal where type = 'subject_erased' and tags @> array[copy.subject]
)
on conflict do nothing"""

USE_IF_NONE = "insert into master_key (fingerprint) values (%(fingerprint)s) on conflict do nothing"

GIVE_UP = "delete from subject_key where wrapped is not null"
GIVE_UP_MASTER = "delete from master_key"

OTHER_LEDGERS = """
select nspname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relname = 'master_key' and relkind = 'r' and nspname <> current_schema()"""

REWRITE = "vacuum (full, verbose) subject_key"
REWRITE_PAUSES = (0.1, 0.5, 2.0, 0.0)
"""Seconds after each try to write the keys anew; whoever still sees an old row keeps it in the file."""
SHORT_WAIT = "set lock_timeout = '5s'"


class KeyStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of a ledger. master: fingerprint of the key that wraps them; None if it has none yet.

    at_hand: the master keys that this home or environment holds, by fingerprint.
    """

    master: str | None
    since: datetime | None
    employees: int
    customers: int
    erased: int
    at_hand: list[str]


class KeyCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A copy of all keys of a ledger, wrapped by the master key of this fingerprint: of no use without it."""

    ledger: str
    master: str
    keys: dict[str, str]


def status(ledger: Ledger) -> KeyStatus:
    """How the keys stand."""
    with ledger.journal.cursor() as cursor:
        row = cursor.execute(STATUS).fetchone()
    assert row is not None, "an aggregate always answers"
    at_hand = [key.fingerprint for key in masters(ledger.settings).held()]
    master, since, employees, customers, erased = row
    return KeyStatus(
        master=master, since=since, employees=employees, customers=customers, erased=erased, at_hand=at_hand
    )


def rotate(ledger: Ledger, to: Path | None, *, destroy_old: bool) -> tuple[MasterKey, int]:
    """Wraps all keys with another master key, in one transaction; that key, and how many keys it wraps.

    to: a file that holds the new key, or is to hold it; needed where the master key is not in the home.
    destroy_old: removes older master keys from the home, so that older copies of the keys are of no use.
    Raises: KeysUnavailable.
    """
    held = masters(ledger.settings)
    home = held if isinstance(held, HomeMasters) and to is None else None
    if home is None and to is None:
        raise KeysUnavailable(
            field="",
            detail="The master key comes from the environment, which a command cannot change.",
            remedy="Give --to FILE, then set MERITBOOK_MASTER_KEY_FILE to it and restart the service.",
        )
    given = to is not None and to.exists()
    new = read_key(to, 0o077) if to is not None and given else new_master()
    if not given:  # On the disk before any key is wrapped with it: whoever is killed in between has both.
        write_key(to or HomeMasters(ledger.settings.home).beside(new), new)
    with connect(ledger.owner_dsn, ledger.schema, service=False) as connection, connection.cursor() as cursor:
        cursor.execute(LOCK)
        old = ledger.vault.master(cursor)
        wrapped = rewrap(cursor, old, new, ledger.schema)
        cursor.execute(USE, {"fingerprint": new.fingerprint})
    if home is not None:
        home.promote(new)
        if destroy_old:
            destroy(ledger, home)
    scrub(ledger)
    return new, wrapped


def destroy(ledger: Ledger, home: HomeMasters) -> list[str]:
    """Removes the master keys of `home` that no ledger of this database is under; their fingerprints.

    Raises: KeysUnavailable while another ledger needs one.
    """
    current, *others = home.held()
    with connect(ledger.owner_dsn, ledger.schema, service=False) as connection, connection.cursor() as cursor:
        schemas = [name for (name,) in cursor.execute(OTHER_LEDGERS)]
    needed = {key: schema for schema in schemas for key in _master_of(ledger.owner_dsn, schema)}
    going = [key for key in others if key.fingerprint != current.fingerprint]
    for key in going:
        if key.fingerprint in needed:
            raise KeysUnavailable(
                field="",
                detail=f"The ledger {needed[key.fingerprint]} is still under the key {key.fingerprint}.",
                remedy="Run meritbook keys rotate for it first: MERITBOOK_LEDGER names it.",
            )
    home.destroy(going)
    return [key.fingerprint for key in going]


def _master_of(owner_dsn: str, schema: str) -> list[str]:
    """Under which master key another ledger is, asked over a connection of its own."""
    with connect(owner_dsn, schema, service=False) as connection:
        return [fingerprint for (fingerprint,) in connection.execute("select fingerprint from master_key")]


def copy_keys(ledger: Ledger) -> KeyCopy:
    """All keys as they stand, wrapped.

    Raises: KeysUnavailable.
    """
    with ledger.journal.cursor() as cursor:
        master = ledger.vault.master(cursor)
        rows = cursor.execute(WRAPPED).fetchall()
    keys = {subject: base64.b64encode(wrapped).decode() for subject, wrapped in rows}
    return KeyCopy(ledger=ledger.schema, master=master.fingerprint, keys=keys)


def bring_keys(ledger: Ledger, copy: KeyCopy) -> int:
    """Brings back the keys of `copy` that are missing, but for those of people erased; how many.

    A copy made under an older master key is wrapped anew, if that key is still at hand.
    Raises: KeysUnavailable.
    """
    if copy.ledger != ledger.schema:
        raise KeysUnavailable(
            field="",
            detail=f"This copy is of the ledger {copy.ledger}.",
            remedy="Name it with MERITBOOK_LEDGER.",
        )
    old = next((key for key in masters(ledger.settings).held() if key.fingerprint == copy.master), None)
    if old is None:
        raise KeysUnavailable(
            field="",
            detail=f"The copy is under the master key {copy.master}, which is not here.",
            remedy="Put it into the home as master-FINGERPRINT.key; without it the copy is of no use.",
        )
    with connect(ledger.owner_dsn, ledger.schema, service=False) as connection, connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(USE_IF_NONE, {"fingerprint": old.fingerprint})
        new = ledger.vault.master(cursor)
        wrapped = {subject: base64.b64decode(text) for subject, text in copy.keys.items()}
        if new.fingerprint != old.fingerprint:
            wrapped = {
                subject: new.wrap(old.unwrap(key, ledger.schema, subject), ledger.schema, subject)
                for subject, key in wrapped.items()
            }
        cursor.execute(BRING, {"subjects": list(wrapped), "wrapped": list(wrapped.values())})
        return cursor.rowcount


def give_up(ledger: Ledger) -> int:
    """Gives up all keys of a ledger whose keys or master key are lost; how many there were.

    What was encrypted stays unreadable for ever, people can be written about again, results stay.
    """
    with connect(ledger.owner_dsn, ledger.schema, service=False) as connection, connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(GIVE_UP)
        given_up = cursor.rowcount
        cursor.execute(GIVE_UP_MASTER)
    scrub(ledger)
    return given_up


def scrub(ledger: Ledger) -> None:
    """Writes the table of keys anew, so that its file holds nothing of what was destroyed."""
    with connect(ledger.owner_dsn, ledger.schema, service=False, autocommit=True) as connection:
        connection.execute(SHORT_WAIT)
        kept = list[str]()
        connection.add_notice_handler(lambda notice: kept.append(notice.message_detail or ""))
        for pause in REWRITE_PAUSES:
            kept.clear()
            with suppress(LockNotAvailable):  # the next erasure does it
                connection.execute(REWRITE)
                # "0 dead row versions cannot be removed yet", in the language of the server.
                if all(detail.startswith("0 ") for detail in kept if detail):
                    return
            time.sleep(pause)


def rewrap(cursor: Cursor[Any], old: MasterKey, new: MasterKey, schema: str) -> int:
    """Wraps all keys of the ledger in `schema` with `new` instead of `old`; how many."""
    rows: Sequence[tuple[str, bytes]] = cursor.execute(WRAPPED).fetchall()
    after = [new.wrap(old.unwrap(wrapped, schema, subject), schema, subject) for subject, wrapped in rows]
    given = {"subjects": [row[0] for row in rows], "before": [row[1] for row in rows], "after": after}
    cursor.execute(REWRAP, given)
    return cursor.rowcount
