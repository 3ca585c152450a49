"""Passwords: what is asked of a new one, and how long it takes to try an old one.

Argon2id with the parameters that OWASP names; hashed anew when these change. Few are tried at a time, so that
guessing takes memory and processors from guessers rather than from everybody, and an account that does not
exist takes as long as one that does.
"""

import asyncio
import re
import secrets
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Literal, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from api.problems import Unavailable
from domain.refusals import BadField

_T = TypeVar("_T")

LEAST, MOST = 12, 128
"""Characters of a password. Nothing else is asked of them: no capital, no digit, no change every quarter."""

AT_ONCE = 2
WAITING = 40
"""Tries that may wait for their turn; whoever comes then is told to come again."""

_HASHER = PasswordHasher(
    time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
_LEET = str.maketrans("@4380!1$57", "aaeboiisst")
_DISTINCT = 5
"""So many different characters a password has at least."""


class PasswordTooWeak(BadField):
    """The password would be guessed. why: what is wrong with it."""

    def __init__(self, why: Literal["length", "few", "common", "name"]) -> None:
        details = {
            "length": f"It does not have {LEAST} to {MOST} characters.",
            "few": "It repeats the same few characters.",
            "common": "It is one of those that are tried first.",
            "name": "It is little more than the name of its owner.",
        }
        remedy = "Choose a few words that do not belong together."
        super().__init__(field="password", detail=details[why], remedy=remedy)
        self.why = why


class Passwords:
    """Tries passwords for one service."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        return await self._in_turn(_HASHER.hash, password)

    async def is_right(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of which `kept` was kept; takes as long where nothing was."""
        right = await self._in_turn(_verified, kept or _nobodys(), password[: MOST + 1])
        return right and kept is not None

    async def _in_turn(self, work: Callable[..., _T], *given: object) -> _T:
        if self._waiting >= WAITING:
            raise Unavailable(
                field="", detail="Too many people are signing in at once.", remedy="Try again in a moment."
            )
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(work, *given)
        finally:
            self._waiting -= 1


def hash_here(password: str) -> str:
    """What is kept of a password, computed in this thread."""
    return _HASHER.hash(password)


def is_outdated(kept: str) -> bool:
    """Whether it was kept with parameters other than today's."""
    return _HASHER.check_needs_rehash(kept)


def require_good(password: str, *names: str | None) -> None:
    """Checks that a new password is none that would be guessed. names: of its owner.

    Raises: PasswordTooWeak.
    """
    if not LEAST <= len(password) <= MOST:
        raise PasswordTooWeak("length")
    if len(set(password)) < _DISTINCT:
        raise PasswordTooWeak("few")
    core = _core(password)
    if not core or core in common() or _is_run(password.lower()):
        raise PasswordTooWeak("common")
    for name in names:
        parts = [part for part in re.split(r"[^\w]+|_", (name or "").lower()) if len(part) >= 4]
        if any(part in password.lower() and len(password) - len(part) < LEAST - 4 for part in parts):
            raise PasswordTooWeak("name")


@cache
def common() -> frozenset[str]:
    """Words that passwords are most often made of, in small letters."""
    return frozenset(files("api.accounts").joinpath("common.txt").read_text("utf-8").split())


def _core(password: str) -> str:
    """What is left of a password without what people add to a word: digits and signs around it, and leet.

    A word that is said several times is that word.
    """
    trimmed = re.sub(r"^[\W\d_]+|[\W\d_]+\Z", "", password.lower())
    plain = re.sub(r"[\W_]+", "", trimmed.translate(_LEET))
    twice = re.fullmatch(r"(.+?)\1+", plain)
    return twice[1] if twice else plain


def _is_run(password: str) -> bool:
    """Whether most neighbours are neighbours on the keyboard or in the alphabet too."""
    rows = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
    pairs = {row[at : at + 2] for row in rows for at in range(len(row) - 1)}
    pairs |= {pair[::-1] for pair in pairs}
    near = sum(password[at : at + 2] in pairs for at in range(len(password) - 1))
    return near * 4 >= (len(password) - 1) * 3


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe())


def _verified(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
