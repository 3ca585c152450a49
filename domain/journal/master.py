"""The master key: what wraps the keys of all subjects, and is never in the database."""

import hmac
import re
import secrets
from collections.abc import Sequence
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.journal.canonical import canonical
from domain.journal.cipher import KEY_BYTES, NONCE_BYTES, base64url, bytes_of, new_key
from domain.refusals import Refusal

FINGERPRINT_DIGITS = 16
_KEY = re.compile(r"[A-Za-z0-9_\-+/]{43}=?\Z")


class KeysUnavailable(Refusal):
    """The keys of personal data cannot be had at the moment."""


class MasterKey:
    """Wraps the keys of subjects. fingerprint: by which it is known; it tells nothing about the key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._key = key
        self._aead = AESGCM(key)
        self.fingerprint = hmac.digest(key, b"meritbook master key", "sha256").hex()[:FINGERPRINT_DIGITS]

    def __repr__(self) -> str:
        """Without the key."""
        return f"MasterKey({self.fingerprint})"

    @property
    def text(self) -> str:
        """The key as it stands in a file or variable: 43 characters."""
        return base64url(self._key)

    def wrap(self, key: bytes, ledger: str, subject: str) -> bytes:
        """The key of `subject`, readable with this one, for this ledger and subject only."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, key, canonical([ledger, subject]))

    def unwrap(self, wrapped: bytes, ledger: str, subject: str) -> bytes:
        """The key that was wrapped.

        Raises: KeysUnavailable when it was wrapped by another, for another, or altered since.
        """
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._aead.decrypt(nonce, sealed, canonical([ledger, subject]))
        except InvalidTag:
            raise KeysUnavailable(
                field="",
                detail=f"The key of {subject} was not wrapped for it by the master key {self.fingerprint}.",
                remedy="Somebody altered subject_key; bring its rows back: meritbook keys import.",
            ) from None


class Masters(Protocol):
    """Where master keys are kept: a file, the environment, or a service for keys."""

    def held(self) -> Sequence[MasterKey]:
        """Those at hand, the one for new ledgers first.

        Raises: KeysUnavailable when one may not be used, such as a file that others can read.
        """
        ...

    def make(self) -> MasterKey:
        """A new one for a ledger that has none, safely kept before it is returned.

        Raises: KeysUnavailable.
        """
        ...


class InMemory:
    """Master keys of this process only: for rehearsals and measurements."""

    def __init__(self, *keys: MasterKey) -> None:
        self._keys = list(keys) or [new_master()]

    def held(self) -> Sequence[MasterKey]:
        """All of them."""
        return self._keys

    def make(self) -> MasterKey:
        """The first one."""
        return self._keys[0]


def new_master() -> MasterKey:
    """A master key of 256 random bits."""
    return MasterKey(new_key())


def parse_master(text: str) -> MasterKey | None:
    """The key that `text` spells in base64, in either alphabet; None if it spells none."""
    stripped = text.strip()
    if not _KEY.match(stripped):
        return None
    key = bytes_of(stripped.rstrip("=").replace("+", "-").replace("/", "_"))
    return MasterKey(key) if key is not None and len(key) == KEY_BYTES else None
