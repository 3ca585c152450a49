"""What the seal keeps outside the database: the private key, and the last checkpoint that it signed.

Whoever restores or rewrites the database does not thereby restore these.
"""

import os
import secrets
from pathlib import Path

from domain.journal.checkpoint import Checkpoint, parse_checkpoint
from domain.journal.durable import sync_directory
from domain.journal.note import NoteRefused, VerifierKey, parse_note
from domain.journal.signing import LocalSigner, Signer, new_signer, parse_secret

SECRET_MODE = 0o600
_ID_BYTES = 6


class HomeUnusable(Exception):
    """A file of the home cannot be used as it is; the message names it and says what to do."""


class SealHome:
    """The seal's files in the directory `place`, those of the ledger called `ledger`.

    given, given_next: private keys from the environment; then none is read from or written to a file.
    """

    def __init__(
        self,
        place: Path,
        ledger: str,
        given: LocalSigner | None = None,
        given_next: LocalSigner | None = None,
    ) -> None:
        self._ledger = ledger
        self._place = place
        self._given, self._given_next = given, given_next
        self.key_file = place / f"{ledger}.key"
        self.next_key_file = place / f"{ledger}.next.key"
        self.memory_file = place / f"{ledger}.checkpoint"

    def signer(self) -> Signer | None:
        """Who signs now; None when there is no key yet.

        Raises: HomeUnusable.
        """
        return self._given or _read_secret(self.key_file)

    def next_signer(self) -> Signer | None:
        """The key that is to follow, while a rotation is under way.

        Raises: HomeUnusable.
        """
        return self._given_next or _read_secret(self.next_key_file)

    def first_signer(self) -> Signer:
        """The key of a ledger that has none: the one that is there, or a new one under a name of its own."""
        found = self.signer()
        if found is not None:
            return found
        made = new_signer(f"meritbook/{self._ledger}-{secrets.token_hex(_ID_BYTES)}")
        self._write(self.key_file, made.secret())
        return made

    def draw_next(self, name: str) -> Signer:
        """The key that is to follow, under the log's `name`: the one that was drawn before, or a new one.

        Raises: HomeUnusable.
        """
        found = self.next_signer()
        if found is not None:
            if found.key.name != name:
                raise HomeUnusable(f"The next key is called {found.key.name}; the log is called {name}.")
            return found
        if self._given is not None:
            raise HomeUnusable(
                "The key is in MERITBOOK_SEAL_KEY. Set MERITBOOK_SEAL_KEY_NEXT to the one that is to follow; "
                f"make it with: meritbook seal new-key --name {name}"
            )
        made = new_signer(name)
        self._write(self.next_key_file, made.secret())
        return made

    def promote(self, key: VerifierKey) -> bool:
        """Lets the next key be the key, if it is `key`; the old one is gone then."""
        following = self.next_signer()
        if following is None or following.key != key:
            return False
        if self._given_next is not None:
            self._given = self._given_next
        else:
            self.next_key_file.replace(self.key_file)
            sync_directory(self._place)
        return True

    def remembered(self) -> Checkpoint | None:
        """The last checkpoint that was signed here.

        Raises: HomeUnusable.
        """
        try:
            return parse_checkpoint(parse_note(self.memory_file.read_bytes()).text)
        except FileNotFoundError:
            return None
        except NoteRefused as refused:
            raise HomeUnusable(
                f"{self.memory_file} is damaged ({refused}) Put it back from a backup of the home."
            ) from None

    def remember(self, note: str) -> None:
        """Keeps a checkpoint before anybody else gets to see it."""
        self._write(self.memory_file, note)

    def _write(self, file: Path, content: str) -> None:
        """Replaces `file` in one step, durably, readable by its owner only."""
        self._place.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = file.with_name(f"{file.name}.{os.getpid()}.new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET_MODE)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content.encode())
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)
        sync_directory(self._place)


def _read_secret(file: Path) -> LocalSigner | None:
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as opened:
        if os.name == "posix" and os.fstat(opened.fileno()).st_mode & 0o077:
            raise HomeUnusable(f"Others may read {file}. Run: chmod 600 {file} — and rotate the key.")
        try:
            return parse_secret(opened.read().decode())
        except ValueError:
            raise HomeUnusable(f"{file} holds no private key. Put it back from a backup.") from None
