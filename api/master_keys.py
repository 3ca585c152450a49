"""Where the master key is: in the home, in a file that a setting names, or in the environment."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from api.embedded.locks import Patience, locked
from api.settings import Settings
from domain.journal.durable import sync_directory
from domain.journal.master import KeysUnavailable, MasterKey, Masters, new_master, parse_master

LOCK_SECONDS = 10.0
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_FORM = "Write 32 random bytes in base64 into it, such as: openssl rand -base64 32"


class HomeMasters:
    """The master key in the file `master.key` of a home, and those before it that are still kept there.

    A change of the master key leaves the old one beside it as `master-FINGERPRINT.key`, for the ledgers of
    this home that are still under it and for copies of keys that were made before.
    """

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def file(self) -> Path:
        """That of the key for new ledgers."""
        return self.home / "master.key"

    def beside(self, key: MasterKey) -> Path:
        """Where a key is kept that is not the one for new ledgers."""
        return self.home / f"master-{key.fingerprint}.key"

    def held(self) -> Sequence[MasterKey]:
        """All of them, the one for new ledgers first.

        Raises: KeysUnavailable when others may read one.
        """
        files = [self.file, *sorted(self.home.glob("master-*.key"))]
        return [read_key(file, _OTHERS) for file in files if file.exists()]

    def make(self) -> MasterKey:
        """A new key, on the disk before it is returned; the one that another process has just made, if any.

        Raises: KeysUnavailable.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with locked(
            self.home / "master.lock", Patience(LOCK_SECONDS, on_wait=None), "a master key is being made"
        ):
            if self.file.exists():
                return read_key(self.file, _OTHERS)
            key = new_master()
            write_key(self.file, key)
            return key

    def promote(self, key: MasterKey) -> None:
        """Makes `key`, which is kept beside, the one for new ledgers, and keeps the one before it beside."""
        before = read_key(self.file, _OTHERS) if self.file.exists() else None
        if before is not None and before.fingerprint != key.fingerprint:
            write_key(self.beside(before), before)
        self.beside(key).replace(self.file)

    def destroy(self, keys: Sequence[MasterKey]) -> None:
        """Overwrites and removes keys that are kept beside."""
        for file in (self.beside(key) for key in keys):
            with file.open("r+b") as opened:
                opened.write(os.urandom(file.stat().st_size))
                opened.flush()
                os.fsync(opened.fileno())
            file.unlink()


class NamedMaster:
    """The one master key that the environment holds or names. where: what to say of it."""

    def __init__(self, where: str, file: Path | None, text: str | None) -> None:
        self.where, self._file, self._text = where, file, text

    def held(self) -> Sequence[MasterKey]:
        """That key.

        Raises: KeysUnavailable.
        """
        if self._file is not None:
            return [read_key(self._file, stat.S_IWGRP | stat.S_IWOTH)]
        key = parse_master(self._text or "")
        if key is None:
            raise _unusable(self.where, "holds no master key.", _FORM)
        return [key]

    def make(self) -> MasterKey:
        """None is ever made in somebody else's place.

        Raises: KeysUnavailable.
        """
        raise _unusable(self.where, "holds no master key.", _FORM)


def masters(settings: Settings) -> Masters:
    """Where `settings` say that the master key is."""
    if settings.master_key is not None:
        return NamedMaster("MERITBOOK_MASTER_KEY", None, settings.master_key)
    if settings.master_key_file is not None:
        return NamedMaster("MERITBOOK_MASTER_KEY_FILE", settings.master_key_file, None)
    return HomeMasters(settings.home)


def read_key(file: Path, forbidden: int) -> MasterKey:
    """The key in `file`, whose mode has none of the bits `forbidden`.

    Raises: KeysUnavailable, which does not repeat what the file holds.
    """
    try:
        if os.name == "posix" and (mode := file.stat().st_mode) & forbidden:
            raise _unusable(
                str(file), f"is open to others (mode {mode & 0o777:o}).", f"Run: chmod 600 {file}"
            )
        key = parse_master(file.read_text("ascii", "replace"))
    except OSError as error:
        raise _unusable(
            str(file), f"cannot be read: {error.strerror}.", "Check its name and owner."
        ) from None
    if key is None:
        raise _unusable(str(file), "holds no master key.", _FORM)
    return key


def write_key(file: Path, key: MasterKey) -> None:
    """Puts `key` into `file`, which only its owner may read, whole or not at all."""
    fresh = file.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(key.text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    sync_directory(file.parent)


def _unusable(what: str, detail: str, remedy: str) -> KeysUnavailable:
    return KeysUnavailable(field="", detail=f"{what} {detail}", remedy=remedy)
