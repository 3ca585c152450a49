"""Milestones: from the hire day, within so many days, once."""

import datetime as dt
from fractions import Fraction

import pytest
from given_plan import credit, example

from domain.plan.measures import Credit
from domain.plan.milestones import MilestoneStanding, standing_from_credits
from domain.plan.overrides import changed_milestone
from domain.plan.parse import parse_plan

NEWCOMER = parse_plan(example("huikang-newcomer"))
TEN_HOSPITALS, FIRST_TRIAL = NEWCOMER.milestones
HIRED = dt.date(2025, 3, 1)


def day(number: int) -> dt.date:
    """So many days after the hire, which is day 0."""
    return HIRED + dt.timedelta(days=number)


def visits(*days: int, first: int = 1) -> list[Credit]:
    """A visit to another hospital on each of `days`."""
    return [
        credit("visit_recorded", day(number), customer=f"H{hospital}")
        for hospital, number in enumerate(days, first)
    ]


def hospitals(credits: list[Credit], on: int, within_days: int | None = None) -> MilestoneStanding:
    """How far the ten hospitals are on day `on`."""
    milestone = changed_milestone(TEN_HOSPITALS, TEN_HOSPITALS.reaches, within_days)
    return standing_from_credits(milestone, NEWCOMER.measures, credits, "E1", HIRED, day(on))


@pytest.mark.rule("R3")
@pytest.mark.parametrize(("tenth", "state"), [(29, "attained"), (30, "attained"), (31, "missed")])
def test_day_30_counts_and_day_31_does_not(tenth: int, state: str) -> None:
    found = hospitals(visits(*range(1, 10), tenth), on=40)
    assert found.state == state
    assert found.attained_on == (day(tenth) if state == "attained" else None)


@pytest.mark.rule("R3")
def test_the_hire_day_counts_and_the_day_before_does_not() -> None:
    assert hospitals(visits(*range(10)), on=30).state == "attained"
    assert hospitals(visits(*range(-1, 9)), on=30).done == 9


@pytest.mark.rule("R3")
def test_two_visits_to_one_hospital_count_once() -> None:
    """Nine hospitals, the first of them twice, are nine."""
    found = hospitals([*visits(*range(1, 10)), *visits(12)], on=30)
    assert (found.done, found.gap, found.state) == (9, 1, "open")


@pytest.mark.rule("R4")
@pytest.mark.parametrize(("on", "days_left", "state"), [(20, 10, "open"), (30, 0, "open"), (31, 0, "missed")])
def test_seven_of_ten_leave_a_gap_of_three(on: int, days_left: int, state: str) -> None:
    found = hospitals(visits(*range(1, 8)), on=on)
    assert (found.done, found.needed, found.gap) == (7, 10, 3)
    assert (found.last_day, found.days_left, found.state) == (day(30), days_left, state)


@pytest.mark.rule("R4")
def test_what_was_attained_stays_so_and_leaves_no_gap() -> None:
    found = hospitals(visits(*range(1, 13)), on=50)
    assert (found.done, found.gap, found.state, found.attained_on) == (12, 0, "attained", day(10))


def test_it_is_not_attained_before_its_day() -> None:
    assert hospitals(visits(*range(1, 11)), on=9).state == "open"
    assert hospitals(visits(*range(1, 11)), on=10).state == "attained"


@pytest.mark.rule("R3")
@pytest.mark.parametrize(("held", "state"), [(60, "attained"), (61, "missed")])
def test_one_department_trial_within_60_days(held: int, state: str) -> None:
    credits = [credit("trial_held", day(held), customer="H1", product="knee")]
    assert standing_from_credits(FIRST_TRIAL, NEWCOMER.measures, credits, "E1", HIRED, day(70)).state == state


@pytest.mark.rule("R10")
def test_a_changed_milestone_has_its_own_last_day() -> None:
    """8 in 20 days: the eighth on day 20 counts, on day 21 it does not."""
    changed = changed_milestone(TEN_HOSPITALS, Fraction(8), 20)
    for eighth, state in ((20, "attained"), (21, "missed")):
        credits = visits(*range(1, 8), eighth)
        found = standing_from_credits(changed, NEWCOMER.measures, credits, "E1", HIRED, day(25))
        assert found.state == state


def test_colleagues_visits_do_not_count() -> None:
    others = [credit("visit_recorded", day(2), "E2", customer=f"X{n}") for n in range(10)]
    assert hospitals(others, on=5).done == 0
