"""Two persons make a change: one proposes it, another approves exactly that or refuses it, once, in time."""

import datetime as dt
from typing import Any

import pytest
from decide.test_account_rules import BEFORE, GIVEN_UP
from msgspec.structs import replace

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.decide.proposed import ChangeNotProposed
from domain.facts.base import Fact
from domain.facts.changes import ChangeProposed, ChangeRefused
from domain.facts.erasure import SubjectErased
from domain.facts.governance import FactVoided
from domain.facts.people import EmployeeLeft
from domain.facts.registry import tags_of

NOW = dt.datetime(2025, 4, 1, 9, tzinfo=dt.UTC)
AT = len(BEFORE) + 1
CHANGE: dict[str, Any] = {
    "employee": "E1", "plan": "selling", "account": "advance", "amount_minor": 500_00, "currency": "CNY",
    "reason": "left the country",
}  # fmt: skip
PROPOSED = ChangeProposed(changes="balance_written_off", change=CHANGE, employee="E1")
ASKED = (*BEFORE, PROPOSED)
REFUSED = ChangeRefused(proposal=AT, changes="balance_written_off", reason="too early", employee="E1")
WITHDRAWN = FactVoided(position=AT, reason="not wanted any more")
ERASURE = ChangeProposed(
    changes="subject_erased", change={"employee": "E1", "reason": "asked for it"}, employee="E1"
)
LEFT = EmployeeLeft(employee="E1", left_on=dt.date(2025, 3, 1), cause="resignation")


def approved(by: str = "li", at: int = AT, **more: Any) -> Fact:
    return replace(GIVEN_UP, approver=by, proposal=at, **more)


def erased(by: str, at: int, **more: Any) -> Fact:
    return SubjectErased(employee="E1", reason="asked for it", approver=by, proposal=at, **more)


def answer(
    history: tuple[Fact, ...], fact: Fact, actor: str, days: int = 0, proposer: str = "wang"
) -> refusals.Refusal | None:
    """The refusal of `fact` by `actor`, so many days after the history, which `proposer` wrote."""
    known = Known()
    known.fold((position, each, tags_of(each)) for position, each in enumerate(history, 1))
    known.actors = dict.fromkeys(range(1, len(history) + 1), proposer)
    known.days = dict.fromkeys(range(1, len(history) + 1), NOW.date())
    known.employees.add("E1")
    now = NOW + dt.timedelta(days=days)
    try:
        decide(fact, now, known, Asked(actor, now, now.date()))
    except refusals.Refusal as refusal:
        assert refusal.field.startswith("data.") and refusal.detail and refusal.remedy, refusal
        return refusal
    return None


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("history", "fact", "actor", "expected"),
    [
        (ASKED, approved(), "li", None),
        (ASKED, approved("wang"), "wang", refusals.SecondPersonNeeded),
        (ASKED, approved("account:wang"), "account:wang", refusals.SecondPersonNeeded),
        (ASKED, approved("zhao"), "li", refusals.SecondPersonNeeded),
        (ASKED, approved("E1"), "E1", refusals.SecondPersonNeeded),
        (ASKED, approved(amount_minor=500_01), "li", ChangeNotProposed),
        (ASKED, approved(at=1), "li", ChangeNotProposed),
        (ASKED, approved(at=AT + 1), "li", ChangeNotProposed),
        ((*ASKED, WITHDRAWN), approved(), "li", ChangeNotProposed),
        ((*ASKED, REFUSED), approved(), "li", ChangeNotProposed),
        ((*ASKED, approved()), approved("zhao"), "zhao", ChangeNotProposed),
        ((*ASKED, approved(), FactVoided(position=AT + 1, reason="x")), approved(), "li",
         ChangeNotProposed),
        (ASKED, REFUSED, "li", None),
        (ASKED, REFUSED, "wang", refusals.SecondPersonNeeded),
        (ASKED, replace(REFUSED, employee=None), "li", refusals.BadField),
        (ASKED, replace(REFUSED, changes="override_set"), "li", refusals.BadField),
        ((*ASKED, approved()), REFUSED, "li", ChangeNotProposed),
        (ASKED, WITHDRAWN, "wang", None),
        ((*BEFORE, LEFT, ERASURE), erased("li", AT + 1), "li", None),
        ((*BEFORE, LEFT, ERASURE), erased("li", AT + 1, key_fingerprint="ab" * 32), "li", None),
        ((*BEFORE, LEFT, ERASURE), erased("wang", AT + 1), "wang", refusals.SecondPersonNeeded),
    ],
)  # fmt: skip
def test_a_second_person_approves_exactly_what_was_proposed(
    history: tuple[Fact, ...], fact: Fact, actor: str, expected: type[Exception] | None
) -> None:
    found = answer(history, fact, actor)
    assert (None if found is None else type(found)) is expected, found


@pytest.mark.rule("R88")
@pytest.mark.parametrize("fact", [approved(), REFUSED], ids=["approval", "refusal"])
def test_a_proposal_is_answered_within_thirty_days(fact: Fact) -> None:
    assert answer(ASKED, fact, "li", days=30) is None
    late = answer(ASKED, fact, "li", days=31)
    assert isinstance(late, ChangeNotProposed)
    assert late.detail == f"The proposal at position {AT} lapsed after 2025-05-01."


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("fact", "actor", "expected", "field"),
    [
        (PROPOSED, "wang", None, ""),
        (PROPOSED, "E1", refusals.SecondPersonNeeded, "data.approver"),
        (replace(PROPOSED, employee=None), "wang", refusals.BadField, "data.employee"),
        (replace(PROPOSED, customer="C1"), "wang", refusals.BadField, "data.customer"),
        (replace(PROPOSED, change={**CHANGE, "approver": "li"}), "wang", refusals.BadField,
         "data.change.approver"),
        (replace(PROPOSED, change={**CHANGE, "amount_minor": -1}), "wang", refusals.BadField,
         "data.change.amount_minor"),
        (replace(PROPOSED, change={**CHANGE, "account": "none"}), "wang", refusals.BadField, "data.account"),
        (ERASURE, "wang", refusals.StillHere, "data.employee"),
    ],
)  # fmt: skip
def test_what_could_not_be_done_is_not_proposed(
    fact: Fact, actor: str, expected: type[Exception] | None, field: str
) -> None:
    found = answer(tuple(BEFORE), fact, actor)
    assert (None if found is None else type(found)) is expected, found
    assert (found.field if found else "") == field
