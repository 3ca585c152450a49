"""Each way of paying, from the facts to a closed statement and its explanation."""

import datetime as dt
from fractions import Fraction

from book import Book

from domain.facts.selling import ComplianceScored
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


def test_each_deal_of_a_month_by_its_own_size(book: Book) -> None:
    """Two deals of 600 are two small ones; what came back of a deal of the same month lowers that deal."""
    book.adopt(
        """
measures: {sizes: {each: deal_closed, of: amount, by: deal, less: deal_reversed}}
components:
  - {id: size, kind: step, title: T, measure: sizes,
     bands: [{until: 1000, pays: 10}, {from: 1000, pays: 50}]}
"""
    )
    for deal, minor in (("D1", 600_00), ("D2", 600_00), ("D3", 1000_00), ("D4", 1000_00)):
        book.sell(deal, minor)
    assert book.paid() == {"size": 120_00}
    book.take_back("D4", 1_00, on=9)
    assert book.paid() == {"size": 80_00}
    with book.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine="test")
    assert told is not None
    assert [page.total for page in told.evidence] == [5]


def test_a_running_total_of_the_year_is_settled_month_by_month(book: Book) -> None:
    """800 in March and 400 in April: April is paid across the edge of 1000; a late deal moves both."""
    book.adopt(
        """
measures: {year: {sum: deal_closed, of: amount, window: year}}
components:
  - {id: year, kind: rate_table, title: T, measure: year, running: true,
     bands: [{until: 1000, rate: 1 %}, {from: 1000, rate: 5 %}]}
"""
    )
    book.sell("D1", 800_00)
    book.close()
    book.sell("D2", 400_00, on=APRIL_2)
    book.close("2025-04")
    assert (book.paid(), book.paid(period="2025-04")) == ({"year": 8_00}, {"year": 2_00 + 10_00})
    book.sell("D3", 300_00)
    assert book.paid(period="2025-05") == {
        "year": 0,
        "year of 2025-03": 2_00 + 5_00,
        "year of 2025-04": 8_00,
    }


def test_a_gate_opens_with_a_confirmation_after_the_close(book: Book) -> None:
    """The score of March is confirmed in April: the clients of March are paid after all, up to the cap."""
    book.adopt(
        """
measures: {compliance: {average: compliance_scored, of: score, confirmed_by: production}}
components:
  - {id: clients, kind: per_unit, title: T, measure: clients, rate: 50, cap: {pays: 80},
     gates: [{measure: compliance, at_least: 80}]}
"""
    )
    book.register("C1", "C2")
    scored = book.tell(ComplianceScored(employee="E1", score="80"))
    book.close()
    assert book.paid() == {"clients": 0}
    book.confirm(scored, "production")
    assert book.paid(period="2025-04") == {"clients": 0, "clients of 2025-03": 80_00}
