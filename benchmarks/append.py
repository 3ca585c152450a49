"""Appending: ours against eventsourcing's own recorder and against bare COPY, interleaved on one server.

Every fact is new, and durable when it counts. Ours includes making the draft: canonical JSON, tags and hash.
The peer is the library's DCB recorder with a condition on one key tag a fact, which is how it can tell a
redelivery; it hashes nothing. The limit is COPY of finished rows into the journal itself.
"""

import asyncio
import datetime as dt
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple
from uuid import uuid4

import uvloop
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from benchmarks.scratch import LEDGER, database, options
from domain.facts.registry import tags_of
from domain.facts.selling import VisitRecorded
from domain.journal import read
from domain.journal.append import Journal
from domain.journal.batch import COPY
from domain.journal.canonical import canonical
from domain.journal.cold import COLUMN_TYPES
from domain.journal.connection import connect
from domain.journal.group_commit import GroupCommit
from domain.journal.migrate import migrate
from domain.journal.record import Draft, draft

PEER_THREADS = 8
NOW = dt.datetime.now(dt.UTC)

Work = Callable[[int], None]
"""Appends so many facts."""


class Workload(NamedTuple):
    """What is measured, with how many facts a run. prepare: what comes before, unmeasured."""

    work: Work
    facts: int
    prepare: Work = lambda number: None


def visits(number: int) -> Iterator[tuple[str, VisitRecorded]]:
    """Visits under keys as a source numbers them: those of one call share a random beginning."""
    beginning = uuid4().hex
    for index in range(number):
        fact = VisitRecorded(
            employee=f"E{index % 500}",
            customer=f"C{index % 3000}",
            department="cardiology",
            kind="demo",
            minutes=45,
        )
        yield f"{beginning}-{index}", fact


def drafted(key: str, fact: VisitRecorded) -> Draft:
    """`fact` as the intake makes it ready."""
    return draft(fact, source="crm", key=key, occurred_at=NOW, actor="integration:crm")


class Floor:
    """Bare COPY of finished rows into the journal itself: the same table, indexes and size."""

    def __init__(self, dsn: str) -> None:
        self._connection = connect(dsn, LEDGER, autocommit=True)
        self._rows: list[tuple[object, ...]] = []

    def prepare(self, number: int) -> None:
        """Makes the rows, outside of what is measured; nobody else writes meanwhile."""
        head = read.head(self._connection.cursor())
        drafts = [drafted(key, fact) for key, fact in visits(number)]
        self._rows = [
            (at, made.type, made.source, made.key, made.content_hash, list(made.tags), made.occurred_at, NOW,
             made.actor, made.causation, made.data)
            for at, made in enumerate(drafts, head + 1)
        ]  # fmt: skip

    def copy(self, number: int) -> None:
        """Copies the rows in one transaction."""
        with self._connection.cursor().copy(COPY) as copy:
            copy.set_types(COLUMN_TYPES)
            for row in self._rows:
                copy.write_row(row)

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()


