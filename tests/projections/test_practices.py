"""Practices with the results behind them, and the next stage of a client: out of facts, at any position."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from book import Book

from domain.facts.governance import BranchOpened
from domain.facts.practices import MeasuredResult, PracticeShared
from domain.facts.selling import CustomerAssigned, DealClosed, StageReached
from domain.people.sales_stages import next_stage
from domain.plan.exact import shown
from projections import customers, practices

PLAN = """
measures:
  referred: {sum: deal_closed, of: quantity, where: {channel: referral}}
  sold: {sum: deal_closed, of: quantity}
  referral_share: {ratio: referred / sold}
"""
SHARED: dict[str, Any] = {"practice": "referrals", "title": "Referrals", "text": "Ask for a colleague."}


def sold(book: Book, employee: str, referred: int, otherwise: int, on: dt.date) -> list[int]:
    """So many implants, by referral and otherwise."""
    return [
        book.tell(
            DealClosed(
                employee=employee,
                customer="C1",
                deal=f"{employee}-{on}-{channel}",
                amount_minor=100,
                currency="CNY",
                quantity=quantity,
                channel=channel,
            ),
            on,
        )
        for channel, quantity in (("referral", referred), ("web", otherwise))
    ]


@pytest.fixture
def firm(book: Book) -> Book:
    """Beijing sells 15 % by referrals in March; Hangzhou 13 % in February and 18 % in March."""
    book.adopt(PLAN, effective_from="2025-01-01")
    for branch, employee in (("BJ", "B1"), ("HZ", "H1")):
        book.tell(BranchOpened(branch=branch, title=branch, opened_on=dt.date(2024, 6, 3)))
        book.hire(employee, branch=branch)
    sold(book, "B1", 15, 85, dt.date(2025, 3, 3))
    sold(book, "H1", 13, 87, dt.date(2025, 2, 3))
    sold(book, "H1", 18, 82, dt.date(2025, 3, 3))
    return book


def result(branch: str, after: str, before: str | None = None) -> MeasuredResult:
    return MeasuredResult(plan="selling", measure="referral_share", branch=branch, after=after, before=before)


def told(book: Book, known_at: int | None = None, **asked: Any) -> list[practices.Practice]:
    with book.cursor() as cursor:
        return practices.practices(cursor, known_at, **asked)


@pytest.mark.rule("R86")
def test_a_practice_is_shared_with_the_result_behind_it(firm: Book) -> None:
    """Beijing 15 % by referrals; Hangzhou 13 % → 18 % after it; a fact that was wrong moves the result."""
    results = [result("BJ", "2025-03"), result("HZ", "2025-03", "2025-02")]
    at = firm.tell(PracticeShared(employee="B1", stage="contact", results=results, **SHARED))
    [found] = told(firm)
    beijing, hangzhou = found.results
    assert (beijing.before, beijing.after and beijing.after.value) == (None, "3/20")
    assert hangzhou.before is not None and hangzhou.after is not None and hangzhou.form
    values = [hangzhou.before.value, hangzhou.after.value, hangzhou.change]
    assert [shown(Fraction(value or "0"), hangzhou.form) for value in values] == ["13 %", "18 %", "5 %"]
    known_at = firm.journal.head()
    firm.void(sold(firm, "H1", 1, 1, dt.date(2025, 3, 4))[0])
    [now], [then] = told(firm), told(firm, known_at)
    assert now.results[1].after != hangzhou.after and then == found
    firm.void(at)
    assert told(firm) == [] and told(firm, known_at) == [found]


def test_the_last_that_was_told_of_a_practice_holds(firm: Book) -> None:
    """A void brings back what was told before; a measure that no plan has is not measured."""
    firm.tell(PracticeShared(employee="B1", stage="contact", **SHARED))
    unknown = MeasuredResult(plan="selling", measure="nothing", branch="BJ", after="2025-03")
    changed = firm.tell(PracticeShared(employee="B1", step="equipment_review", results=[unknown], **SHARED))
    [found] = told(firm)
    assert (found.stage, found.step, found.results[0].after) == (None, "equipment_review", None)
    assert told(firm, stage="contact") == []
    firm.void(changed)
    assert [each.stage for each in told(firm)] == ["contact"]


@pytest.mark.rule("R19")
def test_the_process_of_a_hospital_is_told_in_its_order(firm: Book) -> None:
    """Department request → equipment review → president's approval; of one hospital only what is its own."""
    steps = {"c": "presidents_approval", "a": "department_request", "b": "equipment_review"}
    for name, step in steps.items():
        firm.tell(
            PracticeShared(practice=name, employee="B1", title=name, text=name, step=step, kind="hospital")
        )
    only = {"practice": "d", "title": "d", "text": "d", "customer": "H9"}
    firm.tell(PracticeShared(employee="B1", step="equipment_review", **only))
    with firm.cursor() as cursor:
        ours = practices.process_of(cursor, "H9", "hospital", None)
        others = practices.process_of(cursor, "H8", "hospital", None)
        clinics = practices.process_of(cursor, "H7", "clinic", None)
    assert [each.practice for each in ours] == ["a", "b", "d", "c"]
    assert [each.practice for each in others] == ["a", "b", "c"]
    assert clinics == []


@pytest.mark.rule("R66")
def test_stages_follow_one_another() -> None:
    """contact → needs → demo → objections → close, and then none."""
    order = [None, "contact", "needs", "demo", "objections", "close"]
    assert [next_stage(each) for each in order] == [*order[1:], None]


@pytest.mark.rule("R66")
def test_a_client_stands_at_the_last_stage_that_it_reached(book: Book) -> None:
    """By when it happened, not by when it was told; a void takes it back; the owner is the last assigned."""
    book.hire("E1")
    book.hire("E2")
    book.register("C1", on=3)
    demo = book.tell(StageReached(employee="E1", customer="C1", kind="demo"), 9)
    book.tell(StageReached(employee="E1", customer="C1", kind="needs"), 5)
    book.tell(CustomerAssigned(employee="E2", customer="C1"), 10)
    with book.cursor() as cursor:
        found = customers.customers(cursor, ["C1", "C9"])
    assert list(found) == ["C1"]
    assert (found["C1"].stage, found["C1"].owner, found["C1"].position) == ("demo", "E2", demo)
    before = book.journal.head()
    book.void(demo)
    with book.cursor() as cursor:
        assert customers.customers(cursor, ["C1"])["C1"].stage == "needs"
        assert customers.customers(cursor, ["C1"], before)["C1"].stage == "demo"
