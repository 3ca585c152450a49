"""What a hint promises is what the month pays once the work is really recorded, and nothing cheaper does."""

from collections.abc import Sequence

import pytest
from given_plan import HIRED, MARCH, credit, plan, resolved
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.plan.document import Plan
from domain.plan.hints import levers_of, next_steps
from domain.plan.measures import Credit, evaluate_all
from domain.plan.statement import Entitlement, compute_statement

COMPONENTS = (
    "{kind: per_unit, measure: clients, rate: 50}",
    "{kind: per_unit, measure: clients, every: 4, rate: 150}",
    "{kind: threshold, measure: close_rate, reaches: 50 %, pays: 200}",
    "{kind: per_point, target: close_rate, rate: 50}",
    "{kind: per_point, target: clients, point: 1, rate: '7.77', counting: pro_rata}",
    "{kind: rate_table, target: clients, bands: [{until: 50 %, rate: 1}, {from: 50 %, rate: '3.333'}]}",
    "{kind: rate_table, measure: clients, method: whole,"
    " bands: [{from: 3, until: 6, rate: 9}, {from: 6, rate: 5}]}",
    "{kind: rate_table, measure: clients, method: interpolated,"
    " bands: [{from: 2, until: 9, rate: 1}, {from: 9, rate: 8}]}",
    "{kind: step, measure: deals,"
    " bands: [{until: 3, pays: 0}, {from: 3, until: 5, pays: 90}, {from: 5, pays: 40}]}",
    "{kind: scorecard, base: 900, parts: [{target: clients, weight: 60 %, cap: 120 %},"
    " {target: close_rate, weight: 40 %}]}",
    "{kind: scorecard, base: 900, parts: [{target: clients, weight: 100 %}],"
    " payout: [{from: 60 %, until: 100 %, pays: 50 %}, {from: 100 %, pays: 120 %}]}",
)
TERMS = (
    "",
    ", cap: {pays: 300}",
    ", cap: {pays: 300, carried: quarter}",
    ", floor: {pays: 120}",
    ", gates: [{measure: deals, at_least: 2}]",
    ", gates: [{measure: close_rate, at_most: 80 %}]",
    ", multipliers: [{measure: deals, bands: [{until: 2, times: 80 %}, {from: 2, times: 130 %}]}]",
    ", prorate: employed",
)
LEVERS = """
hints:
  up_to: 8
  levers:
    - {id: client, title: clients, adds: {clients: 1, followed: 1}}
    - {id: deal, title: deals, adds: {deals: 1}}
"""

PLANS = st.lists(st.tuples(st.sampled_from(COMPONENTS), st.sampled_from(TERMS)), min_size=1, max_size=3).map(
    lambda parts: plan(
        "components:\n"
        + "\n".join(
            f"  - {part[:-1]}{term}, id: c{number}, title: T}}" for number, (part, term) in enumerate(parts)
        )
        + LEVERS
    )
)
DONE = st.tuples(st.integers(0, 9), st.integers(0, 6), st.integers(0, 5))


def _work(clients: int, followed: int, deals: int, first: int = 0) -> list[Credit]:
    """So much work, each with a customer of its own."""
    return [
        *(credit("customer_registered", customer=f"C{first + n}") for n in range(clients)),
        *(credit("follow_up_recorded", customer=f"C{first + n}") for n in range(followed)),
        *(credit("deal_closed", deal=f"D{first + n}") for n in range(deals)),
    ]


def _entitled(of: Plan, credits: Sequence[Credit]) -> Entitlement:
    return Entitlement(resolved(of), evaluate_all(of.measures, credits, "E1", MARCH, HIRED))


def _paid(of: Plan, credits: Sequence[Credit]) -> dict[str, int]:
    lines = compute_statement("E1", [_entitled(of, credits)]).lines
    return {line.component: line.amount_minor for line in lines}


@pytest.mark.rule("R75")
@settings(max_examples=60, deadline=None)
@given(PLANS, DONE)
def test_what_is_promised_is_paid(of: Plan, done: tuple[int, int, int]) -> None:
    """By a step alone, or by two together behind a gate; fewer of the same pay none of what it raises."""
    before = _work(*done)
    now, given = _paid(of, before), _entitled(of, before)

    def after(counts: dict[str, int]) -> dict[str, int]:
        clients, deals = counts.get("client", 0), counts.get("deal", 0)
        return _paid(of, [*before, *_work(clients, clients, deals, first=100)])

    for hint in next_steps(given):
        times = {hint.lever.id: hint.times, **{lever.id: count for lever, count in hint.also}}
        assert hint.recomputed.total_minor == sum(after(times).values())
        assert hint.recomputed.gain_minor == hint.recomputed.total_minor - sum(now.values())
    for lever in levers_of(given.resolved):
        own = [hint for hint in next_steps(given) if hint.lever == lever and not hint.also]
        for count in range(1, 9):
            paid = after({lever.id: count})
            risen = {part for part in paid if paid[part] > now[part]}
            earlier = {part for less in range(1, count) for part in _risen(after({lever.id: less}), now)}
            if risen - earlier and sum(paid.values()) > sum(now.values()):
                assert any(hint.times == count and risen <= set(hint.rises) for hint in own), (
                    lever.id,
                    count,
                )


def _risen(paid: dict[str, int], now: dict[str, int]) -> set[str]:
    return {part for part in paid if paid[part] > now[part]}


@settings(max_examples=30, deadline=None)
@given(DONE)
def test_two_steps_behind_a_gate_are_the_fewest(done: tuple[int, int, int]) -> None:
    """No fewer of both pay more, alone or together."""
    of = plan(
        "components: [{id: c, title: T, kind: per_unit, measure: clients, every: 4, rate: 100,"
        " gates: [{measure: deals, at_least: 3}]}]" + LEVERS
    )
    before = _work(*done)
    now = sum(_paid(of, before).values())
    needed = [
        clients + deals
        for clients in range(9)
        for deals in range(9 - clients)
        if sum(_paid(of, [*before, *_work(clients, clients, deals, first=100)]).values()) > now
    ]
    steps = next_steps(_entitled(of, before))
    found = [hint.times + sum(count for _, count in hint.also) for hint in steps]
    assert min(found, default=None) == min(needed, default=None)
