"""A closed month on the command line: approved by another, held in part, released, asked about, printed."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER

from domain.journal.append import Journal

Run = Callable[..., CompletedProcess[str]]
PLAN = """
components:
  - {id: clients, title: New clients, clause: "3.1", kind: per_unit, measure: clients, rate: "50.50"}
"""


@pytest.fixture
def run(journal: Journal, ledger_dsn: str, tmp_path: Path) -> Run:
    """Commands on a firm where E1 won a client in March, which `test` has closed."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    book.adopt(PLAN)
    book.register("C1")
    book.close()
    environment = environment_of(tmp_path / "home", ledger_dsn)
    return lambda *arguments: ran(environment, *arguments)


def done(result: CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_run_from_its_approval_to_what_is_outstanding(run: Run, tmp_path: Path) -> None:
    same = run("approve", "2025-03", "--approver", "test")
    assert (same.returncode, "test closed 2025-03" in same.stderr) == (1, True)
    assert "approved by boss" in done(run("approve", "2025-03", "--approver", "boss"))
    why = ("--reason", "disputed", "--by", "pay")
    done(run("hold", "E1", "--id", "H1", "--period", "2025-03", *why))
    done(run("release", "2025-03", "--by", "pay"))
    file = str(tmp_path / "march.csv")
    assert "50.50 CNY to 1 people, 50.50 of it held" in done(run("payroll", "2025-03", "-o", file))
    assert "2025-03 is paid" in done(run("reconcile", "2025-03"))
    done(run("let-go", "H1", *why))
    unpaid = run("reconcile", "2025-03", "--json")
    assert unpaid.returncode == 1
    assert json.loads(unpaid.stdout)["people"][0]["result"] == "unpaid"
    assert "2025-03 E1: 50.50 CNY" in done(run("outstanding"))


def test_an_inquiry_and_a_printed_payslip(run: Run, tmp_path: Path) -> None:
    of = ("--employee", "E1", "--period", "2025-03", "--kind", "wrong_amount")
    done(run("inquiry", "open", "Q1", *of, "--note", "Why so little?", "--by", "E1"))
    own = run("inquiry", "resolve", "Q1", "rejected", "--by", "E1")
    assert (own.returncode, "judges their own" in own.stderr) == (1, True)
    done(run("inquiry", "resolve", "Q1", "rejected", "--by", "hr", "--note", "One client"))
    page = tmp_path / "slip.html"
    done(run("payslip", "E1", "2025-03", "--lang", "zh", "-o", str(page)))
    assert "Why so little?" in page.read_text("utf-8")
