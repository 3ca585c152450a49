"""The next step of every kind of component, and what keeps work from earning: gates, caps, floors, words."""

from fractions import Fraction

import pytest
from given_plan import entitled, plan

from domain.plan.doing import Contest
from domain.plan.hints import next_steps
from domain.plan.obstacles import awaited, obstacles
from domain.plan.reaches import next_levels
from domain.plan.sizes import Each
from domain.plan.words import say

MEASURES = """
measures:
  orders: {each: deal_closed, of: quantity}
  score: {average: satisfaction_scored, of: score}
  assessed: {last: compliance_scored, of: score, confirmed_by: manager}
  sales_to_date: {sum: deal_closed, of: amount, less: deal_reversed, window: quarter}
targets:
  revenue: {measure: revenue, value: 1000}
  score: {measure: score, value: 9}
  quarter: {measure: sales_to_date, value: 3000}
"""


def _plan(component: str, more: str = "") -> str:
    return f"{MEASURES}components: [{component.replace('{kind', '{id: c, title: T, kind', 1)}]\n{more}"


@pytest.mark.parametrize(
    ("component", "values", "measure", "level", "gain"),
    [
        # Marginal, of money: the next band begins at 2,000; 500 more at 10 % are 50.
        (
            "{kind: rate_table, measure: revenue,"
            " bands: [{until: 2000, rate: 10 %}, {from: 2000, rate: 20 %}]}",
            {"revenue": 1500}, "revenue", "2000", 50_00,
        ),
        # Whole-amount, of attainment: at 100 % of 1,000 all of it is paid at 10 %, not 5 %.
        (
            "{kind: rate_table, target: revenue, method: whole,"
            " bands: [{until: 100 %, rate: 5 %}, {from: 100 %, rate: 10 %}]}",
            {"revenue": 800}, "revenue", "1000", 60_00,
        ),
        # Interpolated: from 80 % at 4 % to 100 % at 8 %; 900 are paid at 6 %, 1,000 at 8 %.
        (
            "{kind: rate_table, target: revenue, method: interpolated,"
            " bands: [{from: 80 %, until: 100 %, rate: 4 %}, {from: 100 %, rate: 8 %}]}",
            {"revenue": 900}, "revenue", "1000", 26_00,
        ),
        # Running over a quarter that asks for 3,000; 600 more at 1 % are 6.
        (
            "{kind: rate_table, target: quarter, running: true,"
            " bands: [{until: 100 %, rate: 1 %}, {from: 100 %, rate: 5 %}]}",
            {"sales_to_date": 2400, "sales_to_date.before": 2000}, "sales_to_date", "3000", 6_00,
        ),
        ("{kind: per_unit, measure: revenue, every: 1000, rate: 30}", {"revenue": 1500},
         "revenue", "2000", 30_00),
        ("{kind: threshold, target: score, pays: 200}", {"score": "8.5"}, "score", "9", 200_00),
        ("{kind: per_point, target: score, point: 1, rate: 40}", {"score": "9.5"}, "score", "10", 40_00),
        ("{kind: step, measure: score, bands: [{from: 8, until: 9, pays: 10}, {from: 9, pays: 30}]}",
         {"score": 8}, "score", "9", 20_00),
        # A curve: a score of 90 % pays half, 100 % all of 600; 8.1 of 9 are 90 %.
        (
            "{kind: scorecard, base: 600, parts: [{target: score, weight: 100 %}],"
            " payout: [{from: 90 %, until: 100 %, pays: 50 %}, {from: 100 %, pays: 100 %}]}",
            {"score": 8}, "score", "81/10", 300_00,
        ),
        # A rating that a manager gives counts once it is confirmed, and is a level like any other.
        ("{kind: threshold, measure: assessed, reaches: 80, pays: 500}", {"assessed": None},
         "assessed", "80", 500_00),
        (
            "{kind: per_unit, measure: clients, rate: 10, multipliers: [{measure: score,"
            " bands: [{until: 9, times: 100 %}, {from: 9, times: 150 %}]}]}",
            {"clients": 4, "score": 8}, "score", "9", 20_00,
        ),
        ("{kind: per_unit, measure: clients, rate: 10, gates: [{measure: score, at_least: 9}]}",
         {"clients": 4, "score": 8}, "score", "9", 40_00),
    ],
)  # fmt: skip
def test_the_next_level_of_what_is_no_lever(
    component: str, values: dict[str, str | int | None], measure: str, level: str, gain: int
) -> None:
    found = {reach.measure: reach for reach in next_levels(entitled(plan(_plan(component)), **values))}
    assert (str(found[measure].level), found[measure].held.gain_minor) == (level, gain)


