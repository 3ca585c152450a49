"""How long whoever guesses waits: counted before a try is looked at, so that many at once gain nothing."""

import datetime as dt
from typing import Any

from psycopg import Cursor

from api.accounts.account import Account, account_of, hashed
from api.problems import TooManyRequests

FREE = 5
"""Wrong tries after which one waits."""
FIRST_SECONDS = 30
LONGEST_SECONDS = 900
REMEMBERED = 10_000

# At most ten doublings: an interval does not overflow however often somebody tries.
TRY = """
update account set failures = least(failures + 1, 1000000), failed_at = %(now)s
where name = %(name)s and (
    %(known)s or failures < %(free)s or failed_at is null
    or failed_at <= %(now)s::timestamptz
        - make_interval(secs => least(%(longest)s, %(first)s * 2 ^ least(failures - %(free)s, 10)))
)
returning name"""

# The same of a name that nobody has, so that it cannot be told from one that somebody has.
TRY_NOBODYS = """
insert into sign_in_try as tried (what_hash, failures, failed_at) values (%(what_hash)s, 1, %(now)s)
on conflict (what_hash) do update set
    failures = least(tried.failures + 1, 1000000), failed_at = excluded.failed_at
where tried.failures < %(free)s
    or tried.failed_at <= %(now)s::timestamptz
        - make_interval(secs => least(%(longest)s, %(first)s * 2 ^ least(tried.failures - %(free)s, 10)))
returning failures"""

TRIED = "select failures, failed_at from sign_in_try where what_hash = %(what_hash)s"

WRONG = """
insert into sign_in_try as tried (what_hash, failures, failed_at) values (%(what_hash)s, 1, %(now)s)
on conflict (what_hash) do update set
    failures = least(tried.failures + 1, 1000000), failed_at = excluded.failed_at"""

RIGHT = "delete from sign_in_try where what_hash = %(what_hash)s"

MAKE_ROOM = """
delete from sign_in_try
where failed_at < %(now)s::timestamptz - interval '1 day'
    or what_hash in (select what_hash from sign_in_try order by failed_at desc offset %(most)s)"""

FORGET = "update account set failures = 0, failed_at = null where name = %(name)s"


class TryLater(TooManyRequests):
    """Too many wrong tries were made, and the next one waits."""


class Guessing:
    """Counts tries, of accounts, of names that nobody has and of known browsers, for all processes."""

    def tried(self, cursor: Cursor[Any], name: str, device: str, now: dt.datetime) -> Account | None:
        """The account of this name, on which a try is made now; None where there is none to be had.

        Raises: TryLater.
        """
        account = account_of(cursor, name)
        if account is None:
            self._try_nobodys(cursor, name, now)
            return None
        held = hashed(device)
        known = bool(device) and held in account.devices and _failures(cursor, _of_device(device)) < FREE
        row = {"name": name, "now": now, "known": known, "free": FREE}
        row |= {"first": FIRST_SECONDS, "longest": LONGEST_SECONDS}
        if cursor.execute(TRY, row).fetchone() is None:
            raise _later(account.failures, account.failed_at or now, now)
        return account

    def wrong(self, cursor: Cursor[Any], device: str, now: dt.datetime) -> None:
        """Counts a wrong try of a browser that came with something it holds."""
        if device:
            cursor.execute(WRONG, {"what_hash": _of_device(device), "now": now})
            cursor.execute(MAKE_ROOM, {"most": REMEMBERED, "now": now})

    def right(self, cursor: Cursor[Any], device: str) -> None:
        """Forgets the wrong tries of a browser whose owner is in."""
        cursor.execute(RIGHT, {"what_hash": _of_device(device)})

    def forget(self, cursor: Cursor[Any], name: str) -> None:
        """Forgets the wrong tries of an account whose owner is in."""
        cursor.execute(FORGET, {"name": name})

    def _try_nobodys(self, cursor: Cursor[Any], name: str, now: dt.datetime) -> None:
        """Makes a name that nobody has wait as one that somebody has.

        Raises: TryLater.
        """
        what = hashed(f"name {name[:70]}")
        row = {
            "what_hash": what,
            "now": now,
            "free": FREE,
            "first": FIRST_SECONDS,
            "longest": LONGEST_SECONDS,
        }
        if cursor.execute(TRY_NOBODYS, row).fetchone() is None:
            failures, failed_at = cursor.execute(TRIED, {"what_hash": what}).fetchone() or (FREE, now)
            raise _later(failures, failed_at, now)
        cursor.execute(MAKE_ROOM, {"most": REMEMBERED, "now": now})


def _of_device(device: str) -> bytes:
    return hashed(f"browser {device}")


def _failures(cursor: Cursor[Any], what_hash: bytes) -> int:
    found = cursor.execute(TRIED, {"what_hash": what_hash}).fetchone()
    return found[0] if found else 0


def _wait(failures: int) -> dt.timedelta:
    """For how long the next try waits after so many wrong ones, as TRY has it."""
    return dt.timedelta(seconds=min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(max(failures - FREE, 0), 10)))


def _later(failures: int, failed_at: dt.datetime, now: dt.datetime) -> TryLater:
    return TryLater(
        field="",
        detail="Too many wrong tries were made on this account.",
        remedy=f"Wait up to {LONGEST_SECONDS // 60} minutes, or ask an administrator to unlock it.",
        seconds=(failed_at + _wait(failures) - now).total_seconds(),
    )
