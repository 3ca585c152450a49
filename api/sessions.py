"""Sessions of people who signed in: kept in the database as hashes, ended at once or by themselves.

A session ends at its absolute end, or when it was not used for a while. It holds the role and scope that its
owner had when it began; whoever changes these ends the sessions.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec
from psycopg import Cursor

from api.caller import Caller
from api.reading import Reading
from api.roles import Role, ScopeName
from api.settings import Settings
from domain.journal.cipher import base64url

LOOK_SECONDS = 0.5
"""So long does a session still count in one process that another process ended."""
KEPT_SESSIONS = 10_000
MOST_LISTED = 1_000
SESSIONS_EACH = 20
"""Whoever begins one more ends the one that was not used for the longest."""
SEEN_EVERY = dt.timedelta(minutes=1)
DEVICE_LENGTH = 80

COLUMNS = "id_hash, name, role, scope, employee, branches, method, device, begun_at, seen_at, ends_at"

OF_ID = f"""
select {COLUMNS} from session
where id_hash = %(id_hash)s and ends_at > %(now)s and seen_at > %(now)s - %(idle)s::interval"""

SEEN = "update session set seen_at = %(now)s where id_hash = %(id_hash)s and seen_at < %(now)s"

OF_NAME = f"""
select {COLUMNS} from session
where name = %(name)s and ends_at > %(now)s and seen_at > %(now)s - %(idle)s::interval
order by seen_at desc, begun_at desc"""

OF_ALL = f"""
select {COLUMNS} from session
where ends_at > %(now)s and seen_at > %(now)s - %(idle)s::interval
order by seen_at desc, begun_at desc limit %(most)s"""

BEGIN = f"""
insert into session ({COLUMNS})
values (%(id_hash)s, %(name)s, %(role)s, %(scope)s, %(employee)s, %(branches)s, %(method)s, %(device)s,
    %(now)s, %(now)s, %(ends_at)s)"""

CLEAR = """
delete from session
where ends_at <= %(now)s or seen_at <= %(now)s - %(idle)s::interval
    or id_hash in (
        select id_hash from session where name = %(name)s
        order by seen_at desc, begun_at desc offset %(most)s
    )"""

END = "delete from session where id_hash = %(id_hash)s returning name"
END_OF_NAME = (
    "delete from session where name = %(name)s and id_hash is distinct from %(but)s returning id_hash"
)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is signed in. id_hash: of the secret in their cookie. method: how they showed who they
    are.
    """

    id_hash: bytes
    caller: Caller
    method: str
    device: str
    begun_at: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime

    @property
    def key(self) -> str:
        """What it is called where it is listed; it lets nobody in."""
        return self.id_hash.hex()


class Lifetime(msgspec.Struct, frozen=True, kw_only=True):
    """How long sessions last: unused, and at all."""

    idle: dt.timedelta = dt.timedelta(minutes=30)
    absolute: dt.timedelta = dt.timedelta(hours=12)


