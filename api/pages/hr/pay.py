"""Suggested pay: whose pay lies furthest behind their results, and what the market pays."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import insight
from api.pages.hr.shown import plans_in_force, shown, title_of
from api.pages.leaves import Offset, part_of
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import OnDay
from domain.period import Period
from domain.refusals import BadField


@get(
    "/hr/pay",
    opt=page_opt(
        "read_pay_ranges",
        "hr",
        asks=["measure", "period", "better", "offset", "day"],
        personal="people",
        reach="all",
    ),
)
async def pay_page(
    page: NamedDependency[Page],
    measure: Annotated[str | None, QueryParameter(description="Plan and measure: selling/deals.")] = None,
    period: Annotated[str, QueryParameter(description="A period; last quarter if empty.")] = "",
    better: Annotated[str, QueryParameter(description="Which end is better: highest or lowest.")] = "highest",
    offset: Offset = 0,
    day: OnDay = None,
) -> Response[str]:
    """Everybody in a plan with results and pay among their peers, and the range that both suggest."""
    today = day or page.reading.today()
    asked = period or str(Period.containing(today, "quarter").previous())
    choices = [
        (
            each,
            [(name, title_of(written, name)) for name, written in each.document.get("measures", {}).items()],
        )
        for each in await plans_in_force(page, day)
    ]
    plan, _, name = (measure or "").partition("/")
    part, refusal = None, None
    if name:
        better = "lowest" if better == "lowest" else "highest"
        try:
            said = {"plan": plan, "measure": name, "period": asked, "better": better}
            part = await part_of(page, insight.read_pay_ranges, offset, **said)
        except BadField as error:
            refusal = error
    return await shown(
        page,
        "pay",
        "pay",
        day=day,
        refusal=refusal,
        people={each.employee for each in part.rows} if part else (),
        choices=choices,
        measure=measure,
        period=asked,
        better=better,
        part=part,
    )
