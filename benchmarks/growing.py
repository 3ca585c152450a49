"""A ledger that grows month by month: what a fact costs to append, to catch up with, to close and to replay.

Each step is a month of everybody's work, appended through the journal's own door, folded into the read models
and closed under the example plan huikang-seller. At the end all of it is replayed in a scratch schema. A cost
is told as time and as processor time of client and server together, which other work on the machine does not
change much. Upkeep is what the server's own processes use meanwhile to clean and write back: they run when
they think fit, so it is told of the whole month, and is in none of the others. Bare COPY of as many finished
rows as one call brings into a table of the same form stands beside. The limit is flatness: the last third of
the steps may cost at most so much more than the first.

A minute:  python -m benchmarks growing --facts 400000 --month 50000
The whole (an hour or two, 50 GB):
  python -m benchmarks.growing --facts 50000000 --month 1000000 --people 2000
"""

import argparse
import csv
import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import yaml

from api.garbage import collect_seldom
from api.ops import ENGINE, Ledger, close_period, now, open_book, open_ledger, prepare
from api.planning import adopt_plan
from api.sealing import seal_up
from api.settings import Settings
from benchmarks.append import LEDGER, database
from benchmarks.closing import PLAN
from benchmarks.processor import database_process
from benchmarks.serving import submit
from benchmarks.upkeep import Upkeep
from domain.facts.base import Fact
from domain.facts.selling import CustomerRegistered, DealClosed, FollowUpRecorded, VisitRecorded
from domain.journal.connection import connect
from domain.journal.record import Draft, draft
from domain.period import Period
from projections.replay import replay
from projections.statements import statement

FIRST = Period.parse("2021-01")
CALL_FACTS = 10_000
SETTLED_SECONDS = 0.2
"""So long the server may take to count the time of a backend that has ended."""

FLAT = 1.5
"""So much dearer may a fact be in the last third of the steps than in the first."""

COSTS = ("append", "catch_up", "close", "replay")

FLOOR = """
create table if not exists floor (
    position bigint primary key, type text, source text, key text, content_hash bytea, tags text[],
    occurred_at timestamptz, data json
)"""

SIZE = "select pg_database_size(current_database())"


class Step(NamedTuple):
    """What one month cost, in microseconds a fact; with_processor: of both processors' time.

    Upkeep is told of the whole month, with its sealing. statement_ms: the first statement of the month;
    oldest_ms: of the first month. bytes: of the database.
    """

    facts: int
    append: float
    append_processor: float
    catch_up: float
    catch_up_processor: float
    close: float
    close_processor: float
    upkeep_processor: float
    floor: float
    statement_ms: float
    oldest_ms: float
    bytes: int
    replay: float | None = None
    replay_processor: float | None = None


class Clock:
    """Time and processor time since it was made, in microseconds for each of some facts."""

    def __init__(self, upkeep: Upkeep) -> None:
        self._upkeep = upkeep
        self._at, self._processor = time.perf_counter(), self._used()

    def _used(self) -> float:
        """Of this process and of the server with its backends, also those that have ended, but no upkeep."""
        found = time.process_time()
        if (server := self._upkeep.server) is not None:
            times = server.cpu_times()
            found += times.user + times.system + times.children_user + times.children_system
            for child in server.children():
                with suppress(psutil.Error):
                    found += sum(child.cpu_times()[:2])
        return found - self._upkeep.seconds()

    def per(self, facts: int) -> tuple[float, float]:
        """Time, and processor time, a fact."""
        taken = time.perf_counter() - self._at
        time.sleep(SETTLED_SECONDS)
        used = self._used() - self._processor
        return taken / facts * 1e6, used / facts * 1e6


