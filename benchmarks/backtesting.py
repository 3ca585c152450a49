"""How long it takes to try a rule of warning on a year of many people, beside a bare scan of the same rows.

The people are sellers under the example plan huikang-seller, with a year of facts of which `closing` has a
month, a survey each week, and one in twelve who left in it. The rule asks for two weeks on end with few
clients followed up and much stress, so it looks at credits and surveys of every week; two other levels are
tried beside. The naive way watches one person after another. The limit is to read the credits and surveys
once.
"""

import argparse
import datetime as dt
import os
import random
import resource
import time
from collections.abc import Sequence
from fractions import Fraction

import psutil

from benchmarks.closing import document, fill, seconds
from benchmarks.scratch import LEDGER, database, options
from benchmarks.simulating import SCAN, spread
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.period import Period
from domain.plan.document import Plan
from domain.plan.parse import parse_plan
from projections import closing, runner
from projections.backtest import alert_backtest
from projections.spans import Connection, Cursor
from projections.watched import watched

FIRST, LAST = dt.date(2025, 1, 6), dt.date(2025, 12, 28)
LEVELS = (Fraction(1), Fraction(6))
NAIVE_PEOPLE = 20
RULE = {
    "id": "withdrawn",
    "title": "Few clients and much stress",
    "when": [{"measure": "clients_followed", "at_most": 3}, {"signal": "stress", "at_least": 8}],
    "every": "week",
    "periods": 2,
}

SURVEYS = """
insert into survey (position, employee, day, at, stress, training_satisfaction, belonging)
select
    500000000 + week * %(people)s::bigint + n, 'E' || lpad(n::text, 6, '0'), day, day + time '17:00',
    (hashint8(n * 97 + week) %% 20 + 20) %% 20 / 2.0, 6, 7
from generate_series(1, %(people)s) n
cross join lateral (
    select w as week, '2025-01-10'::date + 7 * w as day from generate_series(0, 50) w
) as told"""

LEAVERS = """
insert into roster_change (position, employee, kind, effective_on, cause)
select 400000000 + n, 'E' || lpad(n::text, 6, '0'), 'left', '2025-02-01'::date + n %% 300, 'stress'
from generate_series(1, %(people)s, 12) n"""

SURVEY_SCAN = "select count(*), sum(stress) from survey where day between '2025-01-06' and '2025-12-28'"


def rules() -> Plan:
    """The sellers' plan with the rule."""
    return parse_plan(document() | {"alerts": [RULE]})


def tell(owner: Connection, people: int) -> None:
    """Surveys of every week, and who left; the credits then lie day after day, as facts come in."""
    owner.execute("create index by_day_for_now on credit (day, position)")
    owner.execute("cluster credit using by_day_for_now")
    owner.execute("drop index by_day_for_now")
    owner.execute(SURVEYS, {"people": people})
    owner.execute(LEAVERS, {"people": people})
    owner.execute("update projection set position = 1000000000")
    owner.execute("vacuum (analyze)")


def naive(cursor: Cursor, plan: Plan, people: Sequence[str], head: int) -> float:
    """How long a year takes of one person after another, on the average."""
    began = time.perf_counter()
    for employee in people:
        period = Period.containing(FIRST, "week")
        while period.first_day <= LAST:
            watched(cursor, period, LAST, head, [employee], rules=plan)
            period = period.next()
    return (time.perf_counter() - began) / len(people)


def spent(server: psutil.Process | None) -> float:
    """The seconds of processor that the database has used for this session; 0 where it is elsewhere."""
    return 0.0 if server is None else sum(server.cpu_times()[:2])


def run(cursor: Cursor, chosen: argparse.Namespace) -> bool:
    """Prints what was measured; whether it is as wanted."""
    plan, head = rules(), closing.head(cursor)
    scan = seconds(lambda: [cursor.execute(SCAN).fetchall(), cursor.execute(SURVEY_SCAN).fetchall()], 3)
    [(rows, _)] = cursor.execute(SCAN).fetchall()
    [(surveys, _)] = cursor.execute(SURVEY_SCAN).fetchall()
    server = psutil.Process(cursor.connection.info.backend_pid) if chosen.dsn is None else None
    before = spent(server)
    began, worked = time.perf_counter(), time.process_time()
    found = alert_backtest(
        cursor, plan, plan.alerts[0], FIRST, LAST, within_days=60, levels=LEVELS, known_at=head
    )
    took, worked = time.perf_counter() - began, time.process_time() - worked
    served = spent(server) - before
    assert found.people == chosen.people and found.left
    assert found.trials[0].fired, "the rule fires"
    people = [f"E{n:06}" for n in random.Random(7).sample(range(1, chosen.people + 1), NAIVE_PEOPLE)]
    one = naive(cursor, plan, people, head)
    print(f"{chosen.people:,} people, a year: {rows:,} credits and {surveys:,} surveys")
    print(f"bare scan of both        {scan:>8.2f} s  {(rows + surveys) / scan:>12,.0f} rows/s")
    print(f"backtest of a rule       {took:>8.2f} s  {took / scan:>8.1f} × the scan")
    print(f"  of it this process     {worked:>8.2f} s of processor, the database {served:.2f} s")
    print(
        f"one after another        {one * chosen.people:>8.0f} s  "
        f"{one * chosen.people / took:>8.0f} × as long"
    )
    print(f"memory of the process    {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>8.0f} MiB")
    print(f"load of the machine      {os.getloadavg()[0]:>8.1f} on {os.cpu_count()} processors")
    met = took <= chosen.seconds
    print("as wanted" if met else f"MISSED: a backtest in {chosen.seconds} s")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when it takes longer than we want."""
    parser = options(__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--facts", type=int, default=20, help="facts of each person in a month")
    parser.add_argument("--seconds", type=float, default=30.0, help="the longest that it may take")
    chosen = parser.parse_args(arguments)
    with database(chosen.dsn) as dsn:
        migrate(dsn, LEDGER)
        with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
            runner.create(owner)
            fill(owner, chosen.people, chosen.facts * 12, [])
            spread(owner)
            tell(owner, chosen.people)
        with connect(dsn, LEDGER, autocommit=True) as connection, connection.cursor() as cursor:
            return 0 if run(cursor, chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main())
