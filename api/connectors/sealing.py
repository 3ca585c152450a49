"""Records of other systems kept encrypted, under a key of the ledger's own that the vault keeps."""

import hashlib
from typing import Any

import msgspec
from psycopg import Cursor

from domain.journal.cipher import Cipher, Place
from domain.journal.vault import Vault

SUBJECT = "ledger:connectors"
TRIES = 5


def cipher(cursor: Cursor[Any], vault: Vault) -> Cipher:
    """What encrypts and decrypts them; made when it is first needed.

    Raises: KeysUnavailable.
    """
    for _ in range(TRIES):
        keys = vault.look(cursor, [SUBJECT])
        if vault.keep(cursor, keys, [SUBJECT]):
            return keys.ciphers[SUBJECT]
    raise AssertionError("others keep making a key that is made once")


def place(kind: str, connector: str, key: str, field: str) -> Place:
    """Where a text stands: what it is bound to."""
    return Place(kind, connector, key, field)


def recognised(cursor: Cursor[Any], vault: Vault, at: Place, said: object) -> str:
    """By which something is recognised without its text being kept.

    Raises: KeysUnavailable.
    """
    text = msgspec.json.encode(said, order="deterministic").decode()
    return digest(cipher(cursor, vault).encrypt(text, at))


def digest(token: str) -> str:
    """By which an encrypted text is recognised: the same text at the same place has the same."""
    return hashlib.sha256(token.encode()).hexdigest()
