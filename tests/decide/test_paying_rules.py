"""A run is closed, approved, released, paid; pay is held, inquiries are settled: each rule on both sides."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from decide.test_decide import HERE, NOON, deal, void
from decide.test_plan_life_rules import adopted

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.governance import PeriodClosed
from domain.facts.inquiries import InquiryAnswered, InquiryOpened, InquiryResolved
from domain.facts.runs import HoldReleased, PayHeld, PaymentConfirmed, RunApproved, RunReleased

MARCH, DIGEST = "2025-03", "ab" * 32
CLOSER = "closer"


def closed(period: str = MARCH) -> PeriodClosed:
    return PeriodClosed(
        period=period,
        known_at=2,
        statements_digest=DIGEST,
        statements=1,
        currency="CNY",
        plans=[],
        engine="m",
    )


def approved(approver: str = "boss", digest: str = DIGEST, period: str = MARCH) -> RunApproved:
    return RunApproved(period=period, statements_digest=digest, approver=approver)


def released(digest: str = DIGEST) -> RunReleased:
    return RunReleased(period=MARCH, statements_digest=digest)


def held(hold: str = "H1", **fields: Any) -> PayHeld:
    said: dict[str, Any] = {"employee": "E1", "scope": "person", "reason": "disputed"}
    return PayHeld(hold=hold, **said | fields)


def let_go(hold: str = "H1", employee: str = "E1") -> HoldReleased:
    return HoldReleased(hold=hold, employee=employee, reason="settled")


def paid(amount_minor: int = 5_000, currency: str = "CNY", period: str = MARCH) -> PaymentConfirmed:
    return PaymentConfirmed(
        period=period,
        employee="E1",
        amount_minor=amount_minor,
        currency=currency,
        paid_on=dt.date(2025, 4, 10),
        reference="B-1",
    )


def opened(inquiry: str = "Q1", **fields: Any) -> InquiryOpened:
    said: dict[str, Any] = {"employee": "E1", "period": MARCH, "kind": "question", "note": "Why?"}
    return InquiryOpened(inquiry=inquiry, **said | fields)


def answered(inquiry: str = "Q1", employee: str = "E1") -> InquiryAnswered:
    return InquiryAnswered(inquiry=inquiry, employee=employee, note="Because.")


def resolved(outcome: Any = "rejected", **fields: Any) -> InquiryResolved:
    return InquiryResolved(inquiry="Q1", employee="E1", outcome=outcome, **fields)


def refused(history: Iterable[Fact], fact: Fact, actor: str = "hr") -> type[Exception] | None:
    """The refusal of `fact` after `history`, whose months were closed by CLOSER."""
    known, told = Known(), list(history)
    known.fold((position, each, ()) for position, each in enumerate(told, 1))
    known.actors = {at: CLOSER if isinstance(each, PeriodClosed) else "hr" for at, each in enumerate(told, 1)}
    try:
        decide(fact, NOON, known, Asked(actor, NOON, NOON.date()))
    except refusals.Refusal as refusal:
        assert refusal.field.startswith("data.") and refusal.remedy, refusal
        return type(refusal)
    return None


CLOSED = (*HERE, closed())
APPROVED = (*CLOSED, approved())
RELEASED = (*APPROVED, released())


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, approved(), refusals.RunNotReady),
        (CLOSED, approved(), None),
        (CLOSED, approved(period="2025-04"), refusals.RunNotReady),
        (CLOSED, approved(CLOSER), refusals.SecondPersonNeeded),
        (CLOSED, approved(digest="cd" * 32), refusals.NotThatRun),
        (APPROVED, approved(), refusals.RunBeyond),
        ((*APPROVED, void(4)), approved(), None),
        (HERE, released(), refusals.RunNotReady),
        (CLOSED, released(), refusals.RunNotReady),
        (APPROVED, released(), None),
        (APPROVED, released("cd" * 32), refusals.NotThatRun),
        ((*APPROVED, void(4)), released(), refusals.RunNotReady),
        (RELEASED, released(), refusals.RunBeyond),
        (RELEASED, approved(), refusals.RunBeyond),
        (RELEASED, void(4), refusals.NotVoidable),
        (RELEASED, void(5), None),
        ((*RELEASED, void(5)), void(4), None),
        ((*RELEASED, paid()), void(5), refusals.NotVoidable),
        ((*RELEASED, paid(), void(6)), void(5), None),
        (APPROVED, paid(), refusals.RunNotReady),
        (RELEASED, paid(), None),
        (RELEASED, paid(-100), None),
        (RELEASED, paid(0), refusals.BadField),
        (RELEASED, paid(currency="ABC"), refusals.BadField),
        (RELEASED, paid(period="2025-04"), refusals.RunNotReady),
    ],
)  # fmt: skip
def test_a_run_goes_step_by_step(
    history: tuple[Fact, ...], fact: Fact, expected: type[Exception] | None
) -> None:
    assert refused(history, fact) is expected


def test_who_closed_a_month_does_not_record_its_approval_either() -> None:
    assert refused(CLOSED, approved(), actor=CLOSER) is refusals.SecondPersonNeeded


def test_a_void_about_an_older_run_leaves_the_last_closed_month_alone() -> None:
    known = Known()
    history = (*RELEASED, closed("2025-04"))
    known.fold((position, fact, ()) for position, fact in enumerate(history, 1))
    known.apply(void(5))
    assert str(known.last_closed) == "2025-04"
    assert [fact.TYPE for _, fact in known.told("run", MARCH)] == ["period_closed", "run_approved"]


SOLD = (*HERE, deal())
PLANNED = (*HERE, adopted(None))
HELD = (*HERE, held())


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, held(), None),
        (HELD, held(), refusals.HoldExists),
        ((*HELD, void(3)), held(), None),
        (HERE, held(deal="D1"), refusals.BadField),
        (HERE, held(scope="deal"), refusals.BadField),
        (HERE, held(scope="deal", deal="D1"), refusals.UnknownDeal),
        (SOLD, held(scope="deal", deal="D1"), None),
        (PLANNED, held(scope="line", plan="selling"), refusals.BadField),
        (HERE, held(scope="line", plan="selling", component="c"), refusals.UnknownPlan),
        (PLANNED, held(scope="line", plan="selling", component="c"), None),
        (RELEASED, held(period=MARCH), refusals.RunBeyond),
        (APPROVED, held(period=MARCH), None),
        (RELEASED, held(), None),
        (HELD, let_go(), None),
        (HERE, let_go(), refusals.UnknownHold),
        (HELD, let_go("H9"), refusals.UnknownHold),
        ((*HELD, let_go()), let_go(), refusals.HoldOver),
        ((*HELD, let_go()), void(3), refusals.NotVoidable),
        ((*HELD, let_go(), void(4)), let_go(), None),
        (HELD, void(3), None),
    ],
)  # fmt: skip
def test_pay_is_held_and_let_go_once(
    history: tuple[Fact, ...], fact: Fact, expected: type[Exception] | None
) -> None:
    assert refused(history, fact) is expected


ASKED = (*HERE, opened())


@pytest.mark.parametrize(
    ("history", "fact", "actor", "expected"),
    [
        (HERE, opened(), "E1", None),
        (ASKED, opened(), "E1", refusals.InquiryExists),
        (HERE, opened(expected_minor=5, expected_count="1"), "E1", refusals.BadField),
        (HERE, opened(plan="selling"), "E1", refusals.BadField),
        (HERE, opened(plan="selling", component="c", expected_count="1/2"), "E1", None),
        (HERE, answered(), "hr", refusals.UnknownInquiry),
        (ASKED, answered("Q9"), "hr", refusals.UnknownInquiry),
        (ASKED, answered(), "hr", None),
        (ASKED, answered(), "E1", refusals.SecondPersonNeeded),
        ((*ASKED, answered()), answered(), "hr", None),
        (ASKED, resolved(), "hr", None),
        (ASKED, resolved(), "E1", refusals.SecondPersonNeeded),
        (ASKED, resolved("upheld", corrections=[2]), "hr", None),
        (ASKED, resolved("upheld", corrections=[2, 9]), "hr", refusals.UnknownFact),
        ((*SOLD, opened(), void(3)), resolved("upheld", corrections=[3]), "hr", refusals.UnknownFact),
        (ASKED, resolved("rejected", corrections=[2]), "hr", refusals.BadField),
        (ASKED, resolved("withdrawn"), "E1", None),
        (ASKED, resolved("withdrawn"), "hr", refusals.SignatureNeeded),
        (ASKED, resolved("withdrawn", signature="HR 7"), "hr", None),
        ((*ASKED, resolved()), answered(), "hr", refusals.InquirySettled),
        ((*ASKED, resolved()), resolved(), "hr", refusals.InquirySettled),
        ((*ASKED, resolved(), void(4)), resolved(), "hr", None),
        ((*ASKED, answered()), void(3), "hr", refusals.NotVoidable),
        ((*ASKED, answered()), void(4), "hr", None),
    ],
)  # fmt: skip
def test_an_inquiry_is_answered_by_others_and_settled_once(
    history: tuple[Fact, ...], fact: Fact, actor: str, expected: type[Exception] | None
) -> None:
    assert refused(history, fact, actor) is expected