def test_an_order_is_a_size_of_its_own() -> None:
    """Every order of ten scanners pays 800: one order of ten is the step, and orders of nine are vain."""
    component = "{kind: threshold, measure: orders, reaches: 10, pays: 800}"
    lever = "hints: {levers: [{id: order, title: orders, adds: {orders: %s}}]}"
    ten, nine = (entitled(plan(_plan(component, lever % size))) for size in (10, 9))
    (hint,) = next_steps(ten._replace(values={**ten.values, "orders": Each(())}))
    assert (hint.times, hint.held.gain_minor) == (1, 800_00)
    assert next_steps(nine._replace(values={**nine.values, "orders": Each(())})) == ()


GATED = """{kind: per_unit, measure: clients, rate: 100, gates: [{measure: deals, at_least: 3}]}"""


def test_a_gate_is_the_cheapest_next_step() -> None:
    """Five clients wait behind a gate of three deals; with one deal, two more pay 500."""
    given = entitled(plan(_plan(GATED)), clients=5, deals=1)
    (hint,) = next_steps(given)
    assert (hint.lever.id, hint.times, hint.held.gain_minor) == ("deals", 2, 500_00)
    (gate,) = obstacles(given)
    assert gate.gain_minor == 500_00
    assert say(gate.said.key, gate.said.words, plan(_plan(GATED)), "en") == (
        "deals is 1, not at least 3: nothing is paid"
    )


def test_what_no_lever_does_alone_two_do_together() -> None:
    """Without a client the gate hides nothing: three deals and one client pay 100."""
    (hint,) = next_steps(entitled(plan(_plan(GATED)), clients=0, deals=0))
    assert {hint.lever.id: hint.times, **{lever.id: times for lever, times in hint.also}} == {
        "clients": 1,
        "deals": 3,
    }
    assert hint.recomputed.gain_minor == 100_00


def test_nothing_is_proposed_beyond_a_cap() -> None:
    """At the cap no more clients are proposed; what a carried cap cuts off is said to count next month."""
    for carried, key in (("", "cap_loses"), (", carried: year", "cap_carries")):
        component = f"{{kind: per_unit, measure: clients, rate: 100, cap: {{pays: 500{carried}}}}}"
        given = entitled(plan(_plan(component)), clients=7)
        assert next_steps(given) == ()
        (cap,) = obstacles(given)
        assert (cap.said.key, cap.said.words["left"], cap.gain_minor) == (key, "200", 0)


def test_a_floor_pays_until_it_is_passed() -> None:
    """Two clients at 100 under a floor of 500: the fourth more, the sixth in all, is the first that pays."""
    component = "{kind: per_unit, measure: clients, rate: 100, floor: {pays: 500}}"
    given = entitled(plan(_plan(component)), clients=2)
    (hint,) = next_steps(given)
    assert (hint.times, hint.held.gain_minor) == (4, 100_00)
    assert [each.said.key for each in obstacles(given)] == ["floor_holds"]


BOARD = """
boards: [{id: top, title: Top, measure: clients}]
components:
  - {id: c, title: T, kind: rank, board: top, pays: [1000, 500, 300]}
"""


def test_a_place_is_the_gap_to_the_next_that_pays_more() -> None:
    """With 5 clients behind 9, 9 and 12: four more share the second place, eight lead alone or share it."""
    given = entitled(plan(BOARD), clients=5)
    contest = Contest("clients", "highest", {"clients": Fraction(5)}, tuple(map(Fraction, (12, 9, 9, 2))))
    given = given._replace(places={"top": contest.standing(Fraction(5))})
    (level,) = next_levels(given, {"top": contest})
    assert (level.level, level.place, level.held.gain_minor) == (9, 2, 500_00)
    assert level.held.assumption.key == "others_stay"


def test_more_of_a_lever_moves_up_on_a_board() -> None:
    component = BOARD + "  - {id: d, title: D, kind: threshold, measure: clients, reaches: 100, pays: 1}\n"
    contest = Contest("clients", "highest", {"clients": Fraction(5)}, tuple(map(Fraction, (12, 9, 9, 2))))
    given = entitled(plan(component), clients=5)._replace(places={"top": contest.standing(Fraction(5))})
    (hint,) = next_steps(given, {"top": contest})
    assert (hint.lever.id, hint.times, hint.recomputed.gain_minor) == ("clients", 4, 500_00)


def test_what_waits_for_its_confirmation_is_told() -> None:
    """Three records wait for the manager; confirmed, the rating is 85 and pays 500."""
    held = plan(_plan("{kind: threshold, measure: assessed, reaches: 80, pays: 500}"))
    given = entitled(held, assessed=None)
    (found,) = awaited(given, {"assessed": Fraction(85)}, {"assessed": 3})
    assert found.gain_minor == 500_00
    assert (
        say(found.said.key, found.said.words, held, "en") == "assessed: 3 waiting to be confirmed by manager"
    )
    assert awaited(given, {"assessed": Fraction(70)}, {"assessed": 3}) == ()


def test_work_that_a_frozen_licence_keeps_from_counting_is_not_proposed() -> None:
    given = entitled(plan(_plan("{kind: per_unit, measure: clients, rate: 10}")), clients=3)
    assert next_steps(given._replace(frozen=frozenset({"clients"}))) == ()
