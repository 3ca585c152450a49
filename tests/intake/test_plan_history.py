"""Which version of a plan the rules on overrides, targets and ends look at: the live one that holds."""

from typing import Any
from uuid import uuid4

import pytest
from given import NOW
from given_plan import document

from api.intake import Intake, Refused, Submission
from domain.journal.append import Journal
from domain.plan.parse import document_hash, plan_document

OPEN = "parameters: {aim: {value: 2, open: {to: [branch]}}}"
SHUT = "parameters: {aim: {value: 2}}"


@pytest.fixture
def intake(journal: Journal) -> Intake:
    intake = Intake(journal)
    bring(intake, "ledger_opened", name="firm")
    bring(intake, "branch_opened", branch="SH", title="Shanghai", opened_on="2020-01-01")
    bring(intake, "employee_hired", employee="E1", hired_on="2025-01-06", branch="SH", post="seller")
    return intake


def bring(intake: Intake, tag: str, **said: Any) -> int | str:
    """The position of a fact, or the kind of its refusal."""
    told = Submission(type=tag, source="test", key=uuid4().hex, occurred_at=NOW, data=said)
    [outcome] = intake.submit([told], actor="hr", now=NOW, atomic=True)
    return outcome.refusal.kind if isinstance(outcome, Refused) else outcome.position


def adopt(intake: Intake, more: str) -> int | str:
    written = plan_document(document(more))
    terms = {"plan": "selling", "effective_from": written["effective_from"], "approver": "boss"}
    return bring(intake, "plan_adopted", **terms, document=written, document_hash=document_hash(written))


def override(intake: Intake) -> int | str:
    scope = {"level": "branch", "scope": "SH", "effective_from": "2025-03-01"}
    more = {"plan": "selling", "parameter": "aim", "value": "3", "reason": "pilot", "approver": "boss"}
    return bring(intake, "override_set", **scope, **more)


def test_of_two_versions_of_one_day_the_later_says_what_is_open(intake: Intake) -> None:
    assert adopt(intake, SHUT) == 4
    assert override(intake) == "override-not-permitted"
    assert adopt(intake, OPEN) == 5
    assert override(intake) == 6
    assert adopt(intake, SHUT) == 7
    assert override(intake) == "override-not-permitted"


def test_a_voided_version_is_no_plan(intake: Intake) -> None:
    adopt(intake, OPEN)
    bring(intake, "fact_voided", position=4, reason="the wrong file")
    assert override(intake) == "unknown-plan"
    end = {"plan": "selling", "ended_on": "2025-03-31", "reason": "over"}
    assert bring(intake, "plan_ended", **end) == "unknown-plan"
    changed = {"employee": "E1", "target": "clients", "value": "3", "effective_from": "2025-03-01"}
    told = {"reason": "a long leave", "approver": "boss"}
    assert bring(intake, "target_changed", **changed, **told) == "unknown-target"


def test_a_plan_voided_in_a_delivery_cannot_end_in_it(intake: Intake) -> None:
    adopt(intake, OPEN)
    delivery = [
        Submission(type=tag, source="test", key=tag, occurred_at=NOW, data=said)
        for tag, said in (
            ("fact_voided", {"position": 4, "reason": "the wrong file"}),
            ("plan_ended", {"plan": "selling", "ended_on": "2026-12-31", "reason": "over"}),
        )
    ]
    void, end = intake.submit(delivery, actor="hr", now=NOW, atomic=False)
    assert not isinstance(void, Refused)
    assert isinstance(end, Refused) and end.refusal.kind == "unknown-plan"
