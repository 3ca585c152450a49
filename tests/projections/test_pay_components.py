"""Each way of paying, from the facts to a closed statement and its explanation."""

import datetime as dt
from fractions import Fraction

from book import Book

from domain.period import Period
from projections.explain import explain

MARCH = Period.parse("2025-03")
APRIL_2 = dt.date(2025, 4, 2)


def test_a_marginal_rate_is_settled_anew_when_a_deal_came_late(book: Book) -> None:
    """600 of March and 500 told in April: the late deal is paid at the rates of the bands that it fills."""
    book.adopt(
        """
components:
  - {id: share, kind: rate_table, title: T, measure: revenue,
     bands: [{until: 1000, rate: 1 %}, {from: 1000, rate: 3 %}]}
"""
    )
    book.sell("D1", 600_00)
    book.close()
    assert book.paid() == {"share": 6_00}
    book.sell("D2", 500_00)
    assert book.paid(period="2025-04") == {"share": 0, "share of 2025-03": 7_00}
    with book.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine="test")
    assert told is not None
    [line] = told.lines
    assert sum(Fraction(node.amount_minor) for node in line.explanation.amounts) == 6_00
    assert [said.en for said in line.parts] == ["600 CNY from – until 1000 CNY, at 1 %", ""]
