"""Plans to begin with: the examples that come with the program, each with its text and its words."""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, NamedTuple

import msgspec
import yaml
from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from api.demo import EXAMPLES
from api.plan_yaml import checked
from api.problems import NotFound
from api.reading import Reading
from domain.plan.amendment_words import say_whom
from domain.plan.document import Plan
from domain.plan.fields import Title
from domain.plan.told import ToldClause, told
from projections.titles import Titles, titles


class PlanExample(msgspec.Struct, frozen=True, kw_only=True):
    """An example plan. example: its name. components: what they are called."""

    example: str
    plan: str
    title: Title
    whom: Title
    currency: str
    components: tuple[Title, ...]


class PlanExampleDetail(PlanExample, frozen=True, kw_only=True):
    """An example with all it says. text: YAML with the remarks of its author."""

    clauses: tuple[ToldClause, ...]
    text: str


@get(
    "/plan-examples",
    summary="Example plans",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_examples(reading: NamedDependency[Reading]) -> list[PlanExample]:
    """The plans that come with the program, by name; for whom, by what the firm calls its posts."""
    found = await asyncio.to_thread(examples)
    called = await _called(reading)
    return [PlanExample(**_shown(name, each, called)) for name, each in found.items()]


@get(
    "/plan-examples/{example:str}",
    summary="An example plan",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_example(
    reading: NamedDependency[Reading],
    example: Annotated[str, PathParameter(description="Name of an example.")],
) -> PlanExampleDetail:
    """The whole of one: its text to begin a draft with, and what it says in words."""
    found = (await asyncio.to_thread(examples)).get(example)
    if found is None:
        raise NotFound(
            field="example", detail=f"There is no example {example!r}.", remedy="See /v1/plan-examples."
        )
    called = await _called(reading)
    return PlanExampleDetail(
        **_shown(example, found, called), clauses=told(found.plan, called.of), text=found.text
    )


async def _called(reading: Reading) -> Titles:
    """What ids are called: by the firm, else by whoever wrote the examples."""
    own = await reading.ask(titles)
    return Titles({**await asyncio.to_thread(example_titles), **own.held})


class Example(NamedTuple):
    """A plan, and the text that it stands in."""

    plan: Plan
    text: str


def _shown(name: str, example: Example, called: Titles) -> dict[str, Any]:
    plan = example.plan
    return {
        "example": name,
        "plan": plan.plan,
        "title": plan.title,
        "whom": say_whom(plan.population, called.of),
        "currency": plan.currency,
        "components": tuple(each.title for each in plan.components),
    }


@cache
def example_titles() -> Mapping[tuple[str, str], Title]:
    """What ids in the examples are called, by kind and id."""
    held = yaml.load(EXAMPLES.joinpath("titles.yaml").read_text("utf-8"), yaml.CSafeLoader)
    return {(kind, id): Title(**said) for kind, own in held.items() for id, said in own.items()}


@cache
def examples() -> Mapping[str, Example]:
    """All of them; they are part of the program and do not change while it runs."""
    found: dict[str, Example] = {}
    for file in sorted(EXAMPLES.joinpath("plans").glob("*.yaml")):
        text = file.read_text("utf-8")
        found[file.stem] = Example(checked(text, file.name)[0], text)
    return found
