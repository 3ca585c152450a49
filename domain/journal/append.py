"""The one door into the journal."""

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg
from psycopg import Cursor

from domain.journal import read
from domain.journal.archive import told
from domain.journal.batch import COPY_FROM, NOTIFY, Answer, Batch, Opening, Receipt, append_batch, open_batch
from domain.journal.connection import PREPARE_AFTER, Connections, ledger_conninfo, pooled_conninfo
from domain.journal.listen import Wakeup
from domain.journal.query import Condition, Query, violated
from domain.journal.record import Draft, Record
from domain.refusals import Contended, Refusal

__all__ = ["Condition", "ConditionFailed", "Journal", "Receipt"]

TRIES = 8
FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 1.0
PAGE_FACTS = 5_000
CONNECTIONS = 4

# Serialization failure, deadlock; server shut down, crashed, starting; lock not available; session slept.
PASSING = {"40001", "40P01", "57P01", "57P02", "57P03", "55P03", "25P03"}

T = TypeVar("T")


class ConditionFailed(Exception):
    """Since the facts were read on which an append rests, others were written."""


def may_pass(error: psycopg.Error) -> bool:
    """Whether the same append may succeed in a moment.

    Every draft carries its idempotency key, so it may be sent again
    even when nobody knows whether it was committed.
    """
    return error.sqlstate is None or error.sqlstate in PASSING


