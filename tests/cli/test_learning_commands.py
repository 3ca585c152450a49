"""Question banks and practices on the command line: checked, published, listed, and what comes next."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER
from given_bank import begin_test, hand_in_test
from given_practices import share_practices

from api.ops import prepare
from domain.journal.append import Journal

Run = Callable[..., CompletedProcess[str]]
BANK = Path(__file__).resolve().parents[2] / "examples" / "banks" / "implant-basics.yaml"


@pytest.fixture
def run(ledger_dsn: str, tmp_path: Path) -> Iterator[Run]:
    """Commands on a firm whose E1 has taken a test, has the client C1, and shares how to go on with it."""
    shutil.copy(BANK, tmp_path / "bank.yaml")
    with Journal(ledger_dsn, LEDGER) as journal:
        book = Book(journal, ledger_dsn, LEDGER)
        book.hire("E1")
        book.register("C1")
        begin_test(book)
        hand_in_test(book)
        share_practices(book, "Ask what they lack")
    prepare(ledger_dsn, LEDGER)
    environment = environment_of(tmp_path / "home", ledger_dsn)
    yield lambda *arguments: ran(environment, *(each.replace("@", f"{tmp_path}/") for each in arguments))


def done(result: CompletedProcess[str]) -> Any:
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.rule("R89")
@pytest.mark.rule("R66")
def test_banks_are_published_and_practices_offered(run: Run) -> None:
    first = json.loads(done(run("bank", "publish", "@bank.yaml", "--by", "hr", "--json")))
    again = json.loads(done(run("bank", "publish", "@bank.yaml", "--by", "hr", "--json")))
    assert (first["hit"], again) == (False, first | {"hit": True})
    results = done(run("bank", "results", "E1"))
    assert "basics, attempt 1" in results and "0 of 2 right, 0" in results and "weak in" in results
    coming = done(run("next", "C1"))
    assert "reached contact" in coming and "Find out what they need" in coming
    assert "p (needs), by E1: Ask what they lack" in coming
    assert run("practices", "--stage", "begin").returncode == 2
