"""Insight out of the journal, with the numbers of the articles."""

import datetime as dt
from collections.abc import Iterator, Mapping
from fractions import Fraction

import pytest
from book import HIRED, Book

from domain.facts.mood import SurveyAnswered
from domain.facts.people import EmployeeLeft
from domain.facts.selling import ComplaintReceived, ComplianceScored, DealClosed, SatisfactionScored
from domain.period import Period
from domain.plan.alert import AlertCondition
from projections import insight

PLAN = """
measures:
  deals: {count: deal_closed}
  repeated: {count: deal_closed, where: {kind: repeat}}
  repurchase: {ratio: repeated / deals}
  revenue: {sum: deal_closed, of: amount}
  complaints: {count: complaint_received}
  complaint_rate: {ratio: complaints / deals}
  satisfaction: {average: satisfaction_scored, of: score}
  compliance: {average: compliance_scored, of: score}
"""
FEBRUARY, MARCH = Period.parse("2025-02"), Period.parse("2025-03")


@pytest.fixture
def firm(book: Book) -> Book:
    book.adopt(PLAN)
    return book


def day(period: Period) -> dt.date:
    return period.first_day + dt.timedelta(days=10)


def sell(book: Book, employee: str, deals: int, repeats: int, *, on: Period = MARCH, each: int = 100) -> None:
    for number in range(deals):
        book.tell(
            DealClosed(
                employee=employee,
                customer="C1",
                deal=f"{employee}-{on}-{number}",
                amount_minor=each,
                currency="CNY",
                kind="repeat" if number < repeats else "first",
            ),
            day(on),
        )


def complain(book: Book, employee: str, times: int, on: Period = MARCH) -> None:
    for _ in range(times):
        book.tell(ComplaintReceived(employee=employee, customer="C1"), day(on))


@pytest.mark.rule("R22")
def test_leavers_by_cause(firm: Book) -> None:
    """Of ten leavers 60 % without sales, 30 % stressed, 10 % without prospects."""
    causes = ["no_sales"] * 6 + ["stress"] * 3 + ["no_prospects"]
    for number, cause in enumerate(causes, start=1):
        if number > 1:  # E1 is here already
            firm.hire(f"E{number}")
        firm.tell(EmployeeLeft(employee=f"E{number}", left_on=dt.date(2025, 3, 31), cause=cause))
    with firm.cursor() as cursor:
        found = insight.leavers(cursor, MARCH)
    assert found.shares == {"no_sales": "3/5", "stress": "3/10", "no_prospects": "1/10"}
    assert (found.heads, found.left, found.attrition) == (10, 10, "1")


@pytest.mark.rule("R21")
def test_attrition_and_stress_are_restated_for_two_times(firm: Book) -> None:
    """Attrition 50 → 30 %, stress 8 → 5; and as it was known before the second month was told."""
    for number in range(19):  # and E1
        firm.hire(f"N{number:02}")

    def month(period: Period, left: Mapping[int, str], stress: str) -> None:
        for number, cause in left.items():
            firm.tell(EmployeeLeft(employee=f"N{number:02}", left_on=day(period), cause=cause), day(period))
        said = SurveyAnswered(employee="E1", stress=stress, training_satisfaction="7", belonging="7")
        firm.tell(said, day(period))

    month(FEBRUARY, dict.fromkeys(range(10), "stress"), "8")
    before = firm.journal.head()
    month(MARCH, dict.fromkeys(range(10, 13), "pay"), "5")
    with firm.cursor() as cursor:
        found = insight.outcomes(cursor, FEBRUARY, MARCH)
        then = insight.outcomes(cursor, FEBRUARY, MARCH, before)
    assert (found.first.attrition, found.second.attrition) == ("1/2", "3/10")
    assert (found.first_mood.stress, found.second_mood.stress) == ("8", "5")
    assert (then.second.attrition, then.second_mood.stress) == ("0", None)


@pytest.mark.rule("R37")
def test_a_measure_year_on_year(firm: Book) -> None:
    """Complaints 15 → 8 % (−46.7 %), repurchase 30 → 45 % (+50 %), satisfaction 3.2 → 4.1."""
    firm.hire("E1", hired_on=HIRED)
    for period, complaints, repeats, score in ((FEBRUARY, 15, 30, "3.2"), (MARCH, 8, 45, "4.1")):
        sell(firm, "E1", 100, repeats, on=period)
        complain(firm, "E1", complaints, period)
        firm.tell(SatisfactionScored(employee="E1", customer="C1", score=score), day(period))
    told = {}
    with firm.cursor() as cursor:
        for name in ("complaint_rate", "repurchase", "satisfaction"):
            found = insight.compared(cursor, "selling", name, FEBRUARY, MARCH)
            assert found is not None
            told[name] = (found.before.value, found.after.value, found.relative)
    assert told["complaint_rate"] == ("3/20", "2/25", "-7/15")
    assert insight.decimal(Fraction("-7/15")) == "-0.4667"
    assert told["repurchase"] == ("3/10", "9/20", "1/2")
    assert told["satisfaction"] == ("16/5", "41/10", "9/32")


def scored(book: Book) -> Iterator[tuple[str, bool]]:
    """Two people above 8 and two below."""
    for number in range(4):
        employee, high = f"E{number}", number < 2
        book.hire(employee, hired_on=HIRED)
        yield employee, high


@pytest.mark.rule("R32")
def test_those_who_satisfy_sell_more(firm: Book) -> None:
    """Satisfaction above 8: sales 25 % above the mean, repurchase 50 % against 30 %."""
    for employee, high in scored(firm):
        score = SatisfactionScored(employee=employee, customer="C1", score="8.5" if high else "8")
        firm.tell(score, day(MARCH))
        sell(firm, employee, 10, 5 if high else 3, each=125 if high else 75)
    above = AlertCondition(measure="satisfaction", more_than=Fraction(8))
    with firm.cursor() as cursor:
        sales = insight.split(cursor, "selling", "revenue", above, MARCH)
        repurchase = insight.split(cursor, "selling", "repurchase", above, MARCH)
    assert sales is not None and repurchase is not None
    assert (sales.meeting.people, sales.others.people) == (2, 2)
    assert (sales.meeting.above_mean, sales.correlation) == ("1/4", "1.0000")
    assert (repurchase.meeting.pooled, repurchase.others.pooled) == ("1/2", "3/10")
    assert repurchase.meeting.interval is not None
    assert (repurchase.meeting.interval.low, repurchase.meeting.interval.high) == ("0.2993", "0.7007")
    assert "cause" in repurchase.warning.en


@pytest.mark.rule("R33")
def test_low_compliance_goes_with_three_times_the_complaints(firm: Book) -> None:
    for employee, high in scored(firm):
        firm.tell(ComplianceScored(employee=employee, score="9" if high else "5"), day(MARCH))
        sell(firm, employee, 10, 0)
        complain(firm, employee, 1 if high else 3)
    low = AlertCondition(measure="compliance", less_than=Fraction(8))
    with firm.cursor() as cursor:
        found = insight.split(cursor, "selling", "complaint_rate", low, MARCH)
    assert found is not None
    assert (found.meeting.pooled, found.others.pooled, found.ratio) == ("3/10", "1/10", "3")