def lifetime(settings: Settings) -> Lifetime:
    """How long sessions last by the settings."""
    return Lifetime(
        idle=dt.timedelta(minutes=settings.session_idle_minutes),
        absolute=dt.timedelta(hours=settings.session_hours),
    )


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Sessions:
    """The sessions of one ledger. Each is looked up in the database at most twice a second by a process."""

    def __init__(
        self, reading: Reading, lifetime: Lifetime, clock: Callable[[], dt.datetime] = _utc_now
    ) -> None:
        self._reading, self.lifetime, self._clock = reading, lifetime, clock
        self._kept: dict[bytes, tuple[float, Session]] = {}

    async def begin(self, caller: Caller, method: str, device: str) -> str:
        """A new session of `caller`; its id, which is kept nowhere, for their cookie."""
        now = self._clock()
        return await self._reading.ask(
            lambda cursor: begin_session(cursor, caller, method, device, self.lifetime, now)
        )

    async def session(self, id: str, *, used: bool = True) -> Session | None:
        """The session of an id; None for one that is not known or has ended.

        used: that it was asked for by its owner counts against its end for want of use.
        """
        id_hash = _hash(id)
        until, held = self._kept.get(id_hash, (0.0, None))
        if held is not None and time.monotonic() < until:
            return held
        found = await self._reading.ask(lambda cursor: self._found(cursor, id_hash, used))
        if found is None:
            self._kept.pop(id_hash, None)
            return None
        if len(self._kept) >= KEPT_SESSIONS:
            self._kept.clear()
        self._kept[id_hash] = time.monotonic() + LOOK_SECONDS, found
        return found

    async def of(self, name: str) -> list[Session]:
        """The sessions of a caller, the one that was used last first."""
        asked = {"name": name, "now": self._clock(), "idle": self.lifetime.idle}
        return await self._reading.ask(
            lambda cursor: [_session(row) for row in cursor.execute(OF_NAME, asked).fetchall()]
        )

    async def all(self) -> list[Session]:
        """The sessions of everybody, the one that was used last first."""
        asked = {"now": self._clock(), "idle": self.lifetime.idle, "most": MOST_LISTED}
        return await self._reading.ask(
            lambda cursor: [_session(row) for row in cursor.execute(OF_ALL, asked).fetchall()]
        )

    async def end(self, id_hash: bytes) -> bool:
        """Ends a session; whether there was one."""
        ended = await self._reading.ask(
            lambda cursor: cursor.execute(END, {"id_hash": id_hash}).fetchone() is not None
        )
        self._kept.pop(id_hash, None)
        return ended

    async def end_all(self, name: str, but: bytes | None = None) -> int:
        """Ends every session of a caller, `but` one if it is given; how many."""
        ended = await self._reading.ask(lambda cursor: end_sessions(cursor, name, but))
        for id_hash in ended:
            self._kept.pop(id_hash, None)
        return len(ended)

    def _found(self, cursor: Cursor[Any], id_hash: bytes, used: bool) -> Session | None:
        asked = {"id_hash": id_hash, "now": self._clock(), "idle": self.lifetime.idle}
        row = cursor.execute(OF_ID, asked).fetchone()
        if row is None:
            return None
        found = _session(row)
        if used and found.seen_at <= self._clock() - SEEN_EVERY:
            cursor.execute(SEEN, asked)
        return found


def begin_session(
    cursor: Cursor[Any], caller: Caller, method: str, device: str, lifetime: Lifetime, now: dt.datetime
) -> str:
    """A new session, in the place of those that have ended; its id."""
    made = secrets.token_urlsafe(32)
    row = {
        "id_hash": _hash(made),
        "name": caller.name,
        "role": caller.role,
        "scope": caller.scope,
        "employee": caller.employee,
        "branches": list(caller.branches),
        "method": method,
        "device": device[:DEVICE_LENGTH],
        "now": now,
        "ends_at": now + lifetime.absolute,
        "idle": lifetime.idle,
        "most": SESSIONS_EACH - 1,
    }
    cursor.execute(CLEAR, row)
    cursor.execute(BEGIN, row)
    return made


def end_sessions(cursor: Cursor[Any], name: str, but: bytes | None = None) -> list[bytes]:
    """Ends every session of a caller, `but` one if it is given; the hashes of their ids."""
    rows = cursor.execute(END_OF_NAME, {"name": name, "but": but}).fetchall()
    return [bytes(row[0]) for row in rows]


def csrf_token(id: str) -> str:
    """What a page of a session sends along with a change: nobody else can name it."""
    return base64url(hmac.digest(id.encode("utf-8", "surrogatepass"), b"meritbook csrf", "sha256"))


_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("MicroMessenger", "WeChat"), ("DingTalk", "DingTalk"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Macintosh", "macOS"), ("Linux", "Linux"))  # fmt: skip


def device_of(user_agent: str) -> str:
    """Browser and system in the fewest words, so that their owner recognises them in a list."""
    browser = next((name for sign, name in _BROWSERS if re.search(rf"\b{sign}", user_agent)), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return " · ".join(part for part in (browser, system) if part)[:DEVICE_LENGTH]


def _session(row: tuple[Any, ...]) -> Session:
    id_hash, name, role, scope, employee, branches, method, device, begun_at, seen_at, ends_at = row
    return Session(
        id_hash=bytes(id_hash),
        caller=Caller(
            name=name,
            role=cast(Role, role),
            employee=employee,
            scope=cast(ScopeName, scope),
            branches=tuple(branches),
        ),
        method=method,
        device=device,
        begun_at=begun_at,
        seen_at=seen_at,
        ends_at=ends_at,
    )


def _hash(id: str) -> bytes:
    return hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()
