"""The gallery: plans that come with the program, to begin one's own with."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from api import plan_examples
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.plans.rights import PlanRights


@get(
    "/plan-examples",
    opt=page_opt("read_plans", "plans", personal="none", reach="any"),
)
async def examples_page(page: NamedDependency[Page]) -> Response[str]:
    """Every example with whom it is for and what it pays."""
    found = await page.ask(plan_examples.read_examples)
    return await page.rendered("plans/examples.html", examples=found)


@get(
    "/plan-examples/{example:str}",
    opt=page_opt("read_plans", "plans", personal="none", reach="any"),
)
async def example_page(
    page: NamedDependency[Page],
    example: Annotated[str, PathParameter(description="Name of an example.")],
) -> Response[str]:
    """One of them in words, and as text; a draft can be started from it."""
    found = await page.ask(plan_examples.read_example, example=example)
    return await page.rendered("plans/example.html", found=found, rights=PlanRights.of(page.caller))
