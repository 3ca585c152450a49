"""Posts filled and vacant, and how many people will be lacking in the months ahead."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import establishment, insight, units
from api.pages.hr.shown import shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import OnDay
from domain.people.establishment import Posts
from projections.staffing import Forecast

BranchAsked = Annotated[str | None, QueryParameter(description="Of this branch only.")]


@get(
    "/hr/posts",
    opt=page_opt(
        "read_care", "hr", asks=["branch", "day"], personal="none", reach="all", follows="all_but_work"
    ),
)
async def posts_page(
    page: NamedDependency[Page], branch: BranchAsked = None, day: OnDay = None
) -> Response[str]:
    """How many posts each unit has by kind of employment, how many are filled, and how many vacant."""
    found: list[Posts] = await page.ask(
        establishment.read_establishment, branch=[branch] if branch else None, day=day
    )
    return await shown(
        page,
        "posts",
        "posts",
        day=day,
        posts=found,
        differing=sorted((each for each in found if each.vacant), key=lambda each: -each.vacant),
        full=[each for each in found if not each.vacant],
        over=sum(max(0, -each.vacant) for each in found),
        branch=branch,
        branches=[each.branch for each in await page.ask(units.read_units, day=day)],
        total=(sum(each.posts for each in found), sum(each.filled for each in found)),
        vacant=sum(max(0, each.vacant) for each in found),
    )


@get(
    "/hr/posts/forecast",
    opt=page_opt("read_care", "hr", asks=["months", "branch", "day"], personal="none", reach="all"),
)
async def forecast_page(
    page: NamedDependency[Page],
    months: Annotated[int, QueryParameter(ge=1, le=12, description="How far to look ahead.")] = 3,
    branch: BranchAsked = None,
    day: OnDay = None,
) -> Response[str]:
    """How many people the posts will lack month by month, with all that was assumed."""
    found: Forecast = await page.ask(insight.read_staffing, months=months, day=day)
    return await shown(
        page,
        "forecast",
        "posts",
        day=day,
        found=found,
        posts=[each for each in found.posts if branch in (None, each.branch)],
        branches=sorted({each.branch for each in found.posts}),
        branch=branch,
        months=months,
    )
