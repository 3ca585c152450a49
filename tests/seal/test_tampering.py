"""A superuser tampers with a live ledger, all triggers switched off; export and verify name where."""

import datetime as dt
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from book import Book
from conftest import new_database
from dumping import program
from given import LEDGER
from sealed_book import CLIENTS, SealedBook, reseal

from api.verify import Verdict
from domain.journal.append import Journal

FIRST, LAST = 301, 620
"""Between the two checkpoints that tampering falls; both are in the middle of a tile."""


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str, tmp_path: Path) -> SealedBook:
    """A ledger of 700 records: two clients a day of three people, and a closed month at the end.

    Checkpoints at 300, 620 and 700.
    """
    book = Book(journal, ledger_dsn, LEDGER)
    firm = SealedBook(book, ledger_dsn, tmp_path)
    book.adopt(CLIENTS)
    for employee in ("E1", "E2", "E3"):
        book.hire(employee)
    grow(firm, 300)
    grow(firm, 620)
    grow(firm, 699)
    book.close()
    assert firm.seal() == 700
    return firm


@pytest.fixture
def scratch_dsn(postgres: str) -> Iterator[str]:
    """An empty database to compute in again."""
    with new_database(postgres) as dsn:
        yield dsn


def grow(firm: SealedBook, upto: int) -> None:
    """Clients are registered until the journal ends at `upto`, and sealed."""
    from given import NOW, drafted

    from domain.facts.selling import CustomerRegistered

    drafts = [
        drafted(
            CustomerRegistered(employee=f"E{number % 3 + 1}", customer=f"C{number}"),
            occurred_at=dt.datetime(2025, 3, 1 + number % 28, 4, tzinfo=dt.UTC),
        )
        for number in range(firm.book.journal.head(), upto)
    ]
    firm.book.journal.append(drafts, now=NOW)
    firm.seal()


def where(verdict: Verdict) -> tuple[int | None, int | None]:
    return verdict.first_bad, verdict.first_bad_until


def kinds(verdict: Verdict) -> set[str]:
    return {finding.kind for finding in verdict.findings}


EDIT = """update journal set data = '{"customer":"X","employee":"E3"}' where position = 400"""

SHIFT = "update journal set position = -position where position >= %(at)s"
BACK = "update journal set position = 1 - position where position < 0"
CLOSE_GAP = "update journal set position = -1 - position where position < 0"
INSERT = """
insert into journal (position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, data)
select 400, type, source, 'slipped in', content_hash, tags, occurred_at, recorded_at, actor, data
from journal where position = 399"""
EDIT_PLAN = """
update journal set data = replace(data::text, '"rate":50', '"rate":500')::json where position = 3"""
RAISED = """
update statement_line set
    detail = replace(detail::text, '"amount_minor":', '"amount_minor":1')::json,
    amount_minor = (1 || amount_minor::text)::bigint
where employee = 'E2' and line = 1"""
UNCHECKED = "alter table journal drop constraint journal_position_check"


def edit(cursor: psycopg.Cursor) -> None:
    cursor.execute(EDIT)


def insert(cursor: psycopg.Cursor) -> None:
    """Everything behind moves up, so that positions are gapless."""
    cursor.execute(UNCHECKED)
    cursor.execute(SHIFT, {"at": 400})
    cursor.execute(BACK)
    cursor.execute(INSERT)


def delete(cursor: psycopg.Cursor) -> None:
    """Everything behind moves down."""
    cursor.execute(UNCHECKED)
    cursor.execute("delete from journal where position = 400")
    cursor.execute(SHIFT, {"at": 401})
    cursor.execute(CLOSE_GAP)


def leave_hole(cursor: psycopg.Cursor) -> None:
    cursor.execute("delete from journal where position = 400")


def swap(cursor: psycopg.Cursor) -> None:
    cursor.execute(UNCHECKED)
    cursor.execute("update journal set position = -position where position in (400, 401)")
    cursor.execute("update journal set position = position + 801 where position < 0")


