"""A run as payroll looks it over: the same sums as the run itself, why pay changed, and what came late."""

import datetime as dt

import pytest
from book import Book

from domain.facts.base import Fact
from domain.facts.inquiries import InquiryOpened
from domain.facts.people import EmployeeTransferred
from domain.facts.runs import HoldReleased, PayHeld, PaymentConfirmed, RunApproved, RunReleased
from domain.facts.selling import ComplianceScored, CustomerRegistered
from domain.period import Period
from projections import checklist, payroll, run_changes
from projections.closing import head
from projections.run_sheet import Grounds, RunSheet, grounds, sheet

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
PLAN = """
population: {post: [seller]}
measures: {compliance: {average: compliance_scored, of: score, confirmed_by: production}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: safe, title: Compliance, kind: threshold, measure: compliance, reaches: 90, pays: 100}
"""


@pytest.fixture
def book_of_two(book: Book) -> Book:
    """March is closed: E1 won two clients, E2 one; a second client of E2 is told in April, E1 wins three."""
    book.adopt(PLAN)
    book.hire("E2")
    [first, _] = book.register("C1", "C2")
    book.register("C3", employee="E2")
    book.close()
    book.register("C4", employee="E2")
    book.void(first)
    book.register("C5", "C6", "C7", on=dt.date(2025, 4, 3))
    return book


def agrees(book: Book, period: Period) -> RunSheet:
    """The sheet, whose people, parts and sums are those of the whole run."""
    with book.cursor() as cursor:
        made = sheet(cursor, period, engine="test")
        whole = payroll.run(cursor, period, engine="test")
    assert made.sums == whole.sums
    shown = [(each.employee, each.amount_minor, each.held_minor, each.previous_minor) for each in made.people]
    totals = whole.totals
    assert shown == [(t.employee, t.amount_minor, t.held_minor, t.previous_minor) for t in totals]
    assert sum(part.amount_minor for part in made.parts) == sum(t.amount_minor for t in totals)
    late = sum(row.amount_minor for row in whole.rows if row.about_period != str(period))
    assert sum(part.amount_minor for part in made.parts if part.is_late) == late
    assert sum(each.retro_minor for each in made.people) == late
    return made


def test_an_open_month_and_the_same_closed_are_one_sheet(book_of_two: Book) -> None:
    """With pay held, and with what settles March; but for what the close adds."""
    book_of_two.tell(PayHeld(hold="H1", employee="E1", scope="person", reason="as agreed"))
    now = agrees(book_of_two, APRIL)
    assert now.state == "open" and now.sums[0].held_minor == 100_00
    book_of_two.close("2025-04")
    closed = agrees(book_of_two, APRIL)
    assert (closed.people, closed.parts, closed.sums) == (now.people, now.parts, now.sums)
    assert closed.statements_digest and [p.previous_minor for p in closed.parts if p.is_late] == [0]


def test_a_closed_sheet_is_the_same_as_long_as_it_rests_on_the_same(book_of_two: Book) -> None:
    """Work, late work, voids, moves and names leave both as they are; holds and steps change both."""
    book_of_two.close("2025-04")
    with book_of_two.cursor() as cursor:
        of_close = grounds(cursor, APRIL, head(cursor), engine="test")
        assert of_close is not None
        april, digest = str(APRIL), of_close.closes[-1][1]
        assert grounds(cursor, Period.parse("2025-05"), head(cursor), engine="test") is None
    of_e2 = {"hold": "H1", "employee": "E2", "reason": "as agreed"}
    paid = {"period": april, "currency": "CNY", "paid_on": dt.date(2025, 5, 5)}
    moved = EmployeeTransferred(employee="E2", effective_on=dt.date(2025, 4, 10), branch="BJ")
    steps: list[tuple[Fact, bool]] = [
        (CustomerRegistered(employee="E2", customer="C9"), False),
        (moved, False),
        (PayHeld(scope="person", period=april, **of_e2), True),
        (HoldReleased(**of_e2, approver="P1"), True),
        (PayHeld(hold="H2", employee="E1", scope="person", reason="as agreed", period="2025-06"), False),
        (RunApproved(approver="P1", period=april, statements_digest=digest), True),
        (RunReleased(period=april, statements_digest=digest), True),
        (PaymentConfirmed(employee="E1", amount_minor=100_00, reference="1", **paid), False),
        (PaymentConfirmed(employee="E2", amount_minor=50_00, reference="2", **paid), True),
    ]
    before = rests_on(book_of_two)
    for fact, changes in steps:
        book_of_two.tell(fact)
        now = rests_on(book_of_two)
        assert (now[0] != before[0]) == changes, fact
        assert now[0] != before[0] or now[1] == before[1], fact
        before = now
    book_of_two.close("2025-05")
    assert rests_on(book_of_two) == before


