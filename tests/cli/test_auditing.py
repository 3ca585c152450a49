"""What auditors ask on the command line: what changed in a statement, and whether the past is what it was."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from beside import tamper
from book import Book
from commanded import environment_of, ran
from given import LEDGER

from domain.journal.append import Journal

CLIENTS = "components: [{id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}]"


@pytest.fixture
def book(journal: Journal, ledger_dsn: str) -> Book:
    """March is closed with one client of E1."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    book.adopt(CLIENTS)
    book.register("C1")
    book.close()
    return book


@pytest.fixture
def run(ledger_dsn: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    environment = environment_of(tmp_path, ledger_dsn)
    return lambda *arguments: ran(environment, *arguments)


def test_a_late_client_is_named_with_what_it_changed(
    book: Book, run: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    before = book.journal.head()
    [late] = book.register("C2")
    asked = ("audit", "diff", "E1", "2025-04", "--from", str(before))
    shown = run(*asked)
    assert shown.returncode == 0, shown.stderr
    assert "+50.00 CNY" in shown.stdout and f"known since position {late}" in shown.stdout
    told = json.loads(run(*asked, "--json").stdout)
    assert (
        told["difference_minor"] == sum(line["line"]["difference_minor"] for line in told["lines"]) == 5_000
    )
    assert [fact["position"] for fact in told["facts"]] == [late]
    assert "no line differs" in run("audit", "diff", "E1", "2025-03", "--from", str(before)).stdout


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("E1", "2025-03", "--from", "5", "--to", "3"), "Name the earlier point first"),
        (("E1", "2025-03", "--from", "1000"), "from: The journal ends before position 1000"),
        (("E1", "2025-03", "--from", "1", "--to", "yesterday"), "to: 'yesterday' is neither"),
        (("E9", "2025-03", "--from", "1"), "Nobody with the id 'E9'"),
    ],
)
def test_a_question_without_answer_is_refused(
    book: Book, run: Callable[..., subprocess.CompletedProcess[str]], asked: tuple[str, ...], says: str
) -> None:
    refused = run("audit", "diff", *asked)
    assert refused.returncode == 1 and says in refused.stderr
    assert run("audit", "diff", "E1", "March", "--from", "1").returncode == 2


def test_a_past_position_is_compared_table_by_table(
    book: Book, run: Callable[..., subprocess.CompletedProcess[str]], ledger_dsn: str
) -> None:
    """Right after the close, whatever came since; the first row that differs is shown, with status 1."""
    closed = book.journal.head()
    book.register("C2")
    book.close("2025-04")
    asked = ("replay", "--known-at", str(closed), "--compare")
    same = run(*asked, "--json")
    assert same.returncode == 0, same.stderr
    told = json.loads(same.stdout)
    assert told["position"] == closed and set(told["tables"].values()) == {"equal"}
    assert {"statement", "statement_line", "standing", "closed_period"} <= set(told["tables"])
    tamper(ledger_dsn, "update statement_line set amount_minor = 1 where period = '2025-03'")
    differs = run(*asked)
    assert differs.returncode == 1 and "statement_line: live" in differs.stderr
    assert "equal" in differs.stdout and "differ" in differs.stdout
    assert json.loads(run(*asked, "--json").stdout)["difference"]["table"] == "statement_line"
