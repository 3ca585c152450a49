"""What HR looks at first: what is due about people, and the way to everything else."""

from collections import Counter
from typing import get_args

from litestar import Response, get
from litestar.di import NamedDependency

from api import reminders
from api.pages.hr.shown import shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import OnDay
from domain.people.reminders import Kind, Reminder

FIRST = 12
"""So many of what is due stand on the page, the most urgent; the others are counted."""


@get(
    "/hr",
    opt=page_opt(
        "read_care", "hr", nav=44, asks=["day"], personal="people", reach="all", follows="all_facts"
    ),
)
async def overview_page(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Newcomers to greet, probations to review and credentials that end, the most urgent first."""
    due: list[Reminder] = await page.ask(reminders.read_reminders, day=day)
    counted = Counter(each.kind for each in due)
    return await shown(
        page,
        "overview",
        "overview",
        day=day,
        people={each.employee for each in due[:FIRST]},
        due=due[:FIRST],
        more=max(0, len(due) - FIRST),
        kinds=[(kind, counted[kind]) for kind in get_args(Kind)],
        late=sum(each.overdue for each in due),
    )
