"""A ledger is backed up, brought back, and held against its seal; what was altered or is too old is told."""

import json
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
from book import Book
from commanded import environment_of, ran
from given import LEDGER
from sealed_book import SealedBook, reseal

from api.backup import back_up, backups
from api.ops import open_ledger
from domain.journal.append import Journal

FACTS = 7


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str, tmp_path: Path) -> SealedBook:
    """A ledger of seven facts, sealed."""
    book = Book(journal, ledger_dsn, LEDGER)
    for employee in ("E1", "E2", "E3", "E4", "E5"):
        book.hire(employee)
    sealed = SealedBook(book, ledger_dsn, tmp_path)
    assert sealed.seal() == FACTS
    return sealed


def meritbook(
    firm: SealedBook, *arguments: str | Path, dsn: str | None = None, status: int = 0
) -> subprocess.CompletedProcess[str]:
    """A command about the firm's ledger, in its database or another."""
    done = ran(environment_of(firm.settings.home, dsn or firm.dsn), *map(str, arguments))
    assert done.returncode == status, done.stderr
    return done


def backed_up(firm: SealedBook, *options: str) -> Path:
    """A backup beside the firm's home."""
    told = meritbook(firm, "backup", firm.directory / "kept", *options, "--json")
    return Path(json.loads(told.stdout)["directory"])


def journal_rows(dsn: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(f"select * from {LEDGER}.journal order by position".encode()).fetchall()


@pytest.mark.rule("R24")
def test_what_is_brought_back_is_what_was_there_and_goes_on(firm: SealedBook, empty_dsn: str) -> None:
    place = backed_up(firm)
    assert sorted(each.name for each in place.iterdir()) == ["backup.json", "ledger.dump"]
    said = json.loads(meritbook(firm, "restore", place, "--json", dsn=empty_dsn).stdout)
    assert said == {"ledger": LEDGER, "position": FACTS, "checked": FACTS, "missing": 0}
    assert journal_rows(empty_dsn) == journal_rows(firm.dsn)
    compared = meritbook(firm, "replay", "--compare", dsn=empty_dsn)
    assert f"{FACTS}" in compared.stdout
    assert "are those that were signed" in meritbook(firm, "seal", "check", dsn=empty_dsn).stdout
    again = meritbook(firm, "restore", place, dsn=empty_dsn, status=1)
    assert "has a ledger" in again.stderr


@pytest.mark.rule("R24")
def test_a_backup_older_than_the_seal_is_noticed_by_home_and_by_kept_checkpoints(
    firm: SealedBook, empty_dsn: str, postgres: str
) -> None:
    """The home remembers what it signed; where it is gone too, an auditor's checkpoint does."""
    place = backed_up(firm)
    firm.book.hire("E6")
    assert firm.seal() == FACTS + 1
    late = meritbook(firm, "restore", place, "--json", dsn=empty_dsn, status=1)
    assert json.loads(late.stdout)["missing"] == 1
    assert "1 facts are missing" in late.stderr
    short = meritbook(firm, "seal", "check", dsn=empty_dsn, status=1)
    assert "ends at position 7, but 8 records were signed" in short.stderr
    kept = firm.checkpoint()
    shutil.rmtree(firm.settings.home / "seal")
    with psycopg.connect(empty_dsn) as connection:
        connection.execute(f"drop schema {LEDGER} cascade".encode())
    late = meritbook(firm, "restore", place, "--checkpoint", kept, "--json", dsn=empty_dsn, status=1)
    assert json.loads(late.stdout)["missing"] == 1
    assert json.loads(meritbook(firm, "seal", "check", "--json", dsn=empty_dsn).stdout)["checked"] == FACTS


@pytest.mark.rule("R24")
def test_an_altered_record_is_named_and_a_backup_of_it_is_not_brought_back(
    firm: SealedBook, empty_dsn: str
) -> None:
    """Also where the tree was computed anew over it: the checkpoint then is not of that tree."""
    with firm.tampering() as cursor:
        cursor.execute("update journal set actor = 'somebody else' where position = 4")
    assert "position 4" in meritbook(firm, "seal", "check", status=1).stderr
    place = backed_up(firm)
    refused = meritbook(firm, "restore", place, dsn=empty_dsn, status=1)
    assert "position 4" in refused.stderr
    with psycopg.connect(empty_dsn) as connection:
        assert connection.execute("select from pg_namespace where nspname = %s", [LEDGER]).fetchone() is None
    with firm.tampering() as cursor:
        reseal(cursor)
    assert "not the one that was signed" in meritbook(firm, "seal", "check", status=1).stderr


def test_damage_and_what_is_no_backup_are_refused_before_anything_is_touched(
    firm: SealedBook, empty_dsn: str
) -> None:
    place = backed_up(firm)
    with place.joinpath("ledger.dump").open("r+b") as dump:
        dump.seek(100)
        dump.write(b"!")
    assert "not what was written" in meritbook(firm, "restore", place, dsn=empty_dsn, status=1).stderr
    assert "is not a backup" in meritbook(firm, "restore", firm.directory, dsn=empty_dsn, status=1).stderr


def test_so_many_backups_stay_as_are_asked_for(firm: SealedBook) -> None:
    kept = firm.directory / "kept"
    for name in ("main-20200101T000000Z", f"{LEDGER}-20200101T000000Z", f"{LEDGER}-20200102T000000Z"):
        kept.joinpath(name).mkdir(parents=True)
    with open_ledger(firm.settings) as ledger:
        place, _ = back_up(ledger, kept, keep=2)
    assert backups(kept, LEDGER) == [kept / f"{LEDGER}-20200102T000000Z", place]
    assert kept.joinpath("main-20200101T000000Z").is_dir()
