"""Several processes over one ledger, killed one by one: what was acknowledged stands, and all goes on."""

import random
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import psycopg
import pytest
from faults.acknowledged import CLIENTS, Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell, rounds
from faults.embedded_user import until
from given import LEDGER
from served import Service, open_shanghai, served

pytestmark = pytest.mark.faults

TAKEOVER_SECONDS = 5.0
WORKERS = 2

HOLDERS = f"""
select pid from pg_locks join pg_stat_activity using (pid)
where locktype = 'advisory' and granted and datname = current_database()
and (classid::bigint << 32) | objid::bigint = hashtextextended('leads follower {LEDGER}', 0)"""
"""The connection of whoever leads; the courier keeps a lock on one of its own."""


def children(service: Service) -> list[psutil.Process]:
    """The processes that the served one looks after: the one behind, then those that answer."""
    return psutil.Process(service.process.pid).children()


@rounds(4, soak=100)
def test_killed_workers_lose_and_double_nothing_and_are_begun_anew(
    ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    """Every process but the one that looks after the others may die at any moment; it ends with status 0."""
    dice, books = random.Random(rounds), Books(ledger_dsn)
    clients = [Client(number) for number in range(CLIENTS)]
    arguments = ("--workers", str(WORKERS))
    with served(ledger_dsn, tmp_path, arguments=arguments, wait_seconds=60) as service:
        open_shanghai(service)
        for _ in range(rounds):
            with writing(clients, service):
                threading.Event().wait(dice.uniform(0.1, 0.6))
                dice.choice(children(service)).kill()
            until(lambda: len(children(service)) == 1 + WORKERS, seconds=30)
            books.check(acknowledged_by(clients))
        with writing(clients, service):
            until_acknowledged(clients)
        acknowledged = acknowledged_by(clients)
        books.await_sealed(acknowledged)
        service.get("/v1/employees/E1")
        service.process.terminate()
        assert service.process.wait(timeout=60) == 0
    tell("worker killed", rounds=rounds, faults=rounds, acknowledged=len(acknowledged), found=books)
    books.require_whole()


@pytest.fixture
def parts(ledger_dsn: str, tmp_path: Path) -> Iterator[list[Service]]:
    """A process that answers, and two that follow and seal, of which one leads."""
    behind = ("--role", "follower", "--role", "sealer")
    with ExitStack() as stack:
        yield [
            stack.enter_context(served(ledger_dsn, tmp_path, arguments=arguments))
            for arguments in (("--role", "api"), behind, behind)
        ]


def leading(services: list[Service]) -> list[Service]:
    """Those that lead both works, as they say themselves."""
    both = ["follower", "sealer"]
    return [each for each in services if each.http.get("/health/ready").json()["leads"] == both]


def test_who_leads_is_followed_within_seconds_when_it_dies_or_loses_its_lock(
    parts: list[Service], ledger_dsn: str
) -> None:
    api, *behind = parts
    until(lambda: len(leading(behind)) == 1, seconds=TAKEOVER_SECONDS)
    open_shanghai(api)
    assert leading([api]) == []
    assert behind[0].http.get("/v1/plans").status_code == 404, "it answers nothing but how it fares"
    api.get("/v1/employees/E1")

    with psycopg.connect(ledger_dsn, autocommit=True) as connection:

        def holders() -> list[int]:
            return [pid for (pid,) in connection.execute(HOLDERS)]

        [before] = holders()
        connection.execute("select pg_terminate_backend(%s)", [before])
        until(lambda: len(holders()) == 1 and holders() != [before], seconds=TAKEOVER_SECONDS)
    until(lambda: len(leading(behind)) == 1, seconds=TAKEOVER_SECONDS)

    [first] = leading(behind)
    first.kill()
    [second] = [each for each in behind if each is not first]
    until(lambda: leading([second]) == [second], seconds=TAKEOVER_SECONDS)
    assert api.record("visit_recorded", {"employee": "E1", "customer": "H1"}).status_code == 201
    api.get("/v1/employees/E1")
    assert api.http.get("/health/ready").json()["ready"]
