"""The second factor: codes that an authenticator shows for half a minute (RFC 6238), and recovery codes.

A code counts once: the time step of the last one that was taken is kept. Its secret stands encrypted in the
database, with a key that the ledger's master key wraps as it does those of personal data.
"""

import datetime as dt
import hmac
import secrets
from typing import Any

from psycopg import Cursor
from pyotp import random_base32
from pyotp.totp import TOTP

from api.accounts.account import SET_TOTP, TAKE_RECOVERY, TAKE_STEP, Account, hashed
from domain.journal.cipher import Cipher, Place
from domain.journal.vault import KeysUnavailable, Vault

SUBJECT = "ledger:accounts"
"""Whose key encrypts the secrets of accounts."""

STEP_SECONDS = 30
LEEWAY_STEPS = 1
"""So many steps may the clock of a telephone be off."""
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A secret of 160 random bits, as authenticators take it."""
    return random_base32()


def address_of(secret: str, account: str, firm: str) -> str:
    """The secret as the address that authenticators open, `otpauth://…`."""
    return TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=firm or "Meritbook")


def spelled(secret: str) -> str:
    """A secret to be typed, in groups of four."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The time step whose code it is, now or a moment ago; None for a wrong one."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdecimal() and len(typed) == 6):
        return None
    made = TOTP(secret, interval=STEP_SECONDS)
    here = int(now.timestamp()) // STEP_SECONDS
    steps = range(here - LEEWAY_STEPS, here + LEEWAY_STEPS + 1)
    found = [step for step in steps if hmac.compare_digest(made.generate_otp(step), typed)]
    return found[-1] if found else None


def recovery_codes() -> list[str]:
    """New recovery codes of 49 random bits each."""

    def part() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(5))

    return [f"{part()}-{part()}" for _ in range(RECOVERY_CODES)]


def sealed(cursor: Cursor[Any], vault: Vault, account: str, secret: str) -> str:
    """The secret as it is kept.

    Raises: KeysUnavailable.
    """
    while True:
        keys = vault.look(cursor, [SUBJECT])
        if vault.keep(cursor, keys, [SUBJECT]):
            return keys.ciphers[SUBJECT].encrypt(secret, _place(account))


def opened(cursor: Cursor[Any], vault: Vault, account: str, kept: str) -> str:
    """The secret that was kept.

    Raises: KeysUnavailable where its key is not there.
    """
    keys = vault.look(cursor, [SUBJECT])
    if SUBJECT in keys.fresh:
        raise KeysUnavailable(
            field="",
            detail="The key of the second factors is not there.",
            remedy="Bring it: meritbook keys import FILE; or meritbook account reset NAME --second-factor.",
        )
    cipher: Cipher = keys.ciphers[SUBJECT]
    return cipher.decrypt(kept, _place(account))


def keep(cursor: Cursor[Any], vault: Vault, account: str, secret: str, step: int, codes: list[str]) -> None:
    """Makes `secret` the second factor of an account. step: of the code that proved that it arrived."""
    row = {
        "name": account,
        "totp": sealed(cursor, vault, account, secret),
        "step": step,
        "recovery": [hashed(_bare(code)) for code in codes],
    }
    cursor.execute(SET_TOTP, row)


def taken(cursor: Cursor[Any], vault: Vault, account: Account, code: str, now: dt.datetime) -> str | None:
    """How a code lets the owner of `account` in, `totp` or `recovery`; None if it does not, or not again."""
    assert account.totp is not None, "it has a second factor"
    step = step_of(opened(cursor, vault, account.name, account.totp), code, now)
    if step is not None:
        found = cursor.execute(TAKE_STEP, {"name": account.name, "step": step}).fetchone()
        return None if found is None else "totp"
    used = {"name": account.name, "code": hashed(_bare(code))}
    return None if cursor.execute(TAKE_RECOVERY, used).fetchone() is None else "recovery"


def _bare(code: str) -> str:
    return "".join(char for char in code.lower() if char.isalnum())


def _place(account: str) -> Place:
    return Place("account", "meritbook", account, "totp")
