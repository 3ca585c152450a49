"""Tickets for the stream: for a browser's EventSource that can send no header and has no session.

A ticket is asked for with a token, and opens the stream once, within a minute, for the same questions. It
stands for the credential that it was asked with: when that ends, the stream ends. Whichever process gave it,
any process takes it, from the one table of the ledger; there the credential is encrypted by a key that only
the ticket gives, bound to what was asked.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor

from api.reading import Reading
from domain.journal.canonical import canonical

SECONDS = 60
MOST_TICKETS = 10_000
NAME = "ticket"
GOING_ON = ("after",)
"""What may be asked with a ticket beyond what it was made for."""

MAKE = """
with gone as (
    delete from stream_ticket
    where expires_at <= %(now)s
        or ticket_hash in (select ticket_hash from stream_ticket order by expires_at desc offset %(others)s)
)
insert into stream_ticket (ticket_hash, sealed, expires_at) values (%(ticket_hash)s, %(sealed)s, %(until)s)"""

# Whoever deletes it takes it: of two at once, one.
TAKE = "delete from stream_ticket where ticket_hash = %(ticket_hash)s returning sealed, expires_at"

_ONCE = bytes(12)
"""A nonce: each key encrypts one thing."""

Headers = list[tuple[bytes, bytes]]


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Tickets:
    """The tickets of a ledger that were not used yet."""

    def __init__(self, reading: Reading, clock: Callable[[], dt.datetime] = _utc_now) -> None:
        self._reading, self._clock = reading, clock

    async def make(self, headers: Headers, query: bytes) -> str:
        """A ticket for what `query` asks, in the name of whoever sent `headers`."""
        made, now = secrets.token_urlsafe(32), self._clock()
        kept = [(name, value) for name, value in headers if name in (b"authorization", b"cookie", b"host")]
        sealed = AESGCM(_key(made)).encrypt(_ONCE, msgspec.json.encode(kept), _asked(query))
        row = {"ticket_hash": _hash(made), "sealed": sealed, "now": now, "others": MOST_TICKETS - 1}
        row["until"] = now + dt.timedelta(seconds=SECONDS)
        await self._reading.ask(lambda cursor: cursor.execute(MAKE, row))
        return made

    async def take(self, query: bytes) -> Headers | None:
        """The headers behind the ticket in a query, if it fits the rest of it; it counts no longer."""
        given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)).get(NAME, "")
        found = await self._reading.ask(lambda cursor: _taken(cursor, given))
        if found is None or found[1] <= self._clock():
            return None
        try:
            opened = AESGCM(_key(given)).decrypt(_ONCE, found[0], _asked(query))
        except InvalidTag:  # it was made for other questions
            return None
        return msgspec.json.decode(opened, type=Headers)


def _taken(cursor: Cursor[Any], ticket: str) -> tuple[bytes, dt.datetime] | None:
    return cursor.execute(TAKE, {"ticket_hash": _hash(ticket)}).fetchone()


def _asked(query: bytes) -> bytes:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return canonical(sorted({pair for pair in pairs if pair[0] not in (NAME, *GOING_ON)}))


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()


def _key(ticket: str) -> bytes:
    return _hash(f"the key of {ticket}")
