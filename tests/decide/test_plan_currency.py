"""A ledger pays in one currency: two on one payslip could not be added up."""

import datetime as dt

import pytest
from given_plan import document

from domain.decide.known import Known
from domain.decide.plans import adopt
from domain.facts.governance import LedgerOpened, PlanAdopted
from domain.plan.parse import document_hash, plan_document
from domain.refusals import PlanRefused


def adopted(currency: str, **more: str) -> PlanAdopted:
    written = plan_document(document(currency=currency, **more))
    return PlanAdopted(
        plan="selling",
        effective_from=dt.date(2025, 1, 1),
        document=written,
        document_hash=document_hash(written),
        approver="boss",
    )


def test_a_plan_pays_in_the_ledgers_currency() -> None:
    """Yuan pass in a ledger of yuan, dollars only where yuan are paid for them."""
    known = Known()
    known.apply(LedgerOpened(name="firm", currency="CNY"), 1)
    adopt(adopted("CNY"), known, "hr")
    with pytest.raises(PlanRefused) as refused:
        adopt(adopted("USD"), known, "hr")
    assert refused.value.field == "data.document.currency"
    assert "pay_currency: CNY" in refused.value.remedy
    adopt(adopted("USD", pay_currency="CNY"), known, "hr")
    with pytest.raises(PlanRefused) as refused:
        adopt(adopted("CNY", pay_currency="USD"), known, "hr")
    assert refused.value.field == "data.document.pay_currency"
