"""Commands that show personal data leave a trace, and `audit trail` shows who did what."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import msgspec
import pytest
from commanded import ran
from conftest import new_database
from given import LEDGER
from given_plan import adoption, document

from api.cli.tracing import account
from api.intake import Intake, Stored, Submission
from api.ops import now, prepare
from domain.journal.append import Journal

PER_DEAL = """
components:
  - {id: per_deal, kind: per_unit, title: Per deal, clause: Clause 1, measure: deals, rate: 50.00 CNY}
"""
DEAL = {"employee": "E1", "customer": "H1", "deal": "D1", "amount_minor": 100_000, "currency": "CNY"}

Run = Callable[..., CompletedProcess[str]]


class Firm:
    """A ledger with one seller, a plan and a deal in March; `run` runs a command on it."""

    def __init__(self, dsn: str, home: Path) -> None:
        self.environment = {
            "MERITBOOK_HOME": str(home),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
        }
        self.journal = Journal(dsn, LEDGER)
        adopted = adoption(document(PER_DEAL))
        hired = {"employee": "E1", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
        branch = {"branch": "SH", "title": "Shanghai", "opened_on": "2024-06-03"}
        self.tell("ledger_opened", {"name": "firm"})
        self.tell("branch_opened", branch)
        self.tell("employee_hired", hired)
        self.tell("plan_adopted", adopted)
        self.tell("deal_closed", DEAL)

    def tell(self, type: str, data: dict[str, Any]) -> None:
        told = Submission(type=type, source="test", key=type, occurred_at=DAY, data=data)
        [outcome] = Intake(self.journal).submit([told], actor="test", now=now(), atomic=True)
        assert isinstance(outcome, Stored), outcome

    def run(self, *arguments: str) -> CompletedProcess[str]:
        return ran(self.environment, *arguments)

    def reads(self) -> list[dict[str, Any]]:
        return [
            {"actor": record.actor, **msgspec.json.decode(record.data)}
            for record in self.journal.read(types=["personal_data_read"])
        ]


DAY = dt.datetime.fromisoformat("2025-03-04T09:30:00+08:00")


@pytest.fixture(scope="module")
def firm(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    with new_database(postgres) as dsn:
        prepare(dsn, LEDGER)
        made = Firm(dsn, tmp_path_factory.mktemp("home"))
        yield made
        made.journal.close()


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("explain", "E1", "2025-03"), {"operation": "meritbook explain", "employee": "E1"}),
        (("progress", "E1", "--day", "2025-03-15"), {"operation": "meritbook progress", "employee": "E1"}),
        (("hints", "E1", "--day", "2025-03-15"), {"operation": "meritbook hints", "employee": "E1"}),
        (("payroll", "2025-03", "--output", "-"),
         {"operation": "meritbook payroll", "filter": "period=2025-03", "people": 1}),
        (("audit", "diff", "E1", "2025-03", "--from", "4"),
         {"operation": "meritbook audit diff", "employee": "E1"}),
        (("audit", "trail", "--employee", "E1"), {"operation": "meritbook audit trail", "employee": "E1"}),
        (("audit", "trail", "--actor", "test"),
         {"operation": "meritbook audit trail", "filter": "actor=test"}),
    ],
)  # fmt: skip
def test_a_command_that_reads_about_people_leaves_a_trace_once_a_day(
    firm: Firm, arguments: tuple[str, ...], told: dict[str, Any]
) -> None:
    before = firm.reads()
    for _ in range(2):
        done = firm.run(*arguments)
        assert done.returncode == 0, done.stderr
    [trace] = [read for read in firm.reads() if read not in before]
    assert trace["actor"] == trace["reader"] == account()
    assert trace["role"] == "command line"
    assert told.items() <= trace.items()


def test_nothing_read_leaves_no_trace(firm: Firm) -> None:
    before = firm.reads()
    assert firm.run("explain", "E9", "2025-03").returncode == 1
    assert firm.run("payroll", "2019-03", "--output", "-").returncode == 0
    assert firm.reads() == before


@pytest.mark.rule("R24")
def test_the_trail_is_shown_as_lines_csv_and_json(firm: Firm) -> None:
    shown = firm.run("audit", "trail", "--upto", "5", "--type", "deal_closed")
    assert "test: E1 closes deal D1 with H1: 1000.00 CNY" in shown.stdout
    chinese = firm.run("audit", "trail", "--upto", "5", "--type", "deal_closed", "--lang", "zh")
    assert "E1 与 H1 成交，订单 D1：1000.00 CNY" in chinese.stdout
    lines = firm.run("audit", "trail", "--upto", "5", "--format", "ndjson").stdout.splitlines()
    rows = list(
        csv.DictReader(io.StringIO(firm.run("audit", "trail", "--upto", "5", "--format", "csv").stdout))
    )
    assert [json.loads(line)["position"] for line in lines] == [1, 2, 3, 4, 5]
    assert len(rows) == 5


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("--from", "yesterday"), 2), (("--type", "deal_won"), 1), (("--format", "pdf"), 2)],
)
def test_a_wrong_question_is_refused(firm: Firm, arguments: tuple[str, ...], status: int) -> None:
    assert firm.run("audit", "trail", *arguments).returncode == status
