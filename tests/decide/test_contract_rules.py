"""R45: a contract goes its way step by step; what is out of order or done twice is refused."""

import pytest
from decide.test_decide import HERE, refused, void

from domain import refusals
from domain.facts.assisting import (
    ContractPassed,
    ContractReturned,
    ContractTold,
    ContractUploaded,
    LeadReceived,
    Review,
)
from domain.facts.base import Fact


def uploaded(contract: str = "K1", employee: str = "E1") -> ContractUploaded:
    return ContractUploaded(employee=employee, contract=contract)


def passed(kind: Review, employee: str = "E1") -> ContractPassed:
    return ContractPassed(employee=employee, contract="K1", kind=kind)


def returned(kind: Review) -> ContractReturned:
    return ContractReturned(employee="E1", contract="K1", kind=kind, reason="wrong name")


TOLD = ContractTold(employee="E1", contract="K1")
UP = (*HERE, uploaded())
LEGAL = (*UP, passed("legal"))
BOTH = (*LEGAL, passed("finance"))
DONE = (*BOTH, TOLD)
TAKEN, MISSING, UNKNOWN = (
    refusals.ContractStepTaken,
    refusals.ContractStepMissing,
    refusals.UnknownContract,
)


@pytest.mark.rule("R45")
@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, uploaded(), None),
        (HERE, passed("legal"), UNKNOWN),
        (HERE, TOLD, UNKNOWN),
        (UP, uploaded(), TAKEN),
        (UP, uploaded("K2"), None),
        (UP, passed("legal"), None),
        (UP, returned("legal"), None),
        (UP, passed("finance"), MISSING),
        (UP, returned("finance"), MISSING),
        (UP, TOLD, MISSING),
        (LEGAL, uploaded(), TAKEN),
        (LEGAL, passed("legal"), TAKEN),
        (LEGAL, returned("legal"), TAKEN),
        (LEGAL, passed("finance"), None),
        (LEGAL, returned("finance"), None),
        (LEGAL, TOLD, MISSING),
        (BOTH, passed("finance"), TAKEN),
        (BOTH, TOLD, None),
        (DONE, TOLD, TAKEN),
        (DONE, uploaded(), TAKEN),
        ((*LEGAL, returned("finance")), passed("finance"), MISSING),
        ((*LEGAL, returned("finance")), uploaded(), None),
        ((*LEGAL, returned("finance"), uploaded()), passed("finance"), MISSING),
        ((*LEGAL, returned("finance"), uploaded()), passed("legal"), None),
        (UP, passed("legal", employee="E9"), refusals.UnknownEmployee),
        (LEGAL, void(3), refusals.NotVoidable),
        ((*LEGAL, void(4)), passed("legal"), None),
        ((*UP, void(3)), passed("legal"), UNKNOWN),
    ],
)
def test_a_contract_takes_the_step_that_is_due(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected


def lead(**more: object) -> LeadReceived:
    return LeadReceived(employee="E1", lead="L1", customer="C1", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, lead(), None),
        (HERE, lead(amount_minor=100, currency="CNY"), None),
        (HERE, lead(amount_minor=100), refusals.BadField),
        (HERE, lead(currency="CNY"), refusals.BadField),
        ((*HERE, lead()), lead(), refusals.LeadExists),
        ((*HERE, lead(), void(3)), lead(), None),
    ],
)
def test_a_lead_comes_in_once(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected
