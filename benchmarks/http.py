"""Facts and statements over HTTP: the whole service, a bare handler, a peer and the limit, in one run.

Every fact is new, of somebody whom the ledger knows, and durable when it is answered; whoever sends it shows
a token; the read models follow and the journal is sealed meanwhile, as in service. The load comes from a
process of its own on the same machine, over kept-alive connections, each sending its next request when the
last is answered. The limit is the group commit that the service writes through, asked directly, with as many
facts in flight and nothing beside it; the peer is the stock library behind a handler that does nothing else;
the bare handler answers and does nothing at all. Of each run it is said where the processor's time went.

Before each round the server writes out what it holds (CHECKPOINT), as one in service does every few minutes.
It then writes its log to files that were used before, and every page that changes once as a whole. Otherwise
each run would be one of a server's first minutes, in which it fills a new file of 16 MB with zeros for every
10,000 facts while all who write wait.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psutil
import psycopg
import uvloop
from psycopg.errors import InsufficientPrivilege

from api.ops import open_ledger
from api.roles import Role
from api.settings import Settings
from api.tokens import Tokens, token_file
from benchmarks.append import drafted, visits
from benchmarks.load import Asking, Load, run
from benchmarks.processor import Used, database_process, load_of_machine, used
from benchmarks.scratch import LEDGER, database, options
from benchmarks.serving import Served, close_last_month, hire, serving, started
from domain.journal.append import Journal
from domain.journal.group_commit import GroupCommit

BARE = [sys.executable, "-m", "benchmarks.bare"]


class Wanted(NamedTuple):
    """What a load is to reach. p99: the most milliseconds of one request in a hundred, if limited."""

    rate: float
    p99: float | None = None


class Workload(NamedTuple):
    """A load, and at whom it is aimed: "service", "bare", "peer"; "limit" is asked in this process."""

    name: str
    at: str
    kind: str
    clients: int
    things: int
    wanted: Wanted | None = None


WORKLOADS = (
    Workload("one fact, 16 clients", "service", "facts", 16, 8_000, Wanted(4_000, p99=10)),
    Workload("one fact, 64 clients", "service", "facts", 64, 12_800, Wanted(5_500)),
    Workload("100 facts a request, 8 clients", "service", "batches", 8, 24_000, Wanted(30_000)),
    Workload("closed statement, 16 clients", "service", "statements", 16, 3_200, Wanted(1_500)),
    Workload("open statement, 16 clients", "service", "open statements", 16, 480),
    Workload("bare handler, 64 clients", "bare", "facts", 64, 12_800),
    Workload("stock library, 64 clients", "peer", "facts", 64, 960),
    Workload("group commit, 16 in flight", "limit", "facts", 16, 9_600),
    Workload("group commit, 64 in flight", "limit", "facts", 64, 19_200),
)

COMPARED = (
    ("one fact, 16 clients", "group commit, 16 in flight"),
    ("one fact, 64 clients", "group commit, 64 in flight"),
    ("one fact, 64 clients", "bare handler, 64 clients"),
    ("one fact, 64 clients", "stock library, 64 clients"),
)


class Run(NamedTuple):
    """One run of a workload. used: by service and database, where a service was asked."""

    load: Load
    used: Used | None


class Scene(NamedTuple):
    """Who is asked. dsn: of the database. months: the closed month and the open one."""

    dsn: str
    journal: Journal
    services: Mapping[str, Served]
    database: psutil.Process | None
    tokens: Mapping[str, str]
    months: tuple[str, str]

    def settle(self) -> None:
        """Has the server write out what it holds, where whoever benchmarks may ask for that."""
        with psycopg.connect(self.dsn, autocommit=True) as connection, suppress(InsufficientPrivilege):
            connection.execute("checkpoint")

    def run(self, workload: Workload) -> Run:
        """Runs it once."""
        if workload.at == "limit":
            return Run(uvloop.run(_bare(self.journal, workload.clients, workload.things)), None)
        served = self.services[workload.at]
        closed, still_open = self.months
        period = still_open if workload.kind.startswith("open") else closed
        kind = workload.kind.removeprefix("open ")
        token = self.tokens["statements" if kind == "statements" else "facts"]
        before = used(served.process, self.database)
        load = run(Asking(served.url, kind, workload.clients, workload.things, period), token)
        return Run(load, used(served.process, self.database).since(before))


@contextmanager
def _scene(given: str | None, asked: set[str], workers: int = 1) -> Iterator[Scene]:
    """A firm of which last month is closed, and those of the services that are `asked`."""
    with ExitStack() as stack:
        dsn = stack.enter_context(database(given))
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="merit-")))
        settings = Settings(home=home, database_url=dsn, ledger=LEDGER)
        made = Tokens(token_file(home))
        roles: Sequence[tuple[str, Role]] = (("facts", "integration"), ("statements", "payroll"))
        tokens = {what: made.make(role, f"{what}.{uuid4().hex[:6]}", None) for what, role in roles}
        ledger = stack.enter_context(open_ledger(settings, prepare_it=True))
        hire(ledger)
        closed = close_last_month(ledger)
        ways = {
            "service": lambda: serving(settings, workers),
            "bare": lambda: started([*BARE, "answers"], {}),
            "peer": lambda: started([*BARE, "eventsourcing", dsn], {}),
        }
        services = {at: stack.enter_context(way()) for at, way in ways.items() if at in asked}
        months = str(closed), str(closed.next())
        yield Scene(dsn, ledger.journal, services, database_process(dsn), tokens, months)


async def _bare(journal: Journal, clients: int, number: int) -> Load:
    """Appends `number` facts through the group commit, so many in flight."""
    waits: list[float] = []
    async with GroupCommit(journal) as group:

        async def client() -> None:
            for key, fact in visits(number // clients):
                began = time.perf_counter()
                await group.append(drafted(key, fact))
                waits.append(time.perf_counter() - began)

        began, used_before = time.perf_counter(), time.process_time()
        await asyncio.gather(*(client() for _ in range(clients)))
        seconds = time.perf_counter() - began
    cuts = statistics.quantiles(waits, n=100)
    used_here = time.process_time() - used_before
    return Load(number, seconds, cuts[49] * 1000, cuts[98] * 1000, used_here)


def measured(scene: Scene, workloads: Sequence[Workload], repeats: int) -> dict[str, Run]:
    """Each workload's median run; runs take turns, and the first of each does not count."""
    runs: dict[str, list[Run]] = {}
    for _ in range(repeats + 1):
        scene.settle()
        for workload in workloads:
            runs.setdefault(workload.name, []).append(scene.run(workload))
    return {
        name: sorted(found[1:], key=lambda run: run.load.rate)[len(found[1:]) // 2]
        for name, found in runs.items()
    }


def report(workloads: Sequence[Workload], runs: Mapping[str, Run]) -> bool:
    """Prints rates, waits, ratios and shares of the processor; whether all is as wanted."""
    print(f"load of the machine {load_of_machine():.1f}, {os.cpu_count()} processors")
    print(f"{'':<32}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}   µs of processor for each: client, loop, …")
    met = True
    for workload in workloads:
        run = runs[workload.name]
        print(
            f"{workload.name:<32}{run.load.rate:>10,.0f}{run.load.p50:>8.1f}{run.load.p99:>8.1f}   "
            f"{_shares(run)}"
        )
    for ours, other in COMPARED:
        if ours in runs and other in runs:
            print(f"{ours} / {other}: {runs[ours].load.rate / runs[other].load.rate:.2f}")
    for workload in workloads:
        if workload.wanted is not None:
            load, wanted = runs[workload.name].load, workload.wanted
            reached = load.rate >= wanted.rate and (wanted.p99 is None or load.p99 <= wanted.p99)
            limit = "" if wanted.p99 is None else f", p99 {wanted.p99:.0f} ms"
            print(f"{workload.name}: {'MET' if reached else 'MISSED'} (wanted {wanted.rate:,.0f}/s{limit})")
            met = met and reached
    return met


def _shares(run: Run) -> str:
    each = 1e6 / run.load.things
    said = f"client {run.load.processor_seconds * each:.0f}"
    if run.used is not None:
        threads = run.used.service - run.used.loop
        said += (
            f", loop {run.used.loop * each:.0f}, other threads {threads * each:.0f}, "
            f"database {run.used.database * each:.0f}"
        )
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the loads; 1 when a wanted figure is missed."""
    parser = options(__doc__)
    parser.add_argument("--repeats", type=int, default=2, help="measured runs of each, after one that is not")
    parser.add_argument("--only", default="", help="workloads whose name holds this")
    parser.add_argument("--workers", type=int, default=1, help="processes that answer")
    chosen = parser.parse_args(arguments)
    workloads = [each for each in WORKLOADS if chosen.only in each.name]
    with ExitStack() as stack:
        scene = stack.enter_context(_scene(chosen.dsn, {each.at for each in workloads}, chosen.workers))
        return 0 if report(workloads, measured(scene, workloads, chosen.repeats)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
