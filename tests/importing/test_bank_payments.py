"""The bank's answer becomes confirmed payments, once, with whatever came back, by the example mapping."""

import json
from pathlib import Path
from shutil import copy

import pytest
from firm import Firm

EXAMPLES = Path(__file__).parents[2] / "examples" / "payroll"
DIGEST = "0" * 64


@pytest.fixture
def released(firm: Firm) -> Firm:
    """March is released, by test and boss; E3 works here as well."""
    firm.tell("employee_hired", employee="E3", hired_on="2020-01-01", branch="BJ", post="seller")
    firm.tell(
        "period_closed", period="2025-03", known_at=1, statements_digest=DIGEST, statements=3, currency="CNY",
        plans=[], engine="test",
    )  # fmt: skip
    for name in EXAMPLES.iterdir():
        copy(name, firm.folder)
    return firm


def test_payments_of_a_released_run_are_confirmed_once(released: Firm) -> None:
    file = released.folder / "bank_payments_2025-03.csv"
    early = released.take(file).files[0]
    assert (early.stored, {fault.kind for fault in early.faults}) == (0, {"run-not-ready"})
    released.tell_by("boss", "run_approved", period="2025-03", statements_digest=DIGEST, approver="boss")
    released.tell("run_released", period="2025-03", statements_digest=DIGEST)
    for stored, hits in ((3, 0), (0, 3)):
        [taken] = released.take(file).files
        assert (taken.stored, taken.hits, taken.reconciled) == (stored, hits, True)
    told = [json.loads(text) for _, text in released.told("payment_confirmed")]
    assert [(said["employee"], said["amount_minor"]) for said in told] == [
        ("E1", 90_00), ("E2", 50_00), ("E2", -50_00),
    ]  # fmt: skip
