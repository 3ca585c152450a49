"""Open scenarios: what a request takes at each percentile, beside stock eventsourcing and bare PostgreSQL.

audit: 16 writers, each with its next fact of 256 bytes once the last is durable. zipf: four readers of what a
person did in a month, people being drawn by Zipf's law, while nothing is written. day: a day of a firm over
HTTP, with writers, readers of statements and boards and a client of the stream (see scenario_day).

One after the other in one run and on one server. Stock eventsourcing appends each fact with a condition on
its key, as it would tell a redelivery, and reads a person's facts by tag and counts them; bare PostgreSQL has
one table with a key and an index. `--samples DIR` keeps every sample (see samples). Figures of different
machines do not compare; ratios of one run do.
"""

import asyncio
import json
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from uuid import uuid4

import psycopg
import uvloop
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from benchmarks import scenario_day
from benchmarks.append import NOW, Peer
from benchmarks.arriving import work
from benchmarks.closing import MARCH
from benchmarks.processor import load_of_machine
from benchmarks.samples import Found, Series, against_first, told
from benchmarks.scenario_day import drawn
from benchmarks.scratch import LEDGER, database, options
from domain.facts.activity import ActivityRecorded
from domain.journal.append import Journal
from domain.journal.canonical import canonical
from domain.journal.connection import connect
from domain.journal.group_commit import GroupCommit
from domain.journal.migrate import migrate
from domain.journal.record import Draft, draft
from projections import runner
from projections.runner import Runner
from projections.standings import standings

SCENARIOS = ("audit", "zipf", "day")
WRITERS, READERS = 16, 4
FACT_BYTES = 256
FACTS_EACH = 20
BATCH = 100

BARE_TABLE = """
create table bare_fact (
    position bigint generated always as identity primary key, key text not null unique, type text not null,
    employee text not null, amount bigint, data bytea not null
);
create index on bare_fact (employee)"""
BARE_INSERT = "insert into bare_fact (key, type, employee, amount, data) values (%s, %s, %s, %s, %s)"
BARE_TOTALS = "select type, count(*), sum(amount) from bare_fact where employee = %s group by type"


def facts_of_256_bytes() -> Iterator[Draft]:
    """New facts without an end, each of so many bytes."""
    beginning = uuid4().hex
    number = 0
    while True:
        number += 1
        words: dict[str, int | str] = {"text": ""}
        of = ActivityRecorded(employee=f"E{number % 500:03}", kind="entry", attributes=words)
        words["text"] = "x" * (FACT_BYTES - len(canonical(of)))
        yield draft(of, source="audit", key=f"{beginning}-{number}", occurred_at=NOW, actor="bench")


def at_once(number: int, seconds: float, series: Series, ready: Callable[[], Callable[[], object]]) -> Series:
    """`number` threads, each made `ready` and then asking again and again for so long."""
    barrier, over = threading.Barrier(number + 1), threading.Event()

    def ask() -> None:
        once = ready()
        barrier.wait()
        while not over.is_set():
            began = time.perf_counter()
            once()
            series.add(began)

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    barrier.wait()
    series.began = time.perf_counter()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join()
    return series.over()


async def _ours(journal: Journal, seconds: float) -> Series:
    """Writes through the group commit, as the service does."""
    series = Series("group commit, 16 writers")
    async with GroupCommit(journal) as group:

        async def write() -> None:
            for each in facts_of_256_bytes():
                began = time.perf_counter()
                if began - series.began > seconds:
                    return
                await group.append(each)
                series.add(began)

        series.began = time.perf_counter()
        await asyncio.gather(*(write() for _ in range(WRITERS)))
    return series.over()


def _append(peer: Peer, drafts: Sequence[Draft]) -> None:
    events = [DCBEvent(each.type, each.data, [f"key:{each.key}", *each.tags]) for each in drafts]
    query = DCBQuery([DCBQueryItem(tags=event.tags[:1]) for event in events])
    peer.recorder.append(events, DCBAppendCondition(query))


def _row(each: Draft) -> tuple[object, ...]:
    said = json.loads(each.data)
    return each.key, each.type, said["employee"], said.get("amount_minor"), each.data


