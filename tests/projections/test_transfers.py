"""Somebody who changes plans within a month is paid by both, each for its own days."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import FactVoided, OverrideSet
from domain.facts.people import EmployeePromoted, EmployeeTransferred, LeaveTaken
from domain.period import Period
from projections.behind import behind
from projections.explain import explain
from projections.hints import hints
from projections.numbers import resolved_numbers

MARCH, APRIL_2 = Period.parse("2025-03"), dt.date(2025, 4, 2)
SELLERS = """
transfers: by_days
population: {post: [seller]}
parameters: {rate: {value: 50, open: {to: [branch]}}}
measures: {of_year: {count: customer_registered, window: year}}
targets: {clients: {measure: clients, value: 31, prorate: employed}}
boards: [{id: clients, title: Clients, measure: clients, population: {post: [seller, key]}}]
milestones: [{id: first, title: First, measure: clients, reaches: 1, within_days: 400}]
components:
  - {id: clients, title: T, kind: per_unit, measure: clients, rate: {parameter: rate}}
  - {id: met, title: T, kind: threshold, target: clients, pays: 310, prorate: present}
  - {id: place, title: T, kind: rank, board: clients, pays: [90]}
  - {id: first, title: T, kind: milestone, milestone: first, pays: 30}
  - id: year
    title: T
    kind: rate_table
    measure: of_year
    running: true
    bands: [{until: 12, rate: 1}, {from: 12, rate: 2}]
"""
KEY = """
plan: keys
transfers: by_days
population: {post: [key]}
milestones: [{id: first, title: First, measure: clients, reaches: 1, within_days: 400}]
components:
  - {id: key_clients, title: T, kind: per_unit, measure: clients, rate: 80}
  - {id: key_first, title: T, kind: milestone, milestone: first, pays: 30}
"""


@pytest.fixture
def firm(book: Book) -> Book:
    """E1 has ten clients until 10 March and three after that, in the middle of which leave was taken."""
    book.adopt(SELLERS)
    book.adopt(KEY)
    book.register("A1", "A2", on=dt.date(2025, 2, 3))
    book.register(*(f"B{number}" for number in range(10)), on=10)
    book.register("C1", "C2", "C3", on=11)
    return book


def move(book: Book, on: int | dt.date, post: str = "key") -> int:
    day = dt.date(2025, 3, on) if isinstance(on, int) else on
    return book.tell(EmployeePromoted(employee="E1", effective_on=day, post=post), on=day)


SELLER_ALONE = {"clients": 13 * 50_00, "met": 0, "place": 90_00, "first": 0, "year": 16_00}
BOTH = {
    "key_clients": 3 * 80_00,
    "key_first": 0,
    "clients": 10 * 50_00,
    "met": 100_00,
    "place": 0,
    "first": 0,
    "year": 10_00,
}


def test_a_transfer_told_late_is_settled_in_both_plans_and_so_is_its_void(firm: Book) -> None:
    """The key accounts' plan pays from the 11th on: 3 of 13 clients; the other 10, and 10/31 of a bonus."""
    firm.close()
    assert firm.paid() == SELLER_ALONE
    moved = move(firm, 11)
    deltas = {name: due - SELLER_ALONE.get(name, 0) for name, due in BOTH.items()}
    april = firm.paid(period="2025-04")
    assert {name: pay for name, pay in april.items() if " of " in name} == {
        f"{name} of 2025-03": due for name, due in deltas.items() if due
    }
    assert firm.paid(period="2025-04")["key_clients"] == 0
    firm.close("2025-04")
    firm.void(moved)
    may = firm.paid(period="2025-05")
    assert {name: pay for name, pay in may.items() if " of 2025-03" in name} == {
        f"{name} of 2025-03": -due for name, due in deltas.items() if due
    }


def test_a_plan_whose_days_all_go_is_taken_back_whole(firm: Book) -> None:
    """A transfer from the 1st leaves nothing of March to the sellers' plan."""
    firm.close()
    move(firm, 1)
    april = firm.paid(period="2025-04")
    assert april["clients of 2025-03"] == -13 * 50_00
    assert april["key_clients of 2025-03"] == 13 * 80_00


