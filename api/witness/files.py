"""The two files of a witness: its key and its state."""

import os
from pathlib import Path

from domain.journal.durable import sync_directory
from domain.journal.note import COSIGNATURE, NoteRefused
from domain.journal.signing import LocalSigner, new_signer, parse_secret

OWNER_ONLY = 0o600


def replace_file(file: Path, content: bytes) -> None:
    """Replaces `file` in one step and durably; only its owner may read it."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    beside.replace(file)
    sync_directory(file.parent)


def make_key(file: Path, name: str) -> LocalSigner:
    """A new key of a witness called `name`, in `file`.

    Raises: FileExistsError
    """
    if file.exists():
        raise FileExistsError(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    made = new_signer(name, COSIGNATURE)
    replace_file(file, made.secret().encode())
    return made


def read_key(file: Path) -> LocalSigner:
    """The key in `file`.

    Raises: NoteRefused, OSError
    """
    signer = parse_secret(file.read_text("utf-8"))
    if signer.key.algorithm != COSIGNATURE:
        raise NoteRefused(f"{file} holds the key of a log, not of a witness.")
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise NoteRefused(f"Others may read {file}. Run: chmod 600 {file}")
    return signer
