"""What may enter the journal and what may not, on both sides of each rule."""

import datetime as dt

import msgspec
import pytest

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.activity import ActivityRecorded
from domain.facts.base import Fact
from domain.facts.credits import CreditPart
from domain.facts.governance import BranchOpened, FactConfirmed, FactVoided, LedgerOpened, PeriodClosed
from domain.facts.people import AssistantAssigned, EmployeeHired, EmployeeLeft, LeaveTaken
from domain.facts.selling import DealClosed, DealReversed, VisitRecorded

NOON = dt.datetime(2025, 4, 2, 4, tzinfo=dt.UTC)
ASKED = Asked(actor="hr", now=NOON, today=dt.date(2025, 4, 2))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def hired(employee: str = "E1", on: str = "2025-01-06", branch: str = "BJ") -> EmployeeHired:
    return EmployeeHired(employee=employee, hired_on=day(on), branch=branch, post="seller")


def left(on: str) -> EmployeeLeft:
    return EmployeeLeft(employee="E1", left_on=day(on), cause="stress")


def deal(deal: str = "D1", amount: int = 10_000) -> DealClosed:
    return DealClosed(employee="E1", customer="C1", deal=deal, amount_minor=amount, currency="CNY")


def back(amount: int, currency: str = "CNY", deal: str = "D1") -> DealReversed:
    return DealReversed(employee="E1", customer="C1", deal=deal, amount_minor=amount, currency=currency)


def parts(*given: tuple[str, str | int | None], role: str = "seller") -> list[CreditPart]:
    return [
        CreditPart(
            employee=employee,
            role=role,
            share=much if isinstance(much, str) else None,
            amount_minor=much if isinstance(much, int) else None,
        )
        for employee, much in given
    ]


def shared(*given: tuple[str, str | int | None], role: str = "seller") -> DealClosed:
    return msgspec.structs.replace(deal(), credits=parts(*given, role=role))


def worked(*given: tuple[str, str | int | None]) -> ActivityRecorded:
    return ActivityRecorded(employee="E1", kind="operation", credits=parts(*given))


def assisted(by: str | None) -> AssistantAssigned:
    return AssistantAssigned(employee="E1", assistant=by, effective_on=day("2025-02-01"))


def split_back(*given: tuple[str, str | int | None]) -> DealReversed:
    return msgspec.structs.replace(back(1), credits=parts(*given))


def away(from_on: str, until_on: str) -> LeaveTaken:
    return LeaveTaken(employee="E1", kind="sick", from_on=day(from_on), until_on=day(until_on))


def void(position: int) -> FactVoided:
    return FactVoided(position=position, reason="written in error")


def closed(period: str) -> PeriodClosed:
    return PeriodClosed(
        period=period,
        known_at=1,
        statements_digest="0" * 64,
        statements=0,
        currency="CNY",
        plans=[],
        engine="1",
    )


BEIJING = BranchOpened(branch="BJ", title="Beijing", opened_on=dt.date(2020, 1, 1))
VISIT = VisitRecorded(employee="E1", customer="H1")
HERE = (BEIJING, hired())
TWO = (*HERE, hired("E2"))


