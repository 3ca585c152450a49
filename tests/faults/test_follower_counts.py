"""Eight writers who dawdle, roll back and quarrel; a follower must meet every position once and in order."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from given import LEDGER, NOW, drafted, visit, visits

from domain.journal import read
from domain.journal.append import Condition, ConditionFailed, Journal, store
from domain.journal.batch import COPY_FROM
from domain.journal.connection import connect
from domain.journal.query import Selector
from domain.journal.recorder import JournalRecorder
from domain.refusals import KeyReused

WRITERS = 8
SECONDS = 6.0

Habit = Callable[["Writer"], None]


class Writer(threading.Thread):
    """Writes with changing habits, by a dice of its own, until the time is over."""

    def __init__(self, dsn: str, number: int) -> None:
        super().__init__()
        self.dsn, self.dice = dsn, random.Random(number)
        self.stored = 0
        self.failed: Exception | None = None

    def run(self) -> None:
        until = time.monotonic() + SECONDS
        try:
            with (
                Journal(self.dsn, LEDGER) as journal,
                connect(self.dsn, LEDGER, autocommit=True) as connection,
            ):
                self.journal, self.connection = journal, connection
                while time.monotonic() < until:
                    self.dice.choice(HABITS)(self)
        except Exception as error:
            self.failed = error

    def count(self, positions: int) -> None:
        self.stored += positions


def one(writer: Writer) -> None:
    writer.count(len(writer.journal.append(visits(1), now=NOW)))


def some(writer: Writer) -> None:
    writer.count(len(writer.journal.append(visits(writer.dice.randint(2, 40)), now=NOW)))


def many(writer: Writer) -> None:
    writer.count(len(writer.journal.append(visits(COPY_FROM + writer.dice.randint(0, 60)), now=NOW)))


def twice(writer: Writer) -> None:
    drafts = visits(5)
    writer.count(len(writer.journal.append(drafts, now=NOW)))
    assert all(receipt.hit for receipt in writer.journal.append(drafts, now=NOW))


def quarrel(writer: Writer) -> None:
    draft = drafted(visit("E1"))
    writer.count(len(writer.journal.append([draft], now=NOW)))
    with pytest.raises(KeyReused):
        writer.journal.append([*visits(3), drafted(visit("E2"), key=draft.key)], now=NOW)


def decide(writer: Writer) -> None:
    condition = Condition((Selector(tags=("employee:E1",)),), after=writer.journal.head())
    with suppress(ConditionFailed):
        writer.count(len(writer.journal.append([drafted(visit("E1"))], now=NOW, condition=condition)))


def dawdle(writer: Writer) -> None:
    """A transaction that stays open after its positions were taken."""
    with writer.connection.transaction(), writer.connection.cursor() as cursor:
        writer.count(len(store(cursor, visits(3), NOW, None, atomic=True)))
        cursor.execute("select pg_sleep(%s)", [writer.dice.uniform(0, 0.05)])


def roll_back(writer: Writer) -> None:
    """Positions that were taken and given back."""
    with writer.connection.transaction(force_rollback=True), writer.connection.cursor() as cursor:
        store(cursor, visits(writer.dice.choice([1, 7, COPY_FROM])), NOW, None, atomic=True)
        cursor.execute("select pg_sleep(%s)", [writer.dice.uniform(0, 0.02)])


HABITS: tuple[Habit, ...] = (one, one, some, many, twice, quarrel, decide, dawdle, roll_back, roll_back)


class Follower(threading.Thread):
    """Notes every position it meets."""

    def __init__(self, positions: Iterator[int]) -> None:
        super().__init__()
        self._positions = positions
        self.met: list[int] = []

    def run(self) -> None:
        self.met.extend(self._positions)


def by_pages(dsn: str, stop: threading.Event) -> Iterator[int]:
    """Reads page after page at READ COMMITTED, as a projection does; a last time after `stop`."""
    after = 0
    with connect(dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
        while True:
            last = stop.is_set()
            for record in read.page(cursor, after, 500):
                after = record.position
                yield after
            if last and after == read.head(cursor):
                return


def by_spans(dsn: str, stop: threading.Event) -> Iterator[int]:
    """Asks for the head and then for the span up to it."""
    after = 0
    with connect(dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
        while True:
            last = stop.is_set()
            head = read.head(cursor)
            found = cursor.execute(
                "select position from journal where position > %s and position <= %s order by position",
                [after, head],
            ).fetchall()
            assert len(found) == head - after
            yield from (position for (position,) in found)
            after = head
            if last:
                return


@contextmanager
def following(*followers: Follower) -> Iterator[None]:
    for follower in followers:
        follower.start()
    try:
        yield
    finally:
        for follower in followers:
            follower.join(30)
            assert not follower.is_alive()


@pytest.mark.faults
def test_no_position_is_missed_met_twice_or_out_of_order(ledger_dsn: str) -> None:
    stop = threading.Event()
    with Journal(ledger_dsn, LEDGER) as journal, JournalRecorder(journal).subscribe() as subscription:
        followers = [
            Follower(by_pages(ledger_dsn, stop)),
            Follower(by_spans(ledger_dsn, stop)),
            Follower(event.position for event in subscription),
        ]
        with following(*followers):
            writers = [Writer(ledger_dsn, number) for number in range(WRITERS)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
            stop.set()
            head = journal.head()
            until = time.monotonic() + 20
            while len(followers[2].met) < head and time.monotonic() < until:
                time.sleep(0.01)
            subscription.stop()
        assert [writer.failed for writer in writers] == [None] * WRITERS
        assert head == sum(writer.stored for writer in writers) > 1_000
        for follower in followers:
            assert follower.met == list(range(1, head + 1))
        times = [record.recorded_at for record in journal.read()]
        assert times == sorted(times)


@pytest.mark.faults
def test_rolled_back_positions_are_given_again(ledger_dsn: str) -> None:
    with connect(ledger_dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
        for size in (1, 10, COPY_FROM, 3):
            with connection.transaction(force_rollback=True):
                store(cursor, visits(size), NOW, None, atomic=True)
            with pytest.raises(psycopg.errors.CheckViolation):
                store(cursor, [*visits(size), drafted()._replace(actor="")], NOW, None, atomic=True)
            store(cursor, visits(1), NOW, None, atomic=True)
        assert read.head(cursor) == 4
        assert [record.position for record in read.page(cursor, 0, 10)] == [1, 2, 3, 4]
