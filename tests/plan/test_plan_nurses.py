"""The example plans of ward nurses: one month of work, three kinds of employment, three ways to be paid."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from given_plan import EXAMPLES, MARCH, credit, example, posted

from domain.people.roster import Leave
from domain.plan.measures import Credit, evaluate_all
from domain.plan.parse import parse_plan
from domain.plan.population import belongs
from domain.plan.resolve import Resolver
from domain.plan.statement import Entitlement, compute_statement
from domain.plan.stay import with_days

NAMES = sorted(path.stem for path in EXAMPLES.glob("hospital-nurse*.yaml"))
PLANS = {name: parse_plan(example(name)) for name in NAMES}
HIRED = dt.date(2020, 1, 1)
LICENSED = frozenset({"nursing licence"})


def month(licences: frozenset[str] = LICENSED) -> list[Credit]:
    """240 infusions, 50 hours of nursing, a PICC and three wounds, two nights; rated 9.5, standards 80."""
    nursed = [("infusion", 100, None), ("infusion", 140, None), ("nursing", None, 3_000)]
    return [
        *(
            credit("nursing_recorded", 20, kind=kind, quantity=quantity, minutes=minutes, licences=licences)
            for kind, quantity, minutes in nursed
        ),
        credit("procedure_performed", 20, kind="PICC", quantity=1, licences=licences),
        credit("procedure_performed", 21, kind="wound care", quantity=3, licences=licences),
        credit("procedure_performed", 21, kind="bed bath", quantity=9, licences=licences),
        *(credit("activity_recorded", day, kind="shift", attributes={"shift": "night"}) for day in (4, 5)),
        credit("patient_rated", score=Decimal("9.5")),
        credit("compliance_scored", score=Decimal(80), confirmed_by=frozenset({"head_nurse"})),
        credit("compliance_scored", score=Decimal(10)),
        credit("qualification_graded", dt.date(2019, 7, 1), kind="nurse-in-charge"),
    ]


def paid(employment: str, credits: list[Credit], *leaves: Leave) -> dict[str, Fraction]:
    """What each component of the plan for this employment pays in March, in yuan."""
    here = posted(post="nurse", employment=employment, hired_on=HIRED)
    [plan] = [plan for plan in PLANS.values() if belongs(plan.population, here, MARCH.last_day)]
    resolved = Resolver(plan, MARCH)(here, leaves)
    values = evaluate_all(plan.measures, credits, "E1", MARCH, HIRED)
    held = Entitlement(resolved, with_days(plan.measures, values, resolved.stay))
    return {line.component: Fraction(line.exact) for line in compute_statement("E1", [held]).lines}


def away(kind: str, first: int, last: int) -> Leave:
    days = {"from_on": dt.date(2025, 3, first), "until_on": dt.date(2025, 3, last)}
    return Leave(position=7, employee="E1", kind=kind, **days)


@pytest.mark.rule("R54", "R30")
def test_a_contract_nurses_month_flows_into_the_scorecard() -> None:
    """120 % of the infusions, half of the nursing, all of the days, full rating, 80 of 100 for standards.

    25 % × 1.2 + 25 % × 0.5 + 20 % + 20 % + 10 % × 0.8 = 90.5 % of 4,000. A PICC and three wounds: 9 points.
    """
    assert paid("contract", month()) == {
        "scorecard": 3620,
        "procedures": 9 * 15,
        "night_shifts": 240,
        "rating_bonus": 600,
        "full_attendance": 200,
    }


@pytest.mark.rule("R56")
def test_three_kinds_of_employment_have_three_plans() -> None:
    """The same work: 4,795 for contract, 4,510 for established, 2,780 for agency staff."""
    assert paid("established", month()) == {"allowance": 31 * 100 * Fraction(13, 10), "infusions": 480}
    assert paid("agency", month()) == {"infusions": 200 * 5 + 40 * 7, "hours": 50 * 30}
    totals = {kind: sum(paid(kind, month()).values()) for kind in ("contract", "established", "agency")}
    assert totals == {"contract": 4795, "established": 4510, "agency": 2780}


@pytest.mark.rule("R50")
def test_without_a_licence_the_work_of_none_of_them_is_paid() -> None:
    """What asks for no licence stays: nights, rating, days."""
    found = {kind: paid(kind, month(frozenset({"radiation permit"}))) for kind in ("contract", "agency")}
    assert found["agency"] == {"infusions": 0, "hours": 0}
    assert found["contract"]["procedures"] == 0
    assert found["contract"]["scorecard"] == 4000 * Fraction("0.48")
    assert found["contract"]["night_shifts"] == 240


@pytest.mark.rule("R30")
@pytest.mark.parametrize(
    ("leave", "scorecard", "full"),
    [
        (away("annual", 1, 10), 3620, 200),
        (away("sick", 3, 3), 4000 * (Fraction("0.705") + Fraction("0.2") * Fraction(30, 31)), 0),
        (away("sick", 3, 8), 4000 * (Fraction("0.705") + Fraction("0.2") * Fraction(25, 31)), 0),
        (away("sick", 3, 9), 0, 0),
    ],
)
def test_attendance_weighs_and_below_four_fifths_nothing_is_paid(
    leave: Leave, scorecard: Fraction | int, full: int
) -> None:
    """25 of 31 days are 80.6 %, 24 are 77.4 %; annual leave is no absence."""
    found = paid("contract", month(), leave)
    assert (found["scorecard"], found["full_attendance"]) == (scorecard, full)