def refused(history: tuple[Fact, ...], fact: Fact) -> type[Exception] | None:
    """What refuses `fact` after `history` at positions 1, 2, 3 …; None if it passes."""
    known = Known()
    known.fold((position, told, ()) for position, told in enumerate(history, 1))
    try:
        decide(fact, NOON, known, ASKED)
    except refusals.Refusal as refusal:
        assert refusal.detail and refusal.remedy
        return type(refusal)
    return None


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        ((), hired(), refusals.UnknownBranch),
        ((BEIJING,), hired(), None),
        (HERE, hired(), refusals.AlreadyHired),
        ((*HERE, left("2025-02-01")), hired(on="2025-02-01"), refusals.HasLeft),
        ((*HERE, left("2025-02-01")), hired(on="2025-02-02"), None),
        ((*HERE, void(2)), hired(), None),
        ((*HERE, left("2025-02-01")), left("2025-02-02"), refusals.HasLeft),
        (HERE, left("2025-01-05"), refusals.BadField),
        (HERE, left("2025-01-06"), None),
        ((BEIJING,), VISIT, refusals.UnknownEmployee),
        (HERE, VISIT, None),
        (HERE, away("2025-03-02", "2025-03-01"), refusals.BadField),
        (HERE, away("2025-03-01", "2025-03-01"), None),
        (HERE, deal(), None),
        ((*HERE, deal()), deal(), refusals.DealAlreadyClosed),
        ((*HERE, deal(), void(3)), deal(), None),
        (HERE, back(1), refusals.UnknownDeal),
        ((*HERE, deal()), back(10_000), None),
        ((*HERE, deal()), back(10_001), refusals.ReversalTooLarge),
        ((*HERE, deal(), back(4_000)), back(6_000), None),
        ((*HERE, deal(), back(4_000)), back(6_001), refusals.ReversalTooLarge),
        ((*HERE, deal()), back(1, currency="USD"), refusals.BadField),
        (HERE, shared(("E1", "60 %")), refusals.SharesUnsettled),
        (HERE, shared(("E1", "100 %")), None),
        (HERE, shared(("E1", "99.999999999 %")), refusals.SharesUnsettled),
        (TWO, shared(("E1", "60 %"), ("E2", "40 %")), None),
        (TWO, shared(("E1", "60 %"), ("E2", "40.1 %")), refusals.SharesUnsettled),
        (TWO, shared(("E1", "100 %"), ("E2", "0 %")), refusals.SharesUnsettled),
        (TWO, shared(("E1", "60 %"), ("E1", "40 %")), refusals.SharesUnsettled),
        (TWO, shared(("E1", "100 %"), ("E2", 10_000)), None),
        (TWO, shared(("E1", "100 %"), ("E2", 10_001)), refusals.SharesUnsettled),
        (TWO, shared(("E1", 10_000)), refusals.SharesUnsettled),
        (TWO, shared(("E1", "100 %"), ("E2", None)), refusals.SharesUnsettled),
        (TWO, shared(("E1", "100 %"), role="sole"), refusals.SharesUnsettled),
        (HERE, shared(("E1", "60 %"), ("E9", "40 %")), refusals.UnknownEmployee),
        (TWO, worked(("E1", "60 %"), ("E2", "40 %")), None),
        (TWO, worked(("E1", "100 %"), ("E2", 1)), refusals.SharesUnsettled),
        ((*TWO, shared(("E1", "60 %"), ("E2", "40 %"))), back(1), None),
        ((*TWO, shared(("E1", "60 %"), ("E2", "40 %"))), split_back(("E1", "60 %"), ("E2", "40 %")), None),
        (
            (*TWO, shared(("E1", "60 %"), ("E2", "40 %"))),
            split_back(("E1", "50 %"), ("E2", "50 %")),
            refusals.SharesUnsettled,
        ),
        ((*HERE, deal()), split_back(("E1", "100 %")), refusals.SharesUnsettled),
        (HERE, assisted(by="E9"), refusals.UnknownEmployee),
        (HERE, assisted(by=None), None),
        (HERE, void(9), refusals.UnknownFact),
        (HERE, void(1), refusals.NotVoidable),
        ((*HERE, VISIT), void(3), None),
        ((*HERE, VISIT, void(3)), void(3), refusals.AlreadyVoided),
        ((*HERE, VISIT, void(3)), void(4), refusals.NotVoidable),
        ((*HERE, VISIT), FactConfirmed(position=3, role="production"), None),
        ((*HERE, VISIT), FactConfirmed(position=2, role="production"), refusals.NotConfirmable),
        ((*HERE, VISIT, void(3)), FactConfirmed(position=3, role="rd"),
         refusals.NotConfirmable),
        ((), closed("2025-03"), None),
        ((), closed("2025-04"), refusals.PeriodNotOver),
        ((closed("2025-02"),), closed("2025-03"), None),
        ((closed("2025-03"),), closed("2025-03"), refusals.PeriodAlreadyClosed),
        ((closed("2025-01"),), closed("2025-03"), refusals.PeriodOutOfOrder),
        ((), LedgerOpened(name="Huikang"), None),
        ((LedgerOpened(name="Huikang"),), LedgerOpened(name="Huikang"), refusals.BadField),
        ((), LedgerOpened(name="Huikang", currency="XXX"), refusals.BadField),
        ((), LedgerOpened(name="Huikang", zone="Asia/Shanghia"), refusals.BadField),
        ((), LedgerOpened(name="Huikang", zone="../etc/passwd"), refusals.BadField),
    ],
)  # fmt: skip
def test_a_rule_refuses_or_lets_pass(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected


@pytest.mark.parametrize(
    ("ahead", "passes"), [(dt.timedelta(days=1), True), (dt.timedelta(days=1, seconds=1), False)]
)
def test_a_fact_may_be_a_day_ahead_of_our_clock(ahead: dt.timedelta, passes: bool) -> None:
    known = Known()
    if passes:
        decide(BEIJING, NOON + ahead, known, ASKED)
    else:
        with pytest.raises(refusals.BadInstant):
            decide(BEIJING, NOON + ahead, known, ASKED)


def test_what_was_assumed_is_forgotten_again() -> None:
    known = Known()
    known.fold([(1, BEIJING, ()), (2, hired(), ()), (3, deal(), ())])
    before = (set(known.employees), dict(known.employed), dict(known.deals), known.last_closed)
    mark = known.mark()
    for fact in (hired("E2"), left("2025-03-01"), back(500), deal("D2"), closed("2025-01")):
        known.apply(fact)
    known.rollback(mark)
    assert (known.employees, known.employed, known.deals, known.last_closed) == before
