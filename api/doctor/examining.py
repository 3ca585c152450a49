"""The examination: what can be looked at without the database first, then the rest."""

import datetime as dt
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from api.doctor.finding import Finding, fail, ok, warn
from api.doctor.home import CHECKS as HOME_CHECKS
from api.doctor.home import Looked, copies
from api.doctor.ledger import CHECKS as LEDGER_CHECKS
from api.doctor.server import CHECKS as SERVER_CHECKS
from api.doctor.server import ledger_is_there
from api.embedded import EmbeddedFailed, EmbeddedPostgres
from api.embedded.cluster import Places
from api.settings import Settings
from domain.journal.connection import connect

Check = Callable[[psycopg.Cursor[Any], Looked], Sequence[Finding]]


def examined(
    settings: Settings, now: dt.datetime, *, backups: Path | None = None, keys_copy: Path | None = None
) -> Generator[Finding]:
    """Every finding, in order. Nothing is changed; an embedded server at rest is started for as long.

    backups: where `meritbook backup` writes. keys_copy: where a copy of the home's keys is.
    """
    looked = Looked(settings, now, backups, keys_copy)
    for check in HOME_CHECKS:
        yield from check(looked)
    with ExitStack() as stack:
        dsn = yield from _database(settings, stack)
        if dsn is not None:
            try:
                connection = stack.enter_context(
                    connect(dsn, settings.ledger, service=False, autocommit=True)
                )
            except psycopg.Error as error:
                yield fail("database", "database_away", why=_line(error))
            else:
                yield from _asked(connection, looked)
    yield from copies(looked)


def _database(settings: Settings, stack: ExitStack) -> Generator[Finding, None, str | None]:
    if settings.database_url is not None:
        return settings.database_url
    if not Places(settings.home).data.is_dir():
        yield warn("database", "database_none", home=settings.home)
        return None
    server = EmbeddedPostgres(settings.home)
    if not server.is_alive():
        yield ok("database", "database_at_rest")
    try:
        return stack.enter_context(server).dsn
    except EmbeddedFailed as failure:
        yield fail("database", "database_does_not_start", why=failure.what, remedy=failure.remedy)
        return None


def _asked(connection: psycopg.Connection[Any], looked: Looked) -> Generator[Finding]:
    with connection.cursor() as cursor:
        for check in SERVER_CHECKS:
            yield from _tried(check, cursor, looked)
        if not ledger_is_there(cursor):
            yield warn("migrations", "ledger_none", ledger=looked.settings.ledger)
            return
        for check in LEDGER_CHECKS:
            yield from _tried(check, cursor, looked)


def _tried(check: Check, cursor: psycopg.Cursor[Any], looked: Looked) -> Sequence[Finding]:
    """What `check` finds; one that cannot be made is a finding too, and the others go on."""
    try:
        return check(cursor, looked)
    except psycopg.Error as error:
        return [fail(check.__name__, "check_failed", why=_line(error))]


def _line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
