"""The service is killed while clients write: what it acknowledged stands once, and nothing else is amiss."""

import random
import threading
from pathlib import Path

import pytest
from faults.acknowledged import CLIENTS, LARGE_BATCH, Books, Client, acknowledged_by, writing
from faults.campaign import Tell, rounds
from served import open_shanghai, served

pytestmark = pytest.mark.faults

LONGEST_SECONDS = 0.6
REPLAYED_EVERY = 50
"""Rounds between two replays: each takes as long as all that was written until then."""


@rounds(10, soak=200)
def test_a_killed_service_loses_and_doubles_nothing(
    ledger_dsn: str, tmp_path: Path, rounds: int, tell: Tell
) -> None:
    """With it dies its follower, and all else in it; of the 16 clients that write, four send batches."""
    dice, books = random.Random(rounds), Books(ledger_dsn)
    clients = [Client(number) for number in range(CLIENTS)]
    for number in range(1, rounds + 1):
        with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
            if number == 1:
                open_shanghai(service)
            with writing(clients, service):
                threading.Event().wait(dice.uniform(0, LONGEST_SECONDS))
                service.kill()
        acknowledged = acknowledged_by(clients)
        books.check(acknowledged)
        if number % REPLAYED_EVERY == 0:
            books.require_whole()
    with served(ledger_dsn, tmp_path, wait_seconds=60) as service:
        service.get("/v1/employees/E1")
        books.await_sealed(acknowledged)
    tell("service killed", rounds=rounds, faults=rounds, acknowledged=len(acknowledged), found=books)
    books.require_whole()
    assert len(acknowledged) > CLIENTS * rounds
    most = rounds * (CLIENTS * 3 + CLIENTS * LARGE_BATCH) // 4 + 3
    assert books.unacknowledged(acknowledged) <= most, "at most one unanswered request a client and kill"
