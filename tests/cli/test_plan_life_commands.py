"""R39 on the command line: a draft, a comment, the adoption, the acknowledgements, and how it stands."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from commanded import ran
from conftest import new_database
from given import LEDGER
from given_plan import document

from api.intake import Intake, Stored, Submission
from api.ops import now, prepare
from domain.journal.append import Journal

Run = Callable[..., CompletedProcess[str]]


@pytest.fixture
def run(postgres: str, tmp_path: Path) -> Iterator[Run]:
    """Commands on a firm with the sellers E1 and E2, in a folder with two drafts of a plan."""
    for name, more in (("first", ""), ("easier", "targets: {clients: {measure: clients, value: 18}}")):
        tmp_path.joinpath(f"{name}.yaml").write_text(yaml.safe_dump(document(more)), "utf-8")
    with new_database(postgres) as dsn:
        prepare(dsn, LEDGER)
        with Journal(dsn, LEDGER) as journal:
            for type, data in (
                ("ledger_opened", {"name": "firm"}),
                ("branch_opened", {"branch": "SH", "title": "Shanghai", "opened_on": "2024-06-03"}),
                *(("employee_hired", hired(employee)) for employee in ("E1", "E2")),
            ):
                key = f"{type}{data.get('employee')}"
                told = Submission(type=type, source="test", key=key, occurred_at=now(), data=data)
                [outcome] = Intake(journal).submit([told], actor="test", now=now(), atomic=True)
                assert isinstance(outcome, Stored), outcome
        environment = {
            "MERITBOOK_HOME": str(tmp_path / "home"),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
        }
        yield lambda *arguments: ran(
            environment, "plan", *(a.replace("@", f"{tmp_path}/") for a in arguments)
        )


def hired(employee: str) -> dict[str, Any]:
    return {"employee": employee, "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}


def done(result: CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.rule("R39")
def test_a_plan_from_draft_to_acknowledgement(run: Run) -> None:
    assert "D1 is up" in done(run("draft", "@first.yaml", "--id", "D1", "--by", "hr", "--reason", "talks"))
    said = ("--employee", "E1", "--by", "hr", "--note", "20 is too many")
    done(run("comment", "D1", *said, "--path", "targets.clients.value"))
    assert "nothing at targets.visits" in run("comment", "D1", *said, "--path", "targets.visits").stderr
    assert run("comment", "D9", *said).returncode == 1
    done(run("draft", "@easier.yaml", "--id", "D2", "--by", "hr", "--replaces", "D1", "--json"))
    late = run("comment", "D1", *said)
    assert (late.returncode, "replaced by D2" in late.stderr) == (1, True)
    two = ("--by", "hr", "--approver", "boss")
    other = run("adopt", "@first.yaml", *two, "--draft", "D2")
    assert (other.returncode, "not that of draft D2" in other.stderr) == (1, True)
    done(run("adopt", "@easier.yaml", *two, "--draft", "D2"))
    assert "E1 has acknowledged" in done(run("acknowledge", "selling", "--employee", "E1", "--by", "E1"))
    unsigned = run("acknowledge", "selling", "--employee", "E2", "--by", "hr")
    assert (unsigned.returncode, "signed paper" in unsigned.stderr) == (1, True)
    told = done(run("status", "selling"))
    assert "Draft D1 from 2025-01-01, by hr: replaced at position" in told
    assert "acknowledged by 1, missing 1 of 2" in told
    assert "missing: E2" in told
    assert "E1 on targets.clients.value: 20 is too many" in done(run("status", "selling", "--draft", "D1"))
    [version] = json.loads(done(run("status", "selling", "--json")))["versions"]
    signed = ("--by", "hr", "--signature", "HR-25-117", "--version", str(version["position"]))
    assert (
        json.loads(done(run("acknowledge", "selling", "--employee", "E2", *signed, "--json")))["plan"]
        == "selling"
    )
    assert "missing 0 of 2" in done(run("status", "selling"))
    assert run("status", "nursing").returncode == 1
