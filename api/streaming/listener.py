"""One client of the stream: what it follows, and the bounded queue of what it has yet to be sent."""

import asyncio
import datetime as dt
from collections import deque
from typing import NamedTuple

from api.streaming.concerns import Follows
from api.streaming.frames import Reason, progress_frame, refetch_frame

QUEUE_BYTES = 1_000_000
"""Who is so far behind is sent away and comes back for a snapshot."""

HEARTBEAT_SECONDS = 15.0


class Wish(NamedTuple):
    """What a client follows: the standings of a time, a board, or the facts that an open page rests on.

    employees: whom it is about; None for everybody. placed: whether who they are hangs on where people are
    placed now, so that a transfer changes it. follows: of an open page, which is told only that one came.
    """

    first_day: dt.date
    last_day: dt.date
    employees: frozenset[str] | None = None
    placed: bool = False
    board: "BoardAsked | None" = None
    follows: Follows | None = None


class BoardAsked(NamedTuple):
    """Which board of which plan, over which period."""

    name: str
    plan: str | None
    period: str


class Reached:
    """Up to where everybody who shares it has been told whatever concerns them."""

    def __init__(self, position: int = 0) -> None:
        self.position = position


class Listener:
    """A client. All but its making happens on the event loop.

    position: up to where it has been told everything. begun: from which position on, once that is known.
    reached: up to where there is nothing but what was pushed.
    """

    def __init__(self, wish: Wish, after: int | None) -> None:
        self.wish, self.after = wish, after
        self.position = 0
        self.reached = Reached()
        self.over = False
        self.begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._frames: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._news = asyncio.Event()

    @property
    def queued_bytes(self) -> int:
        """How much waits to be sent."""
        return self._bytes

    def begin(self, starts_at: int) -> None:
        """Says from which position on it is told."""
        if not self.begun.done():
            self.begun.set_result(starts_at)

    def push(self, position: int, frame: bytes) -> None:
        """Queues an event that brings it to `position`; one that it has passed already is left out."""
        if self.over:
            return
        if self._bytes + len(frame) > QUEUE_BYTES:
            self.end("too-slow")
            return
        self._frames.append((position, frame))
        self._bytes += len(frame)
        self._news.set()

    def end(self, reason: Reason) -> None:
        """Tells it to begin anew, and nothing more."""
        if not self.over:
            self.over = True
            self._frames.clear()
            self._frames.append((0, refetch_frame(reason)))
            self._news.set()
            self.begin(0)

    async def next(self) -> bytes | None:
        """The events that wait; a sign of life when none comes for long; None after the last."""
        if not self._frames:
            if self.over:
                return None
            alarm = asyncio.get_running_loop().call_later(HEARTBEAT_SECONDS, self._news.set)
            await self._news.wait()
            alarm.cancel()
            if not self._frames:
                self._news.clear()
                self.position = max(self.position, self.reached.position)
                return progress_frame(self.position)
        self._news.clear()
        waiting, self._frames, self._bytes = self._frames, deque(), 0
        # What was read for it at the beginning may hold some of the first news already.
        news = [frame for position, frame in waiting if position > self.position or self.over]
        self.position = max(self.position, self.reached.position)
        return b"".join(news)
