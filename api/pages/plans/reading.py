"""One plan: what it says in words, how its versions differ, whose numbers hold, and who has read it."""

import datetime as dt
from typing import Annotated, Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import plan_diff, plan_life, plan_words, plans
from api.own_facts import new_key
from api.pages import people
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.plans.rights import PlanRights
from api.pages.submitted import converted, text_of
from api.plan_words import PlanTold
from api.plans import PlanDetail, PlanInPath
from api.reading import OnDay
from domain.facts.governance import PlanEnded
from domain.facts.plans import PlanAcknowledged
from domain.period import Period
from domain.plan.fields import Title
from domain.refusals import NotAllowed, Refusal
from projections.numbers import ResolvedNumbers

_VERSION = Annotated[
    int | None,
    QueryParameter(ge=1, description="Position of an adoption; of the version in force if absent."),
]


@get(
    "/plans/{plan:str}",
    opt=page_opt(
        "read_plans",
        "plans",
        asks=["day", "version"],
        personal="people",
        reach="rows",
        follows="all_but_work",
    ),
)
async def plan_page(
    page: NamedDependency[Page], plan: PlanInPath, day: OnDay = None, version: _VERSION = None
) -> Response[str]:
    """What the plan says on a day, clause by clause, and who may set what."""
    return await _plan(page, plan, day, version)


@get(
    "/plans/{plan:str}/versions",
    opt=page_opt("read_plans", "plans", asks=["from", "to"], personal="none", reach="any"),
)
async def versions_page(
    page: NamedDependency[Page],
    plan: PlanInPath,
    from_: Annotated[
        int | None, QueryParameter(name="from", ge=1, description="Position of the earlier version.")
    ] = None,
    to: Annotated[int | None, QueryParameter(ge=1, description="Of the later one.")] = None,
) -> Response[str]:
    """Every version that was adopted, and what two of them do not say alike."""
    detail: PlanDetail = await page.ask(plans.read_plan, plan=plan)
    positions = [each.position for each in detail.versions]
    later = to or positions[-1]
    earlier = from_ or next((each for each in reversed(positions[:-1]) if each != later), None)
    return await page.rendered(
        "plans/versions.html",
        plan=plan,
        title=await _title(page, plan),
        tab="versions",
        versions=list(reversed(detail.versions)),
        earlier=earlier,
        later=later,
        amendment=None
        if earlier is None
        else await page.ask(plan_diff.read_plan_diff, plan=plan, from_=earlier, to=later),
        rights=PlanRights.of(page.caller),
    )


@get(
    "/plans/{plan:str}/numbers",
    opt=page_opt("read_pay", "plans", asks=["employee", "period"], personal="people", reach="rows"),
)
async def numbers_page(
    page: NamedDependency[Page],
    plan: PlanInPath,
    employee: Annotated[str | None, QueryParameter(description="For whom.")] = None,
    period: Annotated[str | None, QueryParameter(description="A month; this one if absent.")] = None,
) -> Response[str]:
    """The numbers that hold for a person in a month, each with who set it and within which bounds."""
    typed = (employee or page.caller.employee or "").strip()
    asked = period or str(Period.containing(page.reading.today()))
    refusal: Refusal | None = None
    whom, found = "", list[ResolvedNumbers]()
    try:
        if typed:
            whom = await people.chosen(page, FormMultiDict({"employee": typed}), "employee")
            numbers = await page.ask(plan_diff.read_resolved, employee=whom, period=asked)
            found = [each for each in numbers if each.plan == plan]
    except NotAllowed:
        raise
    except Refusal as error:
        refusal = error
    words: PlanTold = await page.ask(plan_words.read_words, plan=plan)
    return await page.answered(
        "plans/numbers.html",
        refusal,
        plan=plan,
        tab="numbers",
        words=words,
        whom=whom,
        choice=await people.choice(page, "employee", typed, refusal),
        period=asked,
        found=found,
        name=(await page.names([whom])).get(whom) if found else None,
        opened={clause.path: clause for clause in words.clauses if clause.part == "parameter"},
        rights=PlanRights.of(page.caller),
    )


