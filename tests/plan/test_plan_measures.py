"""What each measure counts, and over which days."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from given_plan import HIRED, MARCH, credit, document
from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period
from domain.plan.measures import Credit, Days, Window, days_of, evaluate_all, longest_run
from domain.plan.parse import parse_plan

REGISTERED, DEAL, REVERSED = "customer_registered", "deal_closed", "deal_reversed"


def measured(written: dict[str, Any], *credits: Credit, period: Period = MARCH) -> Fraction | None:
    """The value of a measure, as a plan writes it, for E1."""
    made = parse_plan(document(measures=document()["measures"] | {"m": written}))
    return evaluate_all(made.measures, credits, "E1", period, HIRED)["m"]


def deal(yuan: int, day: int = 3, **fields: Any) -> Credit:
    return credit(DEAL, day, amount_minor=yuan * 100, currency=fields.pop("currency", "CNY"), **fields)


def scored(score: str, day: int = 3, **fields: Any) -> Credit:
    return credit("satisfaction_scored", day, score=Decimal(score), **fields)


OF_SCORE = {"of": "score"}


@pytest.mark.parametrize(("kind", "empty"), [("sum", 0), ("average", None), ("last", None), ("best", None)])
def test_measures_of_nothing(kind: str, empty: int | None) -> None:
    assert measured({kind: "satisfaction_scored", **OF_SCORE}) == empty


def test_counting_nothing_is_zero() -> None:
    assert measured({"count": REGISTERED}) == 0
    assert measured({"streak": REGISTERED}) == 0
    assert measured({"distinct": REGISTERED, "of": "customer"}) == 0


def test_scores_are_exact() -> None:
    given = (scored("8.5"), scored("9"), scored("8.7"))
    assert measured({"average": "satisfaction_scored", **OF_SCORE}, *given) == Fraction(262, 30)
    assert measured({"best": "satisfaction_scored", **OF_SCORE}, *given) == 9
    assert measured({"sum": "satisfaction_scored", **OF_SCORE}, *given) == Fraction("26.2")


def test_the_last_is_the_latest_by_instant_and_then_by_position() -> None:
    noon = dt.datetime(2025, 3, 3, 12, tzinfo=dt.UTC)
    given = (
        scored("1", at=noon, position=902),
        scored("2", at=noon, position=901),
        scored("3", position=903),
    )
    assert measured({"last": "satisfaction_scored", **OF_SCORE}, *given) == 1


def test_what_holds_no_number_is_no_number() -> None:
    """A deal without a quantity lowers no average and is never the last one."""
    given = (credit(DEAL, 3, quantity=4), credit(DEAL, 4))
    assert measured({"average": DEAL, "of": "quantity"}, *given) == 4
    assert measured({"last": DEAL, "of": "quantity"}, *given) == 4
    assert measured({"sum": DEAL, "of": "quantity"}, *given) == 4
    assert measured({"count": DEAL}, *given) == 2


def test_distinct_counts_each_client_once_and_nobody_as_none() -> None:
    given = [
        credit("visit_recorded", day, customer=who) for day, who in enumerate(["H1", "H2", "H1", None], 1)
    ]
    assert measured({"distinct": "visit_recorded", "of": "customer"}, *given) == 2
    assert measured({"distinct": "visit_recorded", "of": "day"}, *given) == 4


def test_amounts_are_in_major_units_of_the_plans_currency() -> None:
    given = (deal(100), deal(50, currency="USD"), credit(DEAL, 5, amount_minor=1, currency="CNY"))
    assert measured({"sum": DEAL, "of": "amount"}, *given) == Fraction("100.01")


def test_reversals_take_away() -> None:
    given = (deal(100), deal(70), credit(REVERSED, 9, amount_minor=70_00, currency="CNY"))
    assert measured({"count": DEAL, "less": REVERSED}, *given) == 1
    assert measured({"sum": DEAL, "of": "amount", "less": REVERSED}, *given) == 100


@pytest.mark.parametrize(
    ("where", "counted"),
    [
        ({"channel": "douyin"}, 2),
        ({"channel": ["douyin", "referral"]}, 3),
        ({"channel": "web"}, 0),
        ({"amount": {"at_least": 200}}, 3),
        ({"amount": {"more_than": 200}}, 2),
        ({"amount": {"at_least": 200, "less_than": "300.00"}}, 1),
        ({"quantity": {"at_most": 5}}, 1),
        ({"channel": "douyin", "amount": {"more_than": 100}}, 1),
        ({"product": "knee"}, 0),
    ],
)
def test_conditions_select(where: dict[str, Any], counted: int) -> None:
    given = (
        deal(100, channel="douyin", quantity=5),
        deal(200, channel="douyin"),
        deal(300, channel="referral"),
        deal(400),
    )
    assert measured({"count": DEAL, "where": where}, *given) == counted


def test_attributes_compare_as_text() -> None:
    given = [
        credit("activity_recorded", kind="shift", attributes={"grade": grade}) for grade in (3, "3", "x")
    ]
    assert measured({"count": "activity_recorded", "where": {"attributes.grade": 3}}, *given) == 2
    assert measured({"distinct": "activity_recorded", "of": "attributes.grade"}, *given) == 2


@pytest.mark.rule("R28")
def test_what_nobody_confirmed_does_not_count() -> None:
    """Compliance counts once production has confirmed it; a manager's word does not stand in for it."""
    confirmed = {"average": "compliance_scored", "of": "score", "confirmed_by": "production"}

    def given(*roles: str) -> Credit:
        return credit("compliance_scored", score=Decimal(90), confirmed_by=frozenset(roles))

    assert measured(confirmed, given()) is None
    assert measured(confirmed, given("manager", "rd")) is None
    assert measured(confirmed, given("production")) == 90
    assert measured(confirmed, given("production", "manager"), given()) == 90


