"""How far targets are, and how goals add up."""

from fractions import Fraction

import pytest
from given_plan import document, example, number, plan, resolved

from domain.plan.parse import parse_plan
from domain.plan.progress import GoalPart, goal_sums, progress, progress_of

NEWCOMER = parse_plan(example("huikang-newcomer"))


@pytest.mark.rule("R64")
@pytest.mark.parametrize(
    ("done", "left", "is_met"), [(0, 20, False), (15, 5, False), (19, 1, False), (20, 0, True), (23, 0, True)]
)
def test_fifteen_done_five_left(done: int, left: int, is_met: bool) -> None:
    found = progress_of("clients", "clients", Fraction(done), Fraction(20))
    assert (found.done, found.left, found.is_met) == (done, left, is_met)
    assert found.attained == Fraction(done, 20)


@pytest.mark.rule("R65")
@pytest.mark.parametrize(
    ("deals", "followed", "target", "is_met"),
    [
        (2, 20, "10 %", True),
        (1, 20, "10 %", False),
        (3, 20, "15 %", True),
        (2, 21, "10 %", False),
        (0, 0, "10 %", False),
    ],
)
def test_reaching_the_close_rate_counts_as_met(deals: int, followed: int, target: str, is_met: bool) -> None:
    """2 of 20 are exactly 10 %, 3 of 20 exactly 15 %; over nothing there is no rate."""
    rate = Fraction(deals, followed) if followed else None
    assert progress_of("close_rate", "close_rate", rate, number(target)).is_met is is_met


@pytest.mark.rule("R63")
@pytest.mark.parametrize(
    ("clients", "close_rate", "repurchase", "met"),
    [
        (20, "8 %", "5 %", [True, True, True]),
        (19, "7.99 %", "4.99 %", [False, False, False]),
        (25, "8 %", "4 %", [True, True, False]),
    ],
)
def test_a_newcomers_key_results(clients: int, close_rate: str, repurchase: str, met: list[bool]) -> None:
    """20 new clients from online channels, close rate of 8 % or more, repurchase of 5 % or more."""
    values = {
        "online_clients": Fraction(clients),
        "close_rate": number(close_rate),
        "repurchase_rate": number(repurchase),
    }
    assert [result.is_met for result in progress(resolved(NEWCOMER), values)] == met


def test_a_target_of_nothing_is_attained() -> None:
    """A month of leave takes the whole target away; what is left to do is nothing."""
    found = progress_of("clients", "clients", Fraction(0), Fraction(0))
    assert (found.left, found.attained, found.is_met) == (0, 1, True)


@pytest.mark.rule("R62")
def test_goals_of_the_parts_stand_beside_the_goal_of_the_whole() -> None:
    """Company 100 M, sales department 50 M, each of 80 newcomers 50 k a month: 48 M, 2 M short."""
    company, department = goal_sums(parse_plan(example("huikang-seller")), {"seller": 80})
    assert (company.goal, company.value, company.total, company.over) == (
        "company", 100_000_000, 50_000_000, -50_000_000
    )  # fmt: skip
    assert department.parts == (GoalPart("seller", 80, Fraction(48_000_000)),)
    assert (department.value, department.over) == (50_000_000, -2_000_000)


@pytest.mark.rule("R62")
def test_periods_of_goals_are_brought_to_the_parents() -> None:
    made = plan(
        """
cascade:
  - {id: firm, title: F, value: 400, unit: clients, period: quarter}
  - {id: a, title: A, value: 70, unit: clients, period: month, within: firm}
  - {id: b, title: B, value: 230, unit: clients, period: quarter, within: firm}
"""
    )
    (firm,) = goal_sums(made, {})
    assert (firm.total, firm.over) == (440, 40)


def test_a_plan_without_goals_has_no_sums() -> None:
    assert goal_sums(parse_plan(document()), {}) == ()
