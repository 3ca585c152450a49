"""Tickets for the stream: for a browser's EventSource that can send no header and has no session.

A ticket is asked for with a token, and opens the stream once, within a minute, for the same questions. It
stands for the credential that it was asked with: when that ends, the stream ends.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl

SECONDS = 60
MOST_TICKETS = 10_000
NAME = "ticket"
GOING_ON = ("after",)
"""What may be asked with a ticket beyond what it was made for."""

Headers = list[tuple[bytes, bytes]]
Asked = frozenset[tuple[str, str]]


class _Ticket(NamedTuple):
    headers: Headers
    asked: Asked
    until: float


class Tickets:
    """The tickets of one process that were not used yet; kept as hashes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[bytes, _Ticket] = {}

    def make(self, headers: Headers, query: bytes) -> str:
        """A ticket for what `query` asks, in the name of whoever sent `headers`."""
        now = self._clock()
        if len(self._held) >= MOST_TICKETS:
            self._held = {key: held for key, held in self._held.items() if held.until > now}
            while len(self._held) >= MOST_TICKETS:
                self._held.pop(next(iter(self._held)))
        made = secrets.token_urlsafe(32)
        kept = [(name, value) for name, value in headers if name in (b"authorization", b"cookie", b"host")]
        self._held[_hash(made)] = _Ticket(kept, _asked(query), now + SECONDS)
        return made

    def take(self, query: bytes) -> Headers | None:
        """The headers behind the ticket in a query, if it fits the rest of it; it counts no longer."""
        given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True)).get(NAME, "")
        held = self._held.pop(_hash(given), None)
        if held is None or held.until <= self._clock() or held.asked != _asked(query):
            return None
        return held.headers


def _asked(query: bytes) -> Asked:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return frozenset(pair for pair in pairs if pair[0] not in (NAME, *GOING_ON))


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
