"""Late, voided and corrected facts about closed months: settled in the next one, to the cent."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import OverrideSet, TargetChanged
from domain.facts.people import EmployeeLeft, EmployeePromoted, EmployeeTransferred, LeaveTaken
from domain.facts.selling import ComplianceScored, DealCosted
from domain.period import Period
from projections.late import closed_periods, touched

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
LAST_OF_APRIL = dt.date(2025, 4, 30)
PLAN = """
parameters: {clients_target: {value: 2, open: {to: [branch, team, person]}}}
measures:
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
  clients_this_year: {count: customer_registered, window: year}
targets: {clients: {measure: clients, value: {parameter: clients_target}}}
components:
  - {id: clients, title: New clients, kind: per_unit, measure: clients, rate: 50}
  - {id: met, title: Target met, kind: threshold, target: clients, pays: 200}
"""


@pytest.fixture
def closed(book: Book) -> Book:
    """March is closed; E1 won one client in it."""
    book.adopt(PLAN)
    book.register("C1")
    book.close()
    return book


def test_a_late_fact_is_settled_in_the_next_month(closed: Book) -> None:
    """A second client of March, told in April: 50 more, and the target met after all."""
    closed.register("C2")
    expected = {"clients": 0, "met": 0, "clients of 2025-03": 5_000, "met of 2025-03": 20_000}
    assert closed.paid(period="2025-04") == expected
    closed.close("2025-04")
    assert closed.paid(period="2025-04") == expected
    assert closed.paid(period="2025-05") == {"clients": 0, "met": 0}
    assert closed.paid() == {"clients": 5_000, "met": 0}


def test_a_void_takes_back_what_was_paid(closed: Book) -> None:
    """The client of March is voided: 50 are taken back in April, and given again when told anew."""
    [written] = closed.register("C9")
    assert closed.paid(period="2025-04")["clients of 2025-03"] == 5_000
    closed.void(written)
    assert closed.paid(period="2025-04") == {"clients": 0, "met": 0}
    first = next(r.position for r in closed.journal.read(types=["customer_registered"]))
    closed.void(first)
    assert closed.paid(period="2025-04") == {"clients": 0, "met": 0, "clients of 2025-03": -5_000}
    closed.close("2025-04")
    closed.register("C1")
    assert closed.paid(period="2025-05") == {"clients": 0, "met": 0, "clients of 2025-03": 5_000}


def test_a_delta_is_measured_against_all_that_was_settled(closed: Book) -> None:
    """Three late clients over three months: each is paid once."""
    for number, month in enumerate(("2025-04", "2025-05", "2025-06"), start=2):
        closed.register(f"C{number}")
        assert closed.paid(period=month)["clients of 2025-03"] == 5_000
        closed.close(month)


def test_who_left_before_still_gets_what_is_due(closed: Book) -> None:
    """E1 left in March; a client told later makes a statement of April with the delta alone."""
    closed.tell(EmployeeLeft(employee="E1", left_on=dt.date(2025, 3, 31), cause="pay"))
    closed.close("2025-04")
    closed.register("C2")
    assert closed.paid(period="2025-05") == {"clients of 2025-03": 5_000, "met of 2025-03": 20_000}
    made = closed.close("2025-05")
    assert [statement.employee for statement in made.statements] == ["E1"]


def test_a_later_month_that_looks_back_is_settled_too(book: Book) -> None:
    """A client of March counts in the year to April: one late fact, a delta for each closed month."""
    book.adopt(PLAN + "  - {id: year, title: Year, kind: per_unit, measure: clients_this_year, rate: 1}\n")
    book.close("2025-03")
    book.close("2025-04")
    book.register("C1")
    assert {name: fen for name, fen in book.paid(period="2025-05").items() if fen} == {
        "clients of 2025-03": 5_000,
        "year of 2025-03": 100,
        "year of 2025-04": 100,
        "year": 100,
    }


@pytest.mark.rule("R10")
def test_a_target_changed_back_is_a_correction(closed: Book) -> None:
    """The target of March falls to 1 for E1: it is met; the change is voided: it is not."""
    changed = closed.tell(
        TargetChanged(
            employee="E1", target="clients", value="1", effective_from=MARCH.first_day, reason="stress",
            approver="hr",
        )
    )  # fmt: skip
    assert closed.paid(period="2025-04")["met of 2025-03"] == 20_000
    closed.close("2025-04")
    closed.void(changed)
    assert closed.paid(period="2025-05")["met of 2025-03"] == -20_000


@pytest.mark.parametrize(("level", "scope"), [("branch", "SH"), ("team", "north"), ("person", "E1")])
def test_an_override_from_an_earlier_day_is_settled(book: Book, level: str, scope: str) -> None:
    """Whoever the override reaches is paid the difference, nobody else."""
    book.adopt(PLAN)
    book.tell(EmployeeTransferred(employee="E1", effective_on=MARCH.first_day, team="north"))
    book.hire("E2", branch="BJ")
    book.register("C1")
    book.register("C2", employee="E2")
    book.close()
    book.tell(
        OverrideSet(
            plan="selling", parameter="clients_target", level=level, scope=scope, value="1",  # pyright: ignore
            effective_from=MARCH.first_day, reason="new shop", approver="head",
        )
    )  # fmt: skip
    assert book.paid(period="2025-04")["met of 2025-03"] == 20_000
    assert book.paid("E2", "2025-04") == {"clients": 0, "met": 0}


def test_a_move_to_another_plan_pays_by_the_other_plan(book: Book) -> None:
    """E1 was a supervisor since 31 March, told in April: the seller's pay goes back, the other comes."""
    book.adopt(PLAN, population={"post": ["seller"]})
    book.adopt(
        "components: [{id: fixed, title: Fixed, kind: per_unit, measure: clients, rate: 80}]",
        plan="supervising",
        population={"post": ["supervisor"]},
    )
    book.register("C1")
    book.close()
    book.tell(EmployeePromoted(employee="E1", effective_on=MARCH.last_day, post="supervisor"))
    assert book.paid(period="2025-04") == {
        "fixed": 0,
        "clients of 2025-03": -5_000,
        "fixed of 2025-03": 8_000,
    }


