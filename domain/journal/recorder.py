"""The journal as eventsourcing's DCBRecorder: the only module that knows that library.

Events of the library's own applications are opaque bytes, which stand in the journal as JSON
strings of base64. Facts are JSON objects, and are read as the bytes of their canonical JSON.
"""

import base64
import datetime as dt
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from eventsourcing import persistence
from eventsourcing.dcb.api import (
    DCBAppendCondition,
    DCBEvent,
    DCBQuery,
    DCBReadResponse,
    DCBRecorder,
    DCBSequencedEvent,
    DCBSubscription,
)

from domain.journal import read
from domain.journal.append import ConditionFailed, Journal
from domain.journal.canonical import canonical
from domain.journal.query import Condition, Selector
from domain.journal.record import Draft, Record, content_hash

SOURCE = "eventsourcing"
PAGE_EVENTS = 500
POLL_SECONDS = 1.0
"""How long a subscription relies on being woken."""

ERRORS = (
    (psycopg.OperationalError, persistence.OperationalError),
    (psycopg.DataError, persistence.DataError),
    (psycopg.IntegrityError, persistence.IntegrityError),
)


class JournalRecorder(DCBRecorder):
    """Appends, reads and subscribes to the events of one ledger.

    actor: who is noted to have delivered the events. clock: when it is now.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        actor: str = SOURCE,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.journal = journal
        self._actor = actor
        self._clock = clock

    def append(self, events: Sequence[DCBEvent], condition: DCBAppendCondition | None = None) -> int:
        """Appends `events` unless the condition fails; the position of the last one.

        Raises: IntegrityError when the condition fails
        """
        if not events:
            raise persistence.ProgrammingError("There are no events to append.")
        now = self._clock()
        drafts = [self._draft(event, now) for event in events]
        with translated():
            try:
                return self.journal.append(drafts, now=now, condition=_condition(condition))[-1].position
            except ConditionFailed as failed:
                raise persistence.IntegrityError(condition) from failed

    def read(
        self, query: DCBQuery | None = None, *, after: int | None = None, limit: int | None = None
    ) -> DCBReadResponse:
        """The events beyond `after` that `query` matches, in order; see `DCBRecorder`."""
        return _Read(self, query, after or 0, limit)

    def subscribe(self, query: DCBQuery | None = None, *, after: int | None = None) -> "JournalSubscription":
        """The events beyond `after` that `query` matches, and then those to come."""
        return JournalSubscription(self, query, after)

    def page(self, query: DCBQuery | None, after: int, limit: int) -> list[DCBSequencedEvent]:
        """The first `limit` events beyond `after` that `query` matches."""
        selectors = _selectors(query)
        with translated():
            records = self.journal.retried(lambda cursor: read.matching(cursor, selectors, after, limit))
        return [_event(record) for record in records]

    def _draft(self, event: DCBEvent, now: dt.datetime) -> Draft:
        key, data = uuid4().hex, canonical(base64.b64encode(event.data).decode())
        return Draft(
            type=event.type,
            source=SOURCE,
            key=key,
            occurred_at=now,
            actor=self._actor,
            causation=None,
            data=data,
            tags=tuple(event.tags),
            content_hash=content_hash(event.type, SOURCE, key, now, None, data),
        )


class _Read(DCBReadResponse):
    """Events in pages. Without a limit it ends at the head that was there when it began."""

    def __init__(
        self, recorder: JournalRecorder, query: DCBQuery | None, after: int, limit: int | None
    ) -> None:
        self._head: int | None = None
        if limit is None:
            with translated():
                self._head = recorder.journal.retried(read.head) or None
        self._events = self._pages(recorder, query, after, limit)

    @property
    def head(self) -> int | None:
        """The last position there was; with a limit, the last position read so far."""
        return self._head

    def __next__(self) -> DCBSequencedEvent:
        return next(self._events)

    def _pages(
        self, recorder: JournalRecorder, query: DCBQuery | None, after: int, limit: int | None
    ) -> Iterator[DCBSequencedEvent]:
        end = self._head or 0
        while limit is None or limit > 0:
            size = PAGE_EVENTS if limit is None else min(limit, PAGE_EVENTS)
            events = recorder.page(query, after, size)
            for event in events:
                if limit is not None:
                    self._head = event.position
                elif event.position > end:
                    return
                yield event
            if len(events) < size:
                return
            after = events[-1].position
            limit = None if limit is None else limit - size


class JournalSubscription(DCBSubscription[JournalRecorder]):
    """Reads on and on; woken by new facts, and looking by itself every second.

    It outlives its connections and the server: while they are away it waits.
    """

    def __init__(self, recorder: JournalRecorder, query: DCBQuery | None, after: int | None) -> None:
        super().__init__(recorder, query, after)
        self._waiting: list[DCBSequencedEvent] = []
        self._wakeup = recorder.journal.wakeup()
        self._reading = threading.Lock()

    def stop(self) -> None:
        """Ends the subscription; whoever waits in it gets StopIteration."""
        if not self._has_been_stopped:
            super().stop()
            self._wakeup.ring()
            with self._reading:
                self._wakeup.close()

    def __next__(self) -> DCBSequencedEvent:
        with self._reading:
            while not self._has_been_stopped:
                if self._waiting:
                    return self._waiting.pop()
                self._waiting = self._next_page()
                if self._waiting:
                    self._last_position = self._waiting[0].position
                else:
                    self._wakeup.wait(POLL_SECONDS)
        raise StopIteration

    def _next_page(self) -> list[DCBSequencedEvent]:
        """Newest first, for the next one to be popped; nothing while the database is away."""
        try:
            return self._recorder.page(self._query, self._last_position, PAGE_EVENTS)[::-1]
        except persistence.OperationalError:
            return []


@contextmanager
def translated() -> Generator[None]:
    """Errors of the database as the library's own."""
    try:
        yield
    except psycopg.Error as error:
        kind = next(
            (theirs for ours, theirs in ERRORS if isinstance(error, ours)), persistence.PersistenceError
        )
        raise kind(str(error)) from error


def _condition(condition: DCBAppendCondition | None) -> Condition | None:
    if condition is None:
        return None
    return Condition(_selectors(condition.fail_if_events_match), condition.after or 0)


def _selectors(query: DCBQuery | None) -> tuple[Selector, ...]:
    return tuple(Selector(tuple(item.types), tuple(item.tags)) for item in query.items) if query else ()


def _event(record: Record) -> DCBSequencedEvent:
    opaque = record.data.startswith(b'"')
    data = base64.b64decode(record.data[1:-1]) if opaque else record.data
    return DCBSequencedEvent(DCBEvent(record.type, data, list(record.tags)), record.position)
