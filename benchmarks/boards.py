"""How long a board over many people takes to be read while a thousand facts arrive each second.

The people are sellers under the example plan huikang-seller with a month of facts. Boards are of revenue, of
clients followed up, and of the close rate, which is a ratio; the first hundred places are asked for, a board
after the other, as the service reads them: from the kept board, which a thread moves on, and written as JSON.
Facts arrive through the group commit of another process, and a third folds them. The peer is bare SQL for the
same hundred places, asked at the same time; the limit is to read a hundred finished rows. In the end each
kept board is compared with one made anew at its position. Ratios are of medians.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from itertools import cycle
from typing import Any, LiteralString

import msgspec
import psutil
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from api.garbage import collect_seldom
from api.moving import Mover
from api.reading import Reading
from benchmarks.arriving import arriving, open_after
from benchmarks.backtesting import spent
from benchmarks.closing import MARCH, document, fill
from benchmarks.scratch import LEDGER, database, options
from domain.journal.connection import connect, ledger_conninfo
from domain.journal.migrate import migrate
from domain.plan.parse import parse_plan
from projections import boards, runner
from projections.boards import Ranked
from projections.kept_boards import BoardOfPlan, first_boards
from projections.spans import Connection, Cursor

MEASURES = ("revenue", "clients_followed", "close_rate")
PLACES = 100
WARM_SECONDS = 2.0

BARE: dict[str, LiteralString] = {
    "revenue": """
select employee, sum(amount_minor) from credit
where fact = 'deal_closed' and day between '2025-03-01' and '2025-03-31' and void_position is null
group by employee order by 2 desc, 1 limit 100""",
    "clients_followed": """
select employee, count(distinct customer) from credit
where fact = 'follow_up_recorded' and day between '2025-03-01' and '2025-03-31' and void_position is null
group by employee order by 2 desc, 1 limit 100""",
    "close_rate": """
select employee,
    count(*) filter (where fact = 'deal_closed')::numeric
        / nullif(count(distinct customer) filter (where fact = 'follow_up_recorded'), 0)
from credit
where fact in ('deal_closed', 'follow_up_recorded') and day between '2025-03-01' and '2025-03-31'
    and void_position is null
group by employee order by 2 desc nulls last, 1 limit 100""",
}
FINISHED = "create table finished as select employee, day, amount_minor from credit limit 100"
SESSIONS = "select pid from pg_stat_activity where application_name = 'reader'"
LIMIT = "select employee, day, amount_minor from finished"


def ready(owner: Connection, people: int, facts: int) -> None:
    """A month of facts, and a plan with the boards."""
    asked = [{"id": f"top_{m}", "title": m, "measure": m, "size": PLACES} for m in MEASURES]
    written = document() | {"boards": asked}
    parse_plan(written)
    fill(owner, people, facts, [])
    owner.execute("update plan_version set document = %s", [msgspec.json.encode(written).decode()])
    open_after(owner)


class Reader:
    """Reads boards as the service does."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.last: dict[str, Ranked] = {}

    def read(self, measure: str) -> bytes:
        """One board as JSON."""
        found = self._reading.ask_here(partial(self._ask, measure))
        assert found is not None and len(found.places) == PLACES
        self.last[measure] = found
        return msgspec.json.encode(found)

    def warm(self, due: BoardOfPlan) -> None:
        """Measures a board before anybody asks, as the service does."""
        self._reading.ask_here(partial(self._reading.kept_boards.warm, due=due, day=MARCH.last_day))

    def _ask(self, measure: str, cursor: Cursor) -> Ranked | None:
        return self._reading.kept_boards.board(cursor, f"top_{measure}", MARCH)


