"""R88 on the command line: a change is proposed, and another name approves, refuses or withdraws it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from commanded import ran
from conftest import new_database
from given import LEDGER
from given_plan import adoption, document

from api.intake import Intake, Stored, Submission
from api.ops import now, prepare
from domain.journal.append import Journal

Run = Callable[..., CompletedProcess[str]]
PLAN = "parameters: {quota: {value: 20, open: {to: [branch], min: 10, max: 40}}}"
OVERRIDE = (
    "plan override selling quota 15 --branch SH --from 2025-03-01 --reason spring --by wang --json".split()
)


@pytest.fixture
def run(postgres: str, tmp_path: Path) -> Iterator[Run]:
    """Commands on a firm with a plan of one open parameter, and E9, who has left."""
    day = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    with new_database(postgres) as dsn:
        prepare(dsn, LEDGER)
        with Journal(dsn, LEDGER) as journal:
            told: list[tuple[str, dict[str, Any]]] = [
                ("ledger_opened", {"name": "firm"}),
                ("branch_opened", {"branch": "SH", "title": "Shanghai", "opened_on": "2024-06-03"}),
                ("employee_hired", {"employee": "E9", **day}),
                ("employee_left", {"employee": "E9", "left_on": "2025-01-31", "cause": "family"}),
                ("plan_adopted", adoption(document(PLAN))),
            ]
            for type, data in told:
                said = Submission(type=type, source="test", key=type, occurred_at=now(), data=data)
                [outcome] = Intake(journal).submit([said], actor="test", now=now(), atomic=True)
                assert isinstance(outcome, Stored), outcome
        environment = {
            "MERITBOOK_HOME": str(tmp_path / "home"),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
        }
        yield lambda *arguments: ran(environment, *arguments)


def position(done: CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["position"])


def states(run: Run) -> list[tuple[str, str, str | None]]:
    told = json.loads(run("proposal", "list", "--json").stdout)
    return [(each["state"], each["actor"], each["answered_by"]) for each in told]


@pytest.mark.rule("R88")
def test_what_one_proposes_another_answers(run: Run) -> None:
    """The journal says who did which, also of an erasure, which is made with the approval."""
    first, second, third = (position(run(*OVERRIDE)) for _ in range(3))
    own = run("proposal", "approve", first, "--by", "wang")
    assert own.returncode == 1 and f"wang made the proposal at position {first}" in own.stderr
    position(run("proposal", "approve", first, "--by", "li", "--json"))
    position(run("proposal", "refuse", second, "--by", "li", "--reason", "too early", "--json"))
    position(run("proposal", "withdraw", third, "--by", "wang", "--reason", "a mistake", "--json"))
    erasure = position(run("erase", "E9", "--by", "hr", "--reason", "asked for it", "--json"))
    assert states(run)[-1] == ("open", "hr", None)
    done = run("proposal", "approve", erasure, "--by", "boss", "--yes")
    assert done.returncode == 0 and f"boss approves what was proposed at position {erasure}" in done.stdout
    assert states(run) == [
        ("approved", "wang", "li"), ("refused", "wang", "li"), ("withdrawn", "wang", "wang"),
        ("approved", "hr", "boss"),
    ]  # fmt: skip
    assert run("proposal", "list", "--state", "open").stdout.strip() == "Nothing was proposed."