def test_there_and_back_again_is_one_membership_of_both_runs(firm: Book) -> None:
    """Key accounts from the 11th to the 20th: a target of 21 days, and the year counts only these."""
    move(firm, 11)
    move(firm, 21, "seller")
    firm.register("D1", on=21)
    firm.tell(
        LeaveTaken(employee="E1", kind="sick", from_on=dt.date(2025, 3, 9), until_on=dt.date(2025, 3, 22))
    )
    paid = firm.paid()
    assert (paid["clients"], paid["met"], paid["key_clients"]) == (11 * 50_00, 0, 3 * 80_00)
    assert paid["year"] == 11_00 + 1_00  # the 13th client of the year is paid twice as much
    with firm.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine="test")
        assert [each.plan for each in resolved_numbers(cursor, "E1", MARCH)] == ["keys", "selling"]
        rests_on = behind(cursor, "E1", MARCH, firm.journal.head())
    assert told is not None
    pages = {(page.plan, page.measure): page for page in told.evidence if not (page.milestone or page.board)}
    assert (pages["selling", "clients"].total, pages["keys", "clients"].total) == (11, 3)
    assert (pages["selling", "of_year"].total, pages["selling", "of_year"].first_day) == (
        13,
        dt.date(2025, 1, 1),
    )
    assert {fact.position for fact in pages["keys", "clients"].facts} <= rests_on
    [met] = [line.explanation.line for line in told.lines if line.explanation.line.component == "met"]
    assert met.targets["clients"].value == "21"


def test_numbers_are_those_of_the_last_day_in_the_plan(firm: Book) -> None:
    """The branch that somebody leaves on the 11th sets the rate of the days before it."""
    for branch, value in (("SH", "60"), ("BJ", "70")):
        firm.tell(
            OverrideSet(
                plan="selling",
                parameter="rate",
                level="branch",
                scope=branch,
                value=value,
                effective_from=dt.date(2025, 1, 1),
                reason="as agreed",
                approver="head",
            )
        )
    firm.tell(EmployeeTransferred(employee="E1", effective_on=dt.date(2025, 3, 11), branch="BJ"))
    move(firm, 11)
    assert firm.paid()["clients"] == 10 * 60_00


def test_a_milestone_is_paid_by_the_plan_of_its_day(firm: Book) -> None:
    """E2, hired in March, reaches the first client on the 11th, after the move of the 11th."""
    firm.hire("E2", hired_on=dt.date(2025, 3, 3))
    firm.tell(EmployeePromoted(employee="E2", effective_on=dt.date(2025, 3, 11), post="key"))
    firm.register("E", employee="E2", on=11)
    paid = firm.paid("E2")
    assert (paid["first"], paid["key_first"]) == (0, 30_00)


def test_nothing_is_proposed_in_a_plan_that_was_left(firm: Book) -> None:
    """On the 10th both plans have next steps, on the 11th only the one that still pays."""
    move(firm, 11)
    with firm.cursor() as cursor:
        before = {step.plan for step in hints(cursor, "E1", dt.date(2025, 3, 10))}
        after = {step.plan for step in hints(cursor, "E1", dt.date(2025, 3, 11))}
    assert (before, after) == ({"selling", "keys"}, {"keys"})


def test_the_past_is_asked_as_it_was_known(firm: Book) -> None:
    known = firm.journal.head()
    moved = move(firm, 11)
    assert firm.paid() == BOTH
    assert firm.paid(known_at=known) == SELLER_ALONE
    firm.tell(FactVoided(position=moved, reason="written in error"))
    assert firm.paid() == SELLER_ALONE
    assert firm.paid(known_at=moved) == BOTH


def test_by_last_day_the_last_day_pays_for_all(firm: Book) -> None:
    """Without `transfers` the plan of the 31st pays the whole month, as it always did."""
    firm.adopt(SELLERS.replace("transfers: by_days", ""), effective_from="2025-02-01")
    firm.adopt(KEY.replace("transfers: by_days", ""), effective_from="2025-02-01")
    move(firm, 11)
    assert firm.paid() == {"key_clients": 13 * 80_00, "key_first": 0}
