"""Terms upon a component: multipliers, floor, cap and gates, at each edge and in their order."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
import yaml
from given_plan import document, entitled, number, plan, problems
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.document import Plan
from domain.plan.explain import explain
from domain.plan.hints import next_steps
from domain.plan.statement import Line, compute_statement
from domain.plan.words import say


def made(terms: str, kind: str = "kind: per_unit, measure: clients, rate: 50") -> Plan:
    return plan(
        f"""
measures: {{satisfaction: {{average: satisfaction_scored, of: score}}}}
milestones: [{{id: m, title: M, measure: clients, reaches: 10, within_days: 30}}]
components: [{{id: c, title: T, {kind}, {terms}}}]
"""
    )


def line_of(of: Plan, /, reached_on: str | None = None, **values: Any) -> Line:
    held = entitled(of, **values)
    if reached_on is not None:
        held = held._replace(attained={"m": dt.date.fromisoformat(reached_on)})
    [line] = compute_statement("E1", [held]).lines
    return line


@pytest.mark.parametrize(
    ("terms", "value", "fen"),
    [
        ("floor: {pays: 300}", 5, 300_00),
        ("floor: {pays: 300}", 6, 300_00),
        ("floor: {pays: 300}", 7, 350_00),
        ("floor: {pays: 300}", -7, 300_00),
        ("cap: {pays: 300}", 6, 300_00),
        ("cap: {pays: 300}", 7, 300_00),
        ("cap: {pays: 300}", -7, -350_00),
        ("multipliers: [{times: 110 %}]", 10, 550_00),
        ("multipliers: [{times: 110 %}, {times: 50 %}]", 10, 275_00),
        ("multipliers: [{times: 110 %}], cap: {pays: 540}", 10, 540_00),
        ("multipliers: [{times: 110 %}], floor: {pays: 560}", 10, 560_00),
        ("counts_up_to: 8", 8, 400_00),
        ("counts_up_to: 8", 9, 400_00),
        ("counts_up_to: 8, multipliers: [{times: 110 %}], cap: {pays: 430}", 9, 430_00),
    ],
)
def test_each_term_at_its_edge(terms: str, value: int, fen: int) -> None:
    """50 a client, under the terms in their order: what counts, multipliers, floor, cap."""
    line = line_of(made(terms), clients=value)
    assert line.amount_minor == fen
    assert not line.parts or sum(Fraction(part.amount) for part in line.parts) == Fraction(line.exact)


SATISFIED = "{measure: satisfaction, bands: [{until: 8, times: 80 %}, {from: 8, times: 120 %}]}"
CLOSING = "{target: close_rate, bands: [{from: 100 %, until: 150 %, times: 120 %}, {from: 150 %, times: 2%}]}"


@pytest.mark.parametrize(
    ("multiplier", "values", "fen"),
    [
        (SATISFIED, {"satisfaction": "7.99"}, 400_00),
        (SATISFIED, {"satisfaction": 8}, 600_00),
        (SATISFIED, {"satisfaction": None}, 500_00),
        (CLOSING, {"close_rate": "9.99 %"}, 500_00),
        (CLOSING, {"close_rate": "10 %"}, 600_00),
        (CLOSING, {"close_rate": "15 %"}, 10_00),
        (CLOSING, {"close_rate": None}, 500_00),
    ],
)
def test_multipliers_by_bands(multiplier: str, values: dict[str, Any], fen: int) -> None:
    """Outside the bands, and where nothing was measured, pay stays."""
    assert line_of(made(f"multipliers: [{multiplier}]"), clients=10, **values).amount_minor == fen


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("gate", "values", "is_open"),
    [
        ("{measure: satisfaction, at_least: 8}", {"satisfaction": "7.99"}, False),
        ("{measure: satisfaction, at_least: 8}", {"satisfaction": 8}, True),
        ("{measure: satisfaction, more_than: 8}", {"satisfaction": 8}, False),
        ("{measure: satisfaction, more_than: 8}", {"satisfaction": "8.01"}, True),
        ("{measure: deals, at_most: 2}", {"deals": 2}, True),
        ("{measure: deals, at_most: 2}", {"deals": 3}, False),
        ("{measure: deals, less_than: 2}", {"deals": 1}, True),
        ("{measure: deals, less_than: 2}", {"deals": 2}, False),
        ("{measure: satisfaction, at_most: 8}", {"satisfaction": None}, False),
        ("{target: close_rate}", {"close_rate": "9.99 %"}, False),
        ("{target: close_rate}", {"close_rate": "10 %"}, True),
        ("{target: close_rate, attains: 80 %}", {"close_rate": "8 %"}, True),
        ("{target: close_rate, attains: 80 %}", {"close_rate": "7.99 %"}, False),
        ("{target: close_rate}", {"close_rate": None}, False),
    ],
)
def test_a_gate_pays_all_or_nothing(gate: str, values: dict[str, Any], is_open: bool) -> None:
    """What was not measured, for instance because nobody confirmed it, opens no gate."""
    line = line_of(made(f"gates: [{gate}]"), clients=10, **values)
    assert line.amount_minor == (500_00 if is_open else 0)
    assert line.parts[1].rule == ("gate_met" if is_open else "gate_missed")


def test_a_milestone_can_be_a_gate() -> None:
    gated = made("gates: [{milestone: m}]")
    assert line_of(gated, clients=10).amount_minor == 0
    assert line_of(gated, "2025-02-03", clients=10).amount_minor == 500_00


def test_two_gates_must_both_be_met_and_take_pay_once() -> None:
    gated = made("gates: [{target: close_rate}, {measure: deals, at_least: 1}], floor: {pays: 100}")
    assert line_of(gated, clients=0, close_rate="10 %", deals=1).amount_minor == 100_00
    line = line_of(gated, clients=10)
    assert (line.amount_minor, [part.amount for part in line.parts]) == (0, ["500", "-500", "0"])


def test_what_is_taken_back_passes_every_gate() -> None:
    assert line_of(made("gates: [{target: close_rate}]"), clients=-2).amount_minor == -100_00


def test_a_line_shows_each_term() -> None:
    of = made("multipliers: [{times: 110 %}], cap: {pays: 540}, gates: [{target: close_rate}]")
    line = line_of(of, clients=10, close_rate="12 %")
    assert line.inputs.keys() == {"clients", "close_rate", "deals", "followed"}
    assert [(part.name, part.amount) for part in line.parts] == [
        ("earned", "500"), ("multiplier 1", "50"), ("cap", "-10"), ("gate 1", "0")
    ]  # fmt: skip
    said = [say(part.rule, part.words, of, "en") for part in line.parts]
    assert said == [
        "clients: 10 × 50 CNY",
        "Multiplied by 110 %",
        "Limited by the cap of 540 CNY",
        "close rate is 12 %, at least 10 %: it counts",
    ]
    assert say(line.parts[3].rule, line.parts[3].words, of, "zh") == "close rate为 12 %，不少于 10 %：计发"
    assert sum(Fraction(node.amount_minor) for node in explain(line, of).amounts) == line.amount_minor


def test_a_component_without_terms_has_no_parts() -> None:
    """Statements that were closed before there were terms keep their bytes."""
    plain = plan("components: [{id: c, kind: per_unit, title: T, measure: clients, rate: 50}]")
    assert line_of(plain, clients=10).parts == ()


def test_hints_know_caps_and_gates() -> None:
    """Nothing is proposed that a cap makes vain; a gate that opens is a step of its own."""
    assert next_steps(entitled(made("cap: {pays: 500}"), clients=10)) == ()
    gated = made("gates: [{measure: deals, at_least: 3}]")
    steps = {hint.lever.id: hint for hint in next_steps(entitled(gated, clients=10, deals=1))}
    assert (steps["deals"].times, steps["deals"].held.gain_minor) == (2, 500_00)
    assert "clients" not in steps


FAULTS = """
cap: {pays: 100}, floor: {pays: 200} | cap.pays | below the floor
gates: [{measure: deals}] | gates[0] | at_least, more_than
gates: [{measure: deals, at_least: 1, at_most: 2}] | gates[0] | when the gate is open
gates: [{target: close_rate, at_least: 1}] | gates[0] | when the gate is open
gates: [{}] | gates[0] | when the gate is open
gates: [{target: close_rates}] | gates[0].target | Did you mean `close_rate`?
gates: [{milestone: n}] | gates[0].milestone | There are: m
multipliers: [{}] | multipliers[0] | what multiplies
multipliers: [{times: 2}] | multipliers[0].times | with a sign
multipliers: [{measure: deals, times: 2 %}] | multipliers[0] | what multiplies
multipliers: [{measure: deals, bands: [{until: 3, times: 2 %}]}] | multipliers[0].bands[0].until | last band
"""


@pytest.mark.parametrize("row", FAULTS.strip().splitlines())
def test_faults_of_terms(row: str) -> None:
    terms, place, says = (cell.strip() for cell in row.split(" | "))
    component = {"id": "c", "title": "T", "kind": "per_unit", "measure": "clients", "rate": 50}
    written = document(
        "milestones: [{id: m, title: M, measure: clients, reaches: 10, within_days: 30}]",
        components=[component | yaml.safe_load(f"{{{terms}}}")],
    )
    found = problems(written)
    assert says in found.get(f"components[0].{place}", ""), found


@given(st.integers(-50, 50), st.fractions(0, 3, max_denominator=20), st.integers(0, 900), st.integers(0, 900))
def test_pay_stays_between_floor_and_cap(clients: int, times: Fraction, one: int, other: int) -> None:
    low, high = sorted((one, other))
    shown = f"{float(times * 100):.0f} %"
    held = made(f"multipliers: [{{times: {shown}}}], floor: {{pays: {low}}}, cap: {{pays: {high}}}")
    amount = Fraction(line_of(held, clients=clients).exact)
    assert amount == min(max(50 * clients * number(shown), low), high)