def test_leave_that_began_in_a_closed_month_reaches_back(book: Book) -> None:
    """Away from 31 March to 1 April, told after the close: the target of March falls by one and is met."""
    book.adopt(
        PLAN.replace("target: clients, pays", "target: calm, pays"),
        targets={"calm": {"measure": "clients", "value": 2, "relief": {"leave": {"per_day": 1}}}},
    )
    book.register("C1")
    book.close()
    book.tell(LeaveTaken(employee="E1", kind="sick", from_on=MARCH.last_day, until_on=APRIL.first_day))
    assert book.paid(period="2025-04")["met of 2025-03"] == 20_000


def test_a_confirmation_after_the_close_is_paid(book: Book) -> None:
    """A score of March that is confirmed in April."""
    book.adopt(PLAN + "  - {id: care, title: Care, kind: per_unit, measure: compliance, rate: 10}\n")
    scored = book.tell(ComplianceScored(employee="E1", score="8"))
    book.close()
    book.confirm(scored, "production")
    assert book.paid(period="2025-04")["care of 2025-03"] == 8_000


def test_a_confirmation_voided_after_the_close_is_taken_back(book: Book) -> None:
    """What was paid for a confirmed score goes back when the confirmation was an error."""
    book.adopt(PLAN + "  - {id: care, title: Care, kind: per_unit, measure: compliance, rate: 10}\n")
    scored = book.tell(ComplianceScored(employee="E1", score="8"))
    confirmed = book.confirm(scored, "production")
    book.close()
    book.void(confirmed)
    assert book.paid(period="2025-04")["care of 2025-03"] == -8_000


def test_only_who_is_touched_is_computed_again(closed: Book) -> None:
    """The search for late facts finds their people and the first day, and stays silent about others."""
    closed.hire("E2", hired_on=APRIL.first_day)
    closed.register("C5", employee="E2", on=LAST_OF_APRIL)
    with closed.cursor() as cursor:
        last = closed_periods(cursor, None)[-1]
        assert touched(cursor, last, None) == {}
    at = closed.register("C2", on=9)[0]
    with closed.cursor() as cursor:
        assert touched(cursor, last, None) == {"E1": dt.date(2025, 3, 9)}
        assert touched(cursor, last, at - 1) == {}
        assert touched(cursor, last, at, ["E2"]) == {}


def test_deltas_wait_for_the_first_open_month(closed: Book) -> None:
    """May shows no delta as long as April is open, so that nothing is shown twice."""
    closed.register("C2")
    assert closed.paid(period="2025-05") == {"clients": 0, "met": 0}


def test_a_cost_told_late_or_mended_is_settled_as_what_counts_of_it(book: Book) -> None:
    """300.00 count in March; 500.00 after all, and 200.00 of another deal: 40.00 more are due at 10 %."""
    rule = "{id: margin, title: Margin, kind: rate_table, measure: margin, bands: [{from: 0, rate: 10 %}]}"
    book.adopt(f"measures: {{margin: {{sum: deal_costed, of: amount}}}}\ncomponents: [{rule}]")
    named = {"employee": "E1", "customer": "C1", "cost_minor": "70000", "currency": "CNY"}
    for deal in ("D1", "D2"):
        book.sell(deal)
    first = book.tell(DealCosted(deal="D1", amount_minor=30_000, **named))
    book.close()
    assert book.paid() == {"margin": 3_000}
    book.void(first)
    book.tell(DealCosted(deal="D1", amount_minor=50_000, **named))
    book.tell(DealCosted(deal="D2", amount_minor=20_000, **named))
    book.close("2025-04")
    assert book.paid(period="2025-04") == {"margin": 0, "margin of 2025-03": 4_000}
    assert book.paid() == {"margin": 3_000}
