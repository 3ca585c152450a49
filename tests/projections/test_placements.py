"""A move between branches within one plan: each branch's numbers hold for its own days."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import BranchOpened, OverrideSet
from domain.facts.people import EmployeeTransferred
from domain.period import Period
from projections import closing, retro
from projections.behind import behind
from projections.diff import diff
from projections.earned import earned
from projections.explain import explain
from projections.hints import hints, more
from projections.numbers import resolved_numbers
from projections.progress import progress
from projections.simulation import WhatIf, simulate

MARCH, APRIL = Period.parse("2025-03"), Period.parse("2025-04")
FIRST = dt.date(2025, 1, 1)
PLAN = """
transfers: by_days
population: {post: [seller]}
parameters:
  rate: {value: 50, open: {to: [branch], min: 1}}
  asked: {value: 31, open: {to: [branch, team], min: 1}}
measures: {of_year: {count: customer_registered, window: year}}
targets:
  clients: {measure: clients, value: {parameter: asked}, prorate: employed}
  today: {measure: clients, value: {parameter: asked}, per: day}
components:
  - {id: clients, title: Clients, kind: per_unit, measure: clients, rate: {parameter: rate}}
  - {id: met, title: Target, kind: threshold, target: clients, pays: 310, prorate: employed}
  - {id: flat, title: Flat, kind: threshold, measure: clients, reaches: 13, pays: 500}
  - id: year
    title: Year
    kind: rate_table
    measure: of_year
    running: true
    bands: [{until: 12, rate: 1}, {from: 12, rate: 2}]
"""
STAYED = {"clients": 13 * 60_00, "met": 0, "flat": 500_00, "year": 16_00}
MOVED = {
    # Ten clients in Shanghai at 60, three in Beijing at 70.
    "clients": 10 * 60_00 + 3 * 70_00,
    # 31 × 10/31 = 10 asked in Shanghai and met, 42 × 21/31 in Beijing and not met.
    "met": 100_00,
    # The same in both branches: over all days at once.
    "flat": 500_00,
    "year": 16_00,
}


@pytest.fixture
def firm(book: Book) -> Book:
    """E1 has ten clients until 10 March and three after that; Beijing sets other numbers than Shanghai."""
    book.adopt(PLAN)
    book.tell(BranchOpened(branch="BJ", title="Beijing", opened_on=FIRST))
    for branch, parameter, value in (("SH", "rate", "60"), ("BJ", "rate", "70"), ("BJ", "asked", "42")):
        set_number(book, parameter, value, branch)
    book.register("A1", "A2", on=dt.date(2025, 2, 3))
    book.register(*(f"B{number}" for number in range(10)), on=10)
    book.register("C1", "C2", "C3", on=11)
    return book


def set_number(book: Book, parameter: str, value: str, branch: str, since: dt.date = FIRST) -> int:
    return book.tell(
        OverrideSet(
            plan="selling",
            parameter=parameter,
            level="branch",
            scope=branch,
            value=value,
            effective_from=since,
            reason="as agreed",
            approver="head",
        )
    )


def move(book: Book, on: int = 11, branch: str = "BJ") -> int:
    day = dt.date(2025, 3, on)
    return book.tell(EmployeeTransferred(employee="E1", effective_on=day, branch=branch), on=day)


def settled(book: Book) -> None:
    """What was settled for March, over all statements, is what March comes to by what is known."""
    with book.cursor() as cursor:
        lines = retro.settled_lines(cursor, MARCH, ["E1"], None)["E1"]
        due = earned(cursor, MARCH, None, ["E1"])["E1"]
    assert sum(line.amount_minor for line in lines) == due.total_minor


def test_a_move_told_late_is_settled_by_the_numbers_of_both_branches(firm: Book) -> None:
    """March closes by Shanghai's numbers; the move is told in April, and taken back in May."""
    firm.close()
    assert firm.paid() == STAYED
    moved = move(firm)
    april = firm.paid(period="2025-04")
    assert {name: pay for name, pay in april.items() if " of " in name} == {
        "clients of 2025-03": 30_00,
        "met of 2025-03": 100_00,
    }
    firm.close("2025-04")
    settled(firm)
    firm.void(moved)
    may = firm.paid(period="2025-05")
    assert {name: pay for name, pay in may.items() if " of 2025-03" in name} == {
        "clients of 2025-03": -30_00,
        "met of 2025-03": -100_00,
    }
    firm.close("2025-05")
    settled(firm)
    assert firm.paid(known_at=moved) == STAYED, "the close of March stays what it is"


