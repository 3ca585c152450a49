"""A service under load for hours while its parts are killed: nothing is lost, and it costs what it did.

`MERITBOOK_TEST_MINUTES` says for how long, 120 if it does not. The first quarter warms everything up; the
last is held against the second.
"""

import os
import random
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import httpx
import psutil
import psycopg
import pytest
from faults.acknowledged import Books, Client, acknowledged_by, until_acknowledged, writing
from faults.campaign import Tell
from faults.embedded_user import until
from served import Service, open_shanghai, served

MINUTES = float(os.environ.get("MERITBOOK_TEST_MINUTES") or 120)
ROUND_SECONDS = (3.0, 6.0)
REST_SECONDS = 0.25
CLIENTS, BATCH, WORKERS = 8, 30, 2

MEMORY_MORE, MEMORY_MIB = 1.10, 8
HANDLES_MORE = 4
WAIT_TIMES, WAIT_MILLISECONDS = 2.0, 10.0

pytestmark = [pytest.mark.faults, pytest.mark.soak, pytest.mark.timeout(int(MINUTES * 60) + 1_800)]

KILL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()"""


class Paced(Client):
    """A client that rests between its requests, and notes how long each was under way."""

    def __init__(self, number: int) -> None:
        super().__init__(number, BATCH)
        self.waits: list[float] = []

    def _send(self, http: httpx.Client, stop: threading.Event) -> None:
        began, before = time.perf_counter(), self.answered
        super()._send(http, stop)
        if self.answered > before:
            self.waits.append((time.perf_counter() - began) * 1000)
        stop.wait(REST_SECONDS)


class Cost(NamedTuple):
    """What a worker that nobody killed held after a round: memory, and open files and sockets."""

    mib: float
    handles: int


class Kept(NamedTuple):
    """A quarter: what each round cost, and how long each request was under way, in milliseconds."""

    costs: list[Cost]
    waits: list[float]

    def __str__(self) -> str:
        mib = statistics.median(cost.mib for cost in self.costs)
        handles = statistics.median(cost.handles for cost in self.costs)
        cuts = statistics.quantiles(self.waits, n=100)
        return f"{mib:.1f} MiB, {handles:.0f} handles, p50 {cuts[49]:.1f}, p95 {cuts[94]:.1f} ms"


def test_hours_of_faults_lose_nothing_and_cost_no_more(ledger_dsn: str, tmp_path: Path, tell: Tell) -> None:
    """Killed at random: a process that answers, the one that follows and seals, every database connection."""
    dice, books = random.Random(7), Books(ledger_dsn)
    clients = [Paced(number) for number in range(CLIENTS)]
    quarters = defaultdict[int, Kept](lambda: Kept([], []))
    faults: dict[str, int] = defaultdict(int)
    with served(ledger_dsn, tmp_path, arguments=("--workers", str(WORKERS)), wait_seconds=60) as service:
        open_shanghai(service)
        behind, steady, other = _children(service)
        killed = {"follower": behind, "worker": other}
        began = time.monotonic()
        while (gone := (time.monotonic() - began) / (MINUTES * 60)) < 1:
            fault = dice.choice([*killed, "connections"])
            with writing(clients, service):
                threading.Event().wait(dice.uniform(*ROUND_SECONDS))
                _kill_connections(ledger_dsn) if fault == "connections" else killed[fault].kill()
                threading.Event().wait(1)
            faults[fault] += 1
            until(lambda: len(_children(service)) == 1 + WORKERS, seconds=60)
            killed |= _begun_anew(killed, steady, _children(service))
            books.check(acknowledged_by(clients))
            assert books.lost == 0, str(books)
            quarter = quarters[int(gone * 4)]
            quarter.costs.append(Cost(steady.memory_info().rss / 2**20, steady.num_fds()))
            quarter.waits.extend(wait for client in clients for wait in client.waits)
            for client in clients:
                client.waits.clear()
        with writing(clients, service):
            until_acknowledged(clients)
        acknowledged = acknowledged_by(clients)
        books.await_sealed(acknowledged)
        service.get("/v1/employees/E1")
    told = {f"quarter_{number + 1}": str(kept) for number, kept in sorted(quarters.items())}
    kinds = ", ".join(f"{number} × {fault}" for fault, number in sorted(faults.items()))
    rounds = sum(faults.values())
    told["acknowledged"] = f"{len(acknowledged):,}"
    tell(f"{MINUTES:g} minutes", rounds=rounds, faults=kinds, found=books, **told)
    books.require_whole()
    _require_flat(quarters[1], quarters[3])


def _children(service: Service) -> list[psutil.Process]:
    """The process behind, then those that answer."""
    return psutil.Process(service.process.pid).children()


def _begun_anew(
    before: Mapping[str, psutil.Process], steady: psutil.Process, alive: list[psutil.Process]
) -> dict[str, psutil.Process]:
    """What stands now for those of `before` that died."""
    new = [each for each in alive if each != steady and each not in before.values()]
    dead = [name for name, each in before.items() if each not in alive]
    return dict(zip(dead, new, strict=True))


def _kill_connections(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as killer:
        killer.execute(KILL)


def _require_flat(second: Kept, last: Kept) -> None:
    """The last quarter cost what the second did."""
    before, after = (
        Cost(
            statistics.median(c.mib for c in kept.costs),
            round(statistics.median(c.handles for c in kept.costs)),
        )
        for kept in (second, last)
    )
    assert after.mib <= before.mib * MEMORY_MORE + MEMORY_MIB, f"{before} became {after}"
    assert after.handles <= before.handles + HANDLES_MORE, f"{before} became {after}"
    waits = [statistics.median(kept.waits) for kept in (second, last)]
    assert waits[1] <= waits[0] * WAIT_TIMES + WAIT_MILLISECONDS, (
        f"p50 {waits[0]:.1f} became {waits[1]:.1f} ms"
    )
