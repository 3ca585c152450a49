"""The payroll run: rows that sum to the statements, under names that stay."""

import datetime as dt

import pytest
from book import ENGINE, Book

from domain.facts.people import EmployeeLeft
from domain.period import Period
from projections import closing, payroll
from projections.payroll import PayrollRow

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
PLAN = """
components:
  - {id: clients, title: New clients, clause: "3.1", kind: per_unit, measure: clients, rate: "50.50"}
"""


@pytest.fixture
def firm(book: Book) -> Book:
    """E1 and 王 won a client each in March, which is closed; E1 left, and one more client came late."""
    book.adopt(PLAN)
    book.hire("王", name="王芳", branch="BJ")
    book.register("C1")
    book.register("C2", employee="王")
    book.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 3, 31), cause="family"))
    book.close()
    book.register("C3")
    return book


def run(book: Book, period: Period, known_at: int | None = None) -> payroll.PayrollRun:
    with book.cursor() as cursor:
        return payroll.run(cursor, period, known_at, engine=ENGINE)


@pytest.mark.rule("R30")
def test_a_closed_run_is_its_frozen_statements(firm: Book) -> None:
    """One row a line, with all that payroll needs to pay it and to find it again."""
    told = run(firm, MARCH)
    assert (told.state, told.closed_position) == ("closed", firm.journal.head() - 1)
    slip = firm.payslip("王")
    assert slip is not None
    assert told.rows[1] == PayrollRow(
        period="2025-03", employee="王", name="王芳", branch="BJ", plan="selling", component="clients",
        clause="3.1", about_period="2025-03", amount_minor=5_050, amount="50.50", currency="CNY",
        statement_digest=slip.digest, state="closed", plan_hash=slip.plans[0].document_hash,
        known_at=slip.known_at, closed_position=slip.closed_position, engine=ENGINE, line=1,
        run_state="closed", held=False, hold_ids="", payable_minor=5_050, payable="50.50",
    )  # fmt: skip
    assert (told.engine, told.plans) == (ENGINE, slip.plans)
    assert [(total.employee, total.amount) for total in told.totals] == [("E1", "50.50"), ("王", "50.50")]


def test_names_and_order_of_the_columns_stay() -> None:
    """Whoever reads the files relies on them."""
    assert PayrollRow.__struct_fields__ == (
        "period", "employee", "name", "branch", "plan", "component", "clause", "about_period", "amount_minor",
        "amount", "currency", "statement_digest", "state", "plan_hash", "known_at", "closed_position",
        "engine", "line", "run_state", "held", "hold_ids", "payable_minor", "payable",
    )  # fmt: skip


def test_an_open_run_is_the_close_to_come(firm: Book) -> None:
    """What is shown before the close is what the close freezes, deltas of leavers included."""
    before = run(firm, APRIL)
    assert [(row.employee, row.branch, row.about_period, row.amount, row.state) for row in before.rows] == [
        ("E1", "SH", "2025-03", "50.50", "open"),
        ("王", "BJ", "2025-04", "0.00", "open"),
    ]
    firm.close("2025-04")
    after = run(firm, APRIL)
    assert (after.statements_digest, after.totals) == (before.statements_digest, before.totals)
    assert [(x.previous_minor, x.difference_minor) for x in after.totals] == [(5_050, 0), (5_050, -5_050)]
    assert [row.state for row in after.rows] == ["closed", "closed"]


def test_totals_are_the_sums_of_rows(firm: Book) -> None:
    """Per person, and in all what the close said."""
    told = run(firm, MARCH)
    for total in told.totals:
        assert total.amount_minor == sum(r.amount_minor for r in told.rows if r.employee == total.employee)
    with firm.cursor() as cursor:
        made = closing.compute(cursor, MARCH, told.known_at)
    assert sum(total.amount_minor for total in told.totals) == made.total_minor
    assert told.statements_digest == made.digest


def test_before_the_close_the_run_was_open(firm: Book) -> None:
    """As known at a position before the close, the run is what it was then."""
    told = run(firm, MARCH, known_at=6)
    assert (told.state, told.known_at, told.closed_position) == ("open", 6, None)
