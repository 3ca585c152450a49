"""Payout curves of scorecards and bonuses by place, on both sides of each edge."""

from fractions import Fraction

import pytest
from given_plan import document, entitled, pay, plan, problems

from domain.plan.components.base import Standing
from domain.plan.statement import compute_statement
from domain.plan.words import say

CARD = """
components:
  - id: c
    kind: scorecard
    title: T
    base: 1000
    method: METHOD
    parts: [{target: clients, weight: 100 %}]
    payout: [{from: 80 %, until: 100 %, pays: 50 %}, {from: 100 %, pays: 120 %}]
"""
RANK = """
boards: [{id: b, title: {en: The board, zh: 榜}, measure: clients, period: PERIOD}]
components: [{id: c, kind: rank, title: T, board: b, pays: [1000, 500, 500]}]
"""


@pytest.mark.parametrize(
    ("clients", "steps", "interpolated"),
    [
        ("15.99", 0, 0),
        (16, 500_00, 500_00),
        (18, 500_00, 850_00),
        ("19.99", 500_00, 1198_25),
        (20, 1200_00, 1200_00),
        (40, 1200_00, 1200_00),
        (-4, 0, 0),
    ],
)
def test_a_score_pays_by_its_curve(clients: str | int, steps: int, interpolated: int) -> None:
    """A target of 20: 80 % pays half of the base, 100 % pays 120 %."""
    assert pay(CARD.replace("METHOD", "steps"), clients=clients) == [steps]
    assert pay(CARD.replace("METHOD", "interpolated"), clients=clients) == [interpolated]


def test_the_curve_is_a_part_of_the_line() -> None:
    made = plan(CARD.replace("METHOD", "steps"))
    [line] = compute_statement("E1", [entitled(made, clients=18)]).lines
    assert [(part.name, part.amount) for part in line.parts] == [("clients", "900"), ("payout", "-400")]
    assert say(line.rule.key, line.rule.words, made, "en") == (
        "Score 90 % of a base of 1000 CNY, which pays 50 %"
    )


@pytest.mark.parametrize(("place", "fen"), [(1, 1000_00), (2, 500_00), (3, 500_00), (4, 0), (None, 0)])
def test_a_place_is_paid(place: int | None, fen: int) -> None:
    made = plan(RANK.replace("PERIOD", "month"))
    stands = {} if place is None else {"b": Standing(place, 7)}
    [line] = compute_statement("E1", [entitled(made)._replace(places=stands)]).lines
    assert line.amount_minor == fen
    assert Fraction(line.exact) * 100 == fen
    if place == 2:
        assert say(line.rule.key, line.rule.words, made, "zh") == "榜：7 人中第 2 名，500 CNY"


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        ({"board": "c"}, "board", "There are: b."),
        ({"pays": []}, "pays", "No place is paid"),
        ({"pays": [1, 2]}, "pays", "Begin with the first place"),
        ({}, "board", "board of weeks"),
    ],
)
def test_faults_of_bonuses_by_place(change: dict[str, object], place: str, says: str) -> None:
    written = document(RANK.replace("PERIOD", "month" if change else "week"))
    written["components"][0] |= change
    found = problems(written)
    assert says in found.get(f"components[0].{place}", ""), found


def test_faults_of_a_payout_curve_name_their_place() -> None:
    written = document(CARD.replace("METHOD", "steps"))
    written["components"][0]["payout"][1]["from"] = "90 %"
    assert "overlaps" in problems(written)["components[0].payout[1].from"]
