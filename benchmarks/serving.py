"""A firm in a ledger and the service over it, in a process of its own, for benchmarks that ask over HTTP."""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

from api.intake import Submission
from api.ops import Ledger, close_period, now, open_book
from api.planning import adopt_plan
from api.settings import Settings
from benchmarks.closing import PLAN
from benchmarks.load import PEOPLE
from benchmarks.scratch import LEDGER
from domain.period import Period

SERVE = "from api.cli import main; main()"
HIRED_ON = "2024-01-08"
BATCH_FACTS = 5_000
CLIENTS = 5
"""Of each person, each followed up twice and sold to once."""


class Served(NamedTuple):
    """A running service. process: its id."""

    url: str
    process: int


def hire(ledger: Ledger, number: int = PEOPLE) -> None:
    """Opens the ledger and hires so many people, among them those whom the loads name."""
    open_book(ledger, name="bench", zone="Asia/Shanghai", currency="CNY", actor="bench")
    branch = {"branch": "SH", "title": "SH", "opened_on": HIRED_ON}
    people = [
        {"employee": f"E{n}", "branch": "SH", "post": "seller", "hired_on": HIRED_ON} for n in range(number)
    ]
    submit(ledger, [("branch_opened", branch), *(("employee_hired", each) for each in people)], now())


def close_last_month(ledger: Ledger) -> Period:
    """A month of work of everybody under the sellers' plan, closed, so that there are statements to read."""
    month = Period.containing(ledger.today()).previous()
    adopt_plan(ledger, PLAN, adopted_by="E0", approver="E1")
    submit(ledger, _work(), dt.datetime.combine(month.first_day, dt.time(4), tzinfo=dt.UTC))
    close_period(ledger, month, actor="E0")
    return month


def _work() -> Iterator[tuple[str, dict[str, Any]]]:
    for n in range(PEOPLE):
        for client in range(CLIENTS):
            of_client = {"employee": f"E{n}", "customer": f"C{n}-{client}"}
            yield "customer_registered", of_client
            yield "follow_up_recorded", of_client | {"kind": "call"}
            yield "follow_up_recorded", of_client | {"kind": "call"}
            sold = {"deal": f"D{n}-{client}", "amount_minor": 1_000_000 + n, "currency": "CNY"}
            yield "deal_closed", of_client | sold


def submit(ledger: Ledger, facts: Iterable[tuple[str, dict[str, Any]]], at: dt.datetime) -> None:
    """Records facts that all happened at one instant."""
    brought = [
        Submission(type=type, source="bench", key=f"{type}-{n}", occurred_at=at, data=said)
        for n, (type, said) in enumerate(facts)
    ]
    for start in range(0, len(brought), BATCH_FACTS):
        ledger.intake.submit(brought[start : start + BATCH_FACTS], actor="bench", now=now(), atomic=True)


def serving(settings: Settings, workers: int = 1) -> AbstractContextManager[Served]:
    """The service over the ledger of `settings`, with so many processes that answer."""
    environment = {
        "MERITBOOK_HOME": str(settings.home),
        "MERITBOOK_DATABASE_URL": str(settings.database_url),
        "MERITBOOK_LEDGER": LEDGER,
        "MERITBOOK_PORT": "0",
    }
    return started([sys.executable, "-c", SERVE, "serve", "--workers", str(workers)], environment)


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[Served]:
    """A server that says where it serves on its standard error, in a process of its own, until the end."""
    process = subprocess.Popen(
        command, env=os.environ | environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert process.stderr is not None
    try:
        said = ""
        while "serves on " not in said or not said.endswith("\n"):
            said += process.stderr.readline()
            assert process.poll() is None, said
        yield Served(said.split("serves on ")[1].split()[0], process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)
