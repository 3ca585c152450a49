"""Measures by example, each kind on both sides of its edges; that they agree with the reference is a law."""

import datetime as dt
from fractions import Fraction

import pytest
from book import Book
from given_plan import plan

from domain.facts.activity import ActivityRecorded
from domain.facts.selling import FollowUpRecorded, SatisfactionScored
from domain.period import Period
from domain.plan.measures import Measure
from projections import measures, sight

MARCH = Period.parse("2025-03")
HIRED = dt.date(2025, 2, 20)
SINCE_HIRE = "{count: visit_recorded, window: {days_since_hire: 30}}"


def named(written: str) -> Measure:
    return plan(f"measures: {{m: {written}}}").measures["m"]


def value(book: Book, written: str, known_at: int | None = None) -> Fraction | None:
    """The measure of E1, hired on 20 February, for March."""
    wanted = {"m": named(written)}
    opened = sight.windows(wanted.values(), MARCH, {"E1": HIRED})
    with book.cursor() as cursor:
        return measures.evaluate(cursor, wanted, opened, known_at)["E1"]["m"]


@pytest.fixture
def march(book: Book) -> Book:
    """Two clients visited on four days, three of them running; calls of 30, 0 and 90 minutes; two scores."""
    for customer, on in (("C1", 3), ("C2", 4), ("C1", 5), ("C1", 9)):
        book.visit(customer, on=on)
    for minutes, kind in ((30, "call"), (0, "mail"), (90, "call"), (None, "call")):
        book.tell(FollowUpRecorded(employee="E1", customer="C1", kind=kind, minutes=minutes))
    for score, on in (("9.1", 5), ("8.5", 20)):
        book.tell(SatisfactionScored(employee="E1", customer="C1", score=score), on)
    book.tell(
        ActivityRecorded(employee="E1", kind="infusion", quantity=3, attributes={"ward": "A", "bed": 7})
    )
    return book


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{count: visit_recorded}", 4),
        ("{distinct: visit_recorded, of: customer}", 2),
        ("{distinct: visit_recorded, of: day}", 4),
        ("{streak: visit_recorded}", 3),
        ("{sum: follow_up_recorded, of: minutes}", 120),
        ("{average: follow_up_recorded, of: minutes}", 40),
        ("{best: follow_up_recorded, of: minutes}", 90),
        ("{count: follow_up_recorded, where: {minutes: {at_least: 30}}}", 2),
        ("{count: follow_up_recorded, where: {minutes: {more_than: 30}}}", 1),
        ("{count: follow_up_recorded, where: {minutes: {at_most: 30}, kind: [call, mail]}}", 2),
        ("{last: satisfaction_scored, of: score}", Fraction(17, 2)),
        ("{average: satisfaction_scored, of: score}", Fraction(44, 5)),
        ("{count: activity_recorded, where: {attributes.ward: A, attributes.bed: 7}}", 1),
        ("{sum: activity_recorded, of: quantity, where: {kind: infusion}}", 3),
        ("{count: complaint_received}", 0),
        ("{average: compliance_scored, of: score}", None),
        ("{last: compliance_scored, of: score}", None),
        ("{best: compliance_scored, of: score}", None),
    ],
)
def test_each_kind_of_measure(march: Book, written: str, expected: Fraction | int | None) -> None:
    """Exact numbers; a value of nothing is 0 where things are counted and None where there is none."""
    assert value(march, written) == expected


def test_what_came_back_is_taken_off(book: Book) -> None:
    """Two deals less one reversal, in major units of the plan's currency."""
    book.sell("D1", 100_050)
    book.sell("D2", 50_000)
    book.take_back("D2", 20_025)
    assert value(book, "{sum: deal_closed, of: amount, less: deal_reversed}") == Fraction(130_025, 100)
    assert value(book, "{count: deal_closed, less: deal_reversed}") == 1


@pytest.mark.parametrize(
    ("written", "day", "counts"),
    [
        ("{count: visit_recorded}", dt.date(2025, 2, 28), False),
        ("{count: visit_recorded}", dt.date(2025, 3, 1), True),
        ("{count: visit_recorded}", dt.date(2025, 3, 31), True),
        ("{count: visit_recorded}", dt.date(2025, 4, 1), False),
        ("{count: visit_recorded, window: year}", dt.date(2024, 12, 31), False),
        ("{count: visit_recorded, window: year}", dt.date(2025, 1, 1), True),
        ("{count: visit_recorded, window: {last_periods: 2}}", dt.date(2025, 1, 31), False),
        ("{count: visit_recorded, window: {last_periods: 2}}", dt.date(2025, 2, 1), True),
        (SINCE_HIRE, HIRED - dt.timedelta(days=1), False),
        (SINCE_HIRE, HIRED, True),
        (SINCE_HIRE, HIRED + dt.timedelta(days=30), True),
        (SINCE_HIRE, HIRED + dt.timedelta(days=31), False),
    ],
)
def test_both_ends_of_a_window(book: Book, written: str, day: dt.date, counts: bool) -> None:
    """Both end days count; a day before and a day after do not."""
    book.visit("C1", on=day)
    assert value(book, written) == int(counts)


def test_a_day_is_one_of_the_ledgers_zone(book: Book) -> None:
    """Half past midnight on 1 April in Shanghai is April's, though it is still March in Greenwich."""
    book.tell(
        FollowUpRecorded(employee="E1", customer="C1", kind="call"), dt.date(2025, 4, 1), dt.time(0, 30)
    )
    assert value(book, "{count: follow_up_recorded}") == 0


def test_as_known_at_a_position(book: Book) -> None:
    """A voided fact counted until its void was known."""
    [written] = book.visit("C1")
    void = book.void(written)
    seen = [value(book, "{count: visit_recorded}", at) for at in (written - 1, written, void - 1, void, None)]
    assert seen == [0, 1, 1, 0, 0]


def test_people_without_credits_and_nobody_at_all(book: Book) -> None:
    """Whoever is asked about gets an answer; asking about nobody asks nothing."""
    wanted = {"m": named("{count: visit_recorded}")}
    with book.cursor() as cursor:
        opened = sight.windows(wanted.values(), MARCH, {"E1": HIRED, "E2": HIRED})
        assert measures.evaluate(cursor, wanted, opened, None) == {"E1": {"m": 0}, "E2": {"m": 0}}
        assert measures.evaluate(cursor, wanted, sight.windows(wanted.values(), MARCH, {}), None) == {}


def test_no_value_reaches_the_statement_as_text(book: Book) -> None:
    """Words of a plan are parameters: quotes and semicolons are words like others."""
    odd = "x'); drop table credit; --"
    [condition] = named("{count: visit_recorded, where: {customer: C1}}").where
    measure = named("{count: visit_recorded}")
    hostile = type(measure)(
        **{name: getattr(measure, name) for name in measure.__struct_fields__}
        | {"where": (type(condition)(column="customer", test="one_of", words=(odd, "%s")),), "fact": odd}
    )
    opened = sight.windows([hostile], MARCH, {"E1": HIRED, odd: HIRED})
    with book.cursor() as cursor:
        assert measures.evaluate(cursor, {"m": hostile}, opened, None)[odd] == {"m": 0}
