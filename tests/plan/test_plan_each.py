"""Pay for each deal by its own size, and every-time bonuses."""

from fractions import Fraction

import pytest
from given_plan import credit, document, entitled, plan, problems
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.components.bands import held_in
from domain.plan.components.rate_table import RateTable
from domain.plan.explain import explain
from domain.plan.hints import more
from domain.plan.measures import Days, FactMeasure, evaluate
from domain.plan.sizes import Each, more_of
from domain.plan.statement import Entitlement, Line, compute_statement
from domain.plan.words import say

EACH = """
measures:
  sizes: {each: deal_closed, of: amount, by: deal, less: deal_reversed}
  pieces: {each: deal_closed, of: quantity, where: {product: scanner}}
"""
BY_SIZE = (
    EACH
    + """
components:
  - {id: c, kind: rate_table, title: T, measure: sizes, METHOD,
     bands: [{until: 1000, rate: 1 %}, {from: 1000, rate: 2 %}]}
hints: {levers: [{id: deal, title: deals of 2000, adds: {sizes: 2000}}]}
"""
)
WHOLE, MARGINAL = BY_SIZE.replace("METHOD", "method: whole"), BY_SIZE.replace("METHOD", "method: marginal")
EVERY_TIME = (
    EACH + "components: [{id: c, kind: threshold, title: T, measure: pieces, reaches: 10, pays: 150}]"
)


def given_sizes(written: str, *sizes: int | str) -> Entitlement:
    held = entitled(plan(written))
    name = "pieces" if written == EVERY_TIME else "sizes"
    return held._replace(values={**held.values, name: Each(map(Fraction, sizes))})


def line_for(written: str, *sizes: int | str) -> Line:
    [line] = compute_statement("E1", [given_sizes(written, *sizes)]).lines
    return line


@pytest.mark.parametrize(
    ("sizes", "whole", "marginal"),
    [
        ([], 0, 0),
        (["999.99"], 10_00, 10_00),
        ([1000], 20_00, 10_00),
        ([999, 1], 10_00, 10_00),
        ([500, 2000], 45_00, 35_00),
        ([2000, 2000], 80_00, 60_00),
        ([2000, -2000], 0, 0),
        ([-500], -5_00, -5_00),
    ],
)
def test_each_deal_is_paid_by_its_own_size(sizes: list[int | str], whole: int, marginal: int) -> None:
    """Small deals never add up to a large one; what came back takes back what its own size was paid."""
    assert line_for(WHOLE, *sizes).amount_minor == whole
    assert line_for(MARGINAL, *sizes).amount_minor == marginal


@pytest.mark.parametrize(("pieces", "fen"), [([9], 0), ([10], 150_00), ([9, 9], 0), ([10, 11, 3], 300_00)])
def test_a_bonus_for_every_order_that_is_large_enough(pieces: list[int], fen: int) -> None:
    """150 for each order of ten scanners or more."""
    assert line_for(EVERY_TIME, *pieces).amount_minor == fen


def test_what_is_paid_alike_stands_together() -> None:
    line = line_for(WHOLE, 500, 700, 3000)
    made = plan(WHOLE)
    assert [(part.amount, part.words["times"], part.words["value"]) for part in line.parts] == [
        ("12", "2", "1200"),
        ("60", "1", "3000"),
    ]
    assert sum(Fraction(node.amount_minor) for node in explain(line, made).amounts) == line.amount_minor
    assert say(line.rule.key, line.rule.words, made, "en") == (
        "sizes: 3 in all, 4200 CNY together, each by its own size"
    )
    assert say(line.parts[0].rule, line.parts[0].words, made, "en") == "2, 1200 CNY together, all at 1 %"


def test_one_more_deal_is_paid_by_its_size() -> None:
    hint = more(given_sizes(WHOLE, 500), plan(WHOLE).hints.levers[0], 2)
    assert hint.held.gain_minor == 80_00


def test_sizes_belong_to_deals() -> None:
    """What came back lowers its deal; one that came back whole is none; facts of no deal are left out."""
    measure = plan(EACH).measures["sizes"]
    assert isinstance(measure, FactMeasure)
    credits = [
        credit("deal_closed", deal=deal, amount_minor=minor, currency="CNY")
        for deal, minor in (("D1", 500_00), ("D2", 300_00), (None, 900_00))
    ]
    credits += [
        credit("deal_reversed", deal=deal, amount_minor=minor, currency="CNY")
        for deal, minor in (("D1", 100_00), ("D2", 300_00), ("D0", 70_00))
    ]
    found = evaluate(measure, credits, "E1", Days(credits[0].day, credits[0].day))
    assert isinstance(found, Each)
    assert found.sizes == (-70, 400)


FAULTS = """
{each: deal_closed} | measures.m.of | quantity, minutes, amount, score
{each: deal_closed, of: amount, by: dael} | measures.m.by | Did you mean `deal`?
{each: visit_recorded, of: minutes, by: deal} | measures.m.by | visit_recorded has no deal
{sum: deal_closed, of: amount, by: deal} | measures.m.by | Leave it out, or measure `each`.
"""


@pytest.mark.parametrize("row", FAULTS.strip().splitlines())
def test_faults_of_a_measure_each(row: str) -> None:
    written, place, says = (cell.strip() for cell in row.split(" | "))
    found = problems(document(f"measures: {{m: {written}}}"))
    assert says in found.get(place, ""), found


amounts = st.integers(-5000, 5000).map(Fraction)


@given(st.lists(amounts, max_size=8), st.permutations(range(8)))
def test_neither_order_nor_company_changes_what_a_deal_is_paid(
    sizes: list[Fraction], order: list[int]
) -> None:
    """The whole is the sum of what each deal would be paid alone, in whatever order they came."""
    component = plan(WHOLE).components[0]
    assert isinstance(component, RateTable)
    shuffled = [sizes[index] for index in order if index < len(sizes)]
    held = given_sizes(WHOLE)
    [line] = compute_statement("E1", [held._replace(values={**held.values, "sizes": Each(shuffled)})]).lines
    alone = Fraction(0)
    for size in sizes:
        band = held_in(component.bands, abs(size))
        alone += size * band.rate if band else 0
    assert Fraction(line.exact) == alone == sum(Fraction(part.amount) for part in line.parts)


@given(st.lists(amounts, max_size=8), amounts, st.integers(0, 4))
def test_a_sum_keeps_its_summands(sizes: list[Fraction], by: Fraction, times: int) -> None:
    each = Each(sizes)
    assert each == sum(sizes) == sum(each.sizes)
    assert more_of(each, times, by) == each + times * by
    assert str(each) == str(sum(sizes, Fraction(0)))