def spread(taken: Sequence[float]) -> tuple[float, float, float]:
    """The median, the 95th and the 99th percentile."""
    ordered = sorted(taken)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100], ordered[len(ordered) * 99 // 100]


def timed(work: Callable[[], object]) -> float:
    """How many milliseconds `work` takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def ours(reader: Reader, seconds: float, every: float) -> dict[str, list[float]]:
    """What each question took: one every so many seconds, the boards in turn."""
    taken: dict[str, list[float]] = {measure: [] for measure in MEASURES}
    over = time.monotonic() + seconds
    for measure in cycle(MEASURES):
        began = time.monotonic()
        if began > over:
            break
        taken[measure].append(timed(partial(reader.read, measure)))
        time.sleep(max(began + every - time.monotonic(), 0))
    return taken


def run(dsn: str, chosen: argparse.Namespace) -> bool:
    """Prints what was measured; whether it is as wanted."""
    with (
        ConnectionPool[Any](
            make_conninfo(ledger_conninfo(dsn, LEDGER), application_name="reader"),
            min_size=2,
            max_size=2,
            open=True,
        ) as pool,
        connect(dsn, LEDGER, service=False, autocommit=True) as beside,
        beside.cursor() as cursor,
    ):
        reading = Reading(pool, lambda: MARCH.last_day, 5.0)
        reader, mover = Reader(reading), Mover(dsn, LEDGER, reading)
        warmed = {due.board.measure: timed(partial(reader.warm, due)) for due in reading.ask_here(_first)}
        firsts = {measure: timed(partial(reader.read, measure)) for measure in MEASURES}
        print("The boards are measured, as a service does when it starts; facts arrive now.")
        mover.start()
        with arriving(dsn, chosen.people, chosen.rate) as arrived:
            ours(reader, WARM_SECONDS, chosen.every)
            servers = _servers(cursor) if chosen.dsn is None else []
            used = time.process_time() + sum(map(spent, servers))
            taken = ours(reader, chosen.seconds, chosen.every)
            used = time.process_time() + sum(map(spent, servers)) - used
            load = os.getloadavg()[0]
            bare = {
                measure: timed(lambda s=sql: cursor.execute(s).fetchall()) for measure, sql in BARE.items()
            }
            limit = spread([timed(lambda: cursor.execute(LIMIT).fetchall()) for _ in range(100)])
        mover.stop()
        print(f"{chosen.people:,} people × {chosen.facts} facts, {arrived.rate:,.0f}/s more; load {load:.1f}")
        heads = f"{'p50':>9}{'p95':>9}{'p99':>9}{'first':>9}{'bare SQL':>10}"
        print(f"{'ms':<18}{heads}  peer/ours  ours/limit")
        for measure, own in taken.items():
            middle, bare_ms = spread(own)[0], bare[measure]
            figures = "".join(f"{each:>9.1f}" for each in spread(own))
            ratios = f"{bare_ms / middle:>11.0f}{middle / limit[0]:>12.0f}"
            print(f"{measure:<18}{figures}{firsts[measure]:>9.1f}{bare_ms:>10,.0f}{ratios}")
        print(f"{'a hundred rows':<18}{''.join(f'{each:>9.1f}' for each in limit)}")
        print("measured beforehand, for two months each:", end=" ")
        print(", ".join(f"{measure} {each / 1000:.1f} s" for measure, each in warmed.items()))
        asked = sum(map(len, taken.values()))
        print(f"{asked} questions; with the moves between, {used * 1000 / asked:.1f} ms of processor each")
        wrong = [measure for measure, found in reader.last.items() if not _is_right(cursor, measure, found)]
        print(f"as if made anew at its position: {'NOT ' + ', '.join(wrong) if wrong else 'every board'}")
        slowest = max(spread(own)[2] for own in taken.values())
    met = slowest <= chosen.milliseconds and arrived.rate >= chosen.rate * 0.98 and not wrong
    print(
        f"{'MET' if met else 'MISSED'}: {slowest:.1f} of {chosen.milliseconds:.0f} ms at the 99th percentile"
    )
    return met


def _first(cursor: Cursor) -> list[BoardOfPlan]:
    """The boards that a service measures before anybody asks."""
    boards = first_boards(cursor, MARCH.last_day)
    return [due for due in boards if due.board.id.removeprefix("top_") in MEASURES]


def _servers(cursor: Cursor) -> list[psutil.Process]:
    """The processes of the database that work for the readers."""
    return [psutil.Process(pid) for (pid,) in cursor.execute(SESSIONS).fetchall()]


def _is_right(cursor: Cursor, measure: str, found: Ranked) -> bool:
    return boards.board(cursor, f"top_{measure}", MARCH, known_at=found.known_at) == found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a board takes longer than we want."""
    parser = options(__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=20, help="facts of each person in the month")
    parser.add_argument("--rate", type=int, default=1_000, help="facts that arrive each second")
    parser.add_argument("--seconds", type=float, default=26.0, help="for so long boards are asked for")
    parser.add_argument("--every", type=float, default=0.08, help="seconds from one question to the next")
    parser.add_argument("--milliseconds", type=float, default=50.0, help="the longest that a board may take")
    chosen = parser.parse_args(arguments)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    collect_seldom()
    with database(chosen.dsn) as dsn:
        migrate(dsn, LEDGER)
        with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
            runner.create(owner)
            ready(owner, chosen.people, chosen.facts)
            owner.execute(FINISHED)
        print(f"The ledger of {chosen.people:,} people is made.")
        return 0 if run(dsn, chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
