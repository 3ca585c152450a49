"""Backups of a ledger, and bringing one back: PostgreSQL's own dump, held against the seal.

A backup is a directory of its own: `backup.json`, which says what it is, and `ledger.dump`. Neither the
master key nor the seal's key is in it: whoever has a copy of the database alone has no names.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from psycopg import Connection, IsolationLevel
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from api.embedded.account import Account
from api.embedded.binaries import find_binaries
from api.ops import Ledger, now
from api.sealing import seal_home, seal_up
from api.settings import Settings
from domain.journal import cold, read, sealed
from domain.journal.checkpoint import Checkpoint
from domain.journal.connection import connect
from domain.journal.durable import sync_directory
from domain.journal.migrate import ensure_role
from domain.journal.note import NoteRefused, VerifierKey
from domain.journal.recheck import Altered, checkpoint_signed_by, recheck

FORMAT = "meritbook-backup/1"
DUMP = "ledger.dump"
MANIFEST = "backup.json"
DEBIAN = Path("/usr/lib/postgresql")
SNAPSHOT = "select pg_export_snapshot()"
COLD = """
select file, bytes, encode(sha256, 'hex') from journal_part where dropped_at is not null order by number"""
EXISTS = "select from pg_namespace where nspname = %s"
READ_BYTES = 1 << 20

Progress = Callable[[int], None]
"""Told how many records are checked."""


class BackupRefused(Exception):
    """No backup can be made, or this one not be brought back. remedy: what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}")
        self.detail = detail
        self.remedy = remedy


class ColdFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of cold storage. sha256: in hexadecimal."""

    file: str
    bytes: int
    sha256: str


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds. position: of its last fact; checkpoint: the newest that covers facts of it.

    sha256: of the dump, in hexadecimal. cold: the files of cold storage that belong to it and are not in it.
    """

    format: str = FORMAT
    ledger: str
    made_at: str
    position: int
    checkpoint: str | None
    server: int
    bytes: int
    sha256: str
    cold: tuple[ColdFile, ...] = ()


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was brought back. checked: of how many records the hashes come to what was signed.

    missing: how many facts were signed here, or elsewhere, that the backup does not have.
    """

    ledger: str
    position: int
    checked: int
    missing: int


def back_up(ledger: Ledger, place: Path, *, keep: int | None = None) -> tuple[Path, Backup]:
    """Writes a backup of `ledger` into a new directory below `place`; it, and what it says of itself.

    Writing goes on meanwhile. The directory appears whole or not at all. keep: so many of this ledger's stay
    there, this one among them; older ones are removed afterwards.
    Raises: BackupRefused
    """
    if ledger.settings.seal == "on":
        seal_up(ledger)
    made_at = now()
    target = place / f"{ledger.schema}-{made_at:%Y%m%dT%H%M%SZ}"
    with whole_or_not(target) as beside:
        with (
            connect(ledger.owner_dsn, ledger.schema, service=False, autocommit=True) as guard,
            cold.held_warm(guard, ledger.schema),
            connect(ledger.owner_dsn, ledger.schema, service=False) as connection,
        ):
            made = _dumped(connection, ledger, beside / DUMP, f"{made_at:%Y-%m-%dT%H:%M:%SZ}")
        beside.joinpath(MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(made)) + b"\n")
    if keep is not None:
        for old in backups(place, ledger.schema)[:-keep]:
            shutil.rmtree(old)
    return target, made


@contextmanager
def whole_or_not(target: Path) -> Generator[Path]:
    """A new directory to fill, which is `target` once it is left without an error.

    Raises: BackupRefused
    """
    if target.exists():
        raise BackupRefused(f"{target} is there already.", "Wait a second and try again.")
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.mkdir(parents=True, mode=0o700)
        yield beside
        sync_directory(beside)
        beside.rename(target)
        sync_directory(target.parent)
    except OSError as error:
        raise BackupRefused(f"{error.strerror}: {error.filename}.", "Name a directory with room.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def backups(place: Path, ledger: str) -> list[Path]:
    """The backups of `ledger` in a directory, the oldest first."""
    named = re.compile(rf"{re.escape(ledger)}-\d{{8}}T\d{{6}}Z\Z")
    return sorted(each for each in place.iterdir() if named.match(each.name)) if place.is_dir() else []


def manifest(place: Path) -> Backup:
    """What the backup in `place` says of itself, unchecked.

    Raises: OSError, msgspec.DecodeError
    """
    return msgspec.json.decode(place.joinpath(MANIFEST).read_bytes(), type=Backup)


def read_backup(place: Path) -> Backup:
    """What the backup in `place` says of itself; its dump is the one that was written.

    Raises: BackupRefused
    """
    try:
        told = manifest(place)
        digest = sha256(place / DUMP)
    except (OSError, msgspec.DecodeError):
        raise BackupRefused(
            f"{place} is not a backup.", f"Name a directory with {MANIFEST} and {DUMP} in it."
        ) from None
    if told.format != FORMAT or digest != told.sha256:
        raise BackupRefused(f"{place / DUMP} is not what was written.", "Take another backup.")
    return told


def bring_back(
    settings: Settings,
    owner_dsn: str,
    place: Path,
    *,
    kept: Sequence[Path] = (),
    on_progress: Progress = lambda _: None,
) -> Restored:
    """Makes the ledger of `settings` out of the backup in `place`, in a database that has none of that name.

    Every record is hashed and held against the newest checkpoint of the backup, the one that the home
    remembers, and those in the files `kept`. A ledger that was altered is not left behind; one that lacks
    facts is, and their number is told: its seal stands still until a newer backup is brought back.
    Raises: BackupRefused, HomeUnusable
    """
    told = read_backup(place)
    if told.ledger != settings.ledger:
        raise BackupRefused(
            f"The backup is of the ledger {told.ledger}, not of {settings.ledger}.",
            f"Set MERITBOOK_LEDGER={told.ledger}.",
        )
    with connect(owner_dsn, settings.ledger, service=False, autocommit=True) as connection:
        if connection.execute(EXISTS, [settings.ledger]).fetchone() is not None:
            raise BackupRefused(
                f"The database has a ledger {settings.ledger} already.",
                "Bring it back into an empty database, or another MERITBOOK_HOME.",
            )
        ensure_role(connection)
        major = connection.info.server_version // 10_000
    command = ["--single-transaction", "--exit-on-error", "--no-owner", "--dbname"]
    run_program(major, "pg_restore", owner_dsn, [*command, "{dsn}", str(place / DUMP)])
    with connect(owner_dsn, settings.ledger, service=False) as connection:
        try:
            signed = {} if told.checkpoint is None else {MANIFEST: told.checkpoint.encode()}
            signed |= {str(file): file.read_bytes() for file in kept}
            return compared(connection, settings, signed, told.position, on_progress)
        except BackupRefused:
            connection.rollback()
            connection.execute(f'drop schema "{settings.ledger}" cascade'.encode())
            connection.commit()
            raise


def _dumped(connection: Connection[TupleRow], ledger: Ledger, file: Path, made_at: str) -> Backup:
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    with connection.cursor() as cursor:
        row = cursor.execute(SNAPSHOT).fetchone()
        assert row is not None, "a function answers"
        newest = sealed.newest(cursor)
        position, major = read.head(cursor), connection.info.server_version // 10_000
        files = tuple(ColdFile(file=each, bytes=size, sha256=sha) for each, size, sha in cursor.execute(COLD))
        options = [f"--schema={ledger.schema}", f"--snapshot={row[0]}", "--format=custom", "--no-owner"]
        run_program(major, "pg_dump", ledger.owner_dsn, [*options, f"--file={file}", "--dbname", "{dsn}"])
    with file.open("rb") as dump:
        os.fsync(dump.fileno())
    return Backup(
        ledger=ledger.schema,
        made_at=made_at,
        position=position,
        checkpoint=None if newest is None else str(newest.note),
        server=major,
        bytes=file.stat().st_size,
        sha256=sha256(file),
        cold=files,
    )


def compared(
    connection: Connection[TupleRow],
    settings: Settings,
    signed: Mapping[str, bytes],
    position: int | None,
    on_progress: Progress = lambda _: None,
) -> Restored:
    """The ledger of `settings` as it is back, each record held against checkpoints, and that of the home.

    signed: checkpoints by where they stand. position: where the journal must end; None where it may go on.
    Raises: BackupRefused, HomeUnusable
    """
    with connection.cursor() as cursor:
        keys = [each.key for each in sealed.keys(cursor)]
        head = read.head(cursor)
        known: list[Checkpoint] = [_known(keys, content, name) for name, content in signed.items()]
        remembered = seal_home(settings).remembered()
        if remembered is not None and keys and remembered.origin == keys[0].name:
            known.append(remembered)
        missing = max([0, *(each.size - head for each in known)])
        within = [each for each in known if each.size <= head]
        try:
            if position not in (None, head):
                raise Altered(f"The journal ends at {head}, the backup at {position}.")
            recheck(cursor, within, on_progress)
        except cold.ColdFileUnusable as unusable:
            raise BackupRefused(unusable.detail, "Put it back there first, then restore again.") from None
        except Altered as altered:
            raise BackupRefused(
                f"What the backup holds is not what was signed. {altered}",
                "Nothing of it was kept; take another backup.",
            ) from None
    checked = max([0, *(each.size for each in within)])
    return Restored(ledger=settings.ledger, position=head, checked=checked, missing=missing)


def _known(keys: Sequence[VerifierKey], content: bytes, name: str) -> Checkpoint:
    try:
        return checkpoint_signed_by(keys, content)
    except NoteRefused as refused:
        raise BackupRefused(
            f"{name} holds no checkpoint of this ledger. {refused}", "Name another."
        ) from None


def run_program(major: int, name: str, dsn: str, arguments: Sequence[str]) -> None:
    """Runs one of PostgreSQL's programs; `{dsn}` stands for the address without its password."""
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    address = make_conninfo("", **parts)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    command = [str(program(major, name)), *(each.replace("{dsn}", address) for each in arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise BackupRefused(f"{name} failed: {said[0]}", "See what the database's log says.")


def program(major: int, name: str) -> Path:
    """The program of the server's own version: a newer one writes what an older server cannot read."""
    myself = Account(name="", uid=os.geteuid(), gid=os.getegid(), switched=False)
    ours = find_binaries(None, myself)
    if ours.major == major:
        return ours.directory / name
    for place in (DEBIAN / str(major) / "bin" / name, Path(shutil.which(name) or "")):
        if place.is_file() and f" {major}." in _version(place):
            return place
    raise BackupRefused(
        f"There is no {name} of PostgreSQL {major} on this machine.",
        f"Install PostgreSQL's client programs (on Debian: apt install postgresql-client-{major}).",
    )


def _version(program: Path) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout


def sha256(file: Path) -> str:
    """The digest of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()
