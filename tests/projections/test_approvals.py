"""Approvals out of the journal: how long they took, between two dates and as known before."""

import datetime as dt

import pytest
from book import Book
from given import LEDGER

from domain.facts.approvals import ApprovalAsked, ApprovalDecided
from domain.period import Period
from projections import replay
from projections.approvals import approvals

FEBRUARY, MARCH = Period.parse("2025-02"), Period.parse("2025-03")


def ask(book: Book, approval: str, day: dt.date, hour: int, kind: str = "reimbursement") -> int:
    asked = ApprovalAsked(approval=approval, employee="E1", kind=kind, amount_minor=5_000, currency="CNY")
    return book.tell(asked, day, dt.time(hour))


def decide(book: Book, approval: str, day: dt.date, hour: int, outcome: str = "approved") -> int:
    approver = None if outcome == "withdrawn" else "M1"
    said = ApprovalDecided(approval=approval, employee="E1", outcome=outcome, approver=approver)
    return book.tell(said, day, dt.time(hour))


@pytest.mark.rule("R31")
def test_reimbursement_went_from_two_days_to_four_hours(book: Book, ledger_dsn: str) -> None:
    """In February 1, 2 and 6 days, in March 3, 4 and 8 hours; a void puts it back, and a replay agrees."""
    for employee in ("E1", "M1"):
        book.hire(employee)
    for number, days in enumerate((1, 2, 6)):
        ask(book, f"F{number}", dt.date(2025, 2, 3), 9)
        decide(book, f"F{number}", dt.date(2025, 2, 3 + days), 9, "refused" if days == 6 else "approved")
    for number, hours in enumerate((3, 4, 8)):
        ask(book, f"M{number}", dt.date(2025, 3, 4), 9)
        decide(book, f"M{number}", dt.date(2025, 3, 4), 9 + hours)
    ask(book, "O1", dt.date(2025, 3, 31), 9)
    ask(book, "W1", dt.date(2025, 3, 31), 9)
    known = book.journal.head()
    decide(book, "W1", dt.date(2025, 3, 31), 10, "withdrawn")
    ask(book, "B1", dt.date(2025, 3, 20), 9)
    back = decide(book, "B1", dt.date(2025, 3, 19), 9)
    with book.cursor() as cursor:
        [found] = approvals(cursor, FEBRUARY, MARCH)
        [before] = approvals(cursor, FEBRUARY, MARCH, known)
    assert (found.kind, found.first.median_minutes, found.second.median_minutes) == (
        "reimbursement",
        str(2 * 24 * 60),
        str(4 * 60),
    )
    assert (found.first.mean_minutes, found.second.mean_minutes) == (str(3 * 24 * 60), str(5 * 60))
    assert (found.median_change, found.mean_change) == ("-11/12", "-67/72")
    assert (found.first.approved, found.first.refused, found.first.open) == (2, 1, 0)
    second = found.second
    assert (second.asked, second.decided, second.withdrawn, second.open, second.out_of_order) == (
        6,
        4,
        1,
        1,
        1,
    )
    assert (before.second.withdrawn, before.second.open) == (0, 2)
    book.void(back)
    with book.cursor() as cursor:
        [voided] = approvals(cursor, FEBRUARY, MARCH)
    assert (voided.second.open, voided.second.out_of_order) == (2, 0)
    replayed = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert replayed.compared == (None, ())
    assert (replayed.rows["approval_request"], replayed.rows["approval_decision"]) == (9, 8)
