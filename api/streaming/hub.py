"""The one reader behind all listeners: it follows the read models and hands out what changed.

A listener is entered before its beginning is read, so it misses nothing; what it is told twice are rows as
they are, which change nothing the second time.
"""

import asyncio
import threading
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import msgspec
import psycopg
import structlog
from psycopg import IsolationLevel

from api.reading import Reading, counted_position
from api.streaming.concerns import concerned
from api.streaming.feeds import BoardFeed, moved_rows, told_change
from api.streaming.following import Following
from api.streaming.frames import Reason, part_frame, rows_frame
from api.streaming.listener import BoardAsked, Listener, Reached, Wish
from domain.journal.connection import connect, folded_channel
from domain.journal.listen import Wakeup
from domain.refusals import BadField
from projections import roster, totals
from projections.spans import Connection, Cursor, Span

log = structlog.get_logger("meritbook")

POLL_SECONDS = 1.0
RETRY_SECONDS = 1.0
JOIN_SECONDS = 10.0

MOST_ROWS = 50_000
PART_ROWS = 1_000

MOST_BEHIND = 50_000
"""Who comes back after more facts than this is given everything again."""

ONE_MOMENT = "set transaction isolation level repeatable read, read only"

PLACED_ANEW = """
select exists(
    select from journal where position > %(after)s and position <= %(upto)s and type = any(%(types)s)
)"""


class Beginning(NamedTuple):
    """What a listener is sent first.

    starts_at: from which position on it is told; upto: where the first events bring it.
    """

    starts_at: int
    upto: int
    frames: tuple[bytes, ...]


class _News(NamedTuple):
    """What one look found for whom."""

    upto: int
    frames: list[tuple[Listener, int, bytes]]
    ended: list[tuple[Listener, Reason]]
    begun: list[tuple[Listener, BoardFeed]]


