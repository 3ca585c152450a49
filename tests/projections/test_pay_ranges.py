"""Suggested pay out of the journal."""

import datetime as dt
from fractions import Fraction

import pytest
from book import Book

from domain.facts.activity import ActivityRecorded
from domain.facts.market import MarketPaySurveyed, PayPercentile
from domain.period import Period
from projections.pay_ranges import PayRange, pay_range, pay_standings

PLAN = """
measures: {revenue: {sum: deal_closed, of: amount}, points: {sum: activity_recorded, of: quantity}}
components: [{id: points, title: Points, kind: per_unit, measure: points, rate: 1000}]
"""
MARCH = Period.parse("2025-03")


def survey(surveyed_by: str, *figures: tuple[int, int]) -> MarketPaySurveyed:
    return MarketPaySurveyed(
        post="seller",
        branch="SH",
        surveyed_on=dt.date(2025, 1, 1),
        surveyed_by=surveyed_by,
        currency="CNY",
        percentiles=[PayPercentile(percent=at, amount_minor=minor) for at, minor in figures],
    )


def pay_ranges(book: Book, measure: str, known_at: int | None = None) -> list[PayRange] | None:
    with book.cursor() as cursor:
        found = pay_standings(cursor, "selling", measure, MARCH, known_at)
    return None if found is None else [pay_range(each) for each in found]


@pytest.mark.rule("R36")
def test_the_90th_percentile_of_results_at_the_25th_of_pay_is_listed_first(book: Book) -> None:
    """Of 21 sellers E18 sells more than 18 and is paid more than 5; the market says what fits."""
    book.adopt(PLAN)
    by_pay = [number for number in range(21) if number != 18]
    by_pay.insert(5, 18)
    for number in range(21):
        book.hire(f"E{number}")
        book.sell(f"D{number}", 1_000_00 * (number + 1), employee=f"E{number}")
        points = by_pay.index(number) + 1
        book.tell(ActivityRecorded(employee=f"E{number}", kind="points", quantity=points))
    told = book.tell(survey("bought survey", (50, 8_000_00), (75, 12_000_00), (90, 18_000_00)))
    open_still = book.journal.head()
    book.close()
    found, before = pay_ranges(book, "revenue"), pay_ranges(book, "revenue", open_still)
    nobody = pay_ranges(book, "happiness")
    assert found is not None and before is not None and nobody is None
    first = found[0]
    assert (first.employee, first.results_percentile, first.pay_percentile, first.gap) == (
        "E18",
        "9/10",
        "1/4",
        "13/20",
    )
    assert (first.paid_minor, first.low_minor, first.high_minor, first.survey) == (
        6_000_00,
        14_000_00,
        18_000_00,
        told,
    )
    said = [reason.en for reason in first.reasons]
    assert "at 90 % among 21 people" in said[0] and "at 25 % among them, 6000.00 CNY a month" in said[1]
    assert "by bought survey of 2025-01-01: 14000.00 CNY at 80 %, 18000.00 CNY at 90 %" in said[2]
    gaps = [Fraction(each.gap or 0) for each in found]
    assert gaps == sorted(gaps, reverse=True)
    assert {each.pay_percentile for each in before} == {None}, "no month was closed"