class Journal:
    """A ledger's journal: appends, and what is read of it. Safe to share between threads.

    pooler: behind which it writes and reads, a transaction at a time; it waits for facts at `dsn` itself.
    """

    def __init__(
        self, dsn: str, schema: str, *, pooler: str | None = None, connections: int = CONNECTIONS
    ) -> None:
        self._dsn, self._schema = dsn, schema
        if pooler is None:
            self.conninfo, self.prepare_after = ledger_conninfo(dsn, schema, writer=True), PREPARE_AFTER
        else:
            self.conninfo, self.prepare_after = pooled_conninfo(pooler, schema), None
        self._connections = Connections(self.conninfo, connections, self.prepare_after)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Gives its connections back to the server."""
        self._connections.close()

    def append(
        self, drafts: Sequence[Draft], *, now: dt.datetime, condition: Condition | None = None
    ) -> list[Receipt]:
        """Writes all of `drafts`, or none; where each stands.

        What was delivered before keeps its position. A condition is asked only if something is new.
        Raises: KeyReused, ConditionFailed
        """
        answers = self.retried(lambda cursor: store(cursor, drafts, now, condition, atomic=True))
        return [answer for answer in answers if isinstance(answer, Receipt)]

    def append_each(
        self, drafts: Sequence[Draft], *, now: dt.datetime, condition: Condition | None = None
    ) -> list[Receipt | Refusal]:
        """Writes those of `drafts` that contradict nothing, in one transaction; what became of each.

        Raises: ConditionFailed
        """
        return self.retried(lambda cursor: store(cursor, drafts, now, condition, atomic=False))

    def append_new(self, drafts: Sequence[Draft], *, now: dt.datetime) -> list[Receipt]:
        """Writes all of `drafts` if none of their keys is known; else nothing, and gives back nothing.

        It is tried once: who does not know what became of it sends the same keys again, through `append`.
        """
        try:
            with self.cursor() as cursor, cursor.connection.transaction():
                return copy_new(cursor, drafts, now)
        except (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout) as error:
            if not may_pass(error):
                raise
            return []
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise self.told(error) from error

    def decide(
        self, query: Query, rule: Callable[[Sequence[Record]], Sequence[Draft]], *, now: dt.datetime
    ) -> list[Receipt]:
        """Appends what `rule` makes of the facts that `query` selects, unless more of them came meanwhile.

        rule: pure; it is asked again with the newer facts, a bounded number of times. It may raise a Refusal.
        Raises: Contended, KeyReused, and what `rule` raises
        """
        for _ in range(TRIES):
            # In this order: what comes in between stands beyond the head, and fails the condition.
            head = self.head()
            facts = self.retried(lambda cursor: read.matching(cursor, query, after=0, limit=read.LAST))
            try:
                return self.append(rule(facts), now=now, condition=Condition(query, after=head))
            except ConditionFailed:
                continue
        raise Contended(
            field="", detail=f"Others wrote to the same facts {TRIES} times running.", remedy="Send it again."
        )

    def head(self) -> int:
        """The last position; 0 for an empty journal."""
        return self.retried(read.head)

    def position_as_of(self, instant: dt.datetime) -> int:
        """The last position recorded at or before `instant`."""
        return self.retried(lambda cursor: read.position_as_of(cursor, instant))

    def find(self, source: str, key: str) -> Record | None:
        """The record under an idempotency key."""
        return self.retried(lambda cursor: read.find(cursor, source, key))

    def at(self, position: int) -> Record | None:
        """The record at `position`."""
        return next(self.read(position - 1, upto=position), None)

    def read(
        self, after: int = 0, *, upto: int = read.LAST, limit: int | None = None, types: Sequence[str] = ()
    ) -> Iterator[Record]:
        """The records of (after, upto], at most `limit`, in order.

        They are fetched in pages, with no connection held between two of them.
        """
        while limit is None or limit > 0:
            size = PAGE_FACTS if limit is None else min(limit, PAGE_FACTS)
            page = partial(read.page, after=after, size=size, upto=upto, types=types)
            records = self.retried(page)
            yield from records
            if len(records) < size:
                return
            after = records[-1].position
            limit = None if limit is None else limit - size

    def told(self, error: psycopg.Error) -> Exception:
        """What an append raises in place of `error`."""
        return told(error, self._schema)

    def wakeup(self) -> Wakeup:
        """What a follower waits with for new facts; the caller closes it."""
        return Wakeup(self._dsn, self._schema)

    @contextmanager
    def cursor(self) -> Generator[Cursor[Any]]:
        """A cursor that reads what is committed."""
        with self._connections.one() as connection, connection.cursor() as cursor:
            yield cursor

    def retried(self, work: Callable[[Cursor[Any]], T]) -> T:
        """`work`; and again, after a pause, a few times, when what hindered it may pass."""
        pause = FIRST_PAUSE_SECONDS
        for left in reversed(range(TRIES)):
            try:
                with self.cursor() as cursor:
                    return work(cursor)
            except (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout) as error:
                if not left or not may_pass(error):
                    raise
            except psycopg.errors.ReadOnlySqlTransaction as error:
                raise self.told(error) from error
            time.sleep(pause)
            # What took one connection has often taken them all.
            self._connections.drop_idle()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        raise AssertionError("the last try returns or raises")


def store(
    cursor: Cursor[Any],
    drafts: Sequence[Draft],
    now: dt.datetime,
    condition: Condition | None,
    *,
    atomic: bool,
) -> list[Answer]:
    """Writes `drafts` in one transaction of an autocommit connection.

    Raises: KeyReused when `atomic`; ConditionFailed
    """
    batch = Batch(drafts)
    if atomic:
        batch.require_consistent()
    if condition is None and len(batch.fresh) < COPY_FROM:
        _store_few(cursor, batch, now, atomic=atomic)
    else:
        with cursor.connection.transaction():
            _store_locked(cursor, batch, now, condition, atomic=atomic)
    return batch.answers()


def copy_new(cursor: Cursor[Any], drafts: Sequence[Draft], now: dt.datetime) -> list[Receipt]:
    """Copies `drafts` in the transaction under way if all their keys are new; else writes nothing."""
    batch = Batch(drafts)
    opening = open_batch(cursor, batch, now)
    if opening.known or len(batch.fresh) < len(drafts):
        return []
    batch.copy(cursor, opening)
    cursor.execute(NOTIFY)
    batch.number(opening)
    return [answer for answer in batch.answers() if isinstance(answer, Receipt)]


def _store_few(cursor: Cursor[Any], batch: Batch, now: dt.datetime, *, atomic: bool) -> None:
    """One round trip, and one more whenever something turned out to be known."""
    while batch.fresh:
        opening = append_batch(cursor, batch, now)
        if not opening.known:
            return batch.number(opening)
        _recognise(batch, opening, atomic=atomic)


def _store_locked(
    cursor: Cursor[Any], batch: Batch, now: dt.datetime, condition: Condition | None, *, atomic: bool
) -> None:
    opening = open_batch(cursor, batch, now)
    _recognise(batch, opening, atomic=atomic)
    if not batch.fresh:
        return
    if condition is not None and cursor.execute(violated(condition), prepare=False).fetchone() != (False,):
        raise ConditionFailed
    batch.copy(cursor, opening)
    cursor.execute(NOTIFY)
    batch.number(opening)


def _recognise(batch: Batch, opening: Opening, *, atomic: bool) -> None:
    batch.recognise(opening)
    if atomic:
        batch.require_consistent()
