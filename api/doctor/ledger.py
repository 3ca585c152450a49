"""What the ledger says of itself: its form, its roles, its read models, its seal, its webhooks."""

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from psycopg import Cursor

from api.doctor.finding import Finding, fail, ok, warn
from api.doctor.home import Looked
from api.master_keys import masters
from api.metrics import lags
from api.sealing import seal_home
from api.webhooks import queue
from domain.journal import sealed
from domain.journal.archive import archived
from domain.journal.connection import SERVICE_ROLE
from domain.journal.master import KeysUnavailable
from domain.journal.migrate import migrations as known_migrations
from domain.journal.migrate import outstanding
from domain.journal.read import head
from domain.journal.seal_home import HomeUnusable
from domain.journal.vault import FINGERPRINT
from projections.registry import PROJECTIONS
from projections.runner import RebuildNeeded, position, stopped

LATE_SECONDS = 60
AHEAD = dt.timedelta(seconds=5)

NEWEST_MIGRATION = "select coalesce(max(number), 0) from migration"
ROLE_THERE = "select pg_has_role(current_user, oid, 'member') from pg_roles where rolname = %s"
MAY_ALTER = """
select privilege from unnest(array['update', 'delete', 'truncate']) as privilege
where has_table_privilege(%s, 'journal', privilege)"""
UNGUARDED = """
select count(*) filter (where tgname = 'journal_is_append_only' and tgenabled = 'A') = 0
from pg_trigger where tgrelid = 'journal'::regclass"""
COLD_FILES = "select file, bytes from journal_part where file is not null order by number"
LAST_RECORDED = "select recorded_at from journal order by position desc limit 1"


def migrations(cursor: Cursor[Any], looked: Looked) -> list[Finding]:
    """Whether the ledger is in this program's form."""
    newest, ours = cursor.execute(NEWEST_MIGRATION).fetchone(), known_migrations()[-1].number
    if newest is not None and newest[0] > ours:
        return [fail("migrations", "migrated_by_newer", number=newest[0], ours=ours)]
    if lacking := outstanding(cursor.connection):
        return [fail("migrations", "migrations_lacking", names=", ".join(lacking))]
    found = [ok("migrations", "migrated", number=ours)]
    if (since := archived(cursor)) is not None:
        found.append(ok("archive", "ledger_archived", since=f"{since.archived_at:%Y-%m-%d}"))
    return found


def roles(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether the service may only read and add facts."""
    row = cursor.execute(ROLE_THERE, [SERVICE_ROLE]).fetchone()
    if row is None or not row[0]:
        return [fail("roles", "role_none", role=SERVICE_ROLE)]
    if may := [name for (name,) in cursor.execute(MAY_ALTER, [SERVICE_ROLE]).fetchall()]:
        return [fail("roles", "role_may_alter", role=SERVICE_ROLE, may=", ".join(may))]
    if cursor.execute(UNGUARDED).fetchone() != (False,):
        return [fail("roles", "journal_unguarded")]
    return [ok("roles", "roles_sound", role=SERVICE_ROLE)]


def recording(cursor: Cursor[Any], looked: Looked) -> list[Finding]:
    """Whether the last fact was recorded in the past."""
    row = cursor.execute(LAST_RECORDED).fetchone()
    if row is not None and row[0] - looked.now > AHEAD:
        return [warn("clock", "clock_was_ahead", instant=f"{row[0]:%Y-%m-%d %H:%M:%S} UTC")]
    return []


def read_models(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether results can be had, and how old they are."""
    if (standstill := stopped(cursor)) is not None:
        return [fail("read_models", "read_models_stopped", why=standstill)]
    try:
        position(cursor, PROJECTIONS)
    except RebuildNeeded as needed:
        return [fail("read_models", "rebuild_needed", names=", ".join(needed.names))]
    facts, seconds = max(((lag.facts, lag.seconds) for lag in lags(cursor).values()), default=(0, 0.0))
    if seconds > LATE_SECONDS:
        return [warn("read_models", "read_models_late", facts=facts, seconds=round(seconds))]
    return [ok("read_models", "read_models_follow", facts=facts)]


def seal(cursor: Cursor[Any], looked: Looked) -> list[Finding]:
    """Whether the journal continues what was signed last, and is signed soon."""
    if looked.settings.seal == "off":
        return []
    last, keys = head(cursor), [each.key for each in sealed.keys(cursor)]
    try:
        remembered, signer = seal_home(looked.settings).remembered(), seal_home(looked.settings).signer()
    except HomeUnusable:
        return []  # told among the keys
    if remembered is not None and keys and remembered.origin == keys[0].name and remembered.size > last:
        return [fail("seal", "journal_is_old", missing=remembered.size - last, head=last)]
    if keys and (signer is None or signer.key not in keys):
        return [fail("seal", "seal_key_other", key=keys[-1])]
    since = sealed.waiting_since(cursor)
    seconds = 0.0 if since is None else (looked.now - since).total_seconds()
    if seconds > LATE_SECONDS:
        return [warn("seal", "seal_late", seconds=round(seconds), head=last)]
    return [ok("seal", "seal_in_time", head=last)]


def personal_keys(cursor: Cursor[Any], looked: Looked) -> list[Finding]:
    """Whether names that are encrypted can be read again."""
    row = cursor.execute(FINGERPRINT).fetchone()
    try:
        held = {key.fingerprint for key in masters(looked.settings).held()}
    except KeysUnavailable:
        return []  # told among the keys
    if row is not None and row[0] not in held:
        return [fail("master_key", "master_key_other", fingerprint=row[0])]
    return []


def cold_files(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether the files are there that hold what left the database; `cold list --check` reads them."""
    files = {str(file): size for file, size in cursor.execute(COLD_FILES)}
    if lost := [file for file, size in files.items() if not _has(Path(file), size)]:
        return [fail("cold_files", "cold_lost", files=", ".join(lost))]
    return [ok("cold_files", "cold_there", number=len(files))] if files else []


def _has(file: Path, size: int) -> bool:
    try:
        return file.stat().st_size == size
    except OSError:
        return False


def webhooks(cursor: Cursor[Any], _: Looked) -> list[Finding]:
    """Whether deliveries were given up, or webhooks stand still."""
    waiting, dead, standing = queue.figures(cursor)
    found = list[Finding]()
    if dead:
        found.append(warn("webhooks", "webhooks_dead", dead=dead))
    if standing:
        found.append(warn("webhooks", "webhooks_stopped", number=standing))
    return found or [ok("webhooks", "webhooks_deliver", waiting=waiting)]


CHECKS: Sequence[Callable[[Cursor[Any], Looked], Sequence[Finding]]] = (
    migrations,
    roles,
    recording,
    read_models,
    personal_keys,
    seal,
    cold_files,
    webhooks,
)
