"""Old and new results side by side before the old system is switched off."""

from pathlib import Path

import pytest

from api.dual_run import PayDifference, dual_run
from api.importing import Unusable
from projections.payroll import PayrollRun
from projections.reconciling import RunStanding
from projections.run_totals import PayrollTotal

PAID = {"E1": 600_00, "E2": 450_00, "E3": 0}


@pytest.fixture
def run() -> PayrollRun:
    return PayrollRun(
        period="2025-03",
        state="closed",
        known_at=9,
        closed_position=10,
        statements_digest="0" * 64,
        engine="meritbook 1",
        run=RunStanding(state="closed"),
        plans=(),
        sums=(),
        holds=(),
        rows=(),
        totals=tuple(
            PayrollTotal(
                employee=employee,
                name=None,
                branch=None,
                amount_minor=minor,
                amount="",
                currency="CNY",
                statement_digest="",
                held_minor=0,
                payable_minor=minor,
                payable="",
                previous_minor=None,
                difference_minor=None,
            )
            for employee, minor in PAID.items()
        ),
    )


def old(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    file = tmp_path / "old.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.rule("R25")
def test_who_is_paid_differently_is_listed_with_both_amounts(run: PayrollRun, tmp_path: Path) -> None:
    """E1's two rows add up to the same; E2 differs by a cent; E3 and E4 are known to one side only."""
    file = old(tmp_path, '工号,奖金\nE1,500\nE1,"100.00"\nE2,450.01\nE4,10\n', "gb18030")
    found = dual_run(run, file, "工号", "奖金", "CNY")
    assert (found.equal, found.theirs_minor, found.ours_minor) == (1, 1060_01, 1050_00)
    assert found.differences == [
        PayDifference(employee="E2", theirs_minor=450_01, ours_minor=450_00),
        PayDifference(employee="E3", theirs_minor=None, ours_minor=0),
        PayDifference(employee="E4", theirs_minor=10_00, ours_minor=None),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("employee,pay\nE1,1\n", "no column 'amount'"),
        ("employee,amount\nE1,1.005\n", "Line 2"),
        ("employee,amount\nE1,a lot\n", "Line 2"),
        ("employee,amount\nE1\n", "Line 2"),
    ],
)
def test_a_file_that_cannot_be_compared_is_refused(
    run: PayrollRun, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(Unusable, match=said):
        dual_run(run, old(tmp_path, text), "employee", "amount", "CNY")
