"""The example plans of a surgeon and of an assistant, from credits to figures that one can check by hand."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from given_plan import HIRED, MARCH, credit, example, posted

from domain.people.roster import Leave
from domain.plan.measures import Credit, evaluate_all
from domain.plan.parse import parse_plan
from domain.plan.resolve import Resolver
from domain.plan.statement import Entitlement, compute_statement
from domain.plan.stay import with_days

SURGEON, ASSISTANT = parse_plan(example("hospital-surgeon")), parse_plan(example("hospital-assistant"))
CERTIFICATE, PERMIT = frozenset({"practising certificate"}), frozenset({"theatre permit"})
GRADED = credit("qualification_graded", dt.date(2021, 9, 1), kind="associate chief physician")
DISCLOSED = credit(
    "compliance_scored", kind="disclosure", score=Decimal(95), confirmed_by=frozenset({"medical_affairs"})
)


def operation(
    kind: str, role: str = "sole", share: str | None = None, minutes: int = 90, **fields: frozenset[str]
) -> Credit:
    part = None if share is None else Fraction(share)
    held = {"licences": CERTIFICATE | PERMIT} | fields
    return credit(
        "procedure_performed", 12, kind=kind, role=role, share=part, quantity=1, minutes=minutes, **held
    )


OPERATIONS = (
    operation("bypass", "surgeon", "3/5"),
    operation("cholecystectomy"),
    operation("lipoma"),
    operation("gastrectomy", "assistant", "1/4"),
)
"""18 + 8 + 2 points led, 5 assisted."""


def paid(
    plan_of: str, *credits: Credit, leave: tuple[Leave, ...] = (), hired_on: dt.date = HIRED
) -> dict[str, Fraction]:
    """What March pays, in yuan."""
    plan = {"surgeon": SURGEON, "assistant": ASSISTANT}[plan_of]
    post = "surgeon" if plan_of == "surgeon" else "surgical assistant"
    resolved = Resolver(plan, MARCH)(posted(post=post, hired_on=hired_on), leave)
    values = evaluate_all(plan.measures, credits, "E1", MARCH, hired_on)
    held = Entitlement(resolved, with_days(plan.measures, values, resolved.stay))
    return {line.component: Fraction(line.exact) for line in compute_statement("E1", [held]).lines}


@pytest.mark.rule("R55")
def test_operations_papers_and_grade_are_inputs_of_a_surgeons_pay() -> None:
    """28 points led × 80 × 150 % = 3,360; 5 assisted × 80 × 150 % = 600; a paper in Q1 and one elsewhere."""
    papers = (credit("paper_published", kind="SCI Q1"), credit("paper_published", kind="hospital bulletin"))
    assert paid("surgeon", *OPERATIONS, *papers, GRADED, DISCLOSED) == {
        "operations": 3360,
        "assisted": 600,
        "papers": 11 * 500,
        "duty": 300,
    }


@pytest.mark.rule("R55")
@pytest.mark.parametrize(
    ("grade", "operations"),
    [(None, 2240), ("resident", 2240), ("attending physician", 2688), ("chief physician", 4032)],
)
def test_a_promotion_moves_the_pay_of_operations(grade: str | None, operations: int) -> None:
    """28 points × 80 × 100, 100, 120 and 180 %."""
    graded = [] if grade is None else [credit("qualification_graded", 10, kind=grade)]
    assert paid("surgeon", *OPERATIONS, DISCLOSED, *graded)["operations"] == operations


@pytest.mark.rule("R28")
def test_disclosure_that_medical_affairs_has_not_confirmed_pays_nothing() -> None:
    """Confirmed by production, or by nobody, it does not open the gate; what was assisted needs none."""
    for roles in (frozenset[str](), frozenset({"production"})):
        scored = credit("compliance_scored", kind="disclosure", score=Decimal(95), confirmed_by=roles)
        found = paid("surgeon", *OPERATIONS, GRADED, scored)
        assert (found["operations"], found["assisted"]) == (0, 600)


@pytest.mark.parametrize(
    ("rating", "operations"), [("8.4", 2016), ("8.5", 2240), ("9.4", 2240), ("9.5", 2352)]
)
def test_patients_move_it_too(rating: str, operations: int) -> None:
    """90 % below 8.5, 105 % from 9.5."""
    rated = credit("patient_rated", score=Decimal(rating))
    assert paid("surgeon", *OPERATIONS, DISCLOSED, rated)["operations"] == operations


@pytest.mark.rule("R50")
def test_an_operation_without_a_certificate_is_not_paid() -> None:
    """The bypass of a day on which the certificate was expired is left out: 10 points × 80."""
    unlicensed = operation("bypass", "surgeon", "3/5", licences=PERMIT)
    assert paid("surgeon", unlicensed, *OPERATIONS[1:], DISCLOSED)["operations"] == 800


def test_an_assistants_month() -> None:
    """30 × 1/2 three times and 4 are 49 points: 40 × 25 + 9 × 35; 2,400 of 3,000 minutes; the score 90.

    The permit has expired for the last of them, which counts all the same.
    """
    assisted = (
        *(operation("bypass", "assistant", "1/2", minutes=700) for _ in range(3)),
        operation("appendectomy", "assistant", minutes=300, licences=CERTIFICATE),
    )
    manager = frozenset({"manager"})
    scored = credit("teamwork_scored", kind="mentoring", score=Decimal(90), confirmed_by=manager)
    unconfirmed = credit("teamwork_scored", 30, kind="mentoring", score=Decimal(10))
    found = paid("assistant", *assisted, scored, unconfirmed)
    score = Fraction(1, 2) * Fraction(4, 5) + Fraction(3, 10) * Fraction(9, 10) + Fraction(1, 5)
    assert found == {"assisted": 1000 + 315, "scorecard": 2000 * score}


def test_an_assistant_who_is_new_is_asked_for_half_and_for_the_days_at_work() -> None:
    """Hired on 17 March, sick for five of fifteen days: 3,000 × 50 % × 10/31; no more than 120 % counts."""
    began = dt.date(2025, 3, 17)
    days = {"from_on": dt.date(2025, 3, 18), "until_on": dt.date(2025, 3, 22)}
    sick = Leave(position=7, employee="E1", kind="sick", **days)
    done = operation("bypass", "assistant", minutes=1000)
    score = Fraction(1, 2) * Fraction(6, 5) + Fraction(1, 5) * Fraction(10, 15)
    found = paid("assistant", done, leave=(sick,), hired_on=began)
    assert found["scorecard"] == 2000 * score * Fraction(15, 31)
