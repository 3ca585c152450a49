"""What a changed rate would have cost over a year, beside a bare scan of the same credits, in one run.

The people are sellers under the example plan huikang-seller, with a year of facts of which `closing` has a
month. Both sides of the simulation are computed, and the ten largest changes looked into.
"""

import argparse
import copy
import time
from collections.abc import Sequence

import yaml

from api.garbage import collect_seldom
from benchmarks.closing import PLAN, fill, seconds
from benchmarks.scratch import LEDGER, database, options
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.period import Period
from domain.plan.parse import plan_document
from domain.plan.varying import read_range
from projections import closing, runner
from projections.simulation import WhatIf, simulate
from projections.spans import Connection, Cursor

FIRST, LAST = Period.parse("2025-01"), Period.parse("2025-12")
MONTHS = 12

# As many facts on each day of the year, one day's after those of the day before, as they come in.
SPREAD = """
update credit set day = date '2025-01-01' + ((position - first) * 365 / (last - first + 1))::int
from (select min(position) as first, max(position) as last from credit) as held"""
SCAN = "select count(*), sum(amount_minor) from credit where day between '2025-01-01' and '2025-12-31'"


def spread(connection: Connection) -> None:
    """Lays the facts of one month over a year."""
    connection.execute(SPREAD)
    connection.execute("vacuum (full, analyze) credit")


def fill_year(dsn: str, people: int, facts: int) -> None:
    """A new ledger with so many people and a year of so many facts a month of each.

    The journal has all of them, for nobody knows beforehand into whose facts a simulation will look.
    """
    migrate(dsn, LEDGER)
    with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
        runner.create(owner)
        fill(owner, people, facts * MONTHS, [f"E{n:06}" for n in range(1, people + 1)])
        spread(owner)


def run(cursor: Cursor, chosen: argparse.Namespace) -> bool:
    """Prints what was measured; whether it is as wanted."""
    document = plan_document(yaml.safe_load(PLAN.read_text("utf-8")))
    changed = copy.deepcopy(document)
    changed["parameters"]["client_bonus"]["value"] = "60.00"
    asked = WhatIf(FIRST, LAST, changed)
    head, rows = closing.head(cursor), chosen.people * chosen.facts * MONTHS
    scan = seconds(lambda: cursor.execute(SCAN).fetchall(), 3)
    began, worked = time.perf_counter(), time.process_time()
    found = simulate(cursor, asked, head)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    assert found.difference_minor > 0, "a higher bonus costs more"
    began = time.perf_counter()
    simulate(cursor, asked._replace(vary=read_range("client_bonus=30..80/10")), head)
    curve = time.perf_counter() - began
    print(f"{chosen.people:,} people × {MONTHS} months × {chosen.facts} facts = {rows:,} credits")
    print(f"bare scan                {scan:>8.2f} s  {rows / scan:>12,.0f} rows/s")
    print(f"what-if of a rate        {took:>8.2f} s  {took / scan:>8.1f} × the scan")
    print(f"  of it this process     {worked:>8.2f} s of processor; the rest is the database, or waiting")
    print(f"  a person and month     {took / chosen.people / MONTHS * 1e6:>8.0f} µs")
    print(f"and six values of it     {curve:>8.2f} s  {curve / took:>8.1f} × the one")
    met = took <= chosen.seconds
    print("as wanted" if met else f"MISSED: a what-if in {chosen.seconds} s")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when it takes longer than we want."""
    parser = options(__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--facts", type=int, default=20, help="facts of each person in a month")
    parser.add_argument("--seconds", type=float, default=20.0, help="the longest that it may take")
    chosen = parser.parse_args(arguments)
    collect_seldom()
    with database(chosen.dsn) as dsn:
        fill_year(dsn, chosen.people, chosen.facts)
        with connect(dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
            return 0 if run(cursor, chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
