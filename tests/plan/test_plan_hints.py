"""How much more earns how much more."""

from fractions import Fraction

import pytest
from given_plan import entitled, example, plan, resolved

from domain.plan.hints import levers_of, more, next_steps, steps_to
from domain.plan.parse import parse_plan
from domain.plan.words import say

BONUS = plan(
    """
components:
  - {id: clients, kind: per_unit, title: Clients, measure: clients, rate: 50}
  - {id: points, kind: per_point, title: Points, target: close_rate, rate: 50}
hints:
  levers:
    - {id: client, title: {en: new clients, zh: 个新客户}, adds: {clients: 1, followed: 1}}
    - {id: deal, title: {en: deals, zh: 单}, adds: {deals: 1}}
"""
)
CLIENT, DEAL = BONUS.hints.levers
NOW = entitled(BONUS, clients=10, followed=50, deals=6, close_rate="12 %")


@pytest.mark.rule("R75")
def test_two_more_clients() -> None:
    """600 today; two more clients make 700 with the close rate held, 650 with 6 of 52 computed anew."""
    hint = more(NOW, CLIENT, 2)
    assert hint.now_minor == 600_00
    assert (hint.held.total_minor, hint.held.gain_minor) == (700_00, 100_00)
    assert (hint.recomputed.total_minor, hint.recomputed.gain_minor) == (650_00, 50_00)


@pytest.mark.rule("R75")
def test_a_hint_states_what_it_assumes() -> None:
    hint = more(NOW, CLIENT, 2)
    said = [say(o.assumption.key, o.assumption.words, BONUS, "en") for o in (hint.held, hint.recomputed)]
    assert said == ["With close rate held", "With close rate computed anew"]


@pytest.mark.rule("R75")
def test_what_it_takes_to_reach_an_amount() -> None:
    """700 takes two clients, the rate held, or one deal: 7 of 50 are 14 %, four points."""
    found = {hint.lever.id: hint for hint in steps_to(NOW, 700_00)}
    assert (found["client"].times, found["client"].held.total_minor) == (2, 700_00)
    assert (found["deal"].times, found["deal"].recomputed.total_minor) == (1, 700_00)
    assert steps_to(NOW, 10_000_00) == ()


@pytest.mark.rule("R75")
def test_the_fewest_steps_come_first() -> None:
    found = next_steps(NOW)
    assert [(hint.lever.id, hint.times, hint.rises) for hint in found] == [
        ("deal", 1, ("points",)),
        ("client", 1, ("clients",)),
    ]
    assert found[0].recomputed.gain_minor == 100_00
    assert found[0].held.gain_minor == 0


@pytest.mark.parametrize(
    ("component", "clients", "times"),
    [
        ("{kind: per_unit, measure: clients, rate: 50}", 3, 1),
        ("{kind: threshold, measure: clients, reaches: 20, pays: 200}", 13, 7),
        ("{kind: threshold, target: clients, pays: 200}", 19, 1),
        ("{kind: per_point, target: clients, point: 5, rate: 100}", 21, 4),
        ("{kind: step, measure: clients, bands: [{until: 10, pays: 0}, {from: 10, pays: 9}]}", 4, 6),
        ("{kind: scorecard, base: 9, parts: [{target: clients, weight: 100 %, cap: 100 %}]}", 3, 1),
    ],
)
def test_every_kind_of_component_has_a_next_step(component: str, clients: int, times: int) -> None:
    made = plan(f"components: [{component.replace('{kind', '{id: c, title: T, kind', 1)}]")
    (hint,) = next_steps(entitled(made, clients=clients))
    assert hint.times == times
    assert hint.held == hint.recomputed
    assert hint.held.gain_minor > 0
    assert hint.held.assumption.key == "nothing_held"


def test_nothing_is_proposed_where_nothing_more_is_paid() -> None:
    """The last band is reached, or the cap."""
    for component in (
        "{id: c, title: T, kind: step, measure: clients, bands: [{pays: 9}]}",
        "{id: c, title: T, kind: scorecard, base: 9, parts: [{target: clients, weight: 100 %, cap: 100 %}]}",
    ):
        assert next_steps(entitled(plan(f"components: [{component}]"), clients=20)) == ()


def test_a_milestone_under_way_is_a_step_too() -> None:
    newcomer = parse_plan(example("huikang-newcomer"))
    given = entitled(newcomer)._replace(under_way={"ten_hospitals": Fraction(7)})
    found = [hint for hint in next_steps(given) if hint.lever.id == "hospital"]
    assert [(hint.times, hint.held.gain_minor, hint.rises) for hint in found] == [
        (3, 500_00, ("ten_hospitals",))
    ]


def test_without_levers_whatever_is_counted_is_one() -> None:
    made = plan("components: [{id: c, kind: per_point, title: T, target: close_rate, rate: 50}]")
    assert [lever.id for lever in levers_of(resolved(made))] == ["deals", "followed"]
    assert levers_of(resolved(BONUS)) == (CLIENT, DEAL)