def work(people: int, facts: int, month: Period, begun: int) -> Iterator[Draft]:
    """A month: day by day, everybody's mixed; of twenty facts ten are calls, six visits, one a deal."""
    days = (month.last_day - month.first_day).days + 1
    for n in range(facts):
        day = month.first_day + dt.timedelta(days=n * days // facts)
        at = dt.datetime.combine(day, dt.time(4), dt.UTC)
        number = begun + n
        yield draft(
            _fact(number, f"E{number % people}"),
            source="crm",
            key=f"{number:012}",
            occurred_at=at,
            actor="crm",
        )


def _fact(number: int, employee: str) -> Fact:
    customer, kind = f"C{number % 50_000}", number // 7 % 20
    if kind == 0:
        deal = f"D{number}"
        amount = 100_000 + number % 900_000
        return DealClosed(
            employee=employee, customer=customer, deal=deal, amount_minor=amount, currency="CNY"
        )
    if kind == 1:
        return CustomerRegistered(employee=employee, customer=f"N{number}", channel="douyin")
    if kind < 8:
        return VisitRecorded(
            employee=employee, customer=customer, department="cardiology", kind="demo", minutes=45
        )
    return FollowUpRecorded(employee=employee, customer=customer, kind="call", channel="phone")


class Growing:
    """A ledger with people and a plan, and what its months cost."""

    def __init__(self, ledger: Ledger, place: Path, people: int, upkeep: Upkeep) -> None:
        self._ledger, self._people, self._upkeep = ledger, people, upkeep
        self._months: list[Period] = []
        self._written = 0
        open_book(ledger, name="bench", zone="Asia/Shanghai", currency="CNY", actor="bench")
        hired = {"branch": "SH", "post": "seller", "hired_on": "2020-01-08"}
        branch = {"branch": "SH", "title": "SH", "opened_on": "2020-01-08"}
        everybody = (("employee_hired", {"employee": f"E{n}", **hired}) for n in range(people))
        submit(ledger, [("branch_opened", branch), *everybody], now())
        plan = yaml.safe_load(PLAN.read_text("utf-8")) | {"effective_from": FIRST.first_day}
        file = place / "plan.yaml"
        file.write_text(yaml.safe_dump(plan, allow_unicode=True, sort_keys=False), "utf-8")
        adopt_plan(ledger, file, adopted_by="E0", approver="E1")
        ledger.runner().catch_up()
        self._owner = connect(ledger.owner_dsn, LEDGER, service=False, autocommit=True)
        self._owner.execute(FLOOR)

    def month(self, facts: int) -> Step:
        """One more month of so many facts."""
        month = self._months[-1].next() if self._months else FIRST
        kept_up = self._upkeep.seconds()
        clock = Clock(self._upkeep)
        made = work(self._people, facts, month, self._written)
        while call := list(islice(made, CALL_FACTS)):
            self._ledger.journal.append(call, now=now())
        append = clock.per(facts)
        clock = Clock(self._upkeep)
        self._ledger.runner().catch_up()
        catch_up = clock.per(facts)
        clock = Clock(self._upkeep)
        close_period(self._ledger, month, actor="E0")
        close = clock.per(facts)
        seal_up(self._ledger)
        kept_up = self._upkeep.seconds() - kept_up
        self._written += facts
        self._months.append(month)
        size: Any = self._owner.execute(SIZE).fetchone()
        return Step(
            self._written, *append, *catch_up, *close, kept_up / facts * 1e6, self._floor(),
            self._statement(month), self._statement(FIRST), size[0],
        )  # fmt: skip

    def replayed(self) -> list[tuple[int, float, float]]:
        """Folds all of it once more; at each month's end how many facts, and what each of them cost."""
        ends = [self._written * n // len(self._months) for n in range(1, len(self._months) + 1)]
        found: list[tuple[int, float, float]] = []
        clock, before = Clock(self._upkeep), 0

        def on_progress(at: int) -> None:
            nonlocal clock, before
            if len(found) < len(ends) and at >= ends[len(found)]:
                found.append((at, *clock.per(at - before)))
                clock, before = Clock(self._upkeep), at

        replay(self._ledger.owner_dsn, LEDGER, on_progress=on_progress)
        return found

    def _floor(self) -> float:
        """Microseconds a row of bare COPY."""
        rows = [
            (n, d.type, d.source, d.key, d.content_hash, list(d.tags), d.occurred_at, d.data.decode())
            for n, d in enumerate(work(self._people, CALL_FACTS, FIRST, 0))
        ]
        began = time.perf_counter()
        with self._owner.cursor().copy("copy floor from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        taken = time.perf_counter() - began
        self._owner.execute("truncate floor")
        return taken / len(rows) * 1e6

    def _statement(self, month: Period) -> float:
        """Milliseconds until somebody who has just come has a statement."""
        began = time.perf_counter()
        with connect(self._ledger.dsn, LEDGER) as connection, connection.cursor() as cursor:
            assert statement(cursor, "E7", month, None, engine=ENGINE) is not None
        return (time.perf_counter() - began) * 1e3


def grown(growing: Growing, facts: int, month: int, until: dt.time | None) -> list[Step]:
    """The steps to `facts`, or as many as there is time for before `until`."""
    steps = list[Step]()
    while not steps or steps[-1].facts < facts:
        step = growing.month(month)
        steps.append(step)
        print(
            f"{step.facts:>12,} facts   append {step.append:6.1f} ({step.append_processor:5.1f})   "
            f"catch-up {step.catch_up:6.1f} ({step.catch_up_processor:5.1f})   "
            f"close {step.close:6.1f} ({step.close_processor:5.2f})   "
            f"upkeep {step.upkeep_processor:5.1f}   COPY {step.floor:5.1f} µs a fact   "
            f"statement {step.statement_ms:5.1f}, oldest {step.oldest_ms:5.1f} ms   "
            f"{step.bytes / 1e9:5.2f} GB",
            flush=True,
        )
        if until and dt.datetime.now().astimezone().time() >= until:
            print(f"stopped at {step.facts:,} of {facts:,} facts: the time is up", flush=True)
            break
    return steps


def replayed(growing: Growing, steps: Sequence[Step]) -> list[Step]:
    """The steps, with what it costs to fold them once more."""
    found = list(steps)
    for number, (at, taken, used) in enumerate(growing.replayed()[: len(steps)]):
        found[number] = found[number]._replace(replay=taken, replay_processor=used)
        print(f"{at:>12,} facts   replay {taken:6.1f} ({used:5.1f}) µs a fact", flush=True)
    return found


def keep(steps: Sequence[Step], path: Path) -> None:
    """Writes the steps as CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file)
        written.writerow(Step._fields)
        for step in steps:
            written.writerow([format(each, ".2f") if isinstance(each, float) else each for each in step])


def report(steps: Sequence[Step]) -> bool:
    """Prints how much dearer the last third is than the first; whether every cost is flat."""
    met = True
    for name in COSTS:
        if getattr(steps[0], f"{name}_processor") is None:
            continue
        first, last = thirds(steps, name)
        met = met and last <= first * FLAT
        verdict = "flat" if last <= first * FLAT else "RISES"
        print(f"{name:<9}{first:8.2f} → {last:8.2f} µs of processor a fact{last / first:8.2f}   {verdict}")
    print("upkeep   {:8.2f} → {:8.2f}".format(*thirds(steps, "upkeep")))
    return met


def thirds(steps: Sequence[Step], name: str) -> tuple[float, float]:
    """The median of a cost in the first third of the steps, and in the last."""
    costs = [found for step in steps if (found := getattr(step, f"{name}_processor")) is not None]
    third = max(1, len(costs) // 3)
    return statistics.median(costs[:third]), statistics.median(costs[-third:])


def main(arguments: Sequence[str] | None = None) -> int:
    """Grows a ledger; 1 when a cost is not flat."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dsn", default=os.environ.get("MERITBOOK_TEST_DATABASE_URL"), help="a server to use"
    )
    parser.add_argument("--facts", type=int, default=400_000, help="how large it grows")
    parser.add_argument("--month", type=int, default=50_000, help="facts a month")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--until", type=dt.time.fromisoformat, help="grow no more after this time of day")
    parser.add_argument(
        "--no-replay", action="store_true", help="leave out the replay, which takes half as long"
    )
    parser.add_argument("--csv", type=Path, help="where to write the steps")
    chosen = parser.parse_args(arguments)
    collect_seldom()
    with ExitStack() as stack:
        dsn = stack.enter_context(database(chosen.dsn))
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="merit-")))
        settings = Settings(home=place, database_url=dsn, ledger=LEDGER)
        prepare(dsn, LEDGER)
        ledger = stack.enter_context(open_ledger(settings))
        upkeep = stack.enter_context(Upkeep(database_process(ledger.owner_dsn)))
        growing = Growing(ledger, place, chosen.people, upkeep)
        steps = grown(growing, chosen.facts, chosen.month, chosen.until)
        if chosen.csv:
            keep(steps, chosen.csv)
        if not chosen.no_replay:
            steps = replayed(growing, steps)
            if chosen.csv:
                keep(steps, chosen.csv)
    return 0 if report(steps) else 1


if __name__ == "__main__":
    sys.exit(main())
