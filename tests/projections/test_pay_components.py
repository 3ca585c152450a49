"""Each way of paying, from the facts to a closed statement and its explanation."""

import datetime as dt
from fractions import Fraction

from book import Book

from domain.facts.activity import ActivityRecorded
from domain.facts.people import LeaveTaken
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


RANK = """
boards:
  - {id: clients, title: Clients, measure: clients}
  - {id: quarter, title: Clients of the quarter, measure: clients, period: quarter}
components:
  - {id: place, kind: rank, title: T, board: clients, pays: [100, 50]}
  - {id: quarter, kind: rank, title: T, board: quarter, pays: [400]}
"""


def test_who_loses_a_place_pays_back_what_another_gains(book: Book) -> None:
    """E1 is first in March; two late clients of E2 change both statements of both, though E1 did nothing."""
    book.adopt(RANK)
    book.hire("E2")
    book.register("C1", "C2")
    book.register("C3", employee="E2")
    book.close()
    assert book.paid("E1") == {"place": 100_00, "quarter": 400_00}
    assert book.paid("E2") == {"place": 50_00, "quarter": 0}
    book.register("C4", "C5", employee="E2")
    made = book.close("2025-04")
    assert {
        statement.employee: {f"{x.component} {x.about}": x.amount_minor for x in statement.lines if x.about}
        for statement in made.statements
    } == {
        "E1": {"place 2025-03": -50_00, "quarter 2025-03": -400_00},
        "E2": {"place 2025-03": 50_00, "quarter 2025-03": 400_00},
    }
    assert book.paid("E1", "2025-04")["place of 2025-03"] == -50_00


def test_a_shared_place_pays_everybody_and_a_quarter_when_it_ends(book: Book) -> None:
    """One client each in April: both are first; the quarter pays in June; of nothing nobody is first."""
    book.adopt(RANK)
    book.hire("E2")
    book.register("C1", on=APRIL_2)
    book.register("C2", employee="E2", on=APRIL_2)
    assert book.paid("E1", "2025-04") == book.paid("E2", "2025-04") == {"place": 100_00, "quarter": 0}
    assert book.paid("E1", "2025-06") == {"place": 0, "quarter": 400_00}


def test_objectives_count_once_the_manager_has_confirmed_them(book: Book) -> None:
    """Scored 90 of 100, which pays everything, and paid in April when confirmed after the close."""
    book.adopt(
        """
measures: {objectives: {last: activity_recorded, of: score, where: {kind: objectives}, confirmed_by: manager}}
targets: {objectives: {measure: objectives, value: 100}}
components:
  - {id: mbo, kind: scorecard, title: T, base: 2000, parts: [{target: objectives, weight: 100 %}],
     payout: [{from: 60 %, until: 90 %, pays: 50 %}, {from: 90 %, pays: 100 %}]}
"""
    )
    scored = book.tell(ActivityRecorded(employee="E1", kind="objectives", score="90"))
    book.close()
    assert book.paid() == {"mbo": 0}
    book.confirm(scored, "manager")
    assert book.paid(period="2025-04") == {"mbo": 0, "mbo of 2025-03": 2000_00}


def test_a_joiner_is_paid_by_days_and_leave_told_late_is_settled(book: Book) -> None:
    """From 16 March, 16 of 31 clients are asked for; two days of leave told later lower that by two."""
    book.adopt(
        """
targets: {clients: {measure: clients, value: 31, prorate: present}}
components:
  - {id: met, kind: threshold, title: T, target: clients, pays: 31, prorate: employed}
"""
    )
    book.hire("E2", hired_on=dt.date(2025, 3, 16))
    book.register(*(f"C{number}" for number in range(14)), employee="E2", on=20)
    book.close()
    assert book.paid("E2") == {"met": 0}
    book.tell(LeaveTaken(employee="E2", kind="sick", from_on=dt.date(2025, 3, 30), until_on=APRIL_2))
    assert book.paid("E2", "2025-04") == {"met": 0, "met of 2025-03": 16_00}


def test_a_ramp_ends_with_the_third_month(book: Book) -> None:
    """Hired on 10 January: half of 2 until March, all of it from April on."""
    book.adopt(
        """
targets: {clients: {measure: clients, value: 2, ramp: [{until: 3, share: 50 %}]}}
components: [{id: met, kind: threshold, title: T, target: clients, pays: 100}]
"""
    )
    book.hire("E2", hired_on=dt.date(2025, 1, 10))
    book.register("C1", employee="E2")
    book.register("C2", employee="E2", on=APRIL_2)
    assert book.paid("E2") == {"met": 100_00}
    assert book.paid("E2", "2025-04") == {"met": 0}


def test_a_late_fact_moves_on_through_all_that_was_carried(book: Book) -> None:
    """At most 100 a month: 130 of April leave 30 for May; another client of April, told late, adds to May."""
    book.adopt(
        """
components:
  - {id: c, kind: per_unit, title: T, measure: clients, rate: 65, cap: {pays: 100, carried: quarter}}
"""
    )
    book.register("C1", "C2", on=dt.date(2025, 4, 2))
    book.close("2025-03")
    book.close("2025-04")
    assert (book.paid(), book.paid(period="2025-04")) == ({"c": 0}, {"c": 100_00})
    assert book.paid(period="2025-05") == {"c": 30_00}
    book.close("2025-05")
    book.register("C3", on=dt.date(2025, 4, 20))
    assert book.paid(period="2025-06") == {"c": 0, "c of 2025-05": 65_00}
    assert book.paid(period="2025-07") == {"c": 0}
