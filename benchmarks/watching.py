"""How soon a fact shows in warnings, a dossier and a board, while a thousand others come in each second.

The others arrive and are folded in processes of their own. Meanwhile one person after another answers the
survey with much stress, and sells: it is measured from the answer to the append until the read models have
it, and until the warning, the dossier and the board have been read and say so. The limit is the way of the
same facts without the reading: `counted`.
"""

import argparse
import datetime as dt
import os
import random
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import msgspec

from benchmarks.append import NOW
from benchmarks.arriving import arriving, open_after
from benchmarks.boards import PLACES
from benchmarks.closing import MARCH, document, fill
from benchmarks.scratch import LEDGER, database, options
from domain.facts.mood import SurveyAnswered
from domain.facts.selling import DealClosed
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.journal.record import draft
from projections import runner
from projections.alerts import alerts
from projections.closing import head
from projections.growth import dossier
from projections.kept_boards import KeptBoards
from projections.spans import Connection, Cursor

TUESDAY = dt.datetime(2025, 3, 25, 4, tzinfo=dt.UTC)
STANDINGS = """
insert into standing (employee, day, fact, count, others, quantity, minutes, amount_minor)
select employee, day, fact, count(*), 0, 0, 0, coalesce(sum(amount_minor), 0)
from credit group by employee, day, fact"""
STRESSED = {
    "id": "stressed",
    "title": "Stress of 8 or more",
    "when": [{"signal": "stress", "at_least": 8}],
    "at_once": True,
}


def ready(owner: Connection, people: int, facts: int) -> None:
    """A month of facts, and a plan with a warning, a curriculum and a board."""
    fill(owner, people, facts, [])
    board = {"id": "top", "title": "Top", "measure": "revenue", "size": PLACES}
    adds = {"alerts": [STRESSED], "boards": [board], "curriculum": [{"id": "basics", "title": "Basics"}]}
    owner.execute("update plan_version set document = %s", [msgspec.json.encode(document() | adds).decode()])
    owner.execute(STANDINGS)
    open_after(owner)


class Prober:
    """Tells of one person after another, and asks until it shows."""

    def __init__(self, cursor: Cursor, journal: Journal) -> None:
        self._cursor, self._journal = cursor, journal
        self._boards = KeptBoards()
        self.waits: dict[str, list[float]] = {}

    def probe(self, employee: str) -> None:
        """Measures one survey and one deal of `employee`, who has had neither."""
        survey = SurveyAnswered(employee=employee, stress="9", training_satisfaction="5", belonging="5")
        deal = DealClosed(
            employee=employee, customer="C1", deal=uuid4().hex, amount_minor=10**11, currency="CNY"
        )
        self._boards.board(self._cursor, "top", MARCH)
        drafts = [
            draft(fact, source="probe", key=uuid4().hex, occurred_at=TUESDAY, actor="bench")
            for fact in (survey, deal)
        ]
        receipts = self._journal.append(drafts, now=NOW)
        told = time.perf_counter()
        while head(self._cursor) < receipts[-1].position:
            time.sleep(0.001)
        self._wait("counted", told)
        on = TUESDAY.date()
        warned = self._read("warning", lambda: alerts(self._cursor, on, [employee]))
        assert [each.alert for each in warned] == ["stressed"]
        grown = self._read("dossier", lambda: dossier(self._cursor, employee, on))
        assert grown is not None and grown.moods[-1].stress == "9"
        board = self._read("board", lambda: self._boards.board(self._cursor, "top", MARCH))
        assert board is not None and employee in {each.employee for each in board.places}

    def _read(self, name: str, ask: Callable[[], Any]) -> Any:
        """Reads after the fact was counted; the wait is what that took, and this reading."""
        began = time.perf_counter()
        found = ask()
        taken = (time.perf_counter() - began) * 1000
        self.waits.setdefault(name, []).append(self.waits["counted"][-1] + taken)
        return found

    def _wait(self, name: str, told: float) -> None:
        self.waits.setdefault(name, []).append((time.perf_counter() - told) * 1000)


def run(dsn: str, chosen: argparse.Namespace) -> bool:
    """Prints what was measured; whether it is as wanted."""
    people = [f"E{n:06}" for n in random.Random(7).sample(range(1, chosen.people + 1), chosen.repeats)]
    with (
        arriving(dsn, chosen.people, chosen.rate) as others,
        Journal(dsn, LEDGER) as journal,
        connect(dsn, LEDGER, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        prober = Prober(cursor, journal)
        prober.probe("E000001")
        prober.waits.clear()
        time.sleep(1)
        used = time.process_time()
        for employee in people:
            began = time.monotonic()
            prober.probe(employee)
            time.sleep(max(chosen.every - (time.monotonic() - began), 0))
        used = time.process_time() - used
    print(f"{chosen.people:,} people, {others.rate:,.0f} other facts a second; load {os.getloadavg()[0]:.1f}")
    slowest = 0.0
    for name, waits in prober.waits.items():
        ordered = sorted(waits)
        middle, slow = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
        slowest = max(slowest, slow)
        print(f"{name:<10} p50 {middle:>8.1f} ms   p99 {slow:>8.1f} ms")
    print(f"reading used {used:.1f} s of processor")
    met = slowest <= chosen.milliseconds and others.rate >= chosen.rate * 0.98
    print("as wanted" if met else f"MISSED: {chosen.milliseconds} ms at {chosen.rate:,} facts a second")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a fact shows later than we want."""
    parser = options(__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--facts", type=int, default=20, help="facts of each person in the month before")
    parser.add_argument("--rate", type=int, default=1_000, help="other facts a second")
    parser.add_argument("--repeats", type=int, default=100, help="facts that are watched")
    parser.add_argument("--every", type=float, default=0.2, help="seconds from one to the next")
    parser.add_argument("--milliseconds", type=float, default=250.0, help="the longest until one shows")
    chosen = parser.parse_args(arguments)
    with database(chosen.dsn) as dsn:
        migrate(dsn, LEDGER)
        with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
            runner.create(owner)
            ready(owner, chosen.people, chosen.facts)
        return 0 if run(dsn, chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
