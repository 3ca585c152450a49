"""Personal text as a token of a subject's key: AES-256-GCM under the identity of the record that holds it.

The nonce is derived from the text and its place, so the same text in the same place is the same token: a fact
that is delivered again has the same content hash, and no hash of plain text is kept anywhere.
"""

import base64
import binascii
import hmac
import secrets
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.facts.base import TOKEN
from domain.journal.canonical import canonical

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16


class Undecipherable(Exception):
    """A token was not made by this key for this place, or it was altered since."""


class Place(NamedTuple):
    """Where personal text stands: the identity of a record, and the field."""

    type: str
    source: str
    key: str
    field: str

    @property
    def bound(self) -> bytes:
        """What a token is bound to."""
        return canonical(self)


class Cipher:
    """Encrypts and decrypts the personal data of one subject."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(_subkey(key, b"meritbook encrypt"))
        self._nonces = _subkey(key, b"meritbook nonce")
        self.fingerprint = _subkey(key, b"meritbook fingerprint").hex()

    def encrypt(self, text: str, place: Place) -> str:
        """The token of `text` at `place`; always the same one."""
        said, bound = text.encode(), place.bound
        nonce = hmac.digest(self._nonces, bound + b"\0" + said, "sha256")[:NONCE_BYTES]
        return TOKEN + base64url(nonce + self._aead.encrypt(nonce, said, bound))

    def decrypt(self, token: str, place: Place) -> str:
        """The text that was encrypted for `place`.

        Raises: Undecipherable.
        """
        sealed = bytes_of(token.removeprefix(TOKEN)) if token.startswith(TOKEN) else None
        if sealed is None or len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise Undecipherable("This is no token.")
        try:
            said = self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.bound)
        except InvalidTag:
            raise Undecipherable(
                "The token was made by another key, for another place, or altered."
            ) from None
        return said.decode()


def new_key() -> bytes:
    """A key of 256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def base64url(content: bytes) -> str:
    """`content` in the URL's alphabet, without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes | None:
    """What `base64url` made `text` of; None for any other text, even one that differs in unused bits only."""
    try:
        content = binascii.a2b_base64(text.translate(_FROM_URL) + "=" * (-len(text) % 4), strict_mode=True)
    except (binascii.Error, ValueError):
        return None
    return content if base64url(content) == text else None


_FROM_URL = str.maketrans("-_", "+/")


def _subkey(key: bytes, purpose: bytes) -> bytes:
    """HKDF-Expand (RFC 5869) of one block: a key for one purpose."""
    return hmac.digest(key, purpose + b"\x01", "sha256")
