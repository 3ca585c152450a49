"""Each number that holds for a person names who set it, by which fact and where."""

import datetime as dt
from typing import Any

import pytest
from given_plan import MARCH, plan, posted

from domain.plan.overrides import Override, TargetChange
from domain.plan.resolve import Resolver
from domain.plan.sources import SourcedValue, sourced_values

PLAN = plan("""
    parameters:
      bonus: {value: 50, open: {to: [branch, team, person], min: 40, max: 60}}
      asked: {value: 25, open: {to: [branch]}}
    targets:
      clients: {measure: clients, value: {parameter: asked}, relief: {leave: {per_day: 1}}}
    components:
      - {id: deals, kind: per_unit, title: Per deal, measure: deals, rate: {parameter: bonus}}
      - {id: card, kind: scorecard, title: Card, base: 4000,
         parts: [{target: clients, weight: 90 %}, {target: close_rate, weight: 10 %}]}
    milestones: [{id: first, title: First deal, measure: deals, reaches: 10, within_days: 30}]
    """)
ADOPTED = 11
JANUARY = dt.date(2025, 1, 1)


def override(parameter: str, value: str, level: Any, scope: str, position: int) -> Override:
    return Override(
        position=position,
        plan="selling",
        parameter=parameter,
        level=level,
        scope=scope,
        value=value,
        effective_from=JANUARY,
    )


def change(target: str, value: str, position: int, within_days: int | None = None) -> TargetChange:
    return TargetChange(
        position=position,
        employee="E1",
        target=target,
        value=value,
        effective_from=JANUARY,
        within_days=within_days,
    )


def held(overrides: list[Override] | None = None, *changes: TargetChange) -> dict[str, SourcedValue]:
    resolved = Resolver(PLAN, MARCH, overrides or [], changes)(posted(team="T1"))
    return {each.path: each for each in sourced_values(resolved, ADOPTED, changes)}


def source(each: SourcedValue) -> tuple[str, str, int, str]:
    return each.said, each.level, each.position, each.source


@pytest.mark.rule("R83")
def test_what_nobody_changed_is_the_plans_own() -> None:
    found = held()
    assert source(found["parameters.bonus.value"]) == ("50", "national", ADOPTED, "parameters.bonus")
    assert source(found["components.deals.rate"]) == ("50 CNY", "national", ADOPTED, "parameters.bonus")
    assert source(found["components.card.parts.clients.weight"]) == (
        "90 %",
        "national",
        ADOPTED,
        "components.card.parts.clients.weight",
    )
    assert source(found["targets.close_rate.value"]) == (
        "10 %",
        "national",
        ADOPTED,
        "targets.close_rate.value",
    )
    assert found["components.card.parts.close_rate.weight"].title.en == "close rate"


@pytest.mark.rule("R84")
@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ([("branch", "SH", 21)], ("51 CNY", "branch", 21, "branch SH")),
        ([("branch", "SH", 21), ("team", "T1", 22)], ("52 CNY", "team", 22, "team T1")),
        ([("person", "E1", 23), ("team", "T1", 22)], ("51 CNY", "person", 23, "person E1")),
        ([("branch", "GZ", 21)], ("50 CNY", "national", ADOPTED, "parameters.bonus")),
    ],
)
def test_an_override_names_its_level_its_fact_and_its_scope(
    overrides: list[tuple[str, str, int]], expected: tuple[str, str, int, str]
) -> None:
    """In the parameter and wherever it is used; all else stays the plan's own."""
    told = [
        override("bonus", str(50 + number), level, scope, position)
        for number, (level, scope, position) in enumerate(overrides, start=1)
    ]
    found = held(told)
    assert source(found["components.deals.rate"]) == expected
    assert source(found["parameters.bonus.value"])[1:] == expected[1:]
    others = [path for path in found if "bonus" not in path and path != "components.deals.rate"]
    assert {found[path].level for path in others} == {"national"}


def test_a_changed_target_and_milestone_name_the_persons_fact() -> None:
    """Of a milestone only what was changed; the later of two changes counts."""
    found = held(
        [override("asked", "30", "branch", "SH", 20)],
        change("clients", "18", 31),
        change("first", "8", 32),
        change("first", "9", 33, within_days=40),
    )
    assert source(found["targets.clients.value"]) == ("18", "person", 31, "person E1")
    assert source(found["parameters.asked.value"]) == ("30", "branch", 20, "branch SH")
    assert source(found["milestones.first.reaches"]) == ("9", "person", 33, "person E1")
    assert source(found["milestones.first.within_days"]) == ("40", "person", 33, "person E1")
    assert held([], change("first", "8", 32))["milestones.first.within_days"].level == "national"


def test_what_a_target_comes_to_is_told_beside_what_was_asked() -> None:
    """A quota of 240 a year asks for 20 in March."""
    spread = plan("targets: {clients: {measure: clients, value: 240, spread: {over: year}}}")
    resolved = Resolver(spread, MARCH)(posted())
    found = {each.path: each for each in sourced_values(resolved, ADOPTED)}
    assert (found["targets.clients.value"].value, found["targets.clients.value"].holds) == ("240", "20")
    assert found["targets.close_rate.value"].holds is None
