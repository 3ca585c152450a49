"""Merging a branch on the command line."""

import json
from pathlib import Path

from book import HIRED, Book
from commanded import environment_of, ran
from given import LEDGER

from domain.facts.governance import BranchOpened
from domain.journal.append import Journal

ASKED = ("--on", "2025-04-01", "--reason", "one campus", "--by", "wang.hr", "--json")


def test_a_branch_is_merged_in_one_command(journal: Journal, ledger_dsn: str, tmp_path: Path) -> None:
    """All of it or nothing; done again it moves who has come since, and names the plans of the branch."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.tell(BranchOpened(branch="TJ", title="Tianjin", opened_on=HIRED))
    book.hire("T1", branch="TJ")
    book.adopt("population: {branch: [TJ]}")
    environment = environment_of(tmp_path, ledger_dsn)
    refused = ran(environment, "merge-branch", "TJ", "--into", "XX", *ASKED)
    assert refused.returncode == 1 and "XX" in refused.stderr
    head = journal.head()
    first = json.loads(ran(environment, "merge-branch", "TJ", "--into", "SH", *ASKED).stdout)
    assert (first["position"], first["people"], first["plans"]) == (head + 1, ["T1"], ["selling"])
    book.hire("T2", branch="TJ")
    again = json.loads(ran(environment, "merge-branch", "TJ", "--into", "SH", *ASKED).stdout)
    assert (again["position"], again["people"]) == (None, ["T2"])
