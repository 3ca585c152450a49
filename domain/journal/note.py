"""Signed notes (C2SP signed-note): a text and the signatures of named keys, one a line.

Signatures of keys that nobody trusts are passed over; a bad one of a trusted key condemns the note.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = 0x01
"""Signs the text of a note."""
COSIGNATURE = 0x04
"""Signs the text of a checkpoint and when it was seen (C2SP tlog-cosignature, Ed25519)."""

NOTE_BYTES = 64 * 1024
"""A longer note is not read."""
PUBLIC_BYTES, KEY_ID_BYTES, TIME_BYTES = 32, 4, 8

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NAME = re.compile(r"[^\s+]+\Z")


class NoteRefused(ValueError):
    """A note, key or checkpoint is malformed, or not signed by whom it should be."""


class VerifierKey(NamedTuple):
    """A public key under its name. algorithm: ED25519 or COSIGNATURE."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature line names the key; an identifier, not a safeguard."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public
        return sha256(named).digest()[:KEY_ID_BYTES]

    def __str__(self) -> str:
        encoded = b64encode(bytes([self.algorithm]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verifies(self, signature: bytes, text: str) -> bool:
        """Whether `signature`, as a line of a note carries it, is this key's on `text`."""
        if self.algorithm == COSIGNATURE:
            stamp, signature = signature[:TIME_BYTES], signature[TIME_BYTES:]
            signed = cosigned(text, int.from_bytes(stamp))
        else:
            signed = text.encode()
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except InvalidSignature:
            return False
        return True


class Signature(NamedTuple):
    """A signature line of a note."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        return f"— {self.name} {b64encode(self.key_id + self.content).decode()}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line names `key`."""
        return (self.name, self.key_id) == (key.name, key.key_id)


class Note(NamedTuple):
    """A text, which ends a line, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def signers(self, keys: Sequence[VerifierKey]) -> list[VerifierKey]:
        """Those of `keys` that signed the note.

        Raises: NoteRefused when a line names one of them and its signature is wrong.
        """
        found: list[VerifierKey] = []
        for signature in self.signatures:
            for key in keys:
                if signature.is_by(key):
                    if not key.verifies(signature.content, self.text):
                        raise NoteRefused(f"The signature of {key.name} is not on this text.")
                    found.append(key)
        return found


def cosigned(text: str, seen_at: int) -> bytes:
    """What a cosignature signs. seen_at: seconds since 1970."""
    return f"cosignature/v1\ntime {seen_at}\n{text}".encode()


def parse_key(text: str) -> VerifierKey:
    """The key that `text` writes out.

    Raises: NoteRefused.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    content = parse_base64(encoded)
    if not _NAME.match(name) or len(content) != 1 + PUBLIC_BYTES or content[0] not in (ED25519, COSIGNATURE):
        raise NoteRefused(f"{text[:100]!r} is not an Ed25519 verifier key.")
    key = VerifierKey(name, content[0], content[1:])
    if key.key_id.hex() != key_id:
        raise NoteRefused(f"The key {text[:100]!r} was altered: its id should be {key.key_id.hex()}.")
    return key


def parse_note(content: bytes) -> Note:
    """The note in `content`; its signatures are read, not verified.

    Raises: NoteRefused.
    """
    if len(content) > NOTE_BYTES:
        raise NoteRefused(f"The note is longer than {NOTE_BYTES} bytes.")
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteRefused("The note is not UTF-8.") from None
    if _CONTROL.search(whole):
        raise NoteRefused("The note holds control characters.")
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines:
        raise NoteRefused("The note has no signatures.")
    return Note(text + "\n", parse_signatures(lines))


def parse_signatures(lines: str) -> tuple[Signature, ...]:
    """The signature lines in `lines`, each with its line end.

    Raises: NoteRefused.
    """
    *each, end = lines.split("\n")
    if end or not each:
        raise NoteRefused("The last signature line does not end.")
    return tuple(_signature(line) for line in each)


def _signature(line: str) -> Signature:
    dash, name, content, *more = [*line.split(" "), "", ""]
    signed = parse_base64(content)
    if dash != "—" or any(more) or not _NAME.match(name) or len(signed) <= KEY_ID_BYTES:
        raise NoteRefused(f"{line[:100]!r} is not a signature line.")
    return Signature(name, signed[:KEY_ID_BYTES], signed[KEY_ID_BYTES:])


def parse_base64(text: str) -> bytes:
    """The bytes that `text` encodes, in the one way to write them.

    Raises: NoteRefused.
    """
    try:
        content = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise NoteRefused(f"{text[:100]!r} is not base64.") from None
    if b64encode(content).decode() != text:
        raise NoteRefused(f"{text[:100]!r} is not base64 as it is written.")
    return content
