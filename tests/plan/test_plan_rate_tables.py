"""Rate tables and steps, on both sides of every edge, and the laws that hold for all of them."""

from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
import yaml
from given_plan import document, entitled, pay, plan, problems
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.components.bands import along, filled, portion
from domain.plan.components.graded import Figure
from domain.plan.components.rate_table import RateBand, RateTable
from domain.plan.explain import explain
from domain.plan.fields import Title
from domain.plan.hints import next_steps
from domain.plan.statement import compute_statement

TABLE = """
targets: {revenue: {measure: revenue, value: 100000}}
components:
  - id: c
    kind: rate_table
    title: T
    METHOD: X
    bands:
      - {until: LOW, rate: 1 %}
      - {from: LOW, until: HIGH, rate: 2 %}
      - {from: HIGH, rate: 4 %}
"""
AMOUNT = TABLE.replace("LOW", "50000").replace("HIGH", "100000").replace("METHOD: X", "measure: revenue")
ATTAINED = TABLE.replace("LOW", "50 %").replace("HIGH", "100 %").replace("METHOD: X", "target: revenue")


def by(method: str, table: str) -> str:
    return table.replace("kind: rate_table", f"kind: rate_table\n    method: {method}")


@pytest.mark.parametrize("table", [AMOUNT, ATTAINED])
@pytest.mark.parametrize(
    ("revenue", "marginal", "whole", "interpolated"),
    [
        ("0", 0, 0, 0),
        ("49999.99", 500_00, 500_00, 500_00),
        ("50000", 500_00, 1000_00, 1000_00),
        ("50000.01", 500_00, 1000_00, 1000_00),
        ("75000", 1000_00, 1500_00, 2250_00),
        ("99999.99", 1500_00, 2000_00, 4000_00),
        ("100000", 1500_00, 4000_00, 4000_00),
        ("100100", 1504_00, 4004_00, 4004_00),
        ("-5000", -50_00, -50_00, -50_00),
    ],
)
def test_each_method_at_each_edge(
    table: str, revenue: str, marginal: int, whole: int, interpolated: int
) -> None:
    """The same bands as amounts and as attainment of a target of 100,000 pay the same."""
    assert pay(table, revenue=revenue) == [marginal]
    assert pay(by("whole", table), revenue=revenue) == [whole]
    assert pay(by("interpolated", table), revenue=revenue) == [interpolated]


@pytest.mark.parametrize("method", ["marginal", "whole", "interpolated"])
def test_a_target_of_nothing_is_attained(method: str) -> None:
    """Everything is paid at the rate that holds at 100 %."""
    table = by(method, ATTAINED).replace("value: 100000", "value: 0")
    assert pay(table, revenue=1000) == [40_00]


@pytest.mark.parametrize("method", ["marginal", "whole", "interpolated"])
def test_below_the_first_band_nothing_is_paid(method: str) -> None:
    table = by(method, AMOUNT).replace("{until: 50000, rate: 1 %}", "{from: 10000, until: 50000, rate: 1 %}")
    assert pay(table, revenue="9999.99") == [0]
    assert pay(table, revenue="-9999.99") == [0]
    assert pay(table, revenue=10000) == [0 if method == "marginal" else 100_00]


@pytest.mark.parametrize(("revenue", "fen"), [("79999", 0), ("80000", 500_00), ("100000", 900_00)])
def test_steps_of_attainment(revenue: str, fen: int) -> None:
    steps = """
targets: {revenue: {measure: revenue, value: 100000}}
components:
  - {id: c, kind: step, title: T, target: revenue,
     bands: [{from: 80 %, until: 100 %, pays: 500}, {from: 100 %, pays: 900}]}
"""
    assert pay(steps, revenue=revenue) == [fen]


def test_a_marginal_line_shows_its_bands() -> None:
    made = plan(AMOUNT)
    [line] = compute_statement("E1", [entitled(made, revenue=120000)]).lines
    told = explain(line, made)
    assert [(node.name, node.amount_minor) for node in told.amounts] == [
        ("band 1", "50000"),
        ("band 2", "100000"),
        ("band 3", "80000"),
        ("half_up", "0"),
    ]
    assert [node.sentence.key for node in told.amounts if node.sentence] == ["rate_band"] * 3


def test_the_next_band_is_a_step_worth_taking() -> None:
    """One more client raises the rate of all twenty: 20 × 60 instead of 19 × 50."""
    made = plan(
        """
components:
  - {id: c, kind: rate_table, method: whole, title: T, measure: clients,
     bands: [{until: 20, rate: 50}, {from: 20, rate: 60}]}
"""
    )
    [hint] = next_steps(entitled(made, clients=19))
    assert (hint.times, hint.held.gain_minor) == (1, 250_00)


