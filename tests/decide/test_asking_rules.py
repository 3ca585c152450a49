"""What may happen to an approval, which figures of the market are sound, and which quiet hours."""

from typing import Any

import pytest
from decide.test_decide import HERE, day, refused, void

from domain import refusals
from domain.facts.approvals import ApprovalAsked, ApprovalDecided
from domain.facts.base import Fact
from domain.facts.governance import BranchMerged
from domain.facts.market import MarketPaySurveyed, PayPercentile
from domain.facts.notices import NoticeRulesSet


def asked(approval: str = "A1", **more: Any) -> ApprovalAsked:
    return ApprovalAsked(approval=approval, employee="E1", kind="reimbursement", **more)


def decided(approval: str = "A1", approver: str | None = "boss", **more: Any) -> ApprovalDecided:
    said = {"employee": "E1", "outcome": "approved"} | more
    return ApprovalDecided(approval=approval, approver=approver, **said)


def surveyed(*figures: tuple[int, int], **more: Any) -> MarketPaySurveyed:
    said = {"post": "seller", "surveyed_on": day("2025-03-01"), "surveyed_by": "survey", "currency": "CNY"}
    percentiles = [PayPercentile(percent=percent, amount_minor=minor) for percent, minor in figures]
    return MarketPaySurveyed(percentiles=percentiles, **(said | more))


def quiet(**more: Any) -> NoticeRulesSet:
    return NoticeRulesSet(effective_on=day("2025-03-01"), **more)


OPEN = (*HERE, asked())


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, asked(), None),
        (HERE, asked(amount_minor=100, currency="CNY"), None),
        (HERE, asked(amount_minor=100), refusals.BadField),
        (HERE, asked(amount_minor=100, currency="XXX"), refusals.BadField),
        (OPEN, asked(), refusals.ApprovalExists),
        (OPEN, decided(), None),
        (OPEN, decided("A2"), refusals.UnknownApproval),
        (OPEN, decided(approver="E1"), refusals.SecondPersonNeeded),
        (OPEN, decided(approver=None), refusals.BadField),
        (OPEN, decided(approver=None, outcome="withdrawn"), None),
        (OPEN, decided(outcome="withdrawn"), refusals.BadField),
        ((*OPEN, decided()), decided(), refusals.ApprovalOver),
        ((*OPEN, decided()), void(3), refusals.NotVoidable),
        ((*OPEN, decided(), void(4)), decided(outcome="refused"), None),
        (HERE, surveyed((25, 800), (50, 1000), (75, 1000)), None),
        (HERE, surveyed((50, 1000), (25, 800)), refusals.BadField),
        (HERE, surveyed((25, 1000), (50, 800)), refusals.BadField),
        (HERE, surveyed((50, 1000), currency="XXX"), refusals.BadField),
        (HERE, surveyed((50, 1000), branch="nowhere"), refusals.UnknownBranch),
        (HERE, quiet(), None),
        (HERE, quiet(quiet_from="21:00", quiet_until="08:00"), None),
        (HERE, quiet(quiet_from="21:00"), refusals.BadField),
        (HERE, quiet(quiet_from="08:00", quiet_until="08:00"), refusals.BadField),
    ],
)
def test_what_is_asked_surveyed_and_kept_quiet(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected


@pytest.mark.parametrize(
    ("into", "expected"), [("BJ", refusals.BadField), ("nowhere", refusals.UnknownBranch)]
)
def test_a_branch_is_merged_into_another_that_exists(into: str, expected: type[refusals.Refusal]) -> None:
    merged = BranchMerged(branch="BJ", into=into, effective_on=day("2025-04-01"), reason="as agreed")
    assert refused(HERE, merged) is expected
