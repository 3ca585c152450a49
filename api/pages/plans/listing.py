"""The plans of the firm: which hold, for whom, and who waits for whom."""

from litestar import Response, get
from litestar.di import NamedDependency

from api import plan_words
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.plans.rights import PlanRights
from api.reading import OnDay
from api.roles import Role
from projections.plan_standings import PlanStanding

STAFF: tuple[Role, ...] = ("manager", "hr", "hr_head", "payroll", "auditor", "administrator")
"""In whose navigation plans stand; employees find theirs below their own pages."""


@get(
    "/plans",
    opt=page_opt(
        "read_plans",
        "plans",
        nav=48,
        roles=STAFF,
        asks=["day"],
        personal="none",
        reach="any",
        follows="all_but_work",
    ),
)
async def plans_page(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Every plan with how it stands on a day, and the drafts that wait for somebody."""
    on = day or page.reading.today()
    found: list[PlanStanding] = await page.ask(plan_words.read_standings, day=day)
    return await page.rendered(
        "plans/list.html",
        plans=found,
        drafts=[draft for each in found for draft in each.drafts],
        titles={each.plan: each.title for each in found},
        on=on,
        is_today=on == page.reading.today(),
        known_at=page.view.known_at,
        rights=PlanRights.of(page.caller),
    )