@get(
    "/plans/{plan:str}/readers",
    opt=page_opt(
        "read_people", "plans", asks=["day"], personal="people", reach="rows", follows="all_but_work"
    ),
)
async def readers_page(page: NamedDependency[Page], plan: PlanInPath, day: OnDay = None) -> Response[str]:
    """Who has acknowledged each version, and who has yet to; of those whom the reader reaches."""
    return await _readers(page, plan, day)


@post(
    "/plans/{plan:str}/readers",
    opt=page_opt("record", "plans", personal="people", reach="rows"),
)
async def acknowledge(page: NamedDependency[Page], plan: PlanInPath) -> Response[str]:
    """Records that whoever is signed in has read a version."""
    page.caller.require_record(PlanAcknowledged.TYPE)
    form = await page.request.form()
    try:
        said = {
            "employee": page.caller.employee,
            "plan": plan,
            "adopted_at": _number(text_of(form, "adopted_at")),
            "document_hash": text_of(form, "document_hash"),
        }
        await page.record(form, converted(PlanAcknowledged, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _readers(page, plan, None, refusal)
    return page.gone_to(f"/plans/{quote(plan)}/readers")


@post(
    "/plans/{plan:str}/end",
    opt=page_opt("record", "plans", personal="people", reach="rows"),
)
async def end_plan(page: NamedDependency[Page], plan: PlanInPath) -> Response[str]:
    """Lets the plan apply no longer after a day."""
    page.caller.require_record(PlanEnded.TYPE)
    form = await page.request.form()
    said = {"plan": plan, "ended_on": text_of(form, "ended_on"), "reason": text_of(form, "reason")}
    try:
        await page.record(form, converted(PlanEnded, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _plan(page, plan, None, None, refusal, said)
    return page.gone_to(f"/plans/{quote(plan)}")


async def _plan(
    page: Page,
    plan: str,
    day: dt.date | None,
    version: int | None,
    refusal: Refusal | None = None,
    said: dict[str, Any] | None = None,
) -> Response[str]:
    words: PlanTold = await page.ask(plan_words.read_words, plan=plan, day=day, version=version)
    on = day or page.reading.today()
    standing = next(each for each in await page.ask(plan_words.read_standings, day=day) if each.plan == plan)
    people = {each.scope for each in words.overrides if each.level == "person"}
    return await page.answered(
        "plans/plan.html",
        refusal,
        plan=plan,
        tab="words",
        words=words,
        standing=standing,
        on=on,
        version=version,
        is_today=on == page.reading.today(),
        known_at=page.view.known_at,
        names=await page.names(people),
        next_month=Period.containing(on).next().first_day,
        month_end=Period.containing(on).last_day,
        rights=PlanRights.of(page.caller),
        said=said or {},
        key=new_key(),
    )


async def _readers(
    page: Page, plan: str, day: dt.date | None, refusal: Refusal | None = None
) -> Response[str]:
    found = await page.ask(plan_life.read_acknowledgements, plan=plan, day=day)
    named = {each.employee for version in found.versions for each in version.acknowledged}
    named |= {each for version in found.versions for each in version.missing}
    return await page.answered(
        "plans/readers.html",
        refusal,
        plan=plan,
        title=await _title(page, plan),
        tab="readers",
        versions=list(reversed(found.versions)),
        on=found.day,
        names=await page.names(named),
        rights=PlanRights.of(page.caller),
        own=page.caller.employee,
        key=new_key(),
    )


async def _title(page: Page, plan: str) -> Title:
    """What the plan is called today, or was called last."""
    words: PlanTold = await page.ask(plan_words.read_words, plan=plan)
    return words.title


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else text