class Peer:
    """The library's recorder for PostgreSQL."""

    def __init__(self, dsn: str, threads: int = PEER_THREADS) -> None:
        given = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
        self.store = PostgresDatastore(
            given["dbname"],
            given["host"],
            given.get("port", "5432"),
            given["user"],
            given.get("password", ""),
            pool_size=threads,
            max_waiting=threads,
        )
        self.recorder = PostgresDCBRecorderTT(self.store)
        self.recorder.create_table()

    def batches(self, size: int) -> Work:
        """Appends in calls of `size`."""

        def work(number: int) -> None:
            for _ in range(number // size):
                self.append(visits(size))

        return work

    def threads(self, number: int) -> None:
        """Appends one by one, in so many threads."""

        def work() -> None:
            for pair in visits(number // PEER_THREADS):
                self.append([pair])

        threads = [threading.Thread(target=work) for _ in range(PEER_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def append(self, pairs: Iterable[tuple[str, VisitRecorded]]) -> None:
        events = [
            DCBEvent(fact.TYPE, canonical(fact), [f"key:crm:{key}", *tags_of(fact)]) for key, fact in pairs
        ]
        query = DCBQuery([DCBQueryItem(tags=event.tags[:1]) for event in events])
        self.recorder.append(events, DCBAppendCondition(query))


class Calls:
    """Ours, in one call; the facts are there beforehand, their drafts are not."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._visits: list[tuple[str, VisitRecorded]] = []

    def prepare(self, number: int) -> None:
        """Makes the facts, outside of what is measured."""
        self._visits = list(visits(number))

    def append(self, number: int) -> None:
        """Makes the drafts and appends them."""
        self._journal.append([drafted(key, fact) for key, fact in self._visits], now=NOW)


def batches(journal: Journal, size: int) -> Work:
    """Ours, in calls of `size`."""

    def work(number: int) -> None:
        for _ in range(number // size):
            journal.append([drafted(key, fact) for key, fact in visits(size)], now=NOW)

    return work


def grouped(journal: Journal, in_flight: int) -> Work:
    """Ours, one by one, so many at a time, each answered when it is durable."""

    async def run(number: int) -> None:
        async with GroupCommit(journal) as group:

            async def client() -> None:
                for key, fact in visits(number // in_flight):
                    await group.append(drafted(key, fact))

            await asyncio.gather(*(client() for _ in range(in_flight)))

    return lambda number: uvloop.run(run(number))


def measure(workloads: Mapping[str, Workload], repeats: int, scale: int) -> dict[str, float]:
    """Facts per second of each workload: the median of runs that take turns, the first not counted."""
    rates: dict[str, list[float]] = {name: [] for name in workloads}
    for _ in range(repeats + 1):
        for name, workload in workloads.items():
            number = workload.facts * scale
            workload.prepare(number)
            began = time.perf_counter()
            workload.work(number)
            rates[name].append(number / (time.perf_counter() - began))
    return {name: statistics.median(found[1:]) for name, found in rates.items()}


COMPARED = (
    ("ours, 10,000 a call", "bare COPY, 10,000 rows", 0.55),
    ("ours, 100 a call", "peer, 100 a call", 3.0),
    ("ours, 8 in flight", "peer, 8 threads", 4.5),
    ("ours, 64 in flight", "peer, 8 threads", 13.0),
    ("ours, 500 in flight", "peer, 8 threads", 25.0),
)
"""Ours, what it is held against, and the least ratio that we want."""


Compared = Sequence[tuple[str, str, float]]


def report(rates: Mapping[str, float], compared: Compared = COMPARED) -> bool:
    """Prints rates and ratios; whether every ratio is as wanted."""
    wide = max(map(len, rates)) + 1
    for name, rate in rates.items():
        print(f"{name:<{wide}}{rate:>12,.0f} facts/s")
    print()
    met = True
    for ours, other, wanted in compared:
        ratio = rates[ours] / rates[other]
        met = met and ratio >= wanted
        verdict = "met" if ratio >= wanted else "MISSED"
        print(f"{ours:<{wide}}/ {other:<{wide}}{ratio:>7.2f}   wanted {wanted:>5.2f}   {verdict}")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs every workload; 1 when a ratio is missed."""
    parser = options(__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each, after one that is not")
    parser.add_argument(
        "--scale", type=int, default=1, help="multiplies the number of facts a run; a whole number"
    )
    chosen = parser.parse_args(arguments)
    with database(chosen.dsn) as dsn, ExitStack() as stack:
        migrate(dsn, LEDGER)
        journal = stack.enter_context(Journal(dsn, LEDGER))
        floor, peer = Floor(dsn), Peer(dsn)
        stack.callback(floor.close)
        stack.callback(peer.store.close)
        calls = Calls(journal)
        workloads = {
            "bare COPY, 10,000 rows": Workload(floor.copy, 10_000, floor.prepare),
            "ours, 10,000 a call": Workload(calls.append, 10_000, calls.prepare),
            "peer, 100 a call": Workload(peer.batches(100), 4_000),
            "ours, 100 a call": Workload(batches(journal, 100), 10_000),
            "peer, 8 threads": Workload(peer.threads, 2_000),
            "ours, 8 in flight": Workload(grouped(journal, 8), 8_000),
            "ours, 64 in flight": Workload(grouped(journal, 64), 16_000),
            "ours, 500 in flight": Workload(grouped(journal, 500), 30_000),
        }
        return 0 if report(measure(workloads, chosen.repeats, chosen.scale)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
