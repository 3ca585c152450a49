"""A true-up in the ledger: late facts of its months, leavers, transfers, and a plan that ends."""

import datetime as dt

import pytest
from book import Book
from given_plan import document

from domain.facts.governance import PlanEnded
from domain.facts.people import EmployeeLeft, EmployeePromoted
from domain.period import Period
from projections.behind import behind
from projections.simulation import WhatIf, simulate

PLAN = """
population: {post: [seller]}
measures: {of_quarter: {count: customer_registered, window: quarter}}
components:
  - {id: clients, title: T, kind: per_unit, measure: clients, rate: 10, cap: {pays: 20, carried: quarter}}
  - id: whole
    title: T
    kind: true_up
    over: quarter
    of: [clients]
    rule: {kind: step, measure: of_quarter, bands: [{until: 3, pays: 0}, {from: 3, pays: 100}]}
"""
JANUARY, FEBRUARY, MARCH = dt.date(2025, 1, 7), dt.date(2025, 2, 7), dt.date(2025, 3, 7)
APRIL = dt.date(2025, 4, 7)


@pytest.fixture
def quarter(book: Book) -> Book:
    """Three clients in January, of whom two are paid at once; none after that."""
    book.adopt(PLAN)
    book.register("A", "B", "C", on=JANUARY)
    return book


def test_a_late_fact_of_january_moves_on_into_the_true_up_of_march(quarter: Book) -> None:
    """January pays 20 and leaves 10 to February, to which a fourth client, told in April, adds 10 more."""
    for month in ("2025-01", "2025-02", "2025-03"):
        quarter.close(month)
    assert [quarter.paid(period=f"2025-0{n}") for n in (1, 2, 3)] == [
        {"clients": 20_00, "whole": 0},
        {"clients": 10_00, "whole": 0},
        {"clients": 0, "whole": 70_00},
    ]
    [late] = quarter.register("D", on=JANUARY)
    april = quarter.paid(period="2025-04")
    assert {k: v for k, v in april.items() if " of " in k} == {
        "clients of 2025-02": 10_00,
        "whole of 2025-03": -10_00,
    }
    quarter.close("2025-04")
    quarter.void(late)
    may = quarter.paid(period="2025-05")
    assert {k: v for k, v in may.items() if " of " in k} == {
        "clients of 2025-02": -10_00,
        "whole of 2025-03": 10_00,
    }


def test_the_receipt_holds_the_facts_of_the_months_before(quarter: Book) -> None:
    own = quarter.register("E", on=JANUARY)
    with quarter.cursor() as cursor:
        march = behind(cursor, "E1", Period.parse("2025-03"), quarter.journal.head())
        february = behind(cursor, "E1", Period.parse("2025-02"), quarter.journal.head())
    assert set(own) <= march and set(own) <= february


def test_a_leaver_is_trued_up_in_the_last_month_and_a_leaving_told_late_settles_it(quarter: Book) -> None:
    """Left on the last day of February: 100 − 20 − 10 are due with February, even when told in March."""
    quarter.close("2025-01")
    quarter.close("2025-02")
    assert quarter.paid(period="2025-02") == {"clients": 10_00, "whole": 0}
    left = quarter.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 2, 28), cause="pay"))
    assert quarter.paid(period="2025-03") == {"whole of 2025-02": 70_00}
    quarter.close("2025-03")
    quarter.void(left)
    april = quarter.paid(period="2025-04")
    assert {k: v for k, v in april.items() if " of " in k} == {
        "whole of 2025-02": -70_00,
        "whole of 2025-03": 70_00,
    }


def test_whoever_moves_from_the_first_of_a_month_is_trued_up_in_the_month_before(quarter: Book) -> None:
    """By the last day, the plan of February pays nothing of the March in which somebody is promoted."""
    quarter.close("2025-01")
    quarter.close("2025-02")
    quarter.tell(EmployeePromoted(employee="E1", effective_on=dt.date(2025, 3, 20), post="chief"))
    assert quarter.paid(period="2025-03") == {"whole of 2025-02": 70_00}


def test_by_days_the_month_of_the_move_is_the_last_one(book: Book) -> None:
    """Moved on 20 February: February is the last month, until a way back on 31 March becomes known."""
    book.adopt("transfers: by_days\n" + PLAN)
    book.register("A", "B", "C", on=JANUARY)
    book.tell(EmployeePromoted(employee="E1", effective_on=dt.date(2025, 2, 20), post="chief"))
    assert book.paid(period="2025-02") == {"clients": 10_00, "whole": 70_00}
    assert book.paid(period="2025-03") == {}
    book.tell(EmployeePromoted(employee="E1", effective_on=dt.date(2025, 3, 31), post="seller"))
    assert book.paid(period="2025-02") == {"clients": 10_00, "whole": 0}
    assert book.paid(period="2025-03") == {"clients": 0, "whole": 70_00}


def test_a_plan_that_ends_trues_up_with_its_last_month(quarter: Book) -> None:
    known = quarter.journal.head()
    quarter.tell(PlanEnded(plan="selling", ended_on=dt.date(2025, 2, 28), reason="replaced"))
    assert quarter.paid(period="2025-02") == {"clients": 10_00, "whole": 70_00}
    assert quarter.paid(period="2025-02", known_at=known) == {"clients": 10_00, "whole": 0}


@pytest.mark.parametrize(("last", "due"), [("2025-02", 0), ("2025-03", 70_00)])
def test_a_draft_is_trued_up_only_where_the_time_ends(quarter: Book, last: str, due: int) -> None:
    """Tried on two months it waits for March, although it is in force in no month after; on three it pays."""
    draft = document(PLAN, plan="draft", effective_from="2025-01-01")
    with quarter.cursor() as cursor:
        asked = WhatIf(Period.parse("2025-01"), Period.parse(last), draft)
        found = simulate(cursor, asked, quarter.journal.head())
    paid = {(each.plan, each.component): each.after_minor for each in found.components}
    assert paid["draft", "whole"] == due
    assert paid["draft", "clients"] == 30_00
