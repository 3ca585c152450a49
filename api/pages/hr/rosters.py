"""Rosters as a grid; a search for one, its honest end, and its adoption."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import rosters, shifts, units
from api.caller import Caller
from api.facts import within_rights
from api.intake import Submission
from api.own_facts import record_all
from api.pages.hr.grid import grid
from api.pages.hr.shown import day_of, filled_in, kept, shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted
from api.problems import RosterBusy
from api.reading import OnDay
from api.rostering.proposal import FactProposed, Proposal, fact_of
from api.rosters import RosterAsked
from domain.facts.shifts import ShiftAssigned
from domain.people.roster_check import Proposed
from domain.refusals import BadField, NotAllowed, Refusal
from projections.units import BranchUnits

Span = Literal["week", "fortnight", "month"]
DAYS: Mapping[Span, int] = {"week": 7, "fortnight": 14, "month": 28}
LARGEST = 200
"""A unit of more people is no roster that somebody reads, and takes long to hold to its rules."""

EFFORT, SECONDS = 5, 30
"""How far a search goes if nothing else is said."""

UnitAsked = Annotated[
    str | None, QueryParameter(description="A branch, or one of its departments: SH or SH/ICU.")
]
FromAsked = Annotated[
    dt.date | None, QueryParameter(name="from", description="First day; this Monday if absent.")
]
SpanAsked = Annotated[Span, QueryParameter(description="How many days: 7, 14 or 28.")]


@get(
    "/hr/rosters",
    opt=page_opt(
        "read_care",
        "hr",
        asks=["unit", "from", "span", "day", "done"],
        personal="people",
        reach="rows",
        follows="all_facts",
    ),
)
async def roster_page(
    page: NamedDependency[Page],
    unit: UnitAsked = None,
    from_: FromAsked = None,
    span: SpanAsked = "fortnight",
    done: Annotated[int | None, QueryParameter(ge=0, description="Shifts adopted just now.")] = None,
    day: OnDay = None,
) -> Response[str]:
    """The roster of a unit, with what is needed, and what is wrong by all that is known now."""
    first = from_ or _monday(day or page.reading.today())
    asked = {"unit": unit or "", "from": str(first), "span": span}
    return await _shown(page, asked, day, done=done)


@post("/hr/rosters/search", opt=page_opt("record", "hr", asks=["day"], personal="people", reach="rows"))
async def search(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Searches for a roster as the API does, and shows it with how the search ended."""
    page.caller.require("read_care")
    form = await filled_in(page)
    try:
        proposal = await rosters.proposed(page.request, page.reading, _asked(form))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, form, day, refusal)
    return await _shown(page, form, day, proposal=proposal)


@post("/hr/rosters/adopt", opt=page_opt("record", "hr", asks=["day"], personal="people", reach="rows"))
async def adopt(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """Records every shift of a proposal, each decided by the rules once more: all of them or none."""
    page.caller.require_record(ShiftAssigned.TYPE)
    form = await filled_in(page)
    try:
        facts = _given(form, page.caller)
        stored = await record_all(page.request, page.writing, page.reading, facts)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, form, day, refusal)
    asked = {name: form.get(name) for name in ("unit", "from", "span")}
    return page.gone_to(kept("/hr/rosters", day, asked | {"done": stored}))


async def _shown(
    page: Page,
    asked: Mapping[str, str],
    day: dt.date | None,
    refusal: Refusal | None = None,
    proposal: Proposal | None = None,
    done: int | None = None,
) -> Response[str]:
    today = day or page.reading.today()
    first = day_of(asked, "from") or _monday(today)
    span = _span(asked)
    last = first + dt.timedelta(days=DAYS[span] - 1)
    branch, department = _unit(asked)
    there = await page.ask(units.read_units, day=first)
    found = None
    is_too_large = _people(there, branch, department) > LARGEST
    if branch and not is_too_large:
        roster = await page.ask(
            rosters.read_roster, branch=branch, department=department, from_=first, to=last
        )
        known = await page.ask(shifts.read_rules, day=last)
        found = grid(roster, known.patterns, today, _proposed(proposal))
    return await shown(
        page,
        "roster",
        "rosters",
        day=day,
        refusal=refusal,
        people={line.employee for line in found.lines} if found else (),
        units=there,
        unit=asked.get("unit", ""),
        branch=branch,
        department=department,
        first=first,
        last=last,
        span=span,
        spans=DAYS,
        one_day=dt.timedelta(days=1),
        grid=found,
        largest=LARGEST if is_too_large else None,
        proposal=proposal,
        given=" ".join("/".join(map(str, each)) for each in _proposed(proposal)),
        done=done,
        is_busy=isinstance(refusal, RosterBusy),
        effort=asked.get("effort") or EFFORT,
        seconds=asked.get("seconds") or SECONDS,
    )


def _asked(form: Mapping[str, str]) -> RosterAsked:
    """What to search for, by the form.

    Raises: BadField.
    """
    first, (branch, department) = day_of(form, "from"), _unit(form)
    span = _span(form)
    if first is None:
        raise BadField(field="from", detail="No first day is given.", remedy="Name it.")
    said: dict[str, Any] = {
        "branch": branch,
        "department": department,
        "from": str(first),
        "to": str(first + dt.timedelta(days=DAYS[span] - 1)),
    }
    said |= {name: _number(form, name) for name in ("effort", "seconds") if form.get(name)}
    return converted(RosterAsked, said)


def _span(asked: Mapping[str, str]) -> Span:
    """How much of the roster is asked about."""
    spans: dict[str | None, Span] = {span: span for span in DAYS}
    usual: Span = "fortnight"
    return spans.get(asked.get("span"), usual)


def _unit(asked: Mapping[str, str]) -> tuple[str, str | None]:
    """The branch that is asked about, and its department; empty where none is."""
    branch, _, department = asked.get("unit", "").partition("/")
    return branch, department or None


def _people(units: Sequence[BranchUnits], branch: str, department: str | None) -> int:
    """How many work in the unit."""
    found = next((each for each in units if each.branch == branch), None)
    if found is None or department is None:
        return found.people if found else 0
    return sum(each.people for each in found.departments if each.department == department)


def _number(form: Mapping[str, str], name: str) -> int:
    written = form[name]
    if not (written.isascii() and written.isdecimal() and len(written) <= 4):
        raise BadField(field=name, detail=f"{written[:20]!r} is not a whole number.", remedy="Write digits.")
    return int(written)


def _proposed(proposal: Proposal | None) -> list[Proposed]:
    facts = proposal.facts if proposal else ()
    return [Proposed(each.data.employee, each.data.on, each.data.pattern) for each in facts]


def _given(form: Mapping[str, str], caller: Caller) -> list[Submission]:
    """The facts that publish a proposal, as the form of it carries them.

    Raises: BadField, NotAllowed.
    """
    try:
        at = dt.datetime.fromisoformat(form.get("at", ""))
        shifts = [each.rsplit("/", 2) for each in form.get("given", "").split()]
        given = [Proposed(employee, dt.date.fromisoformat(on), name) for employee, on, name in shifts]
    except ValueError:
        at, given = None, []
    if at is None or not given:
        raise BadField(field="given", detail="The proposal has no shifts.", remedy="Search once more.")
    return [within_rights(_submission(fact_of(form.get("proposal", ""), each, at)), caller) for each in given]


def _submission(fact: FactProposed) -> Submission:
    return Submission(
        type=fact.type,
        source=fact.source,
        key=fact.key,
        occurred_at=fact.occurred_at,
        data=msgspec.to_builtins(fact.data),
    )


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
