"""Plans to begin with: the examples that come with the program, each with its text and its words."""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import PathParameter

from api.demo import EXAMPLES
from api.plan_yaml import checked
from api.problems import NotFound
from domain.plan.amendment_words import say_whom
from domain.plan.fields import Title
from domain.plan.told import ToldClause, told


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
async def read_examples() -> list[PlanExample]:
    """The plans that come with the program, by name."""
    return [
        PlanExample(**{name: getattr(each, name) for name in PlanExample.__struct_fields__})
        for each in (await asyncio.to_thread(_examples)).values()
    ]


@get(
    "/plan-examples/{example:str}",
    summary="An example plan",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_example(
    example: Annotated[str, PathParameter(description="Name of an example.")],
) -> PlanExampleDetail:
    """The whole of one: its text to begin a draft with, and what it says in words."""
    found = (await asyncio.to_thread(_examples)).get(example)
    if found is None:
        raise NotFound(
            field="example", detail=f"There is no example {example!r}.", remedy="See /v1/plan-examples."
        )
    return found


@cache
def _examples() -> Mapping[str, PlanExampleDetail]:
    """All of them; they are part of the program and do not change while it runs."""
    found: dict[str, PlanExampleDetail] = {}
    for file in sorted(EXAMPLES.joinpath("plans").glob("*.yaml")):
        text = file.read_text("utf-8")
        plan, _ = checked(text, file.name)
        found[file.stem] = PlanExampleDetail(
            example=file.stem,
            plan=plan.plan,
            title=plan.title,
            whom=say_whom(plan.population),
            currency=plan.currency,
            components=tuple(each.title for each in plan.components),
            clauses=told(plan),
            text=text,
        )
    return found
