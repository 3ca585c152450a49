"""Who signs: a key in this process, or a service elsewhere that keeps one.

`Signer` is the seam for a key management service or a hardware module: whatever can make an Ed25519 signature
of some bytes and tell its public key will do. It is asked twice a second at most.
"""

import datetime as dt
from base64 import b64encode
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.journal.checkpoint import Checkpoint
from domain.journal.note import (
    ED25519,
    TIME_BYTES,
    Note,
    NoteRefused,
    Signature,
    VerifierKey,
    cosigned,
    parse_base64,
    parse_key,
)

_SECRET_PREFIX = "PRIVATE+KEY+"


class Signer(Protocol):
    """Makes Ed25519 signatures with a key that it need not show."""

    @property
    def key(self) -> VerifierKey:
        """The public half, under the name by which it is known."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature on `message`.

        Raises: OSError when the key cannot be reached at the moment.
        """
        ...


class LocalSigner:
    """A `Signer` whose key is in this process."""

    def __init__(self, name: str, algorithm: int, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.key = VerifierKey(name, algorithm, private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature on `message`."""
        return self._private.sign(message)

    def secret(self) -> str:
        """The private key as text, in the form that signed notes are known to use elsewhere."""
        seed = b64encode(bytes([self.key.algorithm]) + self._private.private_bytes_raw()).decode()
        return f"{_SECRET_PREFIX}{self.key.name}+{self.key.key_id.hex()}+{seed}"


def new_signer(name: str, algorithm: int = ED25519) -> LocalSigner:
    """A new key under `name`."""
    return LocalSigner(name, algorithm, Ed25519PrivateKey.generate())


def parse_secret(text: str) -> LocalSigner:
    """The signer whose `secret` is `text`.

    Raises: NoteRefused, which does not repeat the text.
    """
    refused = NoteRefused(f"This is not a private key of the form {_SECRET_PREFIX}NAME+ID+KEY.")
    if not text.startswith(_SECRET_PREFIX):
        raise refused
    name, _, rest = text.strip().removeprefix(_SECRET_PREFIX).partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        algorithm, *seed = parse_base64(encoded)
        signer = LocalSigner(name, algorithm, Ed25519PrivateKey.from_private_bytes(bytes(seed)))
        if parse_key(str(signer.key)).key_id.hex() != key_id:
            raise refused
    except ValueError:
        raise refused from None
    return signer


def signed(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """`checkpoint` under the signatures of all `signers`."""
    text = checkpoint.text
    lines = (Signature(signer.key.name, signer.key.key_id, signer.sign(text.encode())) for signer in signers)
    return Note(text, tuple(lines))


def cosignature(text: str, signer: Signer, now: dt.datetime) -> Signature:
    """That `signer` saw the checkpoint `text`, and nothing that contradicts it, at `now`."""
    seen_at = int(now.timestamp())
    content = seen_at.to_bytes(TIME_BYTES) + signer.sign(cosigned(text, seen_at))
    return Signature(signer.key.name, signer.key.key_id, content)
