"""What each kind of component pays, on both sides of every threshold."""

import datetime as dt
from fractions import Fraction

import pytest
from given_plan import entitled, pay, plan

from domain.plan.statement import compute_statement

PER_CLIENT = "components: [{id: c, kind: per_unit, title: T, measure: clients, rate: 50}]"
AT_15 = "components: [{id: c, kind: threshold, title: T, measure: close_rate, reaches: 15 %, pays: 200}]"
WHOLE_POINTS = "components: [{id: c, kind: per_point, title: T, target: close_rate, rate: 50}]"
PRO_RATA = (
    "components: [{id: c, kind: per_point, title: T, target: close_rate, rate: 50, counting: pro_rata}]"
)
STEPS = """
components:
  - id: c
    kind: step
    title: T
    measure: close_rate
    bands:
      - {until: 10 %, pays: 0}
      - {from: 10 %, until: 15 %, pays: 1000}
      - {from: 15 %, pays: 2000}
"""
SCORECARD = """
measures:
  satisfaction: {average: satisfaction_scored, of: score}
  compliance: {average: compliance_scored, of: score, confirmed_by: production}
  teamwork: {average: teamwork_scored, of: score}
targets:
  revenue: {measure: revenue, value: 50000}
  satisfaction: {measure: satisfaction, value: 10}
  compliance: {measure: compliance, value: 100}
  teamwork: {measure: teamwork, value: 100}
components:
  - id: c
    kind: scorecard
    title: T
    base: 1000
    parts:
      - {target: revenue, weight: 60 %, cap: 150 %}
      - {target: satisfaction, weight: 20 %}
      - {target: compliance, weight: 10 %}
      - {target: teamwork, weight: 10 %}
"""


@pytest.mark.rule("R71")
@pytest.mark.parametrize(("clients", "fen"), [(0, 0), (1, 50_00), (10, 500_00), (-1, -50_00)])
def test_pay_per_unit(clients: int, fen: int) -> None:
    """Ten new clients at 50 each are 500; more reversals than deals take pay back."""
    assert pay(PER_CLIENT, clients=clients) == [fen]


@pytest.mark.rule("R72")
@pytest.mark.parametrize(("rate", "fen"), [("14.99 %", 0), ("15 %", 200_00), ("15.01 %", 200_00)])
def test_a_threshold_is_met_when_reached(rate: str, fen: int) -> None:
    assert pay(AT_15, close_rate=rate) == [fen]


@pytest.mark.rule("R72")
def test_three_of_twenty_reach_15_percent_exactly() -> None:
    """3/20 is 15 %, with no rounding in between."""
    given = entitled(plan(AT_15))
    exactly = given._replace(values={**given.values, "close_rate": Fraction(3, 20)})
    assert compute_statement("E1", [exactly]).total_minor == 200_00


@pytest.mark.parametrize(("clients", "fen"), [(19, 0), (20, 300_00)])
def test_a_threshold_can_be_a_target(clients: int, fen: int) -> None:
    components = "components: [{id: c, kind: threshold, title: T, target: clients, pays: 300}]"
    assert pay(components, clients=clients) == [fen]


@pytest.mark.rule("R73")
@pytest.mark.parametrize(
    ("rate", "whole", "pro_rata"),
    [
        ("9 %", 0, 0),
        ("10 %", 0, 0),
        ("10.99 %", 0, 49_50),
        ("11 %", 50_00, 50_00),
        ("12 %", 100_00, 100_00),
        ("12.5 %", 100_00, 125_00),
    ],
)
def test_pay_per_point_over_target(rate: str, whole: int, pro_rata: int) -> None:
    """Over a target of 10 %: 12 % are two points; 12.5 % are two whole ones, or two and a half."""
    assert pay(WHOLE_POINTS, close_rate=rate) == [whole]
    assert pay(PRO_RATA, close_rate=rate) == [pro_rata]


@pytest.mark.rule("R78")
@pytest.mark.parametrize(
    ("rate", "fen"),
    [
        ("0 %", 0),
        ("9.99 %", 0),
        ("10.00 %", 1000_00),
        ("14.99 %", 1000_00),
        ("15.00 %", 2000_00),
        ("99 %", 2000_00),
    ],
)
def test_steps_hold_their_lower_end(rate: str, fen: int) -> None:
    assert pay(STEPS, close_rate=rate) == [fen]


@pytest.mark.parametrize("components", [PER_CLIENT, AT_15, WHOLE_POINTS, STEPS])
def test_nothing_measured_earns_nothing(components: str) -> None:
    """Without a client followed there is no close rate: no pay, and the line says why."""
    measure = {"close_rate": None, "clients": None}
    statement = compute_statement("E1", [entitled(plan(components), **measure)])
    assert statement.total_minor == 0
    assert statement.lines[0].rule.key == "nothing_measured"


@pytest.mark.rule("R26")
@pytest.mark.parametrize(
    ("revenue", "satisfaction", "compliance", "teamwork", "fen"),
    [
        (50_000, 10, 100, 100, 1000_00),
        (25_000, 10, 100, 100, 700_00),
        (75_000, 10, 100, 100, 1300_00),
        (90_000, 10, 100, 100, 1300_00),
        (50_000, 5, 50, 0, 750_00),
        (50_000, 10, None, 100, 900_00),
        (0, None, None, None, 0),
        (-50_000, 10, 100, 100, 400_00),
    ],
)
def test_a_scorecard_weighs_attainment(
    revenue: int, satisfaction: int | None, compliance: int | None, teamwork: int | None, fen: int
) -> None:
    """Sales 60 %, satisfaction 20 %, compliance 10 %, teamwork 10 %; sales count up to 150 %."""
    values = {
        "revenue": revenue, "satisfaction": satisfaction, "compliance": compliance, "teamwork": teamwork
    }  # fmt: skip
    assert pay(SCORECARD, **values) == [fen]


def test_the_parts_of_a_scorecard_sum_to_it() -> None:
    given = entitled(plan(SCORECARD), revenue="12345.67", satisfaction="8.7", compliance=93, teamwork=71)
    line = compute_statement("E1", [given]).lines[0]
    assert sum(Fraction(part.amount) for part in line.parts) == Fraction(line.exact)


def test_a_milestone_is_paid_in_the_period_in_which_it_is_attained() -> None:
    made = plan(
        """
milestones: [{id: m, title: M, measure: clients, reaches: 10, within_days: 30}]
components: [{id: c, kind: milestone, title: T, milestone: m, pays: 500}]
"""
    )

    def paid(attained: dict[str, dt.date]) -> int:
        return compute_statement("E1", [entitled(made)._replace(attained=attained)]).total_minor

    assert paid({}) == 0
    assert paid({"m": dt.date(2025, 2, 28)}) == 0
    assert paid({"m": dt.date(2025, 3, 1)}) == 500_00
    assert paid({"m": dt.date(2025, 3, 31)}) == 500_00
    assert paid({"m": dt.date(2025, 4, 1)}) == 0
