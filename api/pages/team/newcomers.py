"""The weekly review of newcomers: training, milestones and mood side by side."""

import datetime as dt
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import growth
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import any_period
from domain.period import Period
from projections.growth import GrowthBoard

WEEK = dt.timedelta(weeks=1)


@get(
    "/team/newcomers",
    opt=page_opt("read_care", "team", asks=["week"], personal="people", reach="rows", follows="all_facts"),
)
async def newcomers_page(
    page: NamedDependency[Page],
    week: Annotated[str | None, QueryParameter(description="Such as 2025-W10; this week if absent.")] = None,
) -> Response[str]:
    """A row for each newcomer within reach, with the week before and after."""
    today = page.reading.today()
    asked = Period.containing(today, "week") if week is None else any_period(week, "week")
    board: GrowthBoard = await page.ask(growth.read_growth, week=str(asked), day=None)
    rows = sorted(board.rows, key=lambda each: (each.day_number, each.employee))
    later = asked.next()
    return await page.rendered(
        "team/newcomers.html",
        asked=asked,
        rows=rows,
        names=await page.names({who for each in rows for who in (each.employee, each.mentor) if who}),
        before=str(asked.previous()),
        after=str(later) if later.first_day <= today else None,
    )
