"""What else is one's own: milestones, shifts, credentials, boards, and the survey of the week."""

import datetime as dt
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import boards, credentials, growth, people, plans, shifts
from api.facts import within_rights
from api.ops import now
from api.own_facts import new_key, own_fact, record
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of
from api.reading import EmployeeInPath, OnDay
from api.watching import shows
from domain.facts.mood import SurveyAnswered
from domain.period import Period
from domain.refusals import NotAllowed, Refusal
from projections.boards import Ranked

WEEK = dt.timedelta(weeks=1)
TOP = 3
AROUND = 1
"""Of a board one sees the first places, one's own, and so many on either side of it."""


@get("/employees/{employee:str}/me", opt=page_opt("read_people", "me", nav=50, personal="person"))
async def me_page(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """Who one is here, and the way to everything else of one's own."""
    today = page.reading.today()
    found = await page.ask(people.read_person, employee=employee)
    leaders = (
        {each for each in (found.posting.manager, found.posting.mentor) if each} if found.posting else ()
    )
    return await page.rendered(
        "employee/me.html",
        who=await person_shown(page, employee, today),
        posting=found.posting,
        names=await page.names(leaders),
    )


@get(
    "/employees/{employee:str}/milestones",
    opt=page_opt("read_people", "me", asks=["day"], personal="person", follows="all_facts"),
)
async def milestones_page(
    page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None
) -> Response[str]:
    """Every milestone: open, attained or missed; live."""
    who = await person_shown(page, employee, day or page.reading.today())
    found = await page.ask(boards.read_milestones, employee=[employee], day=day)
    return await page.rendered(
        "employee/milestones.html",
        who=who,
        milestones=found,
    )


@get(
    "/employees/{employee:str}/shifts",
    opt=page_opt("read_people", "me", asks=["from"], personal="person", follows="all_facts"),
)
async def shifts_page(
    page: NamedDependency[Page],
    employee: EmployeeInPath,
    from_: Annotated[
        dt.date | None, QueryParameter(name="from", description="First day; this Monday if absent.")
    ] = None,
) -> Response[str]:
    """Two weeks of shifts after swaps, beside what was worked."""
    today = page.reading.today()
    first = from_ or today - dt.timedelta(days=today.weekday())
    who = await person_shown(page, employee, today)
    found = await page.ask(
        shifts.read_shifts, employee=employee, from_=first, to=first + 2 * WEEK - dt.timedelta(days=1)
    )
    return await page.rendered(
        "employee/shifts.html",
        who=who,
        today=today,
        found=found,
        before=first - 2 * WEEK,
        after=first + 2 * WEEK,
    )


@get(
    "/employees/{employee:str}/credentials",
    opt=page_opt("read_people", "me", asks=["day"], personal="person", follows="all_but_work"),
)
async def credentials_page(
    page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None
) -> Response[str]:
    """Each credential with how it stands and until when."""
    today = day or page.reading.today()
    who = await person_shown(page, employee, today)
    held = await page.ask(credentials.read_own, employee=employee, day=today)
    return await page.rendered("employee/credentials.html", who=who, today=today, held=held)


@get(
    "/employees/{employee:str}/boards",
    opt=page_opt("read_people", "me", asks=["day"], personal="people", reach="person", follows="all_facts"),
)
async def boards_page(
    page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None
) -> Response[str]:
    """The boards of the month that one stands on: one's place, the first, and who is next; live."""
    today = day or page.reading.today()
    who = await person_shown(page, employee, today)
    shows(page.request, [employee])
    found: list[tuple[str, Ranked, int, str]] = []
    for plan in await page.ask(plans.read_plans, day=today):
        detail = await page.ask(plans.read_plan, plan=plan.plan, day=today)
        document = detail.document or {}
        for each in document.get("boards", ()):
            ranked: Ranked = await page.ask(
                boards.read_board, board=each["id"], plan=plan.plan, movement=True, day=today
            )
            own = [at for at, place in enumerate(ranked.places) if place.employee == employee]
            found.extend((each["id"], ranked, at, document["currency"]) for at in own)
    return await page.rendered(
        "employee/boards.html",
        who=who,
        period=str(Period.containing(today)),
        names=await page.names(
            place.employee
            for _, ranked, at, _ in found
            for place in _shown(ranked, at)
            if place and not place.anonymous
        ),
        boards=[(board, ranked, _shown(ranked, at), currency) for board, ranked, at, currency in found],
    )


@get(
    "/employees/{employee:str}/survey",
    opt=page_opt("read_people", "me", asks=["done"], personal="person"),
)
async def survey_page(
    page: NamedDependency[Page],
    employee: EmployeeInPath,
    done: Annotated[str | None, QueryParameter(description="Whether it was answered just now.")] = None,
) -> Response[str]:
    """The survey of the week, with what one said in the weeks before."""
    return await _survey(page, employee, done=done is not None)


@post("/employees/{employee:str}/survey", opt=page_opt("record", "me", personal="person"))
async def answer_survey(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """Records the answers of this week."""
    page.caller.require_record(SurveyAnswered.TYPE)
    page.require_self(employee)
    form = await page.request.form()
    try:
        said = {
            "employee": employee,
            **{name: text_of(form, name) for name in ("stress", "training_satisfaction", "belonging")},
            "note": text_of(form, "note") or None,
        }
        fact = converted(SurveyAnswered, said)
        key = text_of(form, "key") or None
        submission = within_rights(own_fact(page.caller, fact, now(), key), page.caller)
        await record(page.request, page.writing, page.reading, submission)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _survey(page, employee, refusal, dict(form))
    return page.gone_to(f"/employees/{employee}/survey?done=yes")


async def _survey(
    page: Page,
    employee: str,
    refusal: Refusal | None = None,
    said: dict[str, Any] | None = None,
    done: bool = False,
) -> Response[str]:
    who = await person_shown(page, employee, page.reading.today())
    found = await page.ask(growth.read_dossier, employee=employee)
    return await page.answered(
        "employee/survey.html",
        refusal,
        who=who,
        moods=list(reversed(found.moods)),
        this_week=str(Period.containing(page.reading.today(), "week")),
        said=said or {},
        done=done,
        key=new_key(),
    )


def _shown(ranked: Ranked, at: int) -> list[Any]:
    """The places that a board shows here, with None where some are left out."""
    wanted = sorted({*range(min(TOP, len(ranked.places))), *range(max(0, at - AROUND), at + AROUND + 1)})
    shown: list[Any] = []
    for before, index in zip([-1, *wanted], wanted, strict=False):
        if index < len(ranked.places):
            shown.extend([None] if index > before + 1 else [])
            shown.append(ranked.places[index])
    return shown
