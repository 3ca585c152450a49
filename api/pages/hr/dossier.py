"""A person's dossier: how they grow, where they work, and what HR decides about them."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import growth, people, reminders, units
from api.pages.hr.shown import (
    filled_in,
    kept,
    named_in,
    of_person,
    placed_in,
    places_offered,
    shown,
    told,
)
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.people import Several
from api.people import Person
from api.reading import EmployeeInPath, OnDay
from domain.facts.base import Fact
from domain.facts.people import (
    EmployeeHired,
    EmployeeLeft,
    EmployeePromoted,
    EmployeeTransferred,
    Employment,
    LeaveKind,
    LeaveTaken,
    MentorAssigned,
)
from domain.facts.probation import ProbationAgreed, ProbationReviewed
from domain.refusals import BadField, NotAllowed, Refusal
from projections.growth import Dossier

DECISIONS: Mapping[str, type[Fact]] = {
    "transfer": EmployeeTransferred,
    "promote": EmployeePromoted,
    "mentor": MentorAssigned,
    "away": LeaveTaken,
    "leave": EmployeeLeft,
    "probation": ProbationAgreed,
    "review": ProbationReviewed,
}
PEOPLE = ("manager", "mentor", "reviewer")
"""Fields in which somebody is named, by id or by part of the name."""

CAUSES = "no_sales stress no_prospects pay family health dismissed retired other".split()
OUTCOMES = ("confirmed", "extended", "ended")

Done = Annotated[str | None, QueryParameter(description="What was recorded just now.")]


class Evidence(NamedTuple):
    """A fact about a person that a review can rest on. kind: under which words it is told."""

    position: int
    kind: str
    about: Any
    value: str
    on: dt.date | None


@get(
    "/hr/people/{employee:str}",
    opt=page_opt(
        "read_care", "hr", asks=["day", "done"], personal="person", reach_on="today", follows="all_facts"
    ),
)
async def dossier_page(
    page: NamedDependency[Page], employee: EmployeeInPath, done: Done = None, day: OnDay = None
) -> Response[str]:
    """Curriculum, milestones, surveys, probation, and everything recorded about where the person works."""
    return await _dossier(page, employee, day, done=done if done in {*DECISIONS, "hire"} else None)


@post("/hr/people/{employee:str}", opt=page_opt("record", "hr", asks=["day"], personal="person"))
async def decide(page: NamedDependency[Page], employee: EmployeeInPath, day: OnDay = None) -> Response[str]:
    """Transfers, promotes, gives a mentor, records leave, an end, a probation, or its review."""
    page.caller.require("read_care")
    form = await filled_in(page)
    what = form.get("what", "")
    kind = DECISIONS.get(what)
    try:
        if kind is None:
            raise BadField(field="what", detail=f"{what[:40]!r} is not decided here.", remedy="Choose again.")
        page.caller.require_record(kind.TYPE)
        said: dict[str, Any] = {name: form[name] for name in kind.__struct_fields__ if name in form}
        if kind is ProbationReviewed:
            sent = await page.request.form()
            chosen = [str(each) for each in sent.getall("evidence", [])]
            said["evidence"] = [int(each) for each in chosen if each.isascii() and each.isdecimal()]
        said |= placed_in(page, said) | await named_in(page, said, PEOPLE)
        await told(page, kind, said | {"employee": employee})
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _dossier(page, employee, day, refusal, form)
    return page.gone_to(kept(of_person(employee), day, {"done": what}))


@get("/hr/hire", opt=page_opt("record", "hr", asks=["day"], personal="none", reach="all"))
async def hire_page(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """The form of a hire."""
    page.caller.require_record(EmployeeHired.TYPE)
    return await _hire(page, day)


@post("/hr/hire", opt=page_opt("record", "hr", asks=["day"], personal="none", reach="all"))
async def hire(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Records that somebody starts to work here, and shows their dossier."""
    page.caller.require_record(EmployeeHired.TYPE)
    form = await filled_in(page)
    try:
        said = {name: form[name] for name in EmployeeHired.__struct_fields__ if name in form}
        said |= placed_in(page, said) | await named_in(page, said, PEOPLE)
        await told(page, EmployeeHired, said)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _hire(page, day, refusal, form)
    return page.gone_to(kept(of_person(form["employee"]), day, {"done": "hire"}))


async def _dossier(
    page: Page,
    employee: str,
    day: dt.date | None,
    refusal: Refusal | None = None,
    said: Mapping[str, str] | None = None,
    done: str | None = None,
) -> Response[str]:
    person: Person = await page.ask(people.read_person, employee=employee, day=day)
    found: Dossier | None = None
    if person.posting is not None:
        found = await page.ask(growth.read_dossier, employee=employee, day=day)
    here = person.posting
    named = [here.manager, here.mentor] if here else []
    named += [who for each in person.changes for who in (each.manager, each.mentor, each.assistant)]
    named += [each.reviewer for each in found.reviews] if found else []
    return await shown(
        page,
        "dossier",
        "people",
        day=day,
        refusal=refusal,
        people={each for each in (*named, employee) if each is not None},
        person=person,
        found=found,
        due=await page.ask(reminders.read_reminders, employee=[employee], day=day),
        evidence=list(_evidence(found)) if found else [],
        branches=await _branches(page, day) if here else [],
        offered=await places_offered(page) if here and page.may_record(EmployeeTransferred) else {},
        employments=get_args(Employment),
        leave_kinds=get_args(LeaveKind),
        causes=CAUSES,
        outcomes=OUTCOMES,
        said=said or {},
        fitting=refusal.people if isinstance(refusal, Several) else [],
        done=done,
        action=kept(of_person(employee), day),
    )


async def _hire(
    page: Page, day: dt.date | None, refusal: Refusal | None = None, said: Mapping[str, str] | None = None
) -> Response[str]:
    return await shown(
        page,
        "hire",
        "people",
        day=day,
        refusal=refusal,
        branches=await _branches(page, day),
        offered=await places_offered(page),
        employments=get_args(Employment),
        said=said or {},
        fitting=refusal.people if isinstance(refusal, Several) else [],
        action=kept("/hr/hire", day),
    )


async def _branches(page: Page, day: dt.date | None) -> list[tuple[str, str]]:
    return [(each.branch, each.title) for each in await page.ask(units.read_units, day=day)]


def _evidence(found: Dossier) -> Iterator[Evidence]:
    """What of a dossier a review can rest on: the last of each course, grades, tests and answers."""
    for plan in found.training:
        for module in plan.modules:
            if module.positions:
                yield Evidence(
                    module.positions[-1], "module", module.title, module.best or "", module.passed_on
                )
        for grade in plan.grades:
            yield Evidence(grade.position, "grade", grade.skill, grade.score, grade.day)
    for mood in found.moods[-3:]:
        yield Evidence(mood.position, "mood", mood.period, mood.stress, mood.day)
