"""Whom a plan is for, and which version of it."""

import datetime as dt
from typing import Any

import pytest
from given_plan import MARCH, document, example, plan, posted

from domain.plan.components.scorecard import Scorecard
from domain.plan.document import Population
from domain.plan.parse import parse_plan
from domain.plan.population import belongs, completed_months, deciding_day, version_in_force

LAST = MARCH.last_day


def population(**fields: Any) -> Population:
    return parse_plan(document(population=fields)).population


@pytest.mark.rule("R56")
def test_employment_types_have_plans_of_their_own() -> None:
    """A contract nurse is paid by the plan for contract nurses, established and agency staff are not."""
    nurses = parse_plan(example("hospital-nurse")).population
    of_type = {kind: posted(post="nurse", employment=kind) for kind in ("established", "contract", "agency")}
    assert [kind for kind, who in of_type.items() if belongs(nurses, who, LAST)] == ["contract"]


@pytest.mark.parametrize(
    ("fields", "is_in"),
    [
        ({}, True),
        ({"post": ["seller"]}, True),
        ({"post": ["nurse"]}, False),
        ({"post": ["nurse", "seller"], "branch": ["SH"]}, True),
        ({"post": ["seller"], "branch": ["GZ"]}, False),
        ({"team": ["SH-1"]}, False),
        ({"department": ["sales"]}, False),
        ({"employment": ["contract"]}, True),
        ({"employment": ["agency"]}, False),
    ],
)
def test_every_list_that_is_given_must_match(fields: dict[str, Any], is_in: bool) -> None:
    assert belongs(population(**fields), posted(), LAST) is is_in


@pytest.mark.parametrize(
    ("hired_on", "day", "months"),
    [
        ("2025-01-15", "2025-02-14", 0),
        ("2025-01-15", "2025-02-15", 1),
        ("2025-01-31", "2025-02-27", 0),
        ("2025-01-31", "2025-02-28", 1),
        ("2025-01-31", "2025-03-30", 1),
        ("2025-01-31", "2025-03-31", 2),
        ("2024-12-01", "2025-03-31", 3),
        ("2025-03-31", "2025-03-31", 0),
    ],
)
def test_completed_months(hired_on: str, day: str, months: int) -> None:
    assert completed_months(dt.date.fromisoformat(hired_on), dt.date.fromisoformat(day)) == months


@pytest.mark.parametrize(
    ("hired_on", "newcomer"), [("2024-12-31", False), ("2025-01-01", True), ("2025-03-31", True)]
)
def test_tenure_parts_newcomers_from_sellers(hired_on: str, newcomer: bool) -> None:
    """On 31 March, whoever started on 31 December has completed three months; nobody falls between."""
    who = posted(hired_on=dt.date.fromisoformat(hired_on))
    assert belongs(parse_plan(example("huikang-newcomer")).population, who, LAST) is newcomer
    assert belongs(parse_plan(example("huikang-seller")).population, who, LAST) is not newcomer


def test_a_leavers_last_day_decides() -> None:
    assert deciding_day(MARCH, None) == LAST
    assert deciding_day(MARCH, dt.date(2025, 3, 14)) == dt.date(2025, 3, 14)
    assert deciding_day(MARCH, dt.date(2025, 5, 2)) == LAST


WEIGHED = """
measures: {satisfaction: {average: satisfaction_scored, of: score}}
targets: {satisfaction: {measure: satisfaction, value: 10}}
components:
  - id: card
    kind: scorecard
    title: Card
    base: 1000
    parts: [{target: clients, weight: %d %%}, {target: satisfaction, weight: %d %%}]
"""


@pytest.mark.rule("R27")
@pytest.mark.parametrize(
    ("day", "weight"), [("2025-01-01", 10), ("2025-06-30", 10), ("2025-07-01", 20), ("2026-01-01", 20)]
)
def test_earlier_periods_keep_the_old_weights(day: str, weight: int) -> None:
    """Satisfaction weighs 10 % until the end of June and 20 % from July."""
    versions = [
        plan(WEIGHED % (80, 20), effective_from=dt.date(2025, 7, 1)),
        plan(WEIGHED % (90, 10), effective_from=dt.date(2025, 1, 1)),
    ]
    held = version_in_force(versions, dt.date.fromisoformat(day))
    assert held is not None
    card = held.components[0]
    assert isinstance(card, Scorecard)
    assert card.parts[1].weight * 100 == weight


def test_no_version_is_in_force_before_the_first_or_after_the_end() -> None:
    versions = [plan(effective_until=dt.date(2025, 6, 30))]
    assert version_in_force(versions, dt.date(2024, 12, 31)) is None
    assert version_in_force(versions, dt.date(2025, 6, 30)) is versions[0]
    assert version_in_force(versions, dt.date(2025, 7, 1)) is None
