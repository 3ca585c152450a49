"""Months, quarters, years and days since the hire: at their ends, on leap days, across a year."""

import datetime as dt
from fractions import Fraction

import pytest
from given_plan import credit, example
from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period, PeriodKind
from domain.plan.milestones import standing_from_credits
from domain.plan.parse import parse_plan
from domain.plan.population import completed_months

days = st.dates(dt.date(1999, 1, 1), dt.date(2101, 12, 31))
DAY = dt.timedelta(days=1)


@given(days, st.sampled_from(["week", "month", "quarter", "year"]))
def test_periods_part_the_days(day: dt.date, kind: PeriodKind) -> None:
    """Every day is in one period of a kind; the next begins the day after; its name leads back to it."""
    period = Period.containing(day, kind)
    assert period.has(day) and Period.parse(str(period)) == period
    assert period.next().first_day == period.last_day + DAY and period.next().previous() == period
    assert Period.containing(period.first_day, kind) == Period.containing(period.last_day, kind) == period
    assert (period.last_day - period.first_day).days + 1 == period.days


@pytest.mark.parametrize(
    ("day", "kind", "name", "first", "last"),
    [
        ("2024-02-29", "month", "2024-02", "2024-02-01", "2024-02-29"),
        ("2100-02-28", "month", "2100-02", "2100-02-01", "2100-02-28"),
        ("2000-02-29", "quarter", "2000-Q1", "2000-01-01", "2000-03-31"),
        ("2025-12-31", "month", "2025-12", "2025-12-01", "2025-12-31"),
        ("2025-12-31", "week", "2026-W01", "2025-12-29", "2026-01-04"),
        ("2021-01-03", "week", "2020-W53", "2020-12-28", "2021-01-03"),
        ("2024-12-31", "quarter", "2024-Q4", "2024-10-01", "2024-12-31"),
        ("2024-12-31", "year", "2024", "2024-01-01", "2024-12-31"),
    ],
)
def test_the_ends_of_months_and_years(day: str, kind: PeriodKind, name: str, first: str, last: str) -> None:
    period = Period.containing(dt.date.fromisoformat(day), kind)
    assert [str(period), str(period.first_day), str(period.last_day)] == [name, first, last]


@pytest.mark.parametrize(
    ("hired_on", "day", "months"),
    [
        ("2024-02-29", "2025-02-27", 11),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-02-29", "2028-02-28", 47),
        ("2024-02-29", "2028-02-29", 48),
        ("2024-02-29", "2024-03-28", 0),
        ("2024-02-29", "2024-03-29", 1),
        ("2023-11-30", "2024-02-28", 2),
        ("2023-11-30", "2024-02-29", 3),
        ("2023-11-30", "2025-02-28", 15),
        ("2024-12-31", "2025-12-30", 11),
        ("2024-12-31", "2025-12-31", 12),
    ],
)
def test_months_since_a_hire_at_a_months_end(hired_on: str, day: str, months: int) -> None:
    assert completed_months(dt.date.fromisoformat(hired_on), dt.date.fromisoformat(day)) == months


@given(days, st.integers(0, 4000))
def test_months_since_the_hire_go_up_one_by_one(hired_on: dt.date, after: int) -> None:
    """Never down and never two at once; they keep to the length of an average month."""
    day = hired_on + dt.timedelta(days=after)
    step = completed_months(hired_on, day + DAY) - completed_months(hired_on, day)
    assert step in (0, 1)
    assert abs(Fraction(after) / Fraction("30.436875") - completed_months(hired_on, day)) < Fraction("1.2")


@pytest.mark.parametrize(
    ("hired_on", "tenth_on", "state"),
    [
        ("2024-02-15", "2024-03-16", "attained"),
        ("2024-02-15", "2024-03-17", "missed"),
        ("2025-02-15", "2025-03-17", "attained"),
        ("2025-02-15", "2025-03-18", "missed"),
        ("2024-02-29", "2024-03-30", "attained"),
        ("2024-02-29", "2024-03-31", "missed"),
        ("2024-01-30", "2024-02-29", "attained"),
        ("2024-01-30", "2024-03-01", "missed"),
        ("2025-12-02", "2026-01-01", "attained"),
        ("2025-12-02", "2026-01-02", "missed"),
    ],
)
def test_thirty_days_are_thirty_days_across_a_leap_day_and_a_year(
    hired_on: str, tenth_on: str, state: str
) -> None:
    made = parse_plan(example("huikang-newcomer"))
    hired, tenth = dt.date.fromisoformat(hired_on), dt.date.fromisoformat(tenth_on)
    visits = [credit("visit_recorded", hired + DAY * n, customer=f"H{n}") for n in range(9)]
    told = [*visits, credit("visit_recorded", tenth, customer="H9")]
    milestone = made.milestones[0]
    standing = standing_from_credits(milestone, made.measures, told, "E1", hired, hired + DAY * 60)
    assert standing.state == state
