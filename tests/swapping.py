"""Two people with a night each who swap them, for tests that look before and after."""

import datetime as dt

from book import Book

from domain.facts.rostering import ShiftNeedSet
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    ShiftSpan,
    ShiftWorked,
    SwapApproved,
    SwapAsked,
)

PARTIES = {"swap": "S1", "employee": "E1", "colleague": "E2"}
BEGAN = dt.date(2025, 3, 1)
FIRST, SECOND = dt.date(2025, 3, 19), dt.date(2025, 3, 20)


def ask_to_swap(book: Book) -> int:
    """Both have a night, which is needed, and long hours, and ask to swap; the position of the last."""
    spans = [ShiftSpan(from_time="20:00", until_time="06:00", activity="ward")]
    book.tell(ShiftPatternSet(pattern="N", title="N", spans=spans, effective_on=BEGAN, night=True))
    book.tell(ShiftRulesSet(effective_on=BEGAN, nights_in_a_row=2))
    book.tell(ShiftNeedSet(branch="SH", pattern="N", count=1, effective_on=BEGAN))
    for employee, on in (("E1", FIRST), ("E2", SECOND)):
        book.tell(ShiftAssigned(employee=employee, on=on, pattern="N"))
        book.tell(ShiftWorked(employee=employee, on=on, minutes=800))
    patterns = {"pattern": "N", "colleague_pattern": "N"}
    return book.tell(SwapAsked(on=FIRST, colleague_on=SECOND, **PARTIES, **patterns))


def swap_and_change_rules(book: Book) -> None:
    """The swap takes place; more hours, another rule and another need."""
    book.tell(SwapApproved(approver="head", **PARTIES))
    book.tell(ShiftWorked(employee="E1", on=SECOND, minutes=60))
    book.tell(ShiftRulesSet(effective_on=dt.date(2025, 3, 2), nights_in_a_row=3))
    book.tell(ShiftNeedSet(branch="SH", pattern="N", count=2, effective_on=dt.date(2025, 3, 2)))
