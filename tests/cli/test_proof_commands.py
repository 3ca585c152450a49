"""Exports, verification and receipts on the command line."""

import json
from pathlib import Path

import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER
from sealed_book import CLIENTS, SealedBook

from domain.journal.append import Journal


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str, tmp_path: Path) -> SealedBook:
    """A closed month of two people."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.adopt(CLIENTS)
    book.hire("E1")
    book.hire("E2")
    book.register("C1", "C2")
    book.close()
    return SealedBook(book, ledger_dsn, tmp_path)


@pytest.fixture
def environment(firm: SealedBook) -> dict[str, str]:
    return environment_of(firm.settings.home, firm.dsn)


def test_an_export_is_written_and_verified(firm: SealedBook, environment: dict[str, str]) -> None:
    """Whatever was not sealed is sealed first; a later export takes the place of the one before."""
    place = firm.directory / "export"
    done = ran(environment, "export", str(place), "--json")
    assert done.returncode == 0, done.stderr
    head = firm.book.journal.head()
    told = json.loads(done.stdout)
    # The trace of the export stands behind what it holds.
    assert (told["records"], told["statements"], told["plans"], told["warnings"]) == (head - 1, 2, 1, [])

    verified = ran(environment, "verify", str(place))
    assert verified.returncode == 0, verified.stderr
    assert verified.stdout.startswith("VALID")
    assert "own word" in verified.stdout
    kept = firm.checkpoint()

    firm.book.register("C3")
    assert ran(environment, "export", str(place)).returncode == 0
    verified = ran(
        environment, "verify", str(place), "--checkpoint", str(kept), "--key", firm.key(), "--json"
    )
    assert (verified.returncode, json.loads(verified.stdout)["records"]) == (0, head + 1)


@pytest.mark.slow
def test_statements_are_computed_again_without_a_database_of_one_s_own(
    firm: SealedBook, environment: dict[str, str]
) -> None:
    """One is started for it and is gone afterwards; the ledger's is not asked."""
    place = firm.directory / "export"
    assert ran(environment, "export", str(place)).returncode == 0
    alone = {**environment, "MERITBOOK_DATABASE_URL": "postgresql://nowhere.invalid/none"}
    assert ran(alone, "verify", str(place), "--recompute").returncode == 0
    results = place / "statements.ndjson"
    results.write_bytes(results.read_bytes().replace(b'"amount_minor":10000', b'"amount_minor":90000'))
    told = ran(alone, "verify", str(place), "--recompute")
    assert told.returncode == 1
    assert (
        "E1 2025-03: line selling.clients is 900.00 CNY in the export, 100.00 by the records." in told.stdout
    )


def test_an_export_that_contradicts_is_not_replaced(firm: SealedBook, environment: dict[str, str]) -> None:
    """The older one is evidence then; and nothing else is ever overwritten."""
    place = firm.directory / "export"
    assert ran(environment, "export", str(place)).returncode == 0
    note = (place / "checkpoint").read_text().split("\n")
    note[1] = str(int(note[1]) - 1)
    (place / "checkpoint").write_text("\n".join(note))
    refused = ran(environment, "export", str(place))
    assert refused.returncode == 1
    assert "another history" in refused.stderr
    note[1] = str(int(note[1]) + 100)
    (place / "checkpoint").write_text("\n".join(note))
    assert "holds an export up to position" in ran(environment, "export", str(place)).stderr
    (place / "manifest.json").unlink()
    refused = ran(environment, "export", str(place))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True)
    assert not [path for path in firm.directory.iterdir() if path.name.startswith(".export")]


def test_whoever_is_killed_while_replacing_loses_no_export(
    firm: SealedBook, environment: dict[str, str]
) -> None:
    """The older one waits beside until the new one stands; half of a new one is none."""
    place = firm.directory / "export"
    assert ran(environment, "export", str(place)).returncode == 0
    unfinished = firm.directory / ".export.unfinished"
    unfinished.mkdir()
    (unfinished / "records.ndjson").write_bytes(b"{}")
    assert ran(environment, "verify", str(unfinished)).returncode == 2
    place.rename(firm.directory / ".export.replaced")
    again = ran(environment, "export", str(place))
    assert again.returncode == 0, again.stderr
    assert ran(environment, "verify", str(place)).returncode == 0
    assert [path.name for path in firm.directory.iterdir() if "export" in path.name] == ["export"]


def test_an_export_ends_where_it_is_asked_to(firm: SealedBook, environment: dict[str, str]) -> None:
    """With the last checkpoint that is not beyond."""
    sealed_at = firm.seal()
    firm.book.register("C3")
    firm.seal()
    place = firm.directory / "export"
    done = ran(environment, "export", str(place), "--upto", str(sealed_at), "--json")
    assert json.loads(done.stdout)["records"] == sealed_at
    assert ran(environment, "verify", str(place)).returncode == 0
    assert ran(environment, "export", f"{place}-2", "--upto", "1").returncode == 1


def test_a_broken_seal_is_exported_as_it_is(firm: SealedBook, environment: dict[str, str]) -> None:
    """With a warning, exit status 1, and a verdict that names the place."""
    firm.seal()
    last = firm.book.journal.head()
    with firm.tampering() as cursor:
        cursor.execute("delete from journal where position = %s", [last])
    place = firm.directory / "export"
    done = ran(environment, "export", str(place))
    assert done.returncode == 1
    assert "warning: The journal ends at position" in done.stderr
    told = ran(environment, "verify", str(place), "--json")
    assert (told.returncode, json.loads(told.stdout)["first_bad"]) == (1, last)


def test_what_is_no_export_is_not_judged(environment: dict[str, str], tmp_path: Path) -> None:
    told = ran(environment, "verify", str(tmp_path))
    assert told.returncode == 2
    assert "manifest.json" in told.stderr


@pytest.mark.rule("R24")
def test_a_receipt_is_written_and_verified(firm: SealedBook, environment: dict[str, str]) -> None:
    path = firm.directory / "receipt.json"
    firm.seal()
    done = ran(environment, "receipt", "E1", "2025-03", "--output", str(path))
    assert done.returncode == 0, done.stderr
    assert ran(environment, "verify", str(path)).stdout.startswith("VALID: receipt of meritbook/")
    assert json.loads(ran(environment, "receipt", "E1", "2025-03").stdout) == json.loads(path.read_text())
    assert "still open" in ran(environment, "receipt", "E1", "2025-04").stderr
    assert ran(environment, "receipt", "E1", "2025-Q1").returncode == 2
