"""The JSON Schema for editors takes every sound plan, and finds no fault that `plan check` does not find."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
import yaml
from given_plan import EXAMPLES, document, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from api.yaml_names import PlanLoader
from docs.generate_schema import plan_schema
from domain.plan.parse import plan_document

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = plan_schema()
_valid = fastjsonschema.compile(SCHEMA, use_default=False)

RICH = """
population: {post: [seller], tenure_months: {until: 12}}
parameters: {bonus: {value: "50.50", open: {to: [branch], min: 40, max: 60}}}
measures:
  size: {each: deal_closed, of: amount, by: deal}
  early: {count: visit_recorded, window: {days_since_hire: 30}, where: {kind: first}}
components:
  - {id: deals, kind: per_unit, title: Per deal, measure: deals, rate: {parameter: bonus},
     cap: {pays: 4500 CNY}, gates: [{measure: clients, at_least: 3}]}
  - {id: tiers, kind: rate_table, title: {en: Tiers, zh: 分段}, measure: revenue,
     bands: [{from: 0, until: 50000, rate: 1 %}, {from: 50000, rate: 2 %}]}
  - {id: card, kind: scorecard, title: Card, base: 4000, parts: [{target: clients, weight: 100 %}]}
milestones: [{id: first, title: First, measure: deals, reaches: 1, within_days: 60}]
boards: [{id: best, title: Best, measure: deals, period: week, size: 10}]
"""
WRONG = [
    None, True, -1, 0, 3, 8.5, "", " ", "x", "12 %", "12 CNY", "1,000", "１２", "2025-13-99", "2025-01-01",
    [], ["x"], [None], {}, {"parameter": "bonus"}, {"parameter": 3}, {"en": "A"}, {"en": "A", "zh": "甲"},
    "per_unit", "visit_recorded", "deals / clients", {"last_periods": 0}, "year", ["branch"], {"x": 1},
]  # fmt: skip
MORE = ("title", "cap", "prorate", "clause", "less", "unit", "floor", "size", "ratio", "open", "relief")


def found_by_schema(written: object) -> bool:
    """Whether the schema finds a fault."""
    try:
        _valid(deepcopy(written))
    except fastjsonschema.JsonSchemaValueException:
        return True
    return False


def places(part: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a document."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield (*way, name)
            yield from places(value, (*way, name))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield (*way, index)
            yield from places(value, (*way, index))


PLAN = plan_document(document(RICH))
PLACES = sorted(places(PLAN), key=str)


def _at(written: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        written = written[step]
    return written


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_example_is_valid(file: Path) -> None:
    assert not found_by_schema(plan_document(yaml.load(file.read_bytes(), Loader=PlanLoader)))


def test_the_plan_that_is_spoiled_below_is_sound() -> None:
    assert not problems(PLAN)
    assert not found_by_schema(PLAN)


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("effective_from",), "January"),
        (("components", 0, "kind"), "per_deal"),
        (("components", 0, "colour"), "red"),
        (("components", 0, "rate"), "12 %"),
        (("components", 2, "parts", 0, "weight"), 100),
        (("measures", "size", "each"), "deal_won"),
        (("measures", "size"), {"of": "amount"}),
        (("measures", "early", "window"), {"last_periods": 0}),
        (("boards", 0, "first"), "best"),
        (("parameters", "bonus", "open", "to"), ["country"]),
        (("milestones", 0, "within_days"), "8 %"),
        (("title",), {"en": "Selling"}),
        (("plan",), "Selling!"),
        (("parameters", "bonus", "value"), 50.5),
    ],
)
def test_an_editor_shows_what_it_can_know(way: tuple[Any, ...], value: object) -> None:
    written = deepcopy(PLAN)
    _at(written, way[:-1])[way[-1]] = value
    assert found_by_schema(written)
    assert problems(written)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(WRONG) | st.just("remove") | st.just("add"), st.randoms())
def test_it_finds_nothing_that_the_check_does_not_find(way: tuple[Any, ...], value: Any, random: Any) -> None:
    """Whatever is set, removed or added anywhere."""
    written = deepcopy(PLAN)
    place = _at(written, way[:-1])
    if value == "remove":
        del place[way[-1]]
    elif value == "add":
        held = place if isinstance(place, dict) else {}
        held[random.choice(MORE)] = deepcopy(random.choice(WRONG))
    else:
        place[way[-1]] = deepcopy(value)
    if found_by_schema(written):
        assert problems(written), (way, value)


def test_the_schema_is_on_disk_as_the_code_says_it() -> None:
    """And it names no other machine than that of the vocabulary."""
    held = json.loads(ROOT.joinpath("docs", "plan.schema.json").read_text("utf-8"))
    assert held == SCHEMA
    assert json.dumps(held).count("://") == 1
