"""Who has not read the plan that pays them, and since when."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import plan_life, workforce
from api.pages.hr.shown import filled_in, kept, named_in, plans_in_force, shown, told, whole
from api.pages.leaves import ROWS
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.people import Several
from api.plan_life import Acknowledgements
from api.reading import OnDay
from api.workforce import PersonListed
from domain.facts.plans import PlanAcknowledged
from domain.refusals import NotAllowed, Refusal
from projections.plan_readers import Readers

PlanAsked = Annotated[str | None, QueryParameter(description="Id of a plan; the first in force if absent.")]


class Unread(NamedTuple):
    """Somebody who has not acknowledged a version. since: its first day, or their own if that is later."""

    employee: str
    branch: str | None
    since: dt.date
    days: int


@get(
    "/hr/plans",
    opt=page_opt(
        "read_care",
        "hr",
        asks=["plan", "offset", "day", "done"],
        personal="people",
        reach="rows",
        follows="all_but_work",
    ),
)
async def plans_page(
    page: NamedDependency[Page],
    plan: PlanAsked = None,
    offset: Annotated[int, QueryParameter(ge=0, description="People to pass over.")] = 0,
    done: Annotated[str | None, QueryParameter(description="Who has acknowledged just now.")] = None,
    day: OnDay = None,
) -> Response[str]:
    """Each plan in force with how many of those it pays have acknowledged it, and who has not."""
    return await _shown(page, plan, offset, day, done=done)


@post("/hr/plans", opt=page_opt("record", "hr", asks=["day"], personal="people", reach="rows"))
async def acknowledge(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Records the paper that somebody has signed, with where it is filed."""
    page.caller.require("read_care")
    page.caller.require_record(PlanAcknowledged.TYPE)
    form = await filled_in(page)
    plan = form.get("plan", "")
    try:
        said = {name: form.get(name, "") for name in PlanAcknowledged.__struct_fields__}
        adopted = said["adopted_at"]
        fields = said | await named_in(page, said, ["employee"])
        await told(
            page,
            PlanAcknowledged,
            fields | {"adopted_at": int(adopted) if adopted.isascii() and adopted.isdecimal() else 0},
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, plan, 0, day, refusal, form)
    return page.gone_to(kept("/hr/plans", day, {"plan": plan, "done": fields["employee"]}))


async def _shown(
    page: Page,
    plan: str | None,
    offset: int,
    day: dt.date | None,
    refusal: Refusal | None = None,
    said: Mapping[str, str] | None = None,
    done: str | None = None,
) -> Response[str]:
    today = day or page.reading.today()
    known = await plans_in_force(page, day)
    asked = plan or next((each.plan for each in known), None)
    version: Readers | None = None
    if asked is not None:
        found: Acknowledgements = await whole(page, plan_life.read_acknowledgements, plan=asked, day=day)
        version = next((each for each in found.versions if each.state == "in_force"), None)
    missing = version.missing if version else []
    unread = await _unread(page, version, missing[offset : offset + ROWS], today) if version else []
    return await shown(
        page,
        "plans",
        "plans",
        day=day,
        refusal=refusal,
        people=[each.employee for each in unread] + ([done] if done in _done(version) else []),
        plans=known,
        plan=asked,
        version=version,
        unread=unread,
        missing=len(missing),
        offset=offset,
        after=offset + ROWS if offset + ROWS < len(missing) else None,
        rows=ROWS,
        said=said or {},
        fitting=refusal.people if isinstance(refusal, Several) else [],
        done=done if done in _done(version) else None,
        action=kept("/hr/plans", day),
    )


def _done(version: Readers | None) -> set[str]:
    """Who has acknowledged the version."""
    return {each.employee for each in version.acknowledged} if version else set()


async def _unread(page: Page, version: Readers, people: list[str], today: dt.date) -> list[Unread]:
    if not people:
        return []
    listed: list[PersonListed] = await page.ask(workforce.read_people, employee=people, day=today)
    found: list[Unread] = []
    for each in listed:
        since = max(version.effective_from, each.hired_on)
        found.append(Unread(each.employee, each.branch, since, max(0, (today - since).days)))
    return sorted(found, key=lambda each: (each.since, each.employee))
