"""Caps whose excess is carried: nothing is paid twice, nothing is lost before the quarter or year ends."""

from fractions import Fraction
from itertools import pairwise

import pytest
from given_plan import entitled, plan, resolved
from hypothesis import given
from hypothesis import strategies as st

from domain.period import Period
from domain.plan.components.terms import Cap
from domain.plan.statement import carried_into, compute_statement
from domain.plan.words import say

MADE = plan(
    """
components:
  - {id: c, kind: per_unit, title: T, measure: clients, rate: 50, cap: {pays: 1000, carried: year},
     gates: [{measure: deals, at_least: 0}]}
"""
)


def months(clients: list[int], deals: list[int]) -> list[tuple[Fraction, Fraction]]:
    """What each month from January pays, and what it carries on."""
    found: list[tuple[Fraction, Fraction]] = []
    carried: dict[str, Fraction] = {}
    for number, (count, closed) in enumerate(zip(clients, deals, strict=True), start=1):
        period = Period.parse(f"2025-{number:02}")
        held = entitled(resolved(MADE, period), clients=count, deals=closed)._replace(carried=carried)
        [line] = compute_statement("E1", [held]).lines
        assert not line.parts or sum(Fraction(part.amount) for part in line.parts) == Fraction(line.exact)
        carried = carried_into(held, period.next())
        found.append((Fraction(line.exact), carried.get("c", Fraction(0))))
    return found


def test_the_excess_is_paid_as_soon_as_there_is_room() -> None:
    """1,500 and 1,100, then 400: 1,000 each in three months, and nothing is left."""
    assert months([30, 22, 8], [0, 0, 0]) == [(1000, 500), (1000, 600), (1000, 0)]


def test_what_a_gate_takes_is_not_carried() -> None:
    assert months([30, 5], [-1, 0]) == [(0, 0), (250, 0)]
    assert months([30, 5, 5], [0, -1, 0]) == [(1000, 500), (0, 0), (250, 0)]


@pytest.mark.parametrize(
    ("carried", "earlier", "later", "counts"),
    [
        ("year", "2025-11", "2025-12", True),
        ("year", "2025-12", "2026-01", False),
        ("quarter", "2025-02", "2025-03", True),
        ("quarter", "2025-03", "2025-04", False),
        (None, "2025-02", "2025-03", False),
    ],
)
def test_where_carrying_ends(carried: str | None, earlier: str, later: str, counts: bool) -> None:
    cap = Cap(pays=Fraction(1), carried=carried)  # pyright: ignore[reportArgumentType]
    assert cap.carries_from(Period.parse(earlier), Period.parse(later)) is counts


@given(st.lists(st.integers(-5, 60), min_size=1, max_size=11))
def test_all_that_was_earned_is_paid_or_carried(clients: list[int]) -> None:
    """After any month but the last: paid and carried on come to what was earned; none exceeds the cap."""
    told = months(clients, [0] * len(clients))
    for number in range(1, len(clients) + 1):
        paid = sum(pays for pays, _ in told[:number])
        assert paid + told[number - 1][1] == 50 * sum(clients[:number])
    assert all(pays <= 1000 for pays, _ in told)
    assert all(pays == 1000 for (pays, left), _ in pairwise(told) if left)


def test_a_line_says_what_was_carried_in() -> None:
    held = entitled(MADE, clients=5)._replace(carried={"c": Fraction(300)})
    [line] = compute_statement("E1", [held]).lines
    assert [(part.name, part.amount) for part in line.parts] == [
        ("earned", "250"), ("carried in", "300"), ("gate 1", "0")
    ]  # fmt: skip
    assert say(line.parts[1].rule, line.parts[1].words, MADE, "zh") == "此前封顶结转"
