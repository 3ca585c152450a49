"""Connections killed in the middle: nothing half stored, nothing twice, and no follower left behind."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from eventsourcing.dcb.api import DCBEvent
from given import LEDGER, NOW, visits

import domain.journal.append as door
from domain.journal.append import Condition, Journal, Receipt
from domain.journal.batch import COPY_FROM, Batch, open_batch
from domain.journal.connection import connect
from domain.journal.query import Selector
from domain.journal.record import Draft
from domain.journal.recorder import JournalRecorder

pytestmark = pytest.mark.faults

KILL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and application_name = %s and pid <> pg_backend_pid()"""


def kill_all(dsn: str) -> int:
    """Kills every connection to the ledger; how many."""
    with psycopg.connect(dsn, autocommit=True) as killer:
        row = killer.execute(KILL, [f"meritbook {LEDGER}"]).fetchone()
    return row[0] if row else 0


@contextmanager
def killing(dsn: str) -> Iterator[None]:
    """Kills them all again and again, at odd moments."""
    dice, stop = random.Random(7), threading.Event()

    def work() -> None:
        while not stop.wait(dice.uniform(0.05, 0.4)):
            kill_all(dsn)

    killer = threading.Thread(target=work)
    killer.start()
    try:
        yield
    finally:
        stop.set()
        killer.join()


@pytest.mark.parametrize("size", [1, COPY_FROM, 2_000])
def test_a_writer_killed_before_its_commit_leaves_nothing(
    ledger_dsn: str, journal: Journal, size: int
) -> None:
    journal.append(visits(2), now=NOW)
    batch = Batch(visits(size))
    with (
        connect(ledger_dsn, LEDGER, autocommit=True) as connection,
        connection.cursor() as cursor,
        pytest.raises(psycopg.OperationalError),
        connection.transaction(),
    ):
        batch.copy(cursor, open_batch(cursor, batch, NOW))
        kill_all(ledger_dsn)
    assert journal.head() == 2
    assert [receipt.position for receipt in journal.append(visits(1), now=NOW)] == [3]


@pytest.mark.parametrize("size", [1, COPY_FROM])
@pytest.mark.parametrize("condition", [None, Condition((Selector(),), after=2)])
def test_an_answer_lost_after_the_commit_stores_nothing_twice(
    ledger_dsn: str,
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    condition: Condition | None,
) -> None:
    """The backend dies between commit and answer; the same keys are sent again and found."""
    journal.append(visits(2), now=NOW)
    tries = 0

    def store_and_die(cursor: psycopg.Cursor[Any], *given: Any, **named: Any) -> Sequence[Receipt]:
        nonlocal tries
        tries += 1
        answers = real(cursor, *given, **named)
        if tries == 1:
            kill_all(ledger_dsn)
            cursor.execute("select 1")
        return answers

    real = door.store
    monkeypatch.setattr(door, "store", store_and_die)
    drafts = visits(size)
    receipts = journal.append(drafts, now=NOW, condition=condition)
    assert tries == 2
    assert [receipt.position for receipt in receipts] == list(range(3, 3 + size))
    assert [record.key for record in journal.read(2)] == [draft.key for draft in drafts]


def test_writers_killed_at_odd_moments_store_each_batch_whole_and_once(
    ledger_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "TRIES", 200)  # how often the dice kill is the load's affair
    brought: list[tuple[list[Draft], list[Receipt]]] = []
    dice = random.Random(3)
    sizes = [dice.choice([1, 5, COPY_FROM, 1_500]) for _ in range(120)]

    def bring(sizes: Sequence[int]) -> None:
        with Journal(ledger_dsn, LEDGER) as journal:
            for size in sizes:
                drafts = visits(size)
                brought.append((drafts, journal.append(drafts, now=NOW)))

    with killing(ledger_dsn):
        writers = [threading.Thread(target=bring, args=[sizes[number::3]]) for number in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    assert sum(len(drafts) for drafts, _ in brought) == sum(sizes)
    with Journal(ledger_dsn, LEDGER) as journal:
        keys = [record.key for record in journal.read()]
    assert len(keys) == sum(sizes)
    for drafts, receipts in brought:
        first = receipts[0].position
        assert [receipt.position for receipt in receipts] == list(range(first, first + len(drafts)))
        assert keys[first - 1 : first - 1 + len(drafts)] == [draft.key for draft in drafts]


def test_a_subscription_outlives_its_connections(ledger_dsn: str, journal: Journal) -> None:
    recorder = JournalRecorder(journal)
    with recorder.subscribe() as subscription:
        met: list[int] = []
        follower = threading.Thread(target=lambda: met.extend(event.position for event in subscription))
        follower.start()
        for number in range(1, 6):
            recorder.append([DCBEvent("happened", b"")])
            until = time.monotonic() + 60
            while len(met) < number and time.monotonic() < until:
                time.sleep(0.01)
            assert met == list(range(1, number + 1))
            kill_all(ledger_dsn)
        subscription.stop()
        follower.join(60)
    assert not follower.is_alive()


def test_a_wakeup_comes_at_once_and_again_after_a_kill(ledger_dsn: str, journal: Journal) -> None:
    with journal.wakeup() as wakeup:

        def pause(seconds: float) -> float:
            began = time.monotonic()
            wakeup.wait(seconds)
            return time.monotonic() - began

        for _ in range(2):
            while pause(0.3) < 0.25:
                pass  # until it listens
            timer = threading.Timer(0.2, lambda: journal.append(visits(1), now=NOW))
            timer.start()
            assert 0.1 < pause(30) < 5
            timer.join()
            kill_all(ledger_dsn)
        while pause(0.3) < 0.25:
            pass
        threading.Timer(0.2, wakeup.ring).start()
        assert 0.1 < pause(30) < 5
