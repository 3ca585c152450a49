"""What is asked of a password, and that a wrong one and none at all take as long."""

import asyncio
import time
from statistics import median

import pytest

from api.accounts.passwords import (
    LEAST,
    MOST,
    Passwords,
    PasswordTooWeak,
    hash_here,
    is_outdated,
    require_good,
)


@pytest.mark.parametrize(
    ("password", "is_good"),
    [
        ("a" * 11, False),
        ("kestrel-moon", True),
        ("kestrel moo", False),
        ("x9" * 6, False),
        ("password1234", False),
        ("P@ssw0rd2024!", False),
        ("passwordpassword", False),
        ("Qwertyuiop123", False),
        ("abcdefghijkl", False),
        ("123456789012", False),
        ("woaini1314520", False),
        ("Meritbook2025", False),
        ("wangli-2025-x", False),
        ("the quiet wangli drinks tea", True),
        ("我们的会议室在三楼靠窗的位置", True),
        ("correct weather for apples", True),
        ("k" + "estrel-moon " * 11, False),
    ],
)
def test_a_password_is_long_and_none_that_is_tried_first(password: str, is_good: bool) -> None:
    try:
        require_good(password, "wangli", None)
    except PasswordTooWeak as refusal:
        assert not is_good
        assert password not in str(refusal), "a message is shown and logged"
    else:
        assert is_good
        assert LEAST <= len(password) <= MOST


@pytest.mark.rule("R88")
def test_a_password_is_kept_as_argon2id_of_todays_strength() -> None:
    kept = hash_here("kestrel-moon")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert kept != hash_here("kestrel-moon"), "each has a salt of its own"
    assert not is_outdated(kept)
    assert is_outdated(kept.replace("m=19456", "m=8192"))


@pytest.mark.rule("R88")
def test_an_account_that_is_not_there_takes_as_long_as_one_that_is() -> None:
    async def seconds(passwords: Passwords, kept: str | None) -> float:
        started = time.thread_time_ns(), time.perf_counter()
        assert not await passwords.is_right("wrong", kept)
        return time.perf_counter() - started[1]

    async def compared() -> tuple[list[float], list[float]]:
        passwords, kept = Passwords(), hash_here("kestrel-moon")
        await passwords.is_right("warm", None)
        pairs = [(await seconds(passwords, kept), await seconds(passwords, None)) for _ in range(9)]
        assert await passwords.is_right("kestrel-moon", kept)
        return [one for one, _ in pairs], [other for _, other in pairs]

    there, absent = asyncio.run(compared())
    assert 1 / 3 < median(there) / median(absent) < 3