def test_a_line_tells_which_branch_its_parts_are_of(firm: Book) -> None:
    before = firm.journal.head()
    moved = move(firm)
    assert firm.paid() == MOVED
    assert firm.paid(known_at=before) == STAYED
    with firm.cursor() as cursor:
        told = explain(cursor, "E1", MARCH, engine="test")
        rests_on = behind(cursor, "E1", MARCH, firm.journal.head())
        resolved = resolved_numbers(cursor, "E1", MARCH)
        changed = diff(cursor, "E1", MARCH, before, firm.journal.head(), engine="test")
    assert told is not None and moved in rests_on
    lines = {line.explanation.line.component: line for line in told.lines}
    shanghai, beijing = "SH 2025-03-01/2025-03-10", "BJ 2025-03-11/2025-03-31"
    clients = lines["clients"].explanation
    assert isinstance(clients.line.placements, tuple)
    assert [
        (each.name, each.inputs["clients"], each.parameters["rate"].path, each.exact)
        for each in clients.line.placements
    ] == [(shanghai, "10", "branch SH", "600"), (beijing, "3", "branch BJ", "210")]
    assert sum(int(part.amount_minor) for part in clients.amounts) == clients.line.amount_minor
    assert [said.en for said in lines["clients"].parts if said.en] == [
        "SH 2025-03-01–2025-03-10: clients: 10 × 60 CNY",
        "BJ 2025-03-11–2025-03-31: clients: 3 × 70 CNY",
    ]
    [page] = [page for page in told.evidence if page.measure == "clients"]
    assert (page.total, clients.line.inputs["clients"]) == (13, "13")
    met = lines["met"].explanation.line
    assert isinstance(met.placements, tuple)
    assert [each.targets["clients"].value for each in met.placements] == ["10", "882/31"]
    assert not isinstance(lines["flat"].explanation.line.placements, tuple)
    assert [(each.plan, each.placement) for each in resolved] == [
        ("selling", shanghai),
        ("selling", beijing),
    ]
    assert {
        each.placement: next(v.said for v in each.values if v.path == "parameters.rate.value")
        for each in resolved
    } == {shanghai: "60", beijing: "70"}
    assert changed is not None
    grounds = {
        said.change.name: (said.change.before, said.change.after)
        for line in changed.lines
        if line.line.component == "clients"
        for said in line.grounds
        if said.change.ground == "placement"
    }
    assert grounds == {shanghai: (None, "600"), beijing: (None, "210")}


def test_there_and_back_again_is_one_placement_of_both_runs(firm: Book) -> None:
    move(firm)
    move(firm, 21, "SH")
    firm.register("D1", on=21)
    assert firm.paid()["clients"] == 11 * 60_00 + 3 * 70_00


def test_numbers_that_take_effect_after_the_move_do_not_hold_before_it(firm: Book) -> None:
    """Shanghai's new rate holds from the 20th: not for days that ended on the 10th."""
    move(firm)
    set_number(firm, "rate", "99", "SH", dt.date(2025, 3, 20))
    set_number(firm, "rate", "80", "BJ", dt.date(2025, 3, 20))
    assert firm.paid()["clients"] == 10 * 60_00 + 3 * 80_00


def test_by_last_day_the_last_branch_sets_all_numbers(firm: Book) -> None:
    firm.adopt(PLAN.replace("transfers: by_days", ""), effective_from="2025-02-01")
    move(firm)
    assert firm.paid()["clients"] == 13 * 70_00


def test_what_is_done_next_counts_where_somebody_works_on_the_day(firm: Book) -> None:
    """One more client on the 10th brings Shanghai's 60, on the 11th Beijing's 70."""
    move(firm)
    with firm.cursor() as cursor:
        gains = [
            more(cursor, "E1", dt.date(2025, 3, day), "clients", 1)[0].held.gain_minor for day in (10, 11)
        ]
        targets = [
            told.targets for day in (10, 11) if (told := progress(cursor, "E1", dt.date(2025, 3, day)))
        ]
        steps = hints(cursor, "E1", dt.date(2025, 3, 11))
    assert gains == [60_00, 70_00]
    assert [[(x.done, x.needed) for x in told if x.measure == "clients"] for told in targets] == [
        [("10", "10"), ("10", "31")],
        [("3", "882/31"), ("3", "42")],
    ]
    met = [step for step in steps if "met" in step.rises]
    assert [step.times for step in met] == [26], "3 and 26 more are 29, of 28.45 that Beijing asks for"


def test_a_simulation_pays_a_month_like_its_close(firm: Book) -> None:
    """A draft that pays the last day's numbers for all takes 3 × 10 off and the target's bonus."""
    move(firm)
    from given_plan import document

    with firm.cursor() as cursor:
        draft = document(PLAN, effective_from="2025-03-01") | {"transfers": "by_last_day"}
        found = simulate(cursor, WhatIf(MARCH, MARCH, draft), firm.journal.head())
        made = closing.compute(cursor, MARCH, firm.journal.head())
    assert found.before_minor == made.total_minor == sum(MOVED.values())
    assert found.after_minor == 13 * 70_00 + 500_00 + 16_00
    [largest] = [each for each in found.largest if each.line.line.component == "met"]
    assert largest.line.line.difference_minor == -100_00
