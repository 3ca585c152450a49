"""What is owed is given up by two others, on an account that the plan has, in its currency."""

import datetime as dt

import msgspec
import pytest
from given_plan import document

from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.accounts import BalanceWrittenOff
from domain.facts.base import Fact
from domain.facts.governance import PlanAdopted
from domain.facts.people import EmployeeHired
from domain.facts.registry import tags_of
from domain.plan.parse import document_hash, plan_document
from domain.refusals import BadField, Refusal, SecondPersonNeeded, UnknownEmployee, UnknownPlan

NOW = dt.datetime(2025, 4, 1, 9, tzinfo=dt.UTC)
DRAWING = plan_document(document("draw: {id: advance, pays: 3000, form: advance, recoverable: true}"))
BEFORE: list[Fact] = [
    EmployeeHired(employee="E1", hired_on=NOW.date(), branch="SH", post="seller"),
    PlanAdopted(
        plan="selling",
        effective_from=dt.date(2025, 1, 1),
        document=DRAWING,
        document_hash=document_hash(DRAWING),
        approver="boss",
    ),
]
GIVEN_UP = BalanceWrittenOff(
    employee="E1",
    plan="selling",
    account="advance",
    amount_minor=500_00,
    currency="CNY",
    reason="left the country",
    approver="boss",
)


def take(fact: BalanceWrittenOff, actor: str = "payroll") -> None:
    known = Known()
    known.fold([(at, each, tags_of(each)) for at, each in enumerate(BEFORE, start=1)])
    decide(fact, NOW, known, Asked(actor, NOW, NOW.date()))


def test_two_others_give_up_what_is_owed() -> None:
    take(GIVEN_UP)
    take(msgspec.structs.replace(GIVEN_UP, account="negative_balance"))


@pytest.mark.parametrize(
    ("changes", "actor", "refusal", "field"),
    [
        ({}, "boss", SecondPersonNeeded, "data.approver"),
        ({}, "E1", SecondPersonNeeded, "data.approver"),
        ({"approver": "E1"}, "payroll", SecondPersonNeeded, "data.approver"),
        ({"employee": "E9"}, "payroll", UnknownEmployee, "data.employee"),
        ({"plan": "buying"}, "payroll", UnknownPlan, "data.plan"),
        ({"account": "clients"}, "payroll", BadField, "data.account"),
        ({"currency": "USD"}, "payroll", BadField, "data.currency"),
    ],
)
def test_all_else_is_refused(changes: dict[str, str], actor: str, refusal: type[Refusal], field: str) -> None:
    with pytest.raises(refusal) as refused:
        take(msgspec.structs.replace(GIVEN_UP, **changes), actor)
    assert refused.value.field == field
