"""How long a board over many people takes to be read, made anew and kept, beside bare SQL, in one run.

The people are sellers under the example plan huikang-seller with a month of facts. Boards are of revenue, of
clients followed up, and of the close rate, which is a ratio; the first hundred places are asked for. Between
questions so many facts go through the journal and the read models. The limit is one statement that adds up
the same facts and sorts; the naive way is the board made anew.
"""

import argparse
import datetime as dt
import os
import random
import time
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any
from uuid import uuid4

import msgspec
import psutil

from benchmarks.append import LEDGER, NOW, database
from benchmarks.backtesting import spent
from benchmarks.closing import MARCH, document, fill, seconds
from benchmarks.hinting import spread
from domain.facts.selling import DealClosed, FollowUpRecorded
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.journal.record import Draft, draft
from domain.plan.parse import parse_plan
from projections import boards, runner
from projections.kept_boards import KeptBoards
from projections.spans import Connection, Cursor

OPENED_AT = 300_000_000
MEASURES = ("revenue", "clients_followed", "close_rate")
PLACES = 100
BETWEEN = (0, 100, 1_000)
"""Facts between two questions: none, a tenth of a second and a second of 1,000 a second."""

OPENING = """
insert into journal (position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, data)
values (%s, 'ledger_opened', 'bench', '1', sha256('1'), '{}', '2023-01-01', '2023-01-01', 'bench',
    '{"name":"bench","zone":"Asia/Shanghai","currency":"CNY"}')"""

STANDINGS = """
insert into standing (employee, day, fact, count, others, quantity, minutes, amount_minor)
select employee, day, fact, count(*), 0, 0, 0, coalesce(sum(amount_minor), 0)
from credit group by employee, day, fact"""

BARE = """
select employee, count(distinct customer) from credit
where fact = 'follow_up_recorded' and day between '2025-03-01' and '2025-03-31'
group by employee order by 2 desc, 1 limit 100"""


def boards_document() -> dict[str, Any]:
    """The sellers' plan with the boards."""
    asked = [{"id": f"top_{m}", "title": m, "measure": m, "size": PLACES} for m in MEASURES]
    return document() | {"boards": asked}


def ready(owner: Connection, people: int, facts: int) -> None:
    """A month of facts, with the daily totals, and a plan with the boards."""
    fill(owner, people, facts, [])
    written = msgspec.json.encode(boards_document()).decode()
    parse_plan(boards_document())
    owner.execute("update plan_version set document = %s", [written])
    owner.execute(OPENING, [OPENED_AT])
    owner.execute(STANDINGS)
    owner.execute("update projection set position = %s", [OPENED_AT])
    owner.execute("vacuum (analyze)")


def work(people: int, chance: random.Random) -> Iterator[Draft]:
    """Calls and deals of anybody, without an end."""
    beginning = uuid4().hex
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
            if number % 10 == 0
            else FollowUpRecorded(employee=employee, customer=f"N{number}", kind="call")
        )
        at = dt.datetime(2025, 3, 28, 4, tzinfo=dt.UTC)
        yield draft(fact, source="bench", key=f"{beginning}-{number}", occurred_at=at, actor="bench")


def kept(cursor: Cursor, dsn: str, chosen: argparse.Namespace) -> float:
    """Prints how long a kept board takes after so many facts; the slowest median within the limit."""
    held, slowest = KeptBoards(), 0.0
    server = psutil.Process(cursor.connection.info.backend_pid) if chosen.dsn is None else None
    follower = runner.Runner(dsn, LEDGER)
    drafts = work(chosen.people, random.Random(7))
    with Journal(dsn, LEDGER) as journal:
        for measure in MEASURES:
            held.board(cursor, f"top_{measure}", MARCH)
            for between in BETWEEN:
                taken: list[float] = []
                worked = 0.0
                for _ in range(chosen.repeats):
                    if between:
                        journal.append([next(drafts) for _ in range(between)], now=NOW)
                        follower.catch_up()
                    began, used = time.perf_counter(), spent(server) + time.process_time()
                    found = held.board(cursor, f"top_{measure}", MARCH)
                    taken.append((time.perf_counter() - began) * 1000)
                    worked += (spent(server) + time.process_time() - used) * 1000 / chosen.repeats
                    assert found is not None and len(found.places) == PLACES
                ordered = sorted(taken)
                middle, slow = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
                slowest = max(slowest, middle if between <= chosen.facts_between else 0.0)
                name = f"{measure}, {between:,} facts later"
                print(
                    f"{name:<38} p50 {middle:>7.1f} ms   p99 {slow:>7.1f} ms   of processor {worked:>6.1f} ms"
                )
    return slowest


def run(cursor: Cursor, dsn: str, chosen: argparse.Namespace) -> bool:
    """Prints what was measured; whether it is as wanted."""
    bare = seconds(lambda: cursor.execute(BARE).fetchall(), 1)
    print(f"{chosen.people:,} people × {chosen.facts} facts; load {os.getloadavg()[0]:.1f}")
    print(f"bare SQL, one measure                  {bare * 1000:>11.0f} ms")
    for measure in MEASURES:
        anew, _ = spread(
            lambda name=measure: boards.board(cursor, f"top_{name}", MARCH), 1, time.perf_counter
        )
        print(f"{measure + ', made anew':<38} {anew:>11.0f} ms")
    slowest = kept(cursor, dsn, chosen)
    met = slowest <= chosen.milliseconds
    print("as wanted" if met else f"MISSED: a board in {chosen.milliseconds} ms")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a board takes longer than we want."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dsn", default=os.environ.get("MERITBOOK_TEST_DATABASE_URL"), help="a server to use"
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=20, help="facts of each person in the month")
    parser.add_argument("--repeats", type=int, default=30, help="questions of each kind")
    parser.add_argument("--facts-between", type=int, default=100, help="after so many the limit still holds")
    parser.add_argument("--milliseconds", type=float, default=50.0, help="the longest that a board may take")
    chosen = parser.parse_args(arguments)
    with database(chosen.dsn) as dsn:
        migrate(dsn, LEDGER)
        with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
            runner.create(owner)
            ready(owner, chosen.people, chosen.facts)
        with connect(dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
            return 0 if run(cursor, dsn, chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
