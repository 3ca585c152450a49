"""How long a person's hints take for each kind of component, beside trying every number of times.

The rules are measured alone, in time of the thread; then all of it, with what the ledger is asked, for people
of a ledger of many to which facts come in meanwhile, without a board that pays and with one. The naive way
computes the whole plan again for each number of times of each lever. The limits are one evaluation of the
plan, and a bare scan of the month's credits.
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from api.garbage import collect_seldom
from benchmarks.append import NOW
from benchmarks.arriving import open_after, work
from benchmarks.closing import SCAN, fill
from benchmarks.paying import PLAN, entitlement
from benchmarks.scratch import LEDGER, database, options
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.migrate import migrate
from domain.people.roster import Posting
from domain.period import Period
from domain.plan.document import Lever
from domain.plan.hints import levers_of, next_steps
from domain.plan.measures import Measure, with_ratios
from domain.plan.obstacles import obstacles
from domain.plan.parse import parse_plan
from domain.plan.reaches import next_levels
from domain.plan.resolve import Resolver
from domain.plan.statement import Entitlement, earnings
from projections import runner
from projections.hints import hints
from projections.kept_boards import KeptBoards
from projections.spans import Cursor

MARCH = Period.parse("2025-03")
DAY = MARCH.last_day.replace(day=20)
BOUNDS = {"first": MARCH.first_day, "last": MARCH.last_day}

KINDS: dict[str, dict[str, object]] = {part["kind"]: part for part in PLAN["components"]}
"""One component of each kind that the plan of `paying` has, alone in a plan."""


def alone(component: dict[str, object], held: Entitlement) -> Entitlement:
    """The person of the benchmark under a plan of one component."""
    plan = parse_plan(PLAN | {"components": [{"id": "c", "title": "T", **component}]})
    posting = Posting(
        employee="E1", name=None, branch="SH", department=None, team=None, post="seller", employment=None,
        manager=None, mentor=None, hired_on=MARCH.first_day, left_on=None,
    )  # fmt: skip
    return Entitlement(Resolver(plan, MARCH)(posting), held.values)


def told(held: Entitlement) -> None:
    """All hints of one plan."""
    next_steps(held)
    next_levels(held)
    obstacles(held)


def tried(held: Entitlement) -> None:
    """The whole plan again for every number of times of every lever, with the ratios computed anew."""
    plan = held.resolved.plan
    leaves = {name: held.values[name] or Fraction(0) for name in PLAN["measures"] if name != "close_rate"}
    for lever in levers_of(held.resolved):
        for times in range(1, plan.hints.up_to + 1):
            earnings(held._replace(values=_with(plan.measures, leaves, lever, times)))


def _with(
    measures: Mapping[str, Measure], leaves: Mapping[str, Fraction], lever: Lever, times: int
) -> Mapping[str, Fraction | None]:
    more = {name: leaves[name] + times * by for name, by in lever.adds.items()}
    return with_ratios(measures, {**leaves, **more})


def spread(work: Callable[[], object], repeats: int, clock: Callable[[], float]) -> tuple[float, float]:
    """The median and the 99th percentile of `work` in milliseconds, after a run that is not counted."""
    taken: list[float] = []
    for _ in range(repeats + 1):
        began = clock()
        work()
        taken.append((clock() - began) * 1000)
    ordered = sorted(taken[1:])
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


def rules(repeats: int) -> float:
    """Prints what the rules take; the slowest 99th percentile."""
    held, slowest = entitlement(), 0.0
    limit, _ = spread(lambda: earnings(held), repeats, time.thread_time)
    print(f"one evaluation           {limit:>8.3f} ms")
    for name, given in {**{kind: alone(part, held) for kind, part in KINDS.items()}, "all six": held}.items():
        middle, slow = spread(lambda given=given: told(given), repeats, time.thread_time)
        naive, _ = spread(lambda given=given: tried(given), max(repeats // 10, 3), time.thread_time)
        slowest = max(slowest, slow)
        print(f"{name:<24} {middle:>8.3f} ms, p99 {slow:>8.3f} ms; trying all of it {naive:>8.3f} ms")
    return slowest


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a person waits longer than we want."""
    parser = options(__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--facts", type=int, default=100, help="facts of each person in the month")
    parser.add_argument("--repeats", type=int, default=200)
    parser.add_argument("--between", type=int, default=20, help="facts that come in before each question")
    parser.add_argument(
        "--milliseconds", type=float, default=20.0, help="the longest that a person's may take"
    )
    chosen = parser.parse_args(arguments)
    collect_seldom()
    rules(chosen.repeats)
    people = [f"E{n:06}" for n in random.Random(7).choices(range(1, chosen.people + 1), k=chosen.repeats)]
    met = [ledger(chosen, people, adds) for adds in (None, "rank")]
    return 0 if all(met) else 1


def ledger(chosen: argparse.Namespace, people: Sequence[str], adds: str | None) -> bool:
    """Prints what a person's hints take out of a ledger that goes on; whether it is as wanted."""
    with database(chosen.dsn) as dsn:
        migrate(dsn, LEDGER)
        with connect(dsn, LEDGER, service=False, autocommit=True) as owner:
            runner.create(owner)
            fill(owner, chosen.people, chosen.facts, [], adds)
            open_after(owner)
        with (
            Journal(dsn, LEDGER) as journal,
            connect(dsn, LEDGER, autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            others = work(chosen.people, random.Random(11), DAY, one_in=1)
            following = runner.Runner(dsn, LEDGER)

            def goes_on() -> None:
                journal.append([next(others) for _ in range(chosen.between)], now=NOW)
                following.catch_up()

            scan, _ = spread(lambda: cursor.execute(SCAN, BOUNDS).fetchall(), 5, time.perf_counter)
            taken, worked = asked(cursor, people, goes_on)
    first, ordered = taken[0], sorted(taken[1:])
    middle, late, slow = (ordered[len(ordered) * part // 100] for part in (50, 95, 99))
    print(f"{chosen.people:,} people × {chosen.facts} facts, a person's hints; load {os.getloadavg()[0]:.1f}")
    print(f"  with a board that pays: {'yes' if adds else 'no'}; {chosen.between} new facts before each")
    print(f"bare scan                {scan:>8.1f} ms, the limit")
    print(f"the first                {first:>8.1f} ms")
    print(f"p50, p95, p99            {middle:>8.1f} {late:>8.1f} {slow:>8.1f} ms, {middle / scan:.2f} scans")
    print(f"  of it this process     {worked:>8.1f} ms of processor")
    met = slow <= chosen.milliseconds
    print(f"{'MET' if met else 'MISSED'}: {slow:.1f} of {chosen.milliseconds:.0f} ms at the 99th percentile")
    return met


def asked(cursor: Cursor, people: Sequence[str], goes_on: Callable[[], None]) -> tuple[list[float], float]:
    """The milliseconds of each question, the first of all before them, and of processor on the average."""
    kept, taken, worked = KeptBoards(), list[float](), 0.0
    for employee in (people[0], *people):
        goes_on()
        began, used = time.perf_counter(), time.thread_time()
        assert hints(cursor, employee, DAY, None, kept)
        taken.append((time.perf_counter() - began) * 1000)
        worked += (time.thread_time() - used) * 1000 / (len(people) + 1)
    return taken, worked


if __name__ == "__main__":
    raise SystemExit(main())
