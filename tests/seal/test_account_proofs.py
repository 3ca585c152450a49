"""Accounts under the seal: exports recompute, receipts prove the closes behind, releases pay the same."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from book import Book
from conftest import new_database
from given import LEDGER
from sealed_book import SealedBook

from api.receipts import receipt, receipt_file
from api.results_file import closed_results
from api.verify import verify
from domain.facts.accounts import BalanceWrittenOff
from domain.journal.append import Journal
from domain.period import Period
from projections.recompute import Released, recompute

PLAN = """
measures: {sold: {sum: deal_closed, of: amount, less: deal_reversed, counted: when_closed}}
components:
  - id: pay
    title: Pay
    kind: rate_table
    measure: sold
    bands: [{until: 500, rate: 10 %}, {from: 500, rate: 20 %}]
draw: {pays: 300, form: advance, recoverable: true, recovery: {at_most: 50 %}}
holdbacks: [{id: kept, title: Kept, share: 10 %, released_after_months: 1}]
negative_balance: carried
"""
MONTHS = ("2025-03", "2025-04", "2025-05")


@pytest.fixture
def firm(journal: Journal, ledger_dsn: str, tmp_path: Path) -> SealedBook:
    """Three months; a deal of March comes back in April, and a part of the draw is written off."""
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    book.adopt(PLAN)
    book.sell("D1", 1_000_00)
    book.close()
    book.take_back("D1", 700_00, on=dt.date(2025, 4, 9))
    book.close("2025-04")
    owed = {"employee": "E1", "plan": "selling", "account": "draw", "currency": "CNY"}
    book.tell(BalanceWrittenOff(amount_minor=100_00, reason="as agreed", approver="boss", **owed))
    book.sell("D2", 400_00, on=dt.date(2025, 5, 9))
    book.close("2025-05")
    sealed = SealedBook(book, ledger_dsn, tmp_path)
    sealed.seal()
    return sealed


@pytest.fixture
def scratch_dsn(postgres: str) -> Iterator[str]:
    with new_database(postgres) as dsn:
        yield dsn


def test_an_export_with_accounts_recomputes_and_its_receipts_hold(firm: SealedBook, scratch_dsn: str) -> None:
    """360, 195 and 316 are paid; the receipt of May has the closes before it and the write-off."""
    slips = [firm.book.payslip(period=month) for month in MONTHS]
    assert [slip.statement.total_minor for slip in slips if slip] == [360_00, 195_00, 316_00]
    verdict = firm.judged(recompute=scratch_dsn)
    assert verdict.valid, verdict
    path = firm.directory / "receipt"
    with firm.book.cursor() as cursor:
        path.write_bytes(receipt_file(receipt(cursor, "E1", Period.parse("2025-05"))))
    assert verify(path, keys=[firm.key()]).valid
    shown = {each["position"] for each in msgspec.json.decode(path.read_bytes())["records"]}
    kinds = ["period_closed", "balance_written_off"]
    moved = {record.position for record in firm.book.journal.read(types=kinds)}
    assert moved <= shown


def test_the_next_release_pays_the_same(firm: SealedBook) -> None:
    """Each month computed anew, with the accounts as the released statements before left them."""
    with firm.book.cursor() as cursor:
        released = [
            Released(result.period, result.employee, result.closed_position, result.read())
            for result in closed_results(cursor)
        ]
    found = list(recompute(firm.dsn, LEDGER, released))
    assert [month.period for month in found] == list(MONTHS)
    assert all(month.is_unchanged and month.is_genuine for month in found)