def rests_on(book: Book) -> tuple[Grounds | None, RunSheet]:
    """What the sheet of April rests on, and the sheet."""
    with book.cursor() as cursor:
        found = grounds(cursor, APRIL, head(cursor), engine="test")
        return found, sheet(cursor, APRIL, engine="test")


def test_changes_say_which_line_changed_by_which_measure(book_of_two: Book) -> None:
    """E1: three clients in place of two, and one of March taken back. E2: none for one; one more."""
    with book_of_two.cursor() as cursor:
        at = agrees(book_of_two, APRIL).known_at
        found = run_changes.changes(cursor, APRIL, at, ["E1", "E2"], engine="test")
    told = {
        employee: {(c.why, c.about_period, c.difference_minor) for c in own}
        for employee, own in found.items()
    }
    assert told == {
        "E1": {("amount", None, 50_00), ("retro", "2025-03", -50_00)},
        "E2": {("amount", None, -50_00), ("retro", "2025-03", 50_00)},
    }
    [change] = [c for c in found["E1"] if c.why == "amount"]
    assert [(i.measure, i.previous, i.now) for i in change.inputs] == [("clients", "2", "3")]


def test_deltas_name_the_facts_that_came_late(book_of_two: Book) -> None:
    with book_of_two.cursor() as cursor:
        at = agrees(book_of_two, APRIL).known_at
        found = run_changes.late_months(cursor, APRIL, at, ["E1", "E2"], engine="test")
    [taken], [added] = found["E1"], found["E2"]
    assert [(d.settled, d.recomputed, d.amount_minor) for d in taken.deltas] == [("100.00", "50.00", -50_00)]
    assert [(f.type, f.void_position is None) for f in taken.late] == [("customer_registered", False)]
    assert [(f.type, f.void_position is None) for f in added.late] == [("customer_registered", True)]


def test_the_checklist_counts_what_a_close_would_leave_behind(book_of_two: Book) -> None:
    """A score that nobody confirmed, somebody whom no plan pays, a question, a hold; nothing blocks."""
    book_of_two.hire("E3", post="cook")
    score = book_of_two.tell(ComplianceScored(employee="E1", score="95"), dt.date(2025, 4, 4))
    asked = {"inquiry": "Q1", "employee": "E1", "period": "2025-03"}
    book_of_two.tell(InquiryOpened(kind="question", note="Why?", **asked))
    book_of_two.tell(PayHeld(hold="H1", employee="E1", scope="person", reason="as agreed"))
    before = counted(book_of_two, dt.date(2025, 5, 1))
    assert before == {
        "month_over": 0, "months_before": 0, "runs_before": 1, "unconfirmed": 1, "without_plan": 1,
        "inquiries": 1, "holds": 1, "drafts": 0,
    }  # fmt: skip
    with book_of_two.cursor() as cursor:
        people = checklist.population(cursor, APRIL, None)
        [waiting] = checklist.unconfirmed(cursor, APRIL, people, None)
    assert (waiting.position, waiting.employee, waiting.by) == (score, "E1", "production")
    book_of_two.confirm(score, "production")
    assert counted(book_of_two, dt.date(2025, 4, 29)) == before | {"unconfirmed": 0, "month_over": 2}
    assert counted(book_of_two, dt.date(2025, 6, 1), "2025-06")["months_before"] == 2


def counted(book: Book, today: dt.date, period: str = "2025-04") -> dict[str, int | None]:
    with book.cursor() as cursor:
        found = checklist.items(cursor, Period.parse(period), today, None)
        return {each.item: each.count for each in found}
