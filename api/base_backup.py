"""Base backups of a whole server and its archived WAL, and a new home from them as of any instant.

A base backup is a directory of its own: `base.json`, which says what it is, `data`, made by pg_basebackup,
and of an embedded server its `password`. The keys of the home are never in it.
"""

import datetime as dt
import os
import re
import shlex
import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
from psycopg import sql

from api.backup import BackupRefused, Restored, compared, run_program, sha256, whole_or_not
from api.embedded import EmbeddedFailed, EmbeddedPostgres
from api.embedded.account import choose_account
from api.embedded.cluster import Places
from api.ledgers import of_ledger, schemas
from api.ops import now
from api.settings import Settings
from domain.journal import read, sealed
from domain.journal.connection import connect
from domain.journal.durable import sync_directory

FORMAT = "meritbook-base/1"
MANIFEST, DATA, PASSWORD = "base.json", "data", "password"
ARCHIVE_SECONDS = 60
"""At the latest so long after a fact its WAL is in the archive."""

NAMED = re.compile(r"base-\d{8}T\d{6}Z\Z")
_WAL_FROM = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$", re.M)
_ARCHIVING = re.compile(r"^archive_\w+ = .*\n", re.M)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A ledger of the server when its backup began. checkpoint: the newest."""

    ledger: str
    position: int
    checkpoint: str | None


class BaseBackup(msgspec.Struct, frozen=True, kw_only=True):
    """What a base backup says of itself. wal_from: the first file of WAL that restoring it needs."""

    format: str = FORMAT
    made_at: str
    server: int
    wal_from: str
    ledgers: list[Held]


class _File(msgspec.Struct, rename="pascal"):
    path: str
    size: int
    checksum: str = ""


class _Files(msgspec.Struct, rename="pascal"):
    files: list[_File]


class OtherServer(BackupRefused):
    """The server is not ours to restore."""


def archive_wal(owner_dsn: str, archive: Path, embedded: Path | None) -> bool:
    """Lets the server archive each file of its WAL into `archive`; whether it does so already.

    It begins to when it is started the next time. embedded: the home, where the server is ours.
    Raises: BackupRefused
    """
    if embedded is not None:
        _make_archive(archive, embedded)
    place = shlex.quote(str(archive.absolute()))
    # Whole or not at all, and not again under another content: PostgreSQL's manual asks for both.
    command = (
        f"cmp -s %p {place}/%f || (test ! -f {place}/%f && cp %p {place}/.%f.new"
        f" && sync {place}/.%f.new && mv {place}/.%f.new {place}/%f)"
    )
    chosen = {"archive_mode": "on", "archive_command": command, "archive_timeout": f"{ARCHIVE_SECONDS}s"}
    try:
        with psycopg.connect(owner_dsn, autocommit=True) as connection:
            for name, value in chosen.items():
                setting = sql.SQL("alter system set {} = {}").format(sql.Identifier(name), sql.Literal(value))
                connection.execute(setting)
            connection.execute("select pg_reload_conf()")
            row = connection.execute("select current_setting('archive_mode')").fetchone()
    except psycopg.errors.InsufficientPrivilege as refused:
        raise BackupRefused(
            f"This user may not change settings of the server: {refused.diag.message_primary}.",
            "Let a superuser set archive_mode, archive_command and archive_timeout (docs/howto/back-up.md).",
        ) from None
    return row == ("on",)


def take_base(
    settings: Settings, owner_dsn: str, place: Path, *, keep: int | None = None, archive: Path | None = None
) -> tuple[Path, BaseBackup]:
    """Writes a base backup of the server into a new directory below `place`; it, and what it says of itself.

    Writing goes on meanwhile. keep: so many stay there; older ones are removed, and from `archive` what only
    those needed.
    Raises: BackupRefused
    """
    made_at = now()
    target = place / f"base-{made_at:%Y%m%dT%H%M%SZ}"
    held, major = _held(owner_dsn)
    with whole_or_not(target) as beside:
        asked = ["--pgdata", str(beside / DATA), "--checkpoint=fast", "--wal-method=stream", "--no-password"]
        run_program(
            major, "pg_basebackup", owner_dsn, [*asked, "--manifest-checksums=SHA256", "--dbname", "{dsn}"]
        )
        label = _WAL_FROM.search((beside / DATA / "backup_label").read_text())
        assert label is not None, "pg_basebackup writes where its WAL begins"
        made = BaseBackup(
            made_at=f"{made_at:%Y-%m-%dT%H:%M:%SZ}", server=major, wal_from=label[1], ledgers=held
        )
        if settings.database_url is None:
            shutil.copy(Places(settings.home).password, beside / PASSWORD)
        beside.joinpath(MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(made)) + b"\n")
    if keep is not None:
        _prune(place, keep, archive)
    return target, made


def bases(place: Path) -> list[Path]:
    """The base backups in a directory, the oldest first."""
    return sorted(each for each in place.iterdir() if NAMED.match(each.name)) if place.is_dir() else []


def read_base(place: Path) -> BaseBackup:
    """What the base backup in `place` says of itself.

    Raises: BackupRefused
    """
    try:
        made = msgspec.json.decode(place.joinpath(MANIFEST).read_bytes(), type=BaseBackup)
    except (OSError, msgspec.DecodeError):
        raise BackupRefused(
            f"{place} is not a base backup.", f"Name a directory with {MANIFEST} and {DATA} in it."
        ) from None
    if made.format != FORMAT:
        raise BackupRefused(f"{place} is of the form {made.format}.", "Use the program that made it.")
    return made


@contextmanager
def restored_base(
    settings: Settings, place: Path, *, archive: Path | None, until: dt.datetime | None
) -> Generator[str]:
    """A new home with the server of the base backup, gone on with by `archive` up to `until`; its address.

    A home that has a database already is left alone, and so is the archive: the new server archives nothing
    until it is told to. Nothing is left behind where it cannot be brought back.
    Raises: BackupRefused
    """
    read_base(place)
    places = Places(settings.home)
    if settings.database_url is not None or not (place / PASSWORD).exists():
        raise OtherServer(
            "A base backup of a server of your own is brought back by PostgreSQL's own means.",
            "Follow docs/howto/back-up.md, then run meritbook seal check.",
        )
    if places.data.exists():
        raise BackupRefused(f"{places.data} is there already.", "Name a new home with MERITBOOK_HOME.")
    _require_whole(place / DATA)
    recovery: dict[str, str] = {}
    if archive is not None:
        fetch = f"cp {shlex.quote(str(archive.absolute()))}/%f %p"
        recovery = {"restore_command": fetch, "recovery_target_action": "promote", "hot_standby": "off"}
        if until is not None:
            recovery["recovery_target_time"] = f"{until.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}+00"
    _lay_out(places, place, is_recovered=bool(recovery))
    try:
        with EmbeddedPostgres(settings.home, settings=recovery) as server:
            yield server.dsn
    except EmbeddedFailed as failure:
        shutil.rmtree(places.data, ignore_errors=True)
        raise BackupRefused(
            f"The server does not come back. {failure.what}",
            "Name an instant after the backup and before the archive's end, and the whole archive.",
        ) from None


def held_against_seal(
    settings: Settings,
    dsn: str,
    place: Path,
    *,
    kept: Sequence[Path] = (),
    on_progress: Callable[[int], None] = lambda _: None,
) -> list[Restored]:
    """Of each ledger that is back, how its records compare with what was signed.

    kept: checkpoints of the ledger of `settings`.
    Raises: BackupRefused, HomeUnusable
    """
    found = list[Restored]()
    for each in read_base(place).ledgers:
        signed: Mapping[str, bytes] = {}
        if each.checkpoint is not None:
            signed = {MANIFEST: each.checkpoint.encode()}
        if each.ledger == settings.ledger:
            signed = {**signed, **{str(file): file.read_bytes() for file in kept}}
        with connect(dsn, each.ledger, service=False) as connection:
            found.append(compared(connection, of_ledger(settings, each.ledger), signed, None, on_progress))
    return found


def _held(owner_dsn: str) -> tuple[list[Held], int]:
    held = list[Held]()
    for schema in schemas(owner_dsn):
        with connect(owner_dsn, schema, service=False) as connection, connection.cursor() as cursor:
            newest = sealed.newest(cursor)
            checkpoint = None if newest is None else str(newest.note)
            held.append(Held(ledger=schema, position=read.head(cursor), checkpoint=checkpoint))
    with psycopg.connect(owner_dsn) as connection:
        return held, connection.info.server_version // 10_000


def _require_whole(data: Path) -> None:
    """Checks that every file is the one that PostgreSQL's manifest names; WAL bears checksums of its own.

    Raises: BackupRefused
    """
    try:
        told = msgspec.json.decode((data / "backup_manifest").read_bytes(), type=_Files)
        changed = [each.path for each in told.files if sha256(data / each.path) != each.checksum]
    except (OSError, msgspec.DecodeError) as error:
        raise BackupRefused(f"{data} is not whole: {error}.", "Take another base backup.") from None
    if changed:
        raise BackupRefused(f"{data / changed[0]} is not what was written.", "Take another base backup.")


def _make_archive(archive: Path, home: Path) -> None:
    """A directory that the server's user alone may enter; one that is there stays as it is."""
    if archive.is_dir():
        return
    try:
        archive.mkdir(parents=True, mode=0o700)
        account = choose_account(None, Places(home).data)
        if account.switched:
            os.chown(archive, account.uid, account.gid)
    except OSError as error:
        raise BackupRefused(
            f"{error.strerror}: {archive}.", "Make it, and give it to the server's user."
        ) from None


def _lay_out(places: Places, place: Path, *, is_recovered: bool) -> None:
    """Copies the data of a base backup to where the embedded server finds it, whole or not at all."""
    account = choose_account(None, places.data)
    places.open_to(account)
    fresh = places.top / "restored-new"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(place / DATA, fresh, symlinks=True)
    fresh.chmod(0o700)
    settings = fresh / "postgresql.auto.conf"
    settings.write_text(_ARCHIVING.sub("", settings.read_text()))
    if is_recovered:
        (fresh / "recovery.signal").touch(mode=0o600)
    if account.switched:
        for each in (fresh, *fresh.rglob("*")):
            os.chown(each, account.uid, account.gid, follow_symlinks=False)
    shutil.copy(place / PASSWORD, places.password)
    places.password.chmod(0o600)
    fresh.rename(places.data)
    sync_directory(places.top)


def _prune(place: Path, keep: int, archive: Path | None) -> None:
    found = bases(place)
    for old in found[:-keep]:
        shutil.rmtree(old)
    if archive is not None:
        oldest = read_base(found[-keep:][0])
        run_program(oldest.server, "pg_archivecleanup", "", [str(archive), oldest.wal_from])
