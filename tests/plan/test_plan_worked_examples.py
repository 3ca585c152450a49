"""The worked examples of the documentation, computed."""

import datetime as dt
from fractions import Fraction

import pytest
from given_plan import MARCH, entitled, posted

from docs.worked import Case, Worked, worked_examples
from domain.money import major_text
from domain.people.roster import Leave
from domain.period import Period
from domain.plan.components import KINDS
from domain.plan.components.base import Month, Standing
from domain.plan.document import Plan
from domain.plan.measures import Days
from domain.plan.parse import parse_plan
from domain.plan.resolve import ResolvedPlan, Resolver
from domain.plan.running import before
from domain.plan.sizes import Each
from domain.plan.statement import compute_statement
from domain.plan.words import say

EXAMPLES = worked_examples()
CASES = [
    pytest.param(worked, case, id=f"{worked.kind}-{number}-{index}")
    for number, worked in enumerate(EXAMPLES.examples)
    for index, case in enumerate(worked.cases)
]


def held(made: Plan, case: Case) -> ResolvedPlan:
    """The plan for somebody who comes, goes, moves or is away as the case says."""
    told = {"hired_on": case.joined, "left_on": case.left}
    days = {name: dt.date.fromisoformat(day) for name, day in told.items() if day}
    spells = [Days(*map(dt.date.fromisoformat, case.belongs))] if case.belongs else []
    leaves = [
        Leave(position=1, employee="E1", kind="sick", from_on=first, until_on=last)
        for first, last in [map(dt.date.fromisoformat, case.away)][: len(case.away)]
    ]
    return Resolver(made, MARCH)(posted(**days), leaves, (), tuple(spells) or None)


@pytest.mark.parametrize(("worked", "case"), CASES)
def test_an_example_pays_what_it_says(worked: Worked, case: Case) -> None:
    """And every sentence about it can be said in both languages."""
    component = {"id": "example", "title": "Example", **worked.component}
    made = parse_plan(EXAMPLES.plan | {"components": [*worked.beside, component]})
    attained = {name: dt.date.fromisoformat(day) for name, day in case.reached.items()}
    given = entitled(
        held(made, case), **case.given, **{before(name): value for name, value in case.before.items()}
    )
    sizes = {name: Each(map(Fraction, held)) for name, held in case.sizes.items()}
    places = {board: Standing(place, 10) for board, place in case.places.items()}
    given = given._replace(values={**given.values, **sizes}, attained=attained, places=places)
    given = given._replace(carried={name: Fraction(held) for name, held in case.carried.items()})
    months = [
        Month(Period.parse(month), {name: Fraction(amount) for name, amount in amounts.items()})
        for month, amounts in case.earlier.items()
    ]
    given = given._replace(months=tuple(months), is_last=case.leaves)
    [*_, line] = compute_statement("E1", [given]).lines
    assert major_text(line.amount_minor, "CNY") == case.pays
    for language in ("en", "zh"):
        for rule, words in ((line.rule.key, line.rule.words), *((p.rule, p.words) for p in line.parts)):
            said = say(rule, words, made, language)
            assert said and "{" not in said


def test_every_kind_of_component_has_an_example() -> None:
    assert {worked.kind for worked in EXAMPLES.examples} == set(KINDS)
