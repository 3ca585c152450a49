"""The engine guard: a release that would pay a closed month otherwise says whom, what and why, and fails."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from book import Book
from commanded import COMMAND, environment_of
from given import LEDGER

from api.results_file import Result, closed_results, read_results, write_results
from domain.journal.append import Journal
from domain.journal.canonical import canonical
from domain.plan.statement import Statement, make_statement

PLAN = """
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: "33.335"}
  - {id: rate, title: Close rate, kind: threshold, measure: close_rate, reaches: 15 %, pays: 200}
"""


@dataclass
class Guarded:
    """Two closed months, their results as the release before exported them, and the command."""

    book: Book
    results: Path
    environment: dict[str, str]

    def recompute(self, *more: str, altered: str = "") -> subprocess.CompletedProcess[str]:
        """Runs the command, in a program that first runs the Python `altered`."""
        program = [*COMMAND[:2], f"{altered}\n{COMMAND[2]}"]
        return subprocess.run(
            [*program, "recompute", "--against", str(self.results), *more],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def told(self, altered: str = "") -> Any:
        """What it says as JSON, which is that something changed."""
        answer = self.recompute("--json", altered=altered)
        assert answer.returncode == 1, answer.stderr
        return json.loads(answer.stdout)

    def rewrite(self, change: Callable[[Result], Result | None]) -> None:
        """Alters the file, line by line."""
        with self.results.open("rb") as source:
            kept = [made for result in read_results(source) if (made := change(result)) is not None]
        with self.results.open("wb") as sink:
            write_results(sink, kept)


@pytest.fixture
def guarded(journal: Journal, ledger_dsn: str, tmp_path: Path) -> Guarded:
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    book.hire("E2")
    book.adopt(PLAN)
    book.register("C1")
    book.register("C2", employee="E2")
    book.close()
    book.register("C3")
    book.close("2025-04")
    results = tmp_path / "statements.ndjson"
    with book.cursor() as cursor, results.open("wb") as sink:
        write_results(sink, closed_results(cursor))
    return Guarded(book, results, environment_of(tmp_path, ledger_dsn))


def resigned(result: Result, statement: Statement) -> Result:
    """The line with another statement, consistent in itself."""
    raw = msgspec.Raw(canonical(statement))
    return msgspec.structs.replace(result, statement=raw, digest=statement.digest())


def test_nothing_changed_is_said_and_succeeds(guarded: Guarded) -> None:
    same = guarded.recompute()
    assert same.returncode == 0, same.stderr
    assert "2 closed months, 4 statements" in same.stdout and "byte for byte" in same.stdout


def test_every_cent_of_an_altered_rounding_is_listed(guarded: Guarded) -> None:
    """33.335 is 33.34 by half up and 33.33 cut off; twice that, which April settles, needs no rounding."""
    cut = (
        "import domain.plan.statement as s, domain.money as m\n"
        "s.rounded = lambda amount, rounding='half_up', *scale: m.rounded(amount, 'down', *scale)"
    )
    told = guarded.told(cut)
    march, april = told["months"]
    assert [(month["is_genuine"], month["is_same"]) for month in (march, april)] == [
        (True, False),
        (True, True),
    ]
    [first, second] = march["changed"]
    assert (first["employee"], second["employee"]) == ("E1", "E2")
    [line] = first["lines"]
    assert (line["component"], line["before_minor"], line["after_minor"]) == ("clients", 3_334, 3_333)
    assert line["changes"] == [
        {
            "ground": "rounding", "name": "clients", "before": "3334", "after": "3333",
            "before_position": None, "after_position": None,
        }
    ]  # fmt: skip
    assert told["difference_minor"] == sum(
        line["difference_minor"] for month in told["months"] for s in month["changed"] for line in s["lines"]
    )
    shown = guarded.recompute(altered=cut)
    assert shown.returncode == 1
    assert "E1 2025-03 selling.clients: 33.34 before, 33.33 CNY after (Rounded otherwise" in shown.stdout


@pytest.mark.parametrize(
    ("altered", "ground"),
    [
        (
            "import domain.plan.components.per_unit as p\n"
            "old = p.PerUnit.earn\n"
            "p.PerUnit.earn = lambda self, seen: old(self, seen)._replace(amount=old(self, seen).amount * 2)",
            "rule",
        ),
        (
            "import projections.measures as m\nm.exact = lambda *_: __import__('fractions').Fraction(7)",
            "measure",
        ),
    ],
)
def test_the_ground_of_a_change_is_named(guarded: Guarded, altered: str, ground: str) -> None:
    told = guarded.told(altered)
    grounds = {
        c["ground"] for s in told["months"][0]["changed"] for line in s["lines"] for c in line["changes"]
    }
    assert ground in grounds


def test_altered_results_are_told_from_an_altered_program(guarded: Guarded) -> None:
    """Ten yuan more for E2 in March, in a file that is consistent in itself: the close says otherwise."""

    def more(result: Result) -> Result:
        if (result.period, result.employee) != ("2025-03", "E2"):
            return result
        held = result.read()
        first = held.lines[0]
        lines = (msgspec.structs.replace(first, amount_minor=first.amount_minor + 1_000), *held.lines[1:])
        return resigned(result, make_statement(held.employee, held.period, held.currency, lines))

    guarded.rewrite(more)
    told = guarded.told()
    march = told["months"][0]
    assert (march["is_genuine"], march["is_same"]) == (False, True)
    assert [(s["employee"], s["difference_minor"]) for s in march["changed"]] == [("E2", -1_000)]
    assert "the results are not what its close says" in guarded.recompute().stdout


def test_somebody_missing_or_too_much_is_listed(guarded: Guarded) -> None:
    guarded.rewrite(lambda result: None if (result.period, result.employee) == ("2025-04", "E1") else result)
    april = guarded.told()["months"][1]
    [changed] = april["changed"]
    assert (changed["employee"], changed["before_digest"]) == ("E1", None)
    assert {line["kind"] for line in changed["lines"]} == {"added"}


def test_a_month_that_was_closed_since_is_checked_by_its_close(guarded: Guarded) -> None:
    """The results of a release are older than the months closed after it."""
    guarded.rewrite(lambda result: None if result.period == "2025-04" else result)
    same = guarded.recompute()
    assert same.returncode == 0 and "2025-04, closed at position" in same.stdout
    assert "not in the results; it comes to what its close says" in same.stdout


def test_results_of_another_ledger_are_refused(guarded: Guarded) -> None:
    with guarded.results.open("rb") as source:
        last = list(read_results(source))[-1]
    with guarded.results.open("ab") as sink:
        later = make_statement("E1", "2025-05", "CNY", ())
        write_results(sink, [resigned(msgspec.structs.replace(last, period="2025-05", employee="E1"), later)])
    refused = guarded.recompute()
    assert refused.returncode == 1 and "has not closed" in refused.stderr
    guarded.results.write_bytes(b"{}\n")
    assert "statements.ndjson, line 1" in guarded.recompute().stderr
    guarded.results.unlink()
    assert "cannot be read" in guarded.recompute().stderr


def test_it_works_where_the_read_models_have_stopped(guarded: Guarded) -> None:
    """A replay by an altered program stops at the close and says what to run; this goes on."""
    cut = (
        "import domain.plan.statement as s, domain.money as m\n"
        "s.rounded = lambda amount, rounding='half_up', *scale: m.rounded(amount, 'down', *scale)\n"
    )
    stopped = subprocess.run(
        [*COMMAND[:2], cut + COMMAND[2], "replay"],
        env=guarded.environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert stopped.returncode == 1 and "meritbook recompute --against" in stopped.stderr
    assert guarded.told(cut)["changed"] == 2