class Hub:
    """Follows the read models of a ledger for any number of listeners, in a thread of its own."""

    def __init__(self, dsn: str, schema: str, reading: Reading) -> None:
        self._dsn, self._schema, self._reading = dsn, schema, reading
        self._stop = threading.Event()
        self._wakeup = Wakeup(dsn, schema, folded_channel)
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)
        self._lock = threading.Lock()
        self._listeners = Following()
        self._reached = Reached()
        self._waiting: set[Listener] = set()
        self._boards: dict[BoardAsked, BoardFeed] = {}
        self._at: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        return len(self._listeners)

    def queued_bytes(self) -> int:
        """How much waits to be sent, to all together."""
        with self._lock:
            return sum(listener.queued_bytes for listener in self._listeners)

    def start(self) -> None:
        """Begins to follow; called on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def close(self) -> None:
        """Sends everybody away, who come back elsewhere or later; called on the event loop."""
        self._stop.set()
        self._wakeup.ring()
        for listener in [*self._listeners]:
            listener.end("service-stops")

    def stop(self) -> None:
        """Waits until the thread has ended, after `close`."""
        self._thread.join(JOIN_SECONDS)
        self._wakeup.close()

    async def enter(self, listener: Listener) -> Beginning:
        """Enters a listener, who is told all that changes from now on until it leaves.

        Raises: BadField when it asks for too much at once.
        """
        if self._stop.is_set():
            listener.end("service-stops")
            return Beginning(0, 0, ())
        if listener.wish.board is not None:
            with self._lock:
                self._listeners.add(listener)
                self._waiting.add(listener)
            self._wakeup.ring()
            return Beginning(await listener.begun, 0, ())
        try:
            beginning = await self._entered(listener)
        except BaseException:
            self.leave(listener)
            raise
        listener.position = beginning.upto
        return beginning

    def leave(self, listener: Listener) -> None:
        """Forgets a listener."""
        with self._lock:
            self._listeners.discard(listener)
            self._waiting.discard(listener)

    async def _entered(self, listener: Listener) -> Beginning:
        counted = await self._reading.ask(counted_position)
        with self._lock:
            self._at = counted if self._at is None else self._at
            listener.reached = self._reached
            self._listeners.add(listener)
        # From here on the reader tells it what changes; what is read now is at least as new.
        return await self._reading.ask(lambda cursor: _beginning(cursor, listener))

    def _connect(self) -> Connection:
        connection = connect(self._dsn, self._schema)
        # All of a look is of one moment.
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return connection

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    while not self._stop.is_set():
                        with connection.transaction(), connection.cursor() as cursor:
                            rest = self._look(cursor)
                        self._wakeup.wait(rest)
            except psycopg.OperationalError as error:
                log.warning("stream_waits_for_database", error=type(error).__name__)
                self._stop.wait(RETRY_SECONDS)
            except Exception:
                log.exception("stream_failed")
                self._tell(_News(0, [], [(each, "service-stops") for each in [*self._listeners]], []))
                self._stop.wait(RETRY_SECONDS)

    def _look(self, cursor: Cursor) -> float:
        """Tells everybody what changed since the last look; how long the next one may wait."""
        with self._lock:
            if not self._listeners:
                self._at = None
                self._boards.clear()
                return POLL_SECONDS
            waiting, at = [*self._waiting], self._at
        upto = counted_position(cursor)
        news = _News(upto, [], [], [])
        if at is not None and upto < at:
            with self._lock:
                news.ended.extend((each, "rebuilt") for each in self._listeners)
            self._boards.clear()
        elif at is not None and upto > at:
            self._look_at_totals(cursor, Span(at, upto), news)
            self._look_at_facts(cursor, Span(at, upto), news)
        rest = self._look_at_boards(upto, waiting, news)
        with self._lock:
            # Else somebody has entered since who begins before this look.
            self._at = upto if self._at == at else self._at
            self._waiting.difference_update(waiting)
        self._tell(news)
        return rest

    def _look_at_totals(self, cursor: Cursor, span: Span, news: _News) -> None:
        with self._lock:
            placed, followed_days = self._listeners.placed(), self._listeners.days()
        if placed:
            types = {"types": sorted(roster.FACTS)}
            moved = cursor.execute(PLACED_ANEW, {**span.bounds, **types}).fetchone()
            if moved is not None and moved[0]:
                news.ended.extend((each, "people-moved") for each in placed)
        for days in followed_days:
            rows = moved_rows(cursor, span, days)
            # Who enters meanwhile is told more than it lacks, which changes nothing.
            with self._lock:
                concerned = self._listeners.concerned(days, rows.keys()) if rows else {}
            for wish, alike in concerned.items():
                frame = told_change(span, wish, rows)
                news.frames.extend((each, span.upto, frame) for each in alike)

    def _look_at_facts(self, cursor: Cursor, span: Span, news: _News) -> None:
        """Tells open pages that something came which they rest on; what it is they ask for themselves."""
        with self._lock:
            followed = self._listeners.follows()
        if not followed:
            return
        found, frame = concerned(cursor, span), rows_frame("delta", span.after, span.upto, ())
        for follows in followed:
            with self._lock:
                those = self._listeners.concerned(follows, found.of(follows))
            news.frames.extend((each, span.upto, frame) for alike in those.values() for each in alike)

    def _look_at_boards(self, upto: int, waiting: Iterable[Listener], news: _News) -> float:
        with self._lock:
            followed = self._listeners.boards()
        for asked in self._boards.keys() - {each.board for each in followed}:
            del self._boards[asked]
        rest = POLL_SECONDS
        newcomers = set(waiting)
        kept, today = self._reading.kept_boards, self._reading.today()
        for asked, those in followed:
            feed = self._boards.setdefault(asked, BoardFeed(asked))
            if feed.position is None or feed.position < upto:
                if wait := feed.wait_seconds():
                    rest = min(rest, wait)
                elif told := self._reading.ask_here(partial(feed.computed, kept_boards=kept, today=today)):
                    news.frames.extend((each, *told) for each in those if each not in newcomers)
            news.begun.extend((each, feed) for each in those if each in newcomers)
        return rest

    def _tell(self, news: _News) -> None:
        """Hands out the news on the event loop, and waits: boards stay as they are until it is done."""
        assert self._loop is not None, "it was started"
        told = threading.Event()
        self._loop.call_soon_threadsafe(self._hand_out, news, told)
        while not told.wait(POLL_SECONDS) and not self._stop.is_set():
            pass

    def _hand_out(self, news: _News, told: threading.Event) -> None:
        for listener, reason in news.ended:
            listener.end(reason)
        for listener, upto, frame in news.frames:
            listener.push(upto, frame)
        for listener, feed in news.begun:
            listener.reached = feed.reached
            listener.begin(feed.tell(listener))
        self._reached.position = news.upto
        for feed in self._boards.values():
            if feed.position is not None and feed.position >= news.upto:
                feed.reached.position = feed.position
        told.set()


def _beginning(cursor: Cursor, listener: Listener) -> Beginning:
    """What `listener` is sent first: what it missed, or everything.

    Raises: BadField.
    """
    cursor.execute(ONE_MOMENT)
    upto = counted_position(cursor)
    wish, after = listener.wish, listener.after
    if wish.follows is not None:
        missed = _has_missed(cursor, wish, upto if after is None else after, upto)
        return Beginning(upto, upto, (rows_frame("delta", after, upto, ()),) if missed else ())
    if after is None or wish.placed or not 0 <= upto - after <= MOST_BEHIND:
        found = totals.totals(cursor, wish.first_day, wish.last_day, wish.employees, MOST_ROWS + 1)
        return Beginning(upto, upto, _snapshot(upto, found))
    span = Span(after, upto)
    missed = totals.moved(cursor, span, wish.first_day, wish.last_day, wish.employees)
    rows = [msgspec.json.encode(total) for total in missed]
    return Beginning(after, upto, (rows_frame("delta", after, upto, rows),) if rows else ())


def _has_missed(cursor: Cursor, wish: Wish, after: int, upto: int) -> bool:
    """Whether facts have come after a page was shown that it rests on; so where that cannot be told."""
    assert wish.follows is not None, "it is a page that asks"
    if after == upto:
        return False
    if wish.placed or not 0 <= upto - after <= MOST_BEHIND:
        return True
    people = concerned(cursor, Span(after, upto)).of(wish.follows)
    return bool(people) and (
        wish.employees is None or None in people or not people.isdisjoint(wish.employees)
    )


def _snapshot(position: int, found: list[totals.Total]) -> tuple[bytes, ...]:
    """The events of a snapshot, in parts that a client can read one by one.

    Raises: BadField.
    """
    if len(found) > MOST_ROWS:
        raise BadField(
            field="employee",
            detail=f"That is more than {MOST_ROWS} rows to begin with.",
            remedy="Follow fewer people, with branch= or employee=, or follow a board.",
        )
    rows = [msgspec.json.encode(total) for total in found]
    parts = [rows[start : start + PART_ROWS] for start in range(0, len(rows), PART_ROWS)] or [[]]
    *before, last = parts
    return (
        *(part_frame(position, part) for part in before),
        rows_frame("snapshot", None, position, last),
    )
