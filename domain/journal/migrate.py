"""Brings a ledger's schema to this program's state: numbered SQL files, forward only, run by the owner."""

import hashlib
import re
from importlib.resources import files
from typing import NamedTuple

from psycopg import Connection, Cursor, errors, sql
from psycopg.rows import TupleRow

from domain.journal.connection import SERVICE_ROLE, connect

_FILE = re.compile(r"(\d{4})_[a-z_]+\.sql\Z")

LOCK = "select pg_advisory_xact_lock(hashtextextended('migrate ' || %(schema)s, 0))"

RECORD = """
create table if not exists migration (
    number     int         primary key,
    name       text        not null,
    sha256     text        not null,
    applied_at timestamptz not null default now()
)"""

APPLIED = "insert into migration (number, name, sha256) values (%s, %s, %s)"

# Two ledgers of one server may be migrated at once, and roles belong to the server.
CREATE_ROLE = sql.SQL("""
do $$ begin
    create role {role} nologin;
exception when duplicate_object or unique_violation then null;
end $$""").format(role=sql.Identifier(SERVICE_ROLE))

FIRST_ASKED = 10
"""The file since which whoever works as the service may ask; a ledger that does not let them lacks it."""

MAY_ASK = "select has_table_privilege('migration', 'select')"

MEMBER = "select pg_has_role(current_user, %s, 'member')"

GRANT_ROLE = sql.SQL("grant {role} to current_user").format(role=sql.Identifier(SERVICE_ROLE))


class Migration(NamedTuple):
    """One numbered file of SQL."""

    number: int
    name: str
    script: bytes

    @property
    def sha256(self) -> str:
        """What an applied file is recognised by."""
        return hashlib.sha256(self.script).hexdigest()


class MigrationFailed(Exception):
    """The schema cannot be brought to this program's state; the message says what to do."""


def migrations() -> list[Migration]:
    """The files of this program, in order."""
    found = [
        Migration(int(match[1]), entry.name, entry.read_bytes())
        for entry in (files("domain.journal") / "migrations").iterdir()
        if (match := _FILE.match(entry.name))
    ]
    return sorted(found)


def migrate(dsn: str, schema: str) -> list[str]:
    """Creates or upgrades the ledger `schema`; the names of the files applied now.

    All or nothing, and safe to run from several places at once.
    Raises: MigrationFailed, BadSchemaName
    """
    with connect(dsn, schema, service=False) as connection, connection.cursor() as cursor:
        cursor.execute(LOCK, {"schema": schema})
        ensure_role(connection)
        _ensure_schema(cursor, schema)
        cursor.execute(RECORD)
        outstanding = _outstanding(cursor, schema)
        for step in outstanding:
            cursor.execute(step.script)
            cursor.execute(APPLIED, [step.number, step.name, step.sha256])
        return [step.name for step in outstanding]


def outstanding(connection: Connection[TupleRow]) -> list[str]:
    """The files of this program that the ledger of `connection` does not have yet."""
    with connection.cursor() as cursor:
        if cursor.execute(MAY_ASK).fetchone() != (True,):
            return [step.name for step in migrations() if step.number >= FIRST_ASKED]
        applied = {number for (number,) in cursor.execute("select number from migration")}
        return [step.name for step in migrations() if step.number not in applied]


def ensure_role(connection: Connection[TupleRow]) -> None:
    """Makes the service's role, and lets the owner take it on.

    Raises: MigrationFailed
    """
    try:
        with connection.transaction(), connection.cursor() as cursor:
            if cursor.execute("select from pg_roles where rolname = %s", [SERVICE_ROLE]).fetchone() is None:
                cursor.execute(CREATE_ROLE)
            if cursor.execute(MEMBER, [SERVICE_ROLE]).fetchone() != (True,):
                cursor.execute(GRANT_ROLE)
    except errors.InsufficientPrivilege as refused:
        user = connection.info.user
        raise MigrationFailed(
            f"{user} may not create the role {SERVICE_ROLE} or take it on. Let a superuser run once: "
            f"create role {SERVICE_ROLE} nologin; grant {SERVICE_ROLE} to {user};"
        ) from refused


def _ensure_schema(cursor: Cursor[TupleRow], schema: str) -> None:
    names = {"schema": sql.Identifier(schema), "role": sql.Identifier(SERVICE_ROLE)}
    try:
        if cursor.execute("select from pg_namespace where nspname = %s", [schema]).fetchone() is None:
            cursor.execute(sql.SQL("create schema {schema}").format(**names))
            cursor.execute(sql.SQL("grant usage on schema {schema} to {role}").format(**names))
    except errors.InsufficientPrivilege as refused:
        database, user = cursor.connection.info.dbname, cursor.connection.info.user
        raise MigrationFailed(
            f"{user} may not create the schema {schema} in the database {database}. Let its owner run once: "
            f"grant create on database {database} to {user};"
        ) from refused


def _outstanding(cursor: Cursor[TupleRow], schema: str) -> list[Migration]:
    """The files not applied yet.

    Raises: MigrationFailed when what was applied is not what this program has.
    """
    applied = dict(cursor.execute("select number, sha256 from migration order by number").fetchall())
    ours = {step.number: step for step in migrations()}
    if newer := sorted(applied.keys() - ours.keys()):
        raise MigrationFailed(
            f"The ledger {schema} has been migrated by a newer program (to {newer[-1]:04d}). "
            "Install that version or a later one; a ledger is never taken back."
        )
    for number, sha256 in applied.items():
        if ours[number].sha256 != sha256:
            raise MigrationFailed(
                f"{ours[number].name} differs from the file that was applied to the ledger {schema}. "
                "Install an unaltered release."
            )
    return [step for number, step in sorted(ours.items()) if number not in applied]
