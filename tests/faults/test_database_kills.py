"""The embedded database dies under the service, whole or in part, while clients write one by one and much."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from faults.acknowledged import BACK_SECONDS, Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell, rounds
from faults.embedded_user import new_home, server_of, until
from served import Service, open_shanghai, served

from api.embedded import EmbeddedPostgres

pytestmark = pytest.mark.faults

CLIENTS = 6
AWAY_SECONDS = 60
LARGE_BATCH = 10_000
VISIT = {"employee": "E1", "customer": "H1"}

COPYING = "select pid from pg_stat_activity where state = 'active' and query ilike '%copy journal%'"
WORKING = "select pid from pg_stat_activity where state = 'active' and query ilike '%journal%'"
TERMINATE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and application_name like 'meritbook %' and pid <> pg_backend_pid()"""

Fault = Callable[[EmbeddedPostgres, Service, random.Random], None]


def backend(dsn: str, query: str, seconds: float = 3.0) -> int | None:
    """The pid of a backend that is at it right now; None if none was met in time."""
    deadline = time.monotonic() + AWAY_SECONDS
    with psycopg.connect(dsn, autocommit=True) as watcher:
        while time.monotonic() < deadline:
            others = watcher.execute(f"{query} and pid <> pg_backend_pid()".encode()).fetchone()
            if others:
                return int(others[0])
    return None


def kill_postmaster(server: EmbeddedPostgres, service: Service, dice: random.Random) -> None:
    server_of(service.settings.home).kill()


def kill_backend(server: EmbeddedPostgres, service: Service, dice: random.Random) -> None:
    """One that is in the midst of a COPY; the server takes all the others down with it."""
    with suppress(psutil.NoSuchProcess):
        if pid := backend(server.dsn, COPYING) or backend(server.dsn, WORKING):
            psutil.Process(pid).kill()


def terminate_copy(server: EmbeddedPostgres, service: Service, dice: random.Random) -> None:
    """As an administrator would end a session, in the midst of a COPY."""
    if pid := backend(server.dsn, COPYING) or backend(server.dsn, WORKING):
        with psycopg.connect(server.dsn, autocommit=True) as killer:
            killer.execute("select pg_terminate_backend(%s)", [pid])


def terminate_all(server: EmbeddedPostgres, service: Service, dice: random.Random) -> None:
    """Every session of the service, a few times in a row."""
    with psycopg.connect(server.dsn, autocommit=True) as killer:
        for _ in range(3):
            killer.execute(TERMINATE)
            time.sleep(dice.uniform(0, 0.1))


FAULTS: Sequence[Fault] = (terminate_copy, kill_backend, terminate_all, kill_postmaster)


@rounds(4, soak=200)
def test_a_dying_database_loses_and_doubles_nothing(rounds: int, tell: Tell) -> None:
    """The service takes it up again by itself; a fact that was on its way is answered or sent again."""
    dice, outages = random.Random(rounds), [0.0]
    clients = [Client(number, LARGE_BATCH) for number in range(CLIENTS)]
    with new_home() as home, EmbeddedPostgres(home) as server, served(None, home, wait_seconds=60) as service:
        open_shanghai(service)
        books = Books(server.dsn)
        with writing(clients, service):
            for number in range(rounds):
                until_acknowledged(clients)
                threading.Event().wait(dice.uniform(0, 0.3))
                FAULTS[number % len(FAULTS)](server, service, dice)
                outages.append(until_acknowledged(clients))
        acknowledged = acknowledged_by(clients)
        books.await_sealed(acknowledged)
        turned_away = sorted({status for client in clients for status in client.turned_away})
        tell(
            "database killed",
            rounds=rounds,
            faults=rounds,
            found=books,
            acknowledged=len(acknowledged),
            turned_away_with=turned_away,
            longest_outage_seconds=round(max(outages), 1),
        )
        assert set(turned_away) <= {503}
        service.get("/v1/employees/E1")
        books.require_whole()


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_database_that_was_long_away_is_met_again_at_once(tmp_path: Path, tell: Tell) -> None:
    """Waiting grows longer and longer in whoever tries again; nobody may sleep through the return."""
    with (
        new_home() as home,
        EmbeddedPostgres(home) as server,
        served(server.dsn, tmp_path, wait_seconds=60) as service,
    ):
        open_shanghai(service)
        server.stop()
        deadline = time.monotonic() + AWAY_SECONDS
        while time.monotonic() < deadline:
            assert service.http.get("/health/live").status_code == 200
            assert service.http.get("/health/ready").status_code == 503
            assert service.record("visit_recorded", VISIT).status_code == 503
        server.start()
        began = time.monotonic()
        until(lambda: service.http.get("/health/ready").status_code == 200, seconds=BACK_SECONDS)
        waited = time.monotonic() - began
        assert service.record("visit_recorded", VISIT).status_code == 201
        tell(
            "database away",
            rounds=1,
            faults=1,
            found="0 lost",
            seconds_away=AWAY_SECONDS,
            ready_again_after_seconds=round(waited, 1),
        )
        assert waited < 15
        assert service.head() == 4
