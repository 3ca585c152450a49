"""What the database server says of itself: version, settings, clock, zones, archive."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from psycopg import Cursor, errors

from api.doctor.finding import Finding, fail, ok, warn
from api.doctor.home import Looked

OLDEST_MAJOR = 15
FEW_CONNECTIONS = 50
CLOCK_APART = dt.timedelta(seconds=2)
MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")

CLOCK = "select clock_timestamp()"
SETTING = "select current_setting(%(name)s)"
TABLES = "select to_regclass('journal'), to_regclass('projection'), to_regclass('migration')"
ARCHIVER = "select last_archived_time, last_failed_time, last_failed_wal from pg_stat_archiver"
ZONE = "select clock_timestamp() at time zone %(zone)s"


def ledger_is_there(cursor: Cursor[Any]) -> bool:
    """Whether the database has the ledger, in whatever form."""
    return None not in (cursor.execute(TABLES).fetchone() or (None,))


def database(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Which server it is."""
    version = cursor.connection.info.server_version
    named = {"version": f"{version // 10_000}.{version % 10_000}"}
    if version // 10_000 < OLDEST_MAJOR:
        return [fail("database", "database_too_old", **named)]
    return [ok("database", "database_answers", **named)]


def settings(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether what the server acknowledges is on the disk, and whether it takes enough connections."""
    off = [name for name in MUST_BE_ON if _setting(cursor, name) == "off"]
    found = [fail("settings", "setting_off", setting=name) for name in off]
    if (encoding := _setting(cursor, "server_encoding")) != "UTF8":
        found.append(fail("settings", "encoding_other", encoding=encoding))
    most = int(_setting(cursor, "max_connections"))
    if most < FEW_CONNECTIONS:
        found.append(warn("settings", "connections_few", most=most))
    return found or [ok("settings", "settings_sound", most=most)]


def clock(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether this machine and the database agree on the time."""
    before = dt.datetime.now(dt.UTC)
    theirs: dt.datetime = _one(cursor, CLOCK)
    apart = max(before - theirs, theirs - dt.datetime.now(dt.UTC), dt.timedelta())
    if apart > CLOCK_APART:
        return [warn("clock", "clocks_apart", seconds=f"{apart.total_seconds():.1f}")]
    return [ok("clock", "clocks_agree")]


def archive(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether the server keeps its write-ahead log, where it is asked to."""
    if _setting(cursor, "archive_mode") == "off":
        return []
    row = cursor.execute(ARCHIVER).fetchone()
    if row is not None and row[1] is not None and (row[0] is None or row[1] > row[0]):
        return [fail("archive", "archive_fails", since=f"{row[1]:%Y-%m-%d %H:%M:%S} UTC", file=row[2])]
    return [ok("archive", "archive_goes_on")]


def zones(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether the server knows the zones of business days."""
    try:
        cursor.execute(ZONE, {"zone": "Asia/Shanghai"})
    except errors.InvalidParameterValue:
        return [fail("zones", "zones_none")]
    return [ok("zones", "zones_known")]


CHECKS: Sequence[Callable[[Cursor[Any], Looked], Sequence[Finding]]] = (
    database,
    settings,
    clock,
    zones,
    archive,
)


def _setting(cursor: Cursor[Any], name: str) -> str:
    return _one(cursor, SETTING, name=name)


def _one(cursor: Cursor[Any], question: str, **named: object) -> Any:
    row = cursor.execute(question.encode(), named).fetchone()
    assert row is not None, "a function answers"
    return row[0]
