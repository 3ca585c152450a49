"""How long whoever guesses waits: counted before a try is looked at, so that many at once gain nothing."""

import datetime as dt
from collections import Counter
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

FORGET = "update account set failures = 0, failed_at = null where name = %(name)s"


class TryLater(TooManyRequests):
    """Too many wrong tries were made, and the next one waits."""


class Guessing:
    """Counts tries: of accounts in the database, of names that nobody has and of known browsers in here."""

    def __init__(self) -> None:
        self._nobodys: dict[str, tuple[int, dt.datetime]] = {}
        self._by_device: Counter[bytes] = Counter()

    def tried(self, cursor: Cursor[Any], name: str, device: str, now: dt.datetime) -> Account | None:
        """The account of this name, on which a try is made now; None where there is none to be had.

        Raises: TryLater.
        """
        account = account_of(cursor, name)
        if account is None:
            self._try_nobodys(name, now)
            return None
        held = hashed(device)
        known = bool(device) and held in account.devices and self._by_device[held] < FREE
        row = {"name": name, "now": now, "known": known, "free": FREE}
        row |= {"first": FIRST_SECONDS, "longest": LONGEST_SECONDS}
        if cursor.execute(TRY, row).fetchone() is None:
            raise _later(account.failures, account.failed_at or now, now)
        return account

    def wrong(self, device: str) -> None:
        """Counts a wrong try of a browser that came with something it holds."""
        if len(self._by_device) >= REMEMBERED:
            self._by_device.clear()
        if device:
            self._by_device[hashed(device)] += 1

    def right(self, device: str) -> None:
        """Forgets the wrong tries of a browser whose owner is in."""
        self._by_device.pop(hashed(device), None)

    def forget(self, cursor: Cursor[Any], name: str) -> None:
        """Forgets the wrong tries of an account whose owner is in."""
        cursor.execute(FORGET, {"name": name})

    def _try_nobodys(self, name: str, now: dt.datetime) -> None:
        """Makes a name that nobody has wait as one that somebody has.

        Raises: TryLater.
        """
        name = name[:70]
        failures, at = self._nobodys.get(name, (0, now))
        if failures >= FREE and now < at + _wait(failures):
            raise _later(failures, at, now)
        if len(self._nobodys) >= REMEMBERED:
            self._nobodys.clear()
        self._nobodys[name] = failures + 1, now


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
