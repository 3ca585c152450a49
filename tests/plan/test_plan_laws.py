"""Laws that hold for every history: lines re-sum, order means nothing, a hint keeps its promise."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec
from given_plan import entitled, plan, resolved
from hypothesis import given
from hypothesis import strategies as st

from domain.money import minor_per_major
from domain.plan.components.step import Band, band_faults
from domain.plan.explain import explain
from domain.plan.hints import next_steps
from domain.plan.measures import with_ratios
from domain.plan.retro import delta_lines
from domain.plan.statement import Entitlement, Statement, compute_statement

FULL = plan(
    """
measures: {satisfaction: {average: satisfaction_scored, of: score}}
targets:
  revenue: {measure: revenue, value: 50000}
  satisfaction: {measure: satisfaction, value: 9}
components:
  - {id: unit, kind: per_unit, title: T, measure: clients, rate: "33.335"}
  - {id: share, kind: per_unit, title: T, measure: revenue, rate: "0.0125"}
  - {id: reached, kind: threshold, title: T, measure: close_rate, reaches: 15 %, pays: 200}
  - {id: points, kind: per_point, title: T, target: close_rate, rate: 50, counting: pro_rata}
  - id: steps
    kind: step
    title: T
    measure: close_rate
    bands: [{until: 10 %, pays: 0}, {from: 10 %, until: 15 %, pays: 1000}, {from: 15 %, pays: 2000}]
  - id: card
    kind: scorecard
    title: T
    base: 1000
    parts:
      - {target: revenue, weight: 60 %, cap: 150 %}
      - {target: satisfaction, weight: 40 %}
"""
)

counts = st.integers(0, 400).map(Fraction)
histories = st.fixed_dictionaries(
    {
        "clients": counts,
        "followed": counts,
        "deals": counts,
        "revenue": st.integers(-(10**9), 10**9).map(lambda fen: Fraction(fen, 100)),
        "satisfaction": st.none() | st.fractions(0, 10, max_denominator=300),
    }
).map(lambda leaves: with_ratios(FULL.measures, leaves))


def stated(values: dict[str, Any]) -> Statement:
    return compute_statement("E1", [Entitlement(resolved(FULL), values)])


@given(histories)
def test_lines_sum_to_the_total_and_parts_to_lines(values: dict[str, Any]) -> None:
    found = stated(values)
    assert found.total_minor == sum(line.amount_minor for line in found.lines)
    for line in found.lines:
        assert sum(Fraction(node.amount_minor) for node in explain(line, FULL).amounts) == line.amount_minor
        assert abs(Fraction(line.exact) * minor_per_major("CNY") - line.amount_minor) <= Fraction(1, 2)


@given(histories, st.permutations(FULL.components))
def test_the_order_of_components_means_nothing(values: dict[str, Any], shuffled: list[Any]) -> None:
    other = msgspec.structs.replace(FULL, components=tuple(shuffled))
    found = compute_statement("E1", [Entitlement(resolved(other), values)])
    assert found.total_minor == stated(values).total_minor
    by_id = {line.component: line for line in found.lines}
    assert by_id == {line.component: line for line in stated(values).lines}


@given(histories)
def test_computed_twice_is_the_same_to_the_byte(values: dict[str, Any]) -> None:
    found = stated(values)
    assert stated(dict(reversed(values.items()))).digest() == found.digest()
    assert msgspec.json.decode(msgspec.json.encode(found), type=Statement) == found


@given(st.lists(histories, min_size=1, max_size=4))
def test_all_that_was_settled_is_what_was_computed_last(versions: list[dict[str, Any]]) -> None:
    """However often a closed period is computed anew, its lines and deltas sum to the last result."""
    settled = list(stated(versions[0]).lines)
    for values in versions[1:]:
        settled += delta_lines(stated(values), settled)
    last = stated(versions[-1])
    assert sum(line.amount_minor for line in settled) == last.total_minor
    for line in last.lines:
        paid = sum(other.amount_minor for other in settled if other.component == line.component)
        assert paid == line.amount_minor


@given(histories)
def test_a_hint_keeps_its_promise(values: dict[str, Any]) -> None:
    """Who does what a hint says earns what it said."""
    for hint in next_steps(Entitlement(resolved(FULL), values)):
        leaves = {name: value for name, value in values.items() if name != "close_rate"}
        for name, by in hint.lever.adds.items():
            leaves[name] += hint.times * by
        assert stated(with_ratios(FULL.measures, leaves)).total_minor == hint.recomputed.total_minor
        assert max(hint.held.gain_minor, hint.recomputed.gain_minor) > 0


@given(st.fractions(0, 1, max_denominator=2000))
def test_a_better_close_rate_never_pays_less(rate: Fraction) -> None:
    def paid(value: Fraction) -> int:
        given = entitled(FULL)
        return compute_statement(
            "E1", [given._replace(values={**given.values, "close_rate": value})]
        ).total_minor

    assert paid(rate) <= paid(rate + Fraction(1, 1000))


@given(st.sets(st.integers(0, 50), min_size=1, max_size=6), st.integers(-5, 60).map(Fraction))
def test_bands_without_fault_hold_each_value_above_their_start_once(edges: set[int], value: Fraction) -> None:
    rising: list[Fraction | None] = [*map(Fraction, sorted(edges)), None]
    bands = tuple(
        Band(pays=Fraction(index), from_=low, until=high)
        for index, (low, high) in enumerate(pairwise(rising))
    )
    assert not list(band_faults(bands))
    assert sum(band.has(value) for band in bands) == (value >= min(edges))