@pytest.mark.rule("R24")
def test_what_nobody_touched_is_valid(firm: SealedBook, scratch_dsn: str) -> None:
    """Also when everything is computed again; the verdict counts what it has seen."""
    verdict = firm.judged(recompute=scratch_dsn)
    assert verdict.findings == []
    assert verdict.valid
    counted = (verdict.records, verdict.checkpoints, verdict.statements, verdict.plans)
    assert counted == (700, 4, 3, 1)


@pytest.mark.rule("R24")
@pytest.mark.parametrize("tamper", [edit, insert, delete, leave_hole, swap])
def test_a_record_is_tampered_with(firm: SealedBook, tamper: object) -> None:
    """The tiles are those that were sealed, so the position is exact."""
    with firm.tampering() as cursor:
        tamper(cursor)  # type: ignore[operator]
    assert where(firm.judged()) == (400, 400)


@pytest.mark.rule("R24")
@pytest.mark.parametrize("tamper", [edit, swap])
def test_hashes_are_computed_anew(firm: SealedBook, tamper: object) -> None:
    """All tiles fit the records then; between two signed checkpoints the records are others."""
    with firm.tampering() as cursor:
        tamper(cursor)  # type: ignore[operator]
        reseal(cursor)
    verdict = firm.judged()
    assert where(verdict) == (FIRST, LAST)
    assert "altered" in kinds(verdict)


@pytest.mark.rule("R24")
def test_hashes_and_roots_are_computed_anew(firm: SealedBook) -> None:
    """Checkpoints with another root are not those that were signed; the one before is, as far as it goes."""
    with firm.tampering() as cursor:
        cursor.execute(EDIT)
        reseal(cursor)
        for size, note in cursor.execute("select size, note from checkpoint where size > 300").fetchall():
            forged = note.split("\n")
            forged[2] = b64encode(bytes([size % 256]) * 32).decode()
            cursor.execute("update checkpoint set note = %s where size = %s", ["\n".join(forged), size])
    verdict = firm.judged()
    assert "checkpoint_refused" in kinds(verdict)
    assert where(verdict) == (FIRST, FIRST)


@pytest.mark.rule("R24")
def test_the_end_is_cut_off(firm: SealedBook) -> None:
    with firm.tampering() as cursor:
        cursor.execute("delete from journal where position > 650")
    verdict = firm.judged()
    assert where(verdict) == (651, 651)
    assert "truncated" in kinds(verdict)


@pytest.mark.rule("R24")
def test_the_end_is_cut_off_the_seal_too(firm: SealedBook) -> None:
    """In the database and in the home nothing is left of it; only the auditor has a checkpoint."""
    kept = firm.checkpoint()
    with firm.tampering() as cursor:
        cut_off(cursor, 620)
    (firm.settings.home / "seal" / f"{LEDGER}.checkpoint").unlink()
    verdict = firm.judged(kept=[kept])
    assert where(verdict) == (621, 621)
    assert kinds(verdict) == {"truncated"}
    assert firm.judged().valid


def cut_off(cursor: psycopg.Cursor, size: int) -> None:
    cursor.execute("delete from journal where position > %s", [size])
    cursor.execute("delete from checkpoint where size > %s", [size])
    reseal(cursor)
    tables = "select unnest(tables) from projection"
    for (table,) in cursor.execute(tables).fetchall():
        cursor.execute(f"truncate {table}".encode())
    cursor.execute("update projection set position = 0")


@pytest.mark.rule("R24")
def test_a_fork_is_signed_with_the_same_key(firm: SealedBook) -> None:
    """Whoever has database, home and key writes another end; it is whole, but not the one that was kept."""
    kept = firm.checkpoint()
    with firm.tampering() as cursor:
        cut_off(cursor, 620)
    (firm.settings.home / "seal" / f"{LEDGER}.checkpoint").unlink()
    grow(firm, 710)
    assert firm.judged().valid
    verdict = firm.judged(kept=[kept])
    assert where(verdict) == (621, 700)
    assert kinds(verdict) == {"forked"}


