"""Sessions of others that hold snapshots, locks or all the connections there are."""

import threading
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from faults.acknowledged import Books, Client, acknowledged_by, writing
from faults.campaign import Tell, rounds
from faults.embedded_user import new_home, until
from given import LEDGER, NOW, visits
from served import open_shanghai, served

from api.embedded import EmbeddedPostgres
from domain.journal.append import Journal, Receipt
from domain.journal.batch import COPY, Batch, Opening, open_batch
from domain.journal.connection import connect

pytestmark = pytest.mark.faults

VISIT = {"employee": "E1", "customer": "H1"}
CLIENTS = 6
CONNECTIONS = 25

END_SERVICE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and application_name like 'meritbook %' and pid <> pg_backend_pid()"""

IDLE = (
    "set transaction isolation level repeatable read; select count(*) from journal",
    "select count(*) from credit",
    "declare reader cursor for select * from journal; fetch 1 from reader",
    "lock table journal in access share mode; lock table standing in access share mode",
    "select * from projection for key share",
    "create temporary table kept on commit drop as select * from credit",
)
"""What sessions were about when somebody left for lunch; none of it may keep anybody waiting."""


@contextmanager
def idle_in_transaction(dsn: str) -> Generator[list[psycopg.Connection]]:
    """Sessions that did something and then nothing more, each in a transaction that stays open."""
    with ExitStack() as stack:
        sessions: list[psycopg.Connection] = []
        for statements in IDLE:
            session = stack.enter_context(connect(dsn, LEDGER, service=False))
            for statement in statements.split("; "):
                session.execute(statement.encode())
            sessions.append(session)
        yield sessions
        for session in sessions:
            session.rollback()


@rounds(2, soak=60)
def test_idle_sessions_keep_neither_writers_nor_the_follower_waiting(
    ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    clients = [Client(number) for number in range(CLIENTS)]
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        open_shanghai(service)
        books = Books(ledger_dsn)
        for _ in range(rounds):
            service.get("/v1/employees/E1")
            with idle_in_transaction(ledger_dsn), writing(clients, service):
                before = service.head()
                threading.Event().wait(1.0)
                assert service.head() > before
                service.get("/v1/employees/E1")
        acknowledged = acknowledged_by(clients)
        books.check(acknowledged)
        tell(
            "sessions idle in transaction",
            rounds=rounds,
            faults=rounds * len(IDLE),
            found=books,
            acknowledged=len(acknowledged),
        )
        assert not [client for client in clients if client.turned_away]
        books.require_whole()


def test_a_writer_that_falls_asleep_with_the_lock_keeps_nobody_waiting_for_long(
    ledger_dsn: str, tmp_path: Path, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A suspended import loses session and lock; woken, it begins again and stores everything once."""
    asleep, woken = threading.Event(), threading.Event()

    def drowsy(batch: Batch, cursor: psycopg.Cursor, opening: Opening) -> None:
        asleep.set()
        woken.wait(60)
        copy(batch, cursor, opening)

    copy = Batch.copy
    receipts: list[Receipt] = []
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service, Journal(ledger_dsn, LEDGER) as journal:
        open_shanghai(service)
        brought = visits(300)
        monkeypatch.setattr(Batch, "copy", drowsy)
        importing = threading.Thread(target=lambda: receipts.extend(journal.append(brought, now=NOW)))
        importing.start()
        asleep.wait()
        began = time.monotonic()
        answer = service.record("visit_recorded", VISIT)
        waited = time.monotonic() - began
        woken.set()
        importing.join()
        kept = [record.key for record in journal.read()]
    found = f"{len({draft.key for draft in brought} - set(kept))} lost"
    tell("writer asleep", rounds=1, faults=1, found=found, others_waited_seconds=round(waited, 1))
    assert answer.status_code == 201
    assert waited < 15
    assert [receipt.position for receipt in receipts] == list(range(5, 305))
    assert kept[4:] == [draft.key for draft in brought]


@pytest.mark.soak
def test_while_a_writer_is_stuck_in_its_copy_others_are_told(
    ledger_dsn: str, tmp_path: Path, tell: Tell
) -> None:
    """PostgreSQL cannot end that by itself; the others are turned away with the reason, not kept for ever."""
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service, connect(ledger_dsn, LEDGER) as stuck:
        open_shanghai(service)
        with stuck.cursor() as cursor:
            open_batch(cursor, Batch(visits(1)), NOW)
            with cursor.copy(COPY), pytest.raises(InterruptedError):
                began = time.monotonic()
                answer = service.record("visit_recorded", VISIT)
                waited = time.monotonic() - began
                raise InterruptedError
        stuck.rollback()
        tell("writer stuck in its copy", rounds=1, faults=1, found="0 lost", answered_after=round(waited, 1))
        assert answer.status_code == 503
        assert answer.json()["type"] == "/v1/problems/writer-busy"
        assert waited < 40
        assert service.record("visit_recorded", VISIT).json()["position"] == 4


@contextmanager
def storm(dsn: str) -> Generator[None]:
    """Takes every connection there is, those of the service included."""
    with ExitStack() as stack:
        first = stack.enter_context(psycopg.connect(dsn, autocommit=True))
        deadline, held = time.monotonic() + 30, 1
        # One that is only being let in has no name yet, so ours are counted, and not those of the service.
        while held < CONNECTIONS:
            assert time.monotonic() < deadline, "the service always slips in"
            try:
                stack.enter_context(psycopg.connect(dsn, autocommit=True))
                held += 1
            except psycopg.OperationalError:
                first.execute(END_SERVICE)
        yield


@rounds(1, soak=40)
def test_a_storm_of_connections_turns_away_and_passes(rounds: int, tmp_path: Path, tell: Tell) -> None:
    """While there is no connection to be had the answer is 503; afterwards all is as before."""
    answered: list[int] = []
    few = {"max_connections": str(CONNECTIONS)}
    with (
        new_home() as home,
        EmbeddedPostgres(home, settings=few) as server,
        served(server.dsn, tmp_path, wait_seconds=60) as service,
    ):
        open_shanghai(service)
        books, clients = Books(server.dsn), [Client(number) for number in range(CLIENTS)]
        for _ in range(rounds):
            with writing(clients, service):
                threading.Event().wait(0.3)
                with storm(server.dsn):
                    answered.append(service.record("visit_recorded", VISIT).status_code)
                until(lambda: service.http.get("/health/ready").status_code == 200)
        acknowledged = acknowledged_by(clients)
        books.check(acknowledged)
        turned_away = sum(bool(client.turned_away) for client in clients)
        tell(
            "connection storm",
            rounds=rounds,
            faults=rounds,
            found=books,
            acknowledged=len(acknowledged),
            clients_turned_away=turned_away,
        )
        assert 503 in answered
        assert set(answered) <= {201, 503}
        service.get("/v1/employees/E1")
        books.require_whole()