@pytest.mark.rule("R79")
def test_the_share_of_a_channel() -> None:
    written = document()
    written["measures"] |= {
        "douyin": {"count": REGISTERED, "where": {"channel": "douyin"}},
        "share": {"ratio": "douyin / clients"},
    }
    credits = [credit(REGISTERED, channel="douyin" if n < 3 else "web") for n in range(10)]
    values = evaluate_all(parse_plan(written).measures, credits, "E1", MARCH, HIRED)
    assert values["share"] == Fraction(30, 100)


@pytest.mark.rule("R65")
def test_a_ratio_is_exact_and_none_over_nothing() -> None:
    measures = parse_plan(document()).measures
    followed = [credit("follow_up_recorded", customer=f"C{n}", kind="call") for n in range(20)]
    three = evaluate_all(measures, [*followed, deal(1), deal(1), deal(1)], "E1", MARCH, HIRED)
    assert three["close_rate"] == Fraction(3, 20) == Fraction("0.15")
    assert evaluate_all(measures, [deal(1)], "E1", MARCH, HIRED)["close_rate"] is None


def test_only_own_credits_of_the_window_count() -> None:
    days = (dt.date(2025, 2, 28), dt.date(2025, 3, 1), dt.date(2025, 3, 31), dt.date(2025, 4, 1))
    given = [credit(REGISTERED, day) for day in days]
    assert measured({"count": REGISTERED}, *given, credit(REGISTERED, employee="E2")) == 2


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (Window(), dt.date(2025, 3, 1), dt.date(2025, 3, 31)),
        (Window("year"), dt.date(2025, 1, 1), dt.date(2025, 3, 31)),
        (Window("last_periods", 1), dt.date(2025, 3, 1), dt.date(2025, 3, 31)),
        (Window("last_periods", 3), dt.date(2025, 1, 1), dt.date(2025, 3, 31)),
        (Window("days_since_hire", 30), dt.date(2025, 2, 10), dt.date(2025, 3, 12)),
        (Window("days_since_hire", 60), dt.date(2025, 2, 10), dt.date(2025, 3, 31)),
    ],
)
def test_the_days_of_a_window(window: Window, first: dt.date, last: dt.date) -> None:
    """As seen at the end of March by somebody hired on 10 February."""
    assert days_of(window, MARCH, dt.date(2025, 2, 10)) == Days(first, last)


@pytest.mark.parametrize(("days", "run"), [([], 0), ([5], 1), ([1, 2, 4, 5, 6, 9], 3), ([3, 3, 4], 2)])
def test_a_streak_is_the_longest_run_of_days(days: list[int], run: int) -> None:
    assert longest_run(dt.date(2025, 3, day) for day in days) == run
    assert measured({"streak": REGISTERED}, *(credit(REGISTERED, day) for day in days)) == run


@given(st.lists(st.tuples(st.integers(1, 31), st.sampled_from(["H1", "H2", "H3"]))))
def test_the_order_of_credits_means_nothing(drawn: list[tuple[int, str]]) -> None:
    measures = parse_plan(document("measures: {run: {streak: follow_up_recorded}}")).measures
    credits = [credit("follow_up_recorded", day, customer=who, kind="call") for day, who in drawn]
    forth = evaluate_all(measures, credits, "E1", MARCH, HIRED)
    assert forth == evaluate_all(measures, credits[::-1], "E1", MARCH, HIRED)
