"""One person, as far as the reader may see: work, targets, warnings, training, and the way to the rest."""

from litestar import Response, get
from litestar.di import NamedDependency

from api import overview
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import EmployeeInPath, OnDay
from projections.overview import Overview

COMPLAINTS = 5
MOODS = 6


@get(
    "/employees/{employee:str}",
    opt=page_opt(
        "read_people", "team", asks=["day"], personal="person", reach_on="today", follows="all_facts"
    ),
)
async def person_page(
    page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None
) -> Response[str]:
    """All about a person on one page: support and pay for those who may read them; live."""
    on = day or page.reading.today()
    found: Overview = await page.ask(overview.read_overview, employee=employee, day=on)
    here = found.posting
    named = {each for each in (here.manager, here.mentor) if each} if here else set[str]()
    cared = {each.owner for each in found.support.interventions} if found.support else set[str]()
    progress = found.pay.progress if found.pay else None
    return await page.rendered(
        "team/person.html",
        who=await person_shown(page, employee, on),
        on=on,
        found=found,
        progress=progress,
        names=await page.names(each for each in named | cared if page.caller.reaches(each)),
        complaints=found.complaints[:COMPLAINTS],
        moods=found.moods[-MOODS:][::-1],
        may_care=page.may("read_care"),
        may_pay=page.may("read_pay"),
    )
