"""The example plan of a device representative, from credits to a statement that one can check by hand."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from given_plan import MARCH, credit, example, posted

from domain.plan.components.base import Standing
from domain.plan.explain import explain
from domain.plan.hints import next_steps
from domain.plan.measures import Credit, evaluate_all
from domain.plan.parse import parse_plan
from domain.plan.resolve import Resolver
from domain.plan.statement import Entitlement, carried_into, compute_statement
from domain.plan.words import say

PLAN = parse_plan(example("device-rep"))


def deal(number: str, yuan: int, on: str = "2025-03-12", **fields: Any) -> Credit:
    day = dt.date.fromisoformat(on)
    return credit("deal_closed", day, deal=number, amount_minor=yuan * 100, currency="CNY", **fields)


def march(*more: Credit, hired_on: str = "2023-05-08", place: int = 1) -> Entitlement:
    """1,300,000 until February, 246,000 in March; 40 visits; a rating of 9.0 and confirmed compliance."""
    credits = [
        deal("D1", 1_300_000, "2025-02-03"),
        deal("D2", 186_000, product="scanner", quantity=12),
        deal("D3", 20_000, product="scanner", quantity=9),
        deal("D4", 40_000, product="implant-x"),
        *(credit("visit_recorded", 1 + number % 31, customer="C1") for number in range(40)),
        credit("satisfaction_scored", score=Decimal("9.0")),
        *more,
    ]
    here = posted(post="territory representative", hired_on=dt.date.fromisoformat(hired_on))
    values = evaluate_all(PLAN.measures, credits, "E1", MARCH, here.hired_on)
    return Entitlement(Resolver(PLAN, MARCH)(here), values, places={"month": Standing(place, 12)})


COMPLIANT = credit("compliance_scored", score=Decimal(85), confirmed_by=frozenset({"production"}))


def amounts(held: Entitlement) -> dict[str, Fraction]:
    return {x.component: Fraction(x.exact) for x in compute_statement("E1", [held]).lines}


def test_a_month_of_a_representative() -> None:
    """1,300,000 → 1,546,000 of 2,400,000 crosses 60 % at 1,440,000: 140,000 × 1 % + 106,000 × 1.5 %.

    One order of 10 scanners or more; 40,000 of the new product at 2 %. March asks for 9 % of the quota,
    216,000; the score is 60 % × 41/36 + 20 % + 20 % = 325/300, which pays 100 % + (1/12) ÷ (3/10) × 60 %.
    """
    score = Fraction(6, 10) * Fraction(246, 216) + Fraction(4, 10)
    paid = 1 + (score - 1) / Fraction(3, 10) * Fraction(6, 10)
    assert amounts(march(COMPLIANT)) == {
        "commission": 1400 + 1590,
        "large_orders": 800,
        "new_product": 800,
        "scorecard": 4000 * paid,
        "best": 2000,
    }


def test_without_confirmed_compliance_the_scorecard_pays_nothing() -> None:
    unconfirmed = credit("compliance_scored", score=Decimal(85))
    assert amounts(march())["scorecard"] == amounts(march(unconfirmed))["scorecard"] == 0


def test_a_month_far_above_the_quota_is_capped_and_carried() -> None:
    """3,700,000 more pass 150 % and stop counting at 200 % of the quota: 20,000 now, the rest later."""
    held = march(COMPLIANT, deal("D9", 3_700_000))
    due = 1400 + 14_400 + 36_000 + 24_000
    assert amounts(held)["commission"] == 20_000
    assert carried_into(held, MARCH.next()) == {"commission": due - 20_000}


@pytest.mark.parametrize(
    ("hired_on", "asked", "scored"),
    [
        ("2025-03-16", Fraction(216_000 * 4, 10) * Fraction(16, 31), Fraction(16, 31) * 6400),
        ("2025-02-10", Fraction(216_000 * 7, 10), Fraction(6400)),
        ("2024-12-31", Fraction(216_000), Fraction(4000) * Fraction(7, 6)),
    ],
)
def test_newcomers_are_asked_for_less(hired_on: str, asked: Fraction, scored: Fraction) -> None:
    """40 % in the first month and by its days, 70 % until the third; no more than 150 % of it counts."""
    held = march(COMPLIANT, hired_on=hired_on)
    assert held.resolved.targets["month"].value == asked
    assert amounts(held)["scorecard"] == scored


def test_every_line_can_be_explained_in_both_languages() -> None:
    held = march(COMPLIANT, deal("D9", 3_700_000), hired_on="2025-03-16", place=4)
    for line in compute_statement("E1", [held]).lines:
        told = explain(line, PLAN)
        assert sum(Fraction(node.amount_minor) for node in told.amounts) == line.amount_minor
        for sentence in (line.rule, *(node.sentence for node in told.amounts if node.sentence)):
            assert say(sentence.key, sentence.words, PLAN, "en") != say(
                sentence.key, sentence.words, PLAN, "zh"
            )


def test_the_next_steps_of_a_representative() -> None:
    """An order of 50,000 raises the commission and the score; another visit only the score."""
    steps = {hint.lever.id: set(hint.rises) for hint in next_steps(march(COMPLIANT)) if hint.times == 1}
    assert steps["order"] == {"commission", "scorecard"}
    assert steps["visit"] == {"scorecard"}
