"""What can be looked at without the database: the home, its keys, the disk, copies of both."""

import datetime as dt
import os
import shutil
import stat
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from api.backup import BackupRefused, backups, manifest
from api.base_backup import bases, read_base
from api.doctor.finding import Finding, fail, ok, warn
from api.master_keys import masters
from api.sealing import seal_home
from api.settings import Settings
from domain.journal.master import KeysUnavailable
from domain.journal.seal_home import HomeUnusable

GIB = 1024**3
LEAST_FREE_GIB, FEW_FREE_GIB = 1, 5
LATE_BACKUP = dt.timedelta(hours=26)
"""A backup of every night, and two hours for it."""
LATE_BASE = dt.timedelta(days=8)
"""A base backup of every week, and a day for it; the WAL since is the server's to archive."""


class Looked(NamedTuple):
    """What is looked at, and when. backups, keys_copy: where copies are, if somebody said."""

    settings: Settings
    now: dt.datetime
    backups: Path | None
    keys_copy: Path | None

    @property
    def keys(self) -> list[Path]:
        """The files of the home without which a copy of the database is not whole."""
        home = self.settings.home
        sealing = (home / "seal").glob(f"{self.settings.ledger}.*")
        return [each for each in (home / "master.key", *sorted(sealing)) if each.is_file()]


def home(looked: Looked) -> Generator[Finding]:
    """Whether the home is there, and ours to write."""
    place = looked.settings.home
    if not place.exists():
        yield warn("home", "home_none", home=place)
    elif not place.is_dir() or not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        yield fail("home", "home_closed", home=place)
    else:
        yield ok("home", "home_there", home=place)


def permissions(looked: Looked) -> Generator[Finding]:
    """Whether others may read a secret, or write where secrets are."""
    place = looked.settings.home
    if not place.is_dir():
        return
    secret = [place / "tokens.json", *place.glob("master*.key"), *place.glob("seal/*.key")]
    if opened := [each for each in secret if each.is_file() and each.stat().st_mode & 0o077]:
        yield fail("permissions", "secrets_open", files=", ".join(map(str, opened)))
    elif place.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield fail("permissions", "home_open", home=place)
    else:
        yield ok("permissions", "secrets_closed")


def disk(looked: Looked) -> Generator[Finding]:
    """How much room the disk of the home has."""
    place = looked.settings.home.absolute()
    while not place.exists():
        place = place.parent
    room = shutil.disk_usage(place)
    free = room.free / GIB
    named = {"free": f"{free:,.1f}", "share": f"{100 * room.free / room.total:.0f}", "place": place}
    if free < LEAST_FREE_GIB:
        yield fail("disk", "disk_full", **named)
    elif free < FEW_FREE_GIB or room.free * 20 < room.total:
        yield warn("disk", "disk_nearly_full", **named)
    else:
        yield ok("disk", "disk_has_room", **named)


def keys(looked: Looked) -> Generator[Finding]:
    """Whether the master key and the seal's key can be read."""
    try:
        held = masters(looked.settings).held()
    except KeysUnavailable as refusal:
        yield fail("master_key", "key_unusable", why=refusal.detail, remedy=refusal.remedy)
    else:
        yield ok("master_key", "master_key_there") if held else warn("master_key", "master_key_none")
    if looked.settings.seal == "off":
        yield ok("seal_key", "seal_off")
        return
    try:
        signer = seal_home(looked.settings).signer()
        seal_home(looked.settings).remembered()
    except HomeUnusable as unusable:
        yield fail("seal_key", "key_unusable", why=str(unusable), remedy="")
    else:
        if signer is None:
            yield warn("seal_key", "seal_key_none")
        else:
            yield ok("seal_key", "seal_key_there", key=signer.key)


CHECKS: Sequence[Callable[[Looked], Generator[Finding]]] = (home, permissions, disk, keys)


def copies(looked: Looked) -> Generator[Finding]:
    """Whether there are copies of the ledger and of the keys, and how old they are."""
    if looked.backups is None:
        yield warn("backups", "backups_unknown")
    else:
        yield _newest(looked, looked.backups)
    if looked.keys_copy is None:
        yield warn("keys_copy", "keys_copy_unknown", home=looked.settings.home)
        return
    home = looked.settings.home
    # The last checkpoint changes with every second; a copy need not be of this one.
    lasting = [each for each in looked.keys if each.suffix == ".key"]
    if lacking := [each for each in lasting if not _same(each, looked.keys_copy / each.relative_to(home))]:
        missed = ", ".join(str(each.relative_to(home)) for each in lacking)
        yield fail("keys_copy", "keys_copy_lacks", files=missed, place=looked.keys_copy)
    else:
        yield ok("keys_copy", "keys_copy_whole", number=len(lasting), place=looked.keys_copy)


def _newest(looked: Looked, place: Path) -> Finding:
    dumps, based = backups(place, looked.settings.ledger), bases(place)
    newest = (dumps or based)[-1:]
    if not newest:
        return fail("backups", "backups_none", place=place)
    try:
        made_at, position = _made(looked, newest[0], is_dump=bool(dumps))
    except (OSError, msgspec.DecodeError, BackupRefused):
        return fail("backups", "backup_damaged", backup=newest[0])
    if position is None:
        return fail("backups", "backups_none", place=place)
    age = looked.now - dt.datetime.fromisoformat(made_at)
    named = {"backup": newest[0], "hours": round(age.total_seconds() / 3600), "position": position}
    if dumps and age > LATE_BACKUP:
        return warn("backups", "backup_old", **named)
    if not dumps and age > LATE_BASE:
        return warn("backups", "base_old", **named, place=place)
    return ok("backups", "backup_new", **named)


def _made(looked: Looked, newest: Path, *, is_dump: bool) -> tuple[str, int | None]:
    """When a backup was made, and up to where it holds the ledger; None where it does not."""
    if is_dump:
        dump = manifest(newest)
        return dump.made_at, dump.position
    base = read_base(newest)
    held = {each.ledger: each.position for each in base.ledgers}
    return base.made_at, held.get(looked.settings.ledger)


def _same(mine: Path, copy: Path) -> bool:
    try:
        return mine.read_bytes() == copy.read_bytes()
    except OSError:
        return False
