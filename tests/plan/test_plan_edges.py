"""Laws at edges: each band and gate from both sides, what comes back, and the order of plans."""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from given_plan import MARCH, credit, entitled, plan, posted
from hypothesis import given
from hypothesis import strategies as st

from domain.plan.components import KINDS
from domain.plan.components.base import Aim, Seen
from domain.plan.components.graded import Figure
from domain.plan.components.per_point import PerPoint
from domain.plan.components.rate_table import RateBand, RateTable
from domain.plan.components.scorecard import PayoutBand, Scorecard, ScorePart
from domain.plan.components.step import Band, Step
from domain.plan.components.terms import TESTS, FactorBand, Gate, Multiplier, gated, multiplied
from domain.plan.components.threshold import Threshold
from domain.plan.fields import Title
from domain.plan.measures import evaluate_all
from domain.plan.resolve import Resolver
from domain.plan.retro import delta_lines
from domain.plan.statement import Entitlement, Statement, compute_statement

DUST = Fraction(1, 10**12)
"""Less than anything that a plan is written in."""
HUNDRED = Fraction(100)
NAMED: dict[str, Any] = {"id": "c", "title": Title("T", "T")}


class Banded(NamedTuple):
    """Bands, and what each pays: the first holds from nowhere where `is_open`."""

    edges: list[Fraction]
    told: list[Fraction]
    is_open: bool

    def stretches(self, make: Callable[..., Any], name: str) -> tuple[Any, ...]:
        """The bands as structs of one kind, paying under `name`."""
        starts = [None, *self.edges] if self.is_open else self.edges
        spans = pairwise([*starts, None])
        return tuple(
            make(from_=low, until=high, **{name: value})
            for (low, high), value in zip(spans, self.told, strict=False)
        )

    def at(self, value: Fraction) -> Fraction:
        """What holds at `value`, told without the program: the last edge at or below it decides."""
        reached = sum(edge <= value for edge in self.edges)
        number = reached if self.is_open else reached - 1
        return self.told[number] if number >= 0 else Fraction(0)


banded = st.builds(
    Banded,
    st.lists(st.integers(1, 60).map(Fraction), min_size=1, max_size=5, unique=True).map(sorted),
    st.lists(st.integers(1, 40).map(lambda n: Fraction(n, 20)), min_size=6, max_size=6),
    st.booleans(),
)


def sides(edges: list[Fraction]) -> list[Fraction]:
    """Right below, at and right above each edge."""
    return [edge + by for edge in edges for by in (-DUST, Fraction(0), DUST)]


@given(banded)
def test_steps_and_whole_rates_change_exactly_at_their_edges(bands: Banded) -> None:
    """Over a measure, and over the attainment of a target of 100."""
    step = Step(**NAMED, measure="m", bands=bands.stretches(Band, "pays"))
    table = RateTable(**NAMED, measure="m", bands=bands.stretches(RateBand, "rate"), method="whole")
    for value in sides(bands.edges):
        for figure in (Figure("m", value, None), Figure("m", value * HUNDRED, HUNDRED)):
            assert step.worth(figure).amount == bands.at(value)
            assert table.worth(figure).amount == bands.at(value) * figure.value


@given(banded)
def test_lines_between_bands_have_no_jump(bands: Banded) -> None:
    """An interpolated bonus is what its band says at its edge, and a grain beside it hardly another."""
    step = Step(**NAMED, measure="m", bands=bands.stretches(Band, "pays"), method="interpolated")
    for edge in bands.edges:
        below, here, above = (step.worth(Figure("m", value, None)).amount for value in sides([edge]))
        assert here == bands.at(edge)
        assert abs(above - here) <= 40 * DUST
        assert edge == bands.edges[0] or abs(here - below) <= 40 * DUST


@given(banded)
def test_multipliers_and_payouts_change_exactly_at_their_edges(bands: Banded) -> None:
    """Outside its bands a multiplier leaves pay as it is, and a score pays nothing."""
    multiplier = Multiplier(measure="m", bands=bands.stretches(FactorBand, "times"))
    part = ScorePart(target="t", weight=Fraction(1))
    card = Scorecard(**NAMED, base=HUNDRED, parts=(part,), payout=bands.stretches(PayoutBand, "pays"))
    for value in sides(bands.edges):
        times = bands.at(value) if bands.is_open or value >= bands.edges[0] else Fraction(1)
        assert multiplied(multiplier, "m", HUNDRED, seen(m=value)).amount == HUNDRED * (times - 1)
        assert card.earn(seen(Fraction(1), m=value)).amount == HUNDRED * bands.at(value)


def seen(aim: Fraction = HUNDRED, **values: Fraction) -> Seen:
    """These values in March, and a target `t` of `m`."""
    return Seen(values, {"t": Aim("m", aim)}, {}, MARCH)


OPEN = {
    "at_least": (False, True, True),
    "more_than": (False, False, True),
    "at_most": (True, True, False),
    "less_than": (True, False, False),
}
"""Whether each test is met right below, at and right above its level."""


@given(st.fractions(-50, 50, max_denominator=30))
def test_gates_and_thresholds_open_exactly_at_their_level(level: Fraction) -> None:
    """Reaching is enough for at_least, at_most and a threshold; more_than and less_than want a grain more."""
    assert set(OPEN) == set(TESTS)
    reached = Threshold(**NAMED, measure="m", reaches=level, pays=HUNDRED)
    for test, met in OPEN.items():
        gate = Gate(measure="m", **{test: level})
        for value, is_open in zip(sides([level]), met, strict=True):
            assert gated(gate, "g", HUNDRED, seen(m=value)).amount == (0 if is_open else -HUNDRED)
    for value, is_met in zip(sides([level]), OPEN["at_least"], strict=True):
        assert reached.worth(Figure("m", value, None)).amount == (HUNDRED if is_met else 0)


