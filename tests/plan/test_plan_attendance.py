"""Attendance as a number of a plan: days employed and present, for gates, awards and scorecards."""

import datetime as dt

import pytest
from given_plan import HIRED, MARCH, document, plan, posted, problems

from domain.people.roster import Leave
from domain.plan.measures import evaluate_all
from domain.plan.resolve import Resolver
from domain.plan.statement import Entitlement, compute_statement
from domain.plan.stay import with_days
from domain.plan.words import say

PLAN = plan("""
measures:
  employed: {days: employed}
  present: {days: present}
  unexcused: {days: present, leave: [sick, personal]}
  attendance: {ratio: unexcused / employed}
components:
  - {id: bonus, title: Bonus, kind: per_unit, measure: deals, rate: 0, floor: {pays: 1000},
     gates: [{measure: attendance, at_least: 90 %}]}
  - {id: full, title: Full attendance, kind: threshold, measure: attendance, reaches: 100 %, pays: 200}
  - {id: days, title: Days, kind: per_unit, measure: present, rate: 10}
""")


def away(kind: str, first: int, last: int, **fields: int) -> Leave:
    days = {"from_on": dt.date(2025, 3, first), "until_on": dt.date(2025, 3, last)}
    return Leave(position=7, employee="E1", kind=kind, **days, **fields)


def paid(*leaves: Leave, hired_on: dt.date = HIRED) -> dict[str, int]:
    """What March pays, in yuan."""
    resolved = Resolver(PLAN, MARCH)(posted(hired_on=hired_on), leaves)
    values = with_days(PLAN.measures, evaluate_all(PLAN.measures, [], "E1", MARCH, hired_on), resolved.stay)
    lines = compute_statement("E1", [Entitlement(resolved, values)]).lines
    return {line.component: line.amount_minor // 100 for line in lines}


@pytest.mark.rule("R30")
@pytest.mark.parametrize(
    ("leaves", "bonus", "full", "days"),
    [
        ([], 1000, 200, 31),
        ([away("sick", 3, 5)], 1000, 0, 28),
        ([away("sick", 3, 6)], 0, 0, 27),
        ([away("annual", 3, 9)], 1000, 200, 24),
        ([away("annual", 3, 9), away("sick", 8, 10)], 1000, 0, 23),
        ([away("personal", 10, 10, minutes=120)], 1000, 200, 31),
    ],
)
def test_a_bonus_needs_nine_days_of_ten(leaves: list[Leave], bonus: int, full: int, days: int) -> None:
    """28 of 31 days are 90.3 %, 27 are 87.1 %; annual leave and hours are no absence, a day counts once."""
    assert paid(*leaves) == {"bonus": bonus, "full": full, "days": days * 10}


def test_only_days_in_the_firm_are_asked_for() -> None:
    """Hired on 22 March: 10 days, of which 9 are 90 %."""
    assert paid(away("sick", 31, 31), hired_on=dt.date(2025, 3, 22)) == {"bonus": 1000, "full": 0, "days": 90}
    assert paid(away("sick", 30, 31), hired_on=dt.date(2025, 3, 22))["bonus"] == 0


def test_a_closed_gate_says_why() -> None:
    resolved = Resolver(PLAN, MARCH)(posted(), [away("sick", 3, 6)])
    values = with_days(PLAN.measures, evaluate_all(PLAN.measures, [], "E1", MARCH, HIRED), resolved.stay)
    line = compute_statement("E1", [Entitlement(resolved, values)]).lines[0]
    gate = line.parts[-1]
    assert say(gate.rule, gate.words, PLAN, "en") == (
        "attendance is ≈ 87.1 %, not at least 90 %: nothing is paid"
    )
    assert line.inputs == {"deals": "0", "attendance": "27/31", "unexcused": "27", "employed": "31"}


@pytest.mark.parametrize(
    ("more", "path", "remedy"),
    [
        ("measures: {m: {days: worked}}", "measures.m.days", "present"),
        ("measures: {m: {days: present, of: minutes}}", "measures.m.of", "Leave it out"),
        ("measures: {m: {days: employed, leave: [sick]}}", "measures.m.leave", "present"),
        ("measures: {m: {days: present, leave: [holiday]}}", "measures.m.leave[0]", "There are"),
        ("measures: {m: {count: deal_closed, leave: [sick]}}", "measures.m.leave", "days"),
        (
            "{measures: {m: {days: present}}, boards: [{id: b, title: B, measure: m}]}",
            "boards[0].measure",
            "Name a measure over facts.",
        ),
        (
            "{measures: {m: {days: present}}, targets: {t: {measure: m, value: 9, spread: {over: year}}}}",
            "targets.t.spread",
            "Leave it out.",
        ),
    ],
)
def test_days_that_mean_nothing_are_refused(more: str, path: str, remedy: str) -> None:
    assert remedy in problems(document(more))[path]
