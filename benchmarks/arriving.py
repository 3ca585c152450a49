"""Facts that arrive at a rate while something else is measured, each process of its own.

One process appends them one by one through the group commit, as the service does; another folds them into the
read models. Both end when whoever started them is done.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any
from uuid import uuid4

import uvloop
from psycopg import sql

from benchmarks.append import NOW
from benchmarks.scratch import LEDGER
from domain.facts.selling import DealClosed, FollowUpRecorded
from domain.journal.append import Journal
from domain.journal.group_commit import GroupCommit
from domain.journal.record import Draft, draft
from projections.runner import Runner
from projections.spans import Connection

TICK_SECONDS = 0.01
OPENED_AT = 300_000_000

OPENING = """
insert into journal (position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, data)
values (%s, 'ledger_opened', 'bench', '1', sha256('1'), '{}', '2023-01-01', '2023-01-01', 'bench',
    '{"name":"bench","zone":"Asia/Shanghai","currency":"CNY"}')"""


FAR = """
select journal_part_made('journal_3');
alter table journal attach partition journal_3 for values from ({at}) to ({until});
insert into journal_part (number, after, upto) values (3, {at} - 1, {until} - 1)"""


class Arriving:
    """What came of it, once it is over: facts a second that were durable."""

    rate = 0.0


def open_after(owner: Connection) -> None:
    """Lets the journal go on after rows of read models that were made without it."""
    owner.execute(sql.SQL(FAR).format(at=OPENED_AT, until=OPENED_AT + 100_000_000))
    owner.execute(OPENING, [OPENED_AT])
    owner.execute("update projection set position = %s", [OPENED_AT])
    owner.execute("vacuum (analyze)")


def work(
    people: int, chance: random.Random, day: dt.date = dt.date(2025, 3, 28), one_in: int = 10
) -> Iterator[Draft]:
    """Calls of anybody, `one_in` so many a deal, on a day; without an end."""
    beginning = uuid4().hex
    at = dt.datetime.combine(day, dt.time(4), dt.UTC)
    for number in count():
        employee = f"E{chance.randint(1, people):06}"
        fact = (
            DealClosed(
                employee=employee,
                customer="C1",
                deal=f"X{beginning}{number}",
                amount_minor=500_000,
                currency="CNY",
            )
            if number % one_in == 0
            else FollowUpRecorded(employee=employee, customer=f"N{number}", kind="call")
        )
        yield draft(fact, source="bench", key=f"{beginning}-{number}", occurred_at=at, actor="bench")


@contextmanager
def arriving(dsn: str, people: int, rate: int) -> Generator[Arriving]:
    """Meanwhile `rate` facts a second arrive and are folded."""
    found = Arriving()
    asked = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with _child("follow", dsn, people, rate, asked) as following:
        with _child("write", dsn, people, rate, asked) as writing:
            assert writing.stdout is not None
            writing.stdout.readline()  # it has begun
            try:
                yield found
            finally:
                told = writing.communicate()[0]
        following.communicate()
    found.rate = json.loads(told or "0")


def _child(what: str, dsn: str, people: int, rate: int, asked: dict[str, Any]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "benchmarks.arriving", what, str(people), str(rate)]
    return subprocess.Popen(command, env=os.environ | {"BENCH_DSN": dsn}, **asked)


async def _write(dsn: str, people: int, rate: int, over: threading.Event) -> float:
    """Appends until it is over; facts a second that were durable."""
    drafts, sent, loop = work(people, random.Random(11)), 0, asyncio.get_running_loop()
    waiting: set[asyncio.Task[Any]] = set()
    with Journal(dsn, LEDGER) as journal:
        async with GroupCommit(journal, clock=lambda: NOW) as group:
            began = loop.time()
            print("begun", flush=True)
            while not over.is_set():
                due = int((loop.time() - began) * rate) - sent
                for _ in range(due):
                    task = asyncio.create_task(group.append(next(drafts)))
                    waiting.add(task)
                    task.add_done_callback(waiting.discard)
                sent += due
                await asyncio.sleep(TICK_SECONDS)
            durable, gone = sent - len(waiting), loop.time() - began
            await asyncio.gather(*waiting)
    return durable / gone


def main(arguments: Sequence[str] | None = None) -> None:
    """One of the two processes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("write", "follow"))
    parser.add_argument("people", type=int)
    parser.add_argument("rate", type=int)
    chosen = parser.parse_args(arguments)
    dsn, over = os.environ["BENCH_DSN"], threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    if chosen.what == "follow":
        Runner(dsn, LEDGER).follow(over)
    else:
        print(uvloop.run(_write(dsn, chosen.people, chosen.rate, over)))


if __name__ == "__main__":
    main()
