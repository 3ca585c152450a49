"""Deals that come back after their month was closed: taken back at its rates, and only of what was paid."""

import datetime as dt

import pytest
from book import Book

from projections.earned import earned
from projections.late import closed_periods
from projections.retro import settled_lines

APRIL, JUNE_30, JULY_1 = dt.date(2025, 4, 9), dt.date(2025, 6, 30), dt.date(2025, 7, 1)
SOLD = "{sum: deal_closed, of: amount, less: deal_reversed, counted: when_closed}"
BANDS = "bands: [{until: 10000, rate: 1 %}, {from: 10000, rate: 2 %}]"
MARGINAL = f"{{id: paid, title: Paid, kind: rate_table, measure: sold, method: marginal, {BANDS}}}"
WHOLE = f"{{id: paid, title: Paid, kind: rate_table, measure: sold, method: whole, {BANDS}}}"


def plan(component: str, measure: str = SOLD) -> str:
    return f"measures: {{sold: {measure}}}\ncomponents: [{component}]"


def with_term(component: str, term: str) -> str:
    return f"{component.removesuffix('}')}, {term}}}"


@pytest.mark.parametrize(
    ("component", "paid", "taken"),
    [
        pytest.param(MARGINAL, 20_000, -13_000, id="5,000 at 2 % and 3,000 at 1 %: 200.00 - 70.00"),
        pytest.param(WHOLE, 30_000, -23_000, id="all at 2 %, then all at 1 %: 300.00 - 70.00"),
        pytest.param(
            with_term(MARGINAL, "cap: {pays: 120}"), 12_000, -5_000, id="120.00 were paid, 70.00 is due"
        ),
        pytest.param(
            with_term(MARGINAL, "floor: {pays: 250}"), 25_000, 0, id="the floor of 250.00 is due as before"
        ),
        pytest.param(
            with_term(MARGINAL, "floor: {pays: 100}"), 20_000, -10_000, id="down to the floor of 100.00"
        ),
    ],
)
def test_what_was_paid_goes_back_at_the_rates_of_then(
    book: Book, component: str, paid: int, taken: int
) -> None:
    """15,000 were sold in March; 8,000 of them come back in April, a month with other sales."""
    book.adopt(plan(component))
    book.sell("D1", 700_000)
    book.sell("D2", 800_000)
    book.close()
    assert book.paid() == {"paid": paid}
    book.sell("D3", 100_000, on=APRIL)
    book.take_back("D2", 800_000, on=APRIL)
    own = max(1_000, paid if "floor: {pays: 250}" in component else 10_000 if "floor" in component else 0)
    expected = {"paid": own} | ({"paid of 2025-03": taken} if taken else {})
    assert book.paid(period="2025-04") == expected
    book.close("2025-04")
    assert book.paid(period="2025-04") == expected
    assert book.paid(period="2025-05") == {"paid": own - 1_000 if "floor" not in component else own}


def test_a_clawback_is_told_as_one(book: Book) -> None:
    """A lower amount for a deal that came back is a clawback; for a deal written in error it is not."""
    book.adopt(plan(MARGINAL))
    book.sell("D1", 700_000)
    written = book.sell("D2", 800_000)
    book.close()
    back = book.take_back("D1", 700_000, on=APRIL)
    assert _rule(book, "2025-04") == "clawback"
    book.void(back)
    book.void(written)
    assert _rule(book, "2025-04") == "retro"


def test_by_default_a_return_counts_in_its_own_month(book: Book) -> None:
    """April pays 1 % less 8,000, at the rates of April, and March stays."""
    book.adopt(plan(MARGINAL, SOLD.replace(", counted: when_closed", "")))
    book.sell("D1", 1_500_000)
    book.close()
    book.take_back("D1", 800_000, on=APRIL)
    assert book.paid(period="2025-04") == {"paid": -8_000}


def test_after_the_period_of_return_nothing_is_taken_back(book: Book) -> None:
    """Three months for a deal of 31 March end with 30 June; what comes on 1 July takes nothing."""
    book.adopt(plan(MARGINAL, SOLD.replace("when_closed", "when_closed, within_months: 3")))
    book.sell("D1", 100_000, on=31)
    book.sell("D2", 100_000, on=31)
    for month in ("2025-03", "2025-04", "2025-05", "2025-06"):
        book.close(month)
    book.take_back("D1", on=JULY_1)
    assert book.paid(period="2025-07") == {"paid": 0}
    book.take_back("D2", on=JUNE_30)
    assert book.paid(period="2025-07") == {"paid": 0, "paid of 2025-03": -1_000}


def test_settled_is_recomputed_through_returns_and_their_voids(book: Book) -> None:
    """Back in April, back in May, one of them voided in June: March is settled as the last close knew it."""
    book.adopt(plan(WHOLE))
    book.sell("D1", 1_500_000)
    book.close()
    first = book.take_back("D1", 100_000, on=APRIL)
    book.close("2025-04")
    book.take_back("D1", 600_000, on=APRIL.replace(month=5))
    book.close("2025-05")
    book.void(first)
    assert book.paid(period="2025-06")["paid of 2025-03"] == 1_000
    made = book.close("2025-06")
    with book.cursor() as cursor:
        about = closed_periods(cursor, None)[0].period
        settled = settled_lines(cursor, about, ["E1"], None)["E1"]
        due = earned(cursor, about, made.known_at, ["E1"])["E1"].total_minor
    assert sum(line.amount_minor for line in settled) == due == 9_000


def _rule(book: Book, period: str) -> str:
    slip = book.payslip(period=period)
    assert slip is not None
    [delta] = [line for line in slip.statement.lines if line.about]
    return delta.rule.key