@pytest.mark.rule("R24")
def test_an_old_backup_is_restored(firm: SealedBook, postgres: str, tmp_path: Path, scratch_dsn: str) -> None:
    """By pg_restore, with the home as it was then too: nothing in the ledger knows of what came later."""
    dump = tmp_path / "old.dump"
    run("pg_dump", firm.dsn, "--format=custom", f"--schema={LEDGER}", f"--file={dump}")
    (tmp_path / "restored").mkdir()
    grow(firm, 760)
    kept = firm.checkpoint()
    run("pg_restore", scratch_dsn, dump)
    restored = SealedBook(firm.book, scratch_dsn, tmp_path / "restored")
    verdict = restored.judged(kept=[kept])
    assert where(verdict) == (701, 701)
    assert kinds(verdict) == {"truncated"}


def run(name: str, dsn: str, *arguments: str | Path) -> None:
    """One of the programs beside the server of the tests."""
    command = [program(name, dsn), f"--dbname={dsn}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.rule("R24")
def test_a_statement_is_edited(firm: SealedBook) -> None:
    """What is read as pay is no longer what was closed; it says whose."""
    with firm.tampering() as cursor:
        cursor.execute(RAISED)
    verdict = firm.judged()
    assert where(verdict) == (None, None)
    assert [(found.kind, found.position) for found in verdict.findings] == [("statement", 700)]
    assert "E2" in verdict.findings[0].detail


@pytest.mark.rule("R24")
def test_a_statement_and_its_digest_are_edited(firm: SealedBook, scratch_dsn: str) -> None:
    """The month no longer comes to the digest of its close; computed again, person and line are named."""
    from domain.period import Period
    from projections.statements import statement

    with firm.tampering() as cursor:
        cursor.execute(RAISED)
        slip = statement(cursor, "E2", Period.parse("2025-03"), engine="test")
        assert slip is not None
        digest = [slip.statement.digest(), slip.statement.total_minor]
        cursor.execute("update statement set digest = %s, total_minor = %s where employee = 'E2'", digest)
    verdict = firm.judged(recompute=scratch_dsn)
    told = {finding.kind: finding for finding in verdict.findings}
    assert set(told) == {"statement", "recomputed"}
    assert (told["statement"].position, told["recomputed"].position) == (700, 700)
    assert "E2 2025-03: line selling.clients is" in told["recomputed"].detail


@pytest.mark.rule("R24")
def test_a_credit_is_edited_before_a_close(
    journal: Journal, ledger_dsn: str, tmp_path: Path, scratch_dsn: str
) -> None:
    """Then the close itself says what is wrong, and every hash fits; the facts say otherwise."""
    book = Book(journal, ledger_dsn, LEDGER)
    firm = SealedBook(book, ledger_dsn, tmp_path)
    book.adopt(CLIENTS)
    book.hire("E1")
    book.hire("E2")
    book.register("C1", "C2")
    with book.cursor(), firm.tampering() as cursor:
        cursor.execute("update credit set employee = 'E2' where customer = 'C2'")
    book.close()
    assert firm.judged().valid
    verdict = firm.judged(recompute=scratch_dsn)
    told = [finding.detail for finding in verdict.findings if finding.kind == "recomputed"]
    assert told[0] == "E1 2025-03: line selling.clients is 50.00 CNY in the export, 100.00 by the records."
    assert told[1] == "E2 2025-03: line selling.clients is 50.00 CNY in the export, 0.00 by the records."


@pytest.mark.rule("R24")
def test_an_adopted_plan_is_edited(firm: SealedBook) -> None:
    """In the table that pay is computed by: the document is not that of its fact."""
    with firm.tampering() as cursor:
        cursor.execute("update plan_version set document = replace(document, '\"rate\":50', '\"rate\":500')")
    verdict = firm.judged()
    assert [(found.kind, found.position) for found in verdict.findings] == [("plan", 3)]


@pytest.mark.rule("R24")
def test_an_adopted_plan_is_edited_in_the_journal(firm: SealedBook) -> None:
    with firm.tampering() as cursor:
        cursor.execute(EDIT_PLAN)
    verdict = firm.judged()
    assert where(verdict) == (3, 3)
    assert "plan" in kinds(verdict)