def audit(dsn: str, seconds: float) -> Found:
    """16 writers of facts of 256 bytes."""
    found: list[Series] = []
    with Journal(dsn, LEDGER) as journal:
        found.append(uvloop.run(_ours(journal, seconds)))
    peer = Peer(dsn, WRITERS)

    def peer_ready() -> Callable[[], object]:
        facts = facts_of_256_bytes()
        return lambda: _append(peer, [next(facts)])

    found.append(at_once(WRITERS, seconds, Series("stock eventsourcing, 16 writers"), peer_ready))
    peer.store.close()
    with ExitStack() as stack:

        def bare_ready() -> Callable[[], object]:
            connection = stack.enter_context(psycopg.connect(dsn, autocommit=True))
            facts = facts_of_256_bytes()
            return lambda: connection.execute(BARE_INSERT, _row(next(facts)))

        found.append(at_once(WRITERS, seconds, Series("bare PostgreSQL, 16 writers"), bare_ready))
    return against_first(found)


def zipf(dsn: str, seconds: float, people: int) -> Found:
    """Four readers of the month of somebody whom Zipf's law draws."""
    peer = Peer(dsn, READERS)
    drafts = list(islice(work(people, random.Random(5)), people * FACTS_EACH))
    with Journal(dsn, LEDGER) as journal, psycopg.connect(dsn, autocommit=True) as connection:
        journal.append(drafts, now=NOW)
        for start in range(0, len(drafts), BATCH):
            _append(peer, drafts[start : start + BATCH])
        with connection.cursor() as cursor:
            cursor.executemany(BARE_INSERT, [_row(each) for each in drafts])
        connection.execute("vacuum (analyze)")
    Runner(dsn, LEDGER).catch_up()
    numbers = iter(range(1_000))

    def whom() -> Iterator[str]:
        return (f"E{int(each[1:]) + 1:06}" for each in drawn(people, next(numbers)))

    days = MARCH.first_day, MARCH.last_day
    with ExitStack() as stack:

        def ours_ready() -> Callable[[], object]:
            cursor = stack.enter_context(connect(dsn, LEDGER, autocommit=True)).cursor()
            asked = whom()
            return lambda: standings(cursor, *days, [next(asked)])

        def peer_ready() -> Callable[[], object]:
            asked = whom()

            def read() -> Counter[str]:
                query = DCBQuery([DCBQueryItem(tags=[f"employee:{next(asked)}"])])
                return Counter(each.event.type for each in peer.recorder.read(query))

            return read

        def bare_ready() -> Callable[[], object]:
            connection = stack.enter_context(psycopg.connect(dsn, autocommit=True))
            asked = whom()
            return lambda: connection.execute(BARE_TOTALS, [next(asked)]).fetchall()

        found = [
            at_once(READERS, seconds, Series("standings, 4 readers"), ours_ready),
            at_once(READERS, seconds, Series("stock eventsourcing, 4 readers"), peer_ready),
            at_once(READERS, seconds, Series("bare PostgreSQL, 4 readers"), bare_ready),
        ]
    peer.store.close()
    return against_first(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the scenarios; nothing is wanted of them, for they are there to be compared."""
    parser = options(__doc__)
    parser.add_argument("--only", choices=SCENARIOS, help="one of them; all without it")
    parser.add_argument("--seconds", type=float, default=60.0, help="for so long each series goes on")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--samples", type=Path, metavar="DIR", help="keep every sample in files there")
    chosen = parser.parse_args(arguments)
    runs: dict[str, Callable[[str], Found]] = {
        "audit": lambda dsn: audit(dsn, chosen.seconds),
        "zipf": lambda dsn: zipf(dsn, chosen.seconds, chosen.people),
        "day": lambda dsn: scenario_day.day(dsn, chosen.seconds, chosen.people),
    }
    for name in [chosen.only] if chosen.only else SCENARIOS:
        with database(chosen.dsn) as dsn:
            if name != "day":
                migrate(dsn, LEDGER)
                with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
                    runner.create(owner)
                with psycopg.connect(dsn, autocommit=True) as connection:
                    connection.execute(BARE_TABLE)
            print(f"\n{name}: {chosen.seconds:g} seconds a series, {chosen.people:,} people", flush=True)
            told(name, runs[name](dsn), chosen.samples)
            print(f"load of the machine {load_of_machine():.1f}, {os.cpu_count()} processors", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
