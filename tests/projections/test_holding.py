"""What a hold on a deal keeps back: what the deal makes, and not a cent more."""

import datetime as dt

import pytest
from book import Book

from domain.facts.runs import HoldReleased, PayHeld
from domain.period import Period
from projections import payroll
from projections.holding import KeptLine, in_effect, kept, payable_minor
from projections.statements import statement

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
PLAN = """
holdbacks: [{id: reserve, share: 20 %, released_after_months: 3}]
components:
  - {id: per_deal, title: Deals, kind: per_unit, measure: deals, rate: 50}
  - id: table
    title: Table
    kind: rate_table
    measure: revenue
    bands: [{until: 1000, rate: 10 %}, {from: 1000, rate: 20 %}]
  - id: capped
    title: Capped
    kind: per_unit
    measure: revenue
    rate: "0.1"
    cap: {pays: 100}
    gates: [{measure: deals, at_least: 2}]
  - {id: clients, title: Clients, kind: per_unit, measure: clients, rate: 10}
"""


@pytest.fixture
def firm(book: Book) -> Book:
    """E1 sold for 800 and for 700 in March, and has a client."""
    book.adopt(PLAN)
    book.register("C1")
    book.sell("D1", 800_00, on=4)
    book.sell("D2", 700_00, on=5)
    return book


def hold(book: Book, name: str, **on: str) -> int:
    return book.tell(PayHeld(hold=name, employee="E1", reason="not paid yet", **on))  # type: ignore[arg-type]


def held(book: Book, period: Period = MARCH) -> tuple[dict[str, KeptLine], int]:
    """What is kept back of each line, and what may be paid."""
    with book.cursor() as cursor:
        slip = statement(cursor, "E1", period, None, engine="test")
        assert slip is not None
        found = kept(cursor, slip, in_effect(cursor, period, None, None, ["E1"])["E1"])
        run = payroll.run(cursor, period, engine="test")
    names = {
        n: f"{line.component} of {line.about}" if line.about else line.component
        for n, line in enumerate(slip.statement.lines, start=1)
    }
    [total] = [each for each in run.totals if each.employee == "E1"]
    assert total.payable_minor == payable_minor(slip, found) == sum(row.payable_minor for row in run.rows)
    assert [row.held for row in run.rows] == [row.line in found for row in run.rows]
    return {names[number]: each for number, each in found.items()}, total.payable_minor


def test_a_deal_holds_what_it_makes_under_tables_caps_gates_and_accounts(firm: Book) -> None:
    """50 + 200 + 100 + 10, of which 20 % wait; without the second deal 50 + 80 + 0 + 10."""
    assert firm.paid() == {
        "per_deal": 100_00, "table": 200_00, "capped": 100_00, "clients": 10_00, "reserve": -82_00
    }  # fmt: skip
    hold(firm, "H1", scope="deal", deal="D2")
    lines, payable = held(firm)
    assert {name: each.held_minor for name, each in lines.items()} == {
        "per_deal": 50_00, "table": 120_00, "capped": 100_00, "reserve": -54_00
    }  # fmt: skip
    assert payable == 140_00 - 28_00
    # That is what is paid when the deal was never told.
    [(deal, _)] = [(r.position, r) for r in firm.journal.read(types=["deal_closed"]) if b"D2" in r.data]
    firm.void(deal)
    assert sum(firm.paid().values()) == payable


def test_holds_together_keep_no_line_twice(firm: Book) -> None:
    """Both deals, and one component outright: all but the client is held, until the holds are let go."""
    hold(firm, "H1", scope="deal", deal="D1")
    hold(firm, "H2", scope="deal", deal="D2")
    hold(firm, "H3", scope="line", plan="selling", component="per_deal")
    lines, payable = held(firm)
    assert payable == 10_00 - 2_00
    assert lines["per_deal"] == KeptLine(("H3", "H1", "H2"), 100_00)
    assert lines["table"] == KeptLine(("H1", "H2"), 200_00)
    for name in ("H1", "H2", "H3"):
        firm.tell(HoldReleased(hold=name, employee="E1", reason="paid", approver="boss"))
    with firm.cursor() as cursor:
        assert payroll.run(cursor, MARCH, engine="test").sums[0].held_minor == 0


def test_a_deal_that_makes_nothing_holds_nothing(firm: Book) -> None:
    """It came back in the same month: with it and without it are the same."""
    firm.sell("D3", 500_00, on=8)
    firm.take_back("D3", 500_00, on=9)
    hold(firm, "H1", scope="deal", deal="D3")
    lines, payable = held(firm)
    assert (lines, payable) == ({}, sum(firm.paid().values()))


def test_of_a_delta_a_deal_holds_what_came_since_the_last_close(firm: Book) -> None:
    """D3 of March is told in April: its part of the delta waits, and nothing that March has paid."""
    firm.close()
    firm.sell("D3", 300_00, on=20)
    firm.sell("D4", 100_00, on=dt.date(2025, 4, 3))
    hold(firm, "H1", scope="deal", deal="D3", period="2025-04")
    paid = firm.paid(period="2025-04")
    lines, payable = held(firm, APRIL)
    assert {name: each.held_minor for name, each in lines.items()} == {
        "per_deal of 2025-03": 50_00, "table of 2025-03": 60_00, "reserve": -22_00
    }  # fmt: skip
    assert payable == sum(paid.values()) - 88_00