FAULTS = """
{measure: revenue, target: clients} | components[0] | `target` alone
{} | components[0] | not clear what the bands are of
{measure: revenue, bands: []} | components[0].bands | rate: 2 %
{measure: revenue, bands: [{until: 5, rate: 1 %}, {from: 6, rate: 2 %}]} | components[0].bands[1].from | hole
{measure: revenue, bands: [{rate: 2}]} | components[0].bands[0].rate | Write 2 %
{target: revenue, bands: [{rate: 100 %}]} | components[0].bands[0].rate | as much as the money itself
{measure: clients, bands: [{rate: 2}]} | - | -
{measure: revenue, method: margin} | components[0].method | Did you mean `marginal`?
"""


@pytest.mark.parametrize("row", FAULTS.strip().splitlines())
def test_faults_of_rate_tables(row: str) -> None:
    written, place, says = (cell.strip() for cell in row.split(" | "))
    component = {"bands": [{"rate": "1 %"}], **yaml.safe_load(written)}
    found = problems(
        document(
            "targets: {revenue: {measure: revenue, value: 100000}}",
            components=[{"id": "c", "kind": "rate_table", "title": "T", **component}],
        )
    )
    assert says in found[place] if place != "-" else not found, found


values = st.fractions(-200, 400, max_denominator=50)
rates = st.fractions(0, 1, max_denominator=20)
edges = st.lists(st.integers(0, 100).map(Fraction), min_size=1, max_size=5, unique=True).map(sorted)


@st.composite
def tables(draw: st.DrawFn, method: str = "marginal", is_open: bool | None = None) -> RateTable:
    """Bands without a fault, the first with or without a beginning."""
    starts: list[Fraction | None] = list(draw(edges))
    if draw(st.booleans()) if is_open is None else is_open:
        starts[0:0] = [None]
    bands = tuple(
        RateBand(rate=draw(rates), from_=low, until=high) for low, high in pairwise([*starts, None])
    )
    table = RateTable(id="t", title=Title("T", "T"), measure="m", bands=bands, method=method)  # type: ignore[arg-type]
    assert not list(table.faults())
    return table


def worth(table: RateTable, value: Fraction, aim: Fraction | None = None) -> Fraction:
    earned = table.worth(Figure("m", value, aim))
    assert not earned.parts or sum(part.amount for part in earned.parts) == earned.amount
    return earned.amount


@given(tables(), values, st.fractions(0, 30, max_denominator=50))
def test_marginal_pay_grows_without_a_jump(table: RateTable, value: Fraction, more: Fraction) -> None:
    """More is never worth less, and no more than the highest rate on what is more."""
    gain = worth(table, value + more) - worth(table, value)
    assert 0 <= gain <= more * max(band.rate for band in table.bands)


@given(tables(), values, values, values)
def test_marginal_pay_of_parts_sums_to_the_whole(
    table: RateTable, value: Fraction, low: Fraction, high: Fraction
) -> None:
    """Wherever a stretch is cut, its portions sum to the value."""
    low, high = sorted((low, high))
    cuts = [None, low, high, None]
    assert sum(portion(value, near, far) for near, far in pairwise(cuts)) == value


@given(
    tables(),
    values,
    st.integers(1, 1000).map(Fraction),
    st.sampled_from(["marginal", "whole", "interpolated"]),
)
def test_attainment_is_the_amount_in_units_of_the_target(
    table: RateTable, value: Fraction, aim: Fraction, method: str
) -> None:
    """Bands of attainment pay the target's multiple of what the same bands pay for the attainment."""
    table = msgspec.structs.replace(table, method=method)
    assert worth(table, value * aim, aim) == aim * worth(table, value)


@given(tables(method="interpolated", is_open=False), st.data())
def test_interpolation_is_exact(table: RateTable, data: st.DataObject) -> None:
    """At a band's beginning its rate holds; between two, the rate divides them as the value does."""
    for band in table.bands:
        assert band.from_ is not None
        assert worth(table, band.from_) == band.from_ * band.rate
    for lower, upper in pairwise(table.bands):
        assert lower.from_ is not None and upper.from_ is not None
        share = data.draw(st.fractions(0, 1, max_denominator=100))
        value = lower.from_ + share * (upper.from_ - lower.from_)
        assert worth(table, value) == value * (lower.rate + share * (upper.rate - lower.rate))


@given(st.lists(rates, min_size=1, max_size=4), values)
def test_a_line_stays_between_its_points(levels: list[Fraction], value: Fraction) -> None:
    points = [(Fraction(10 * index), level) for index, level in enumerate(levels)]
    found = along(points, value)
    assert (found is None) == (value < 0)
    assert found is None or min(levels) <= found <= max(levels)


@given(tables(), values, st.none() | st.integers(1, 1000).map(Fraction))
def test_bands_are_filled_by_their_portions(table: RateTable, value: Fraction, unit: Fraction | None) -> None:
    """Going up the bands finds the same portions as looking at each by itself."""
    filled_by = {number: counted for number, _, counted in filled(table.bands, value, unit)}
    ends = [(band.from_, band.until) for band in table.bands]
    scaled = [tuple(None if end is None else end * (unit or 1) for end in both) for both in ends]
    alone = {number: portion(value, *both) for number, both in enumerate(scaled, start=1)}
    assert filled_by == {number: counted for number, counted in alone.items() if counted}