@given(st.integers(0, 30), st.fractions(0, 1, max_denominator=30))
def test_a_point_is_full_exactly_at_its_end(points: int, target: Fraction) -> None:
    """Over a target of any rate, so many whole points; a grain less is one point fewer."""
    bonus = PerPoint(**NAMED, target="t", rate=Fraction(50))
    found = [bonus.earn(seen(target, m=value)).amount for value in sides([target + Fraction(points, 100)])]
    assert found == [50 * max(points - 1, 0), 50 * points, 50 * points]


RISING = plan(
    """
targets:
  clients: {measure: clients, value: 20}
  revenue: {measure: revenue, value: 1000}
components:
  - {id: unit, kind: per_unit, title: T, measure: revenue, rate: "0.0333"}
  - {id: lots, kind: per_unit, title: T, measure: revenue, every: 100, rate: 7}
  - {id: reached, kind: threshold, title: T, measure: revenue, reaches: 900, pays: 200}
  - {id: points, kind: per_point, title: T, target: clients, point: 1, rate: 50, counting: pro_rata}
  - id: steps
    kind: step
    title: T
    target: revenue
    bands: [{from: 50 %, until: 100 %, pays: 10}, {from: 100 %, pays: 90}]
  - id: curve
    kind: step
    title: T
    target: revenue
    method: interpolated
    bands: [{from: 50 %, until: 100 %, pays: 10}, {from: 100 %, pays: 90}]
  - id: marginal
    kind: rate_table
    title: T
    measure: revenue
    counts_up_to: 1500
    bands: [{until: 500, rate: 1 %}, {from: 500, until: 1000, rate: 4 %}, {from: 1000, rate: 2 %}]
  - id: whole
    kind: rate_table
    title: T
    measure: revenue
    method: whole
    bands: [{until: 500, rate: 1 %}, {from: 500, rate: 2 %}]
    floor: {pays: 3}
    cap: {pays: 25}
  - id: card
    kind: scorecard
    title: T
    base: 100
    parts: [{target: revenue, weight: 60 %, cap: 150 %}, {target: clients, weight: 40 %}]
"""
)
"""Every kind that pays by a number, with rates above 0 and bands that rise."""
RESOLVED = Resolver(RISING, MARCH)(posted())
fen = st.integers(0, 200_000)


def stated(revenue_fen: int, clients: int) -> Statement:
    values = {name: Fraction(0) for name in RISING.measures}
    values |= {"revenue": Fraction(revenue_fen, 100), "clients": Fraction(clients)}
    return compute_statement("E1", [Entitlement(RESOLVED, values)])


@given(fen, fen, st.integers(0, 40), st.integers(0, 40))
def test_what_comes_back_never_pays_more_and_its_void_pays_it_again(
    revenue: int, back: int, clients: int, fewer: int
) -> None:
    """After the close: no line about a reversal is above 0, and voiding it brings each to the cent again."""
    before, after = stated(revenue, clients), stated(revenue - back, clients - fewer)
    taken = delta_lines(after, before.lines)
    assert all(line.amount_minor < 0 for line in taken)
    given_back = delta_lines(before, [*before.lines, *taken])
    assert {line.component: -line.amount_minor for line in given_back} == {
        line.component: line.amount_minor for line in taken
    }
    assert delta_lines(before, [*before.lines, *taken, *given_back]) == ()


@given(st.integers(1, 10**7), st.integers(1, 28), st.integers(1, 28))
def test_a_deal_that_came_back_whole_was_none(amount: int, sold: int, back: int) -> None:
    """In one month every measure and every component is as if neither had been, whichever came first."""
    deal = {"deal": "D1", "amount_minor": amount, "currency": "CNY"}
    told = [credit("deal_closed", sold, **deal), credit("deal_reversed", back, **deal)]
    values, nothing = (
        evaluate_all(RISING.measures, facts, "E1", MARCH, dt.date(2024, 6, 3)) for facts in (told, [])
    )
    assert values == nothing
    found = [compute_statement("E1", [Entitlement(RESOLVED, each)]) for each in (values, nothing)]
    assert found[0].digest() == found[1].digest()


FOUR = tuple(
    entitled(
        plan("components: [{id: c, kind: per_unit, title: T, measure: revenue, rate: 3}]", plan=name),
        revenue=n,
    )
    for n, name in enumerate(("alpha", "beta", "delta", "gamma"))
)


@given(st.permutations(FOUR))
def test_the_order_of_plans_means_nothing(shuffled: list[Entitlement]) -> None:
    """A statement over several plans has the same bytes however they come."""
    statement = compute_statement("E1", shuffled)
    assert statement.digest() == compute_statement("E1", FOUR).digest()
    assert [line.amount_minor for line in statement.lines] == [0, 300, 600, 900]


def test_every_component_over_a_number_stands_in_the_law_of_reversals() -> None:
    """A new kind that counts must be added to the plan of that law."""
    apart = {"milestone", "rank", "true_up"}  # paid by a day, by a place, and by what the others earned
    kinds = {part.KIND for part in RISING.components}
    assert kinds | apart >= set(KINDS), set(KINDS) - kinds - apart
