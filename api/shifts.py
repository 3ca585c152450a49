"""Shifts: who has which on which day, what was worked beside it, overtime on end, swaps, and the rules."""

import asyncio
import datetime as dt
import secrets
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.intake import Refused, Rehearsal, Submission
from api.ops import now
from api.paging import Pages
from api.people import Asked, unknown_person
from api.problems import NotFound, Problem, problem_of
from api.reading import EmployeeInPath, OnDay, Reading, View
from api.rosters import require_days
from api.watching import shows
from api.writing import Writing
from domain.facts.shifts import SwapApproved
from domain.refusals import Refusal
from projections import hours, roster, shifts, swaps
from projections.hours import OvertimeRun, Shifts
from projections.shifts import RulesInForce
from projections.swaps import Swap, SwapState

MOST_DAYS = 366

PeopleAsked = Annotated[list[str] | None, QueryParameter(description="Of these people; of all if absent.")]


@get(
    "/employees/{employee:str}/shifts",
    summary="A person's shifts",
    tags=["shifts"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_shifts(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    from_: Annotated[
        dt.date | None, QueryParameter(name="from", description="First day; this Monday if absent.")
    ] = None,
    to: Annotated[
        dt.date | None, QueryParameter(description="Last day; six days after the first if absent.")
    ] = None,
) -> Shifts:
    """Each day's shift after swaps, what was worked, and overtime: worked less assigned, or unknown."""
    request.auth.require_about(employee)
    today = reading.today()
    first = from_ or today - dt.timedelta(days=today.weekday())
    last = to or first + dt.timedelta(days=6)
    require_days(first, last, MOST_DAYS)

    def question(cursor: Cursor[Any], known_at: int | None) -> Shifts:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        return hours.of_person(cursor, employee, first, last, known_at)

    return await view.ask(question)


@get(
    "/shifts/overtime",
    summary="Much overtime on days on end",
    tags=["shifts"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_overtime(
    request: Asked,
    pages: NamedDependency[Pages],
    day: OnDay = None,
    days: Annotated[int, QueryParameter(ge=1, le=31, description="So many days on end at least.")] = 3,
    more_than_minutes: Annotated[
        int, QueryParameter(ge=0, le=1440, description="More overtime than this on each of them.")
    ] = 120,
    within_days: Annotated[
        int, QueryParameter(ge=1, le=31, description="Ended in so many days up to the day.")
    ] = 7,
    employee: PeopleAsked = None,
) -> Response[list[OvertimeRun]]:
    """Who worked more than two hours longer than their shift on three days on end, unless asked otherwise.

    A day without a shift or without worked hours counts by what was recorded as overtime, and ends a run if
    nothing was. `reasons` are those of the recorded overtime of a day.
    """
    people = request.auth.people(employee)
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[OvertimeRun]:
        return hours.overtime_runs(
            cursor,
            on,
            days=days,
            more_than_minutes=more_than_minutes,
            within_days=within_days,
            employees=people,
            known_at=known_at,
        )

    found = await pages.ask(question)
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/shifts/swaps",
    summary="Swaps of shifts",
    tags=["shifts"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_swaps(
    request: Asked,
    pages: NamedDependency[Pages],
    state_: Annotated[
        SwapState | None, QueryParameter(name="state", description="Only those that stand so.")
    ] = None,
    employee: PeopleAsked = None,
) -> Response[list[Swap]]:
    """Who asked whom to swap which shifts, and how it stands; an employee sees their own."""
    people = request.auth.people(employee)
    found = await pages.ask(lambda cursor, known_at: swaps.swaps(cursor, people, known_at))
    chosen = [each for each in found if state_ is None or each.state == state_]
    chosen = pages.cut(chosen)
    shows(request, (person for each in chosen for person in (each.employee, each.colleague)))
    return pages.answer(chosen)


class SwapCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether who asks could approve a swap now. problem: what stands in the way; null if nothing."""

    swap: str
    problem: Problem | None


@get(
    "/shifts/swaps/{swap:str}/check",
    summary="Whether a swap could be approved",
    tags=["shifts"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def check_swap(
    request: Asked,
    reading: NamedDependency[Reading],
    writing: NamedDependency[Writing],
    swap: Annotated[str, PathParameter(description="Id of a swap.")],
) -> SwapCheck:
    """Tries the approval without recording it: consent, another person, and the rules on both shifts.

    It is the decision that an approval meets, so what it says holds until something else is recorded.
    """
    people = request.auth.people(None)
    asked = await reading.ask(
        lambda cursor: [each for each in swaps.swaps(cursor, people) if each.swap == swap]
    )
    if not asked:
        detail = f"There is no swap {swap!r}, or it is not yours to read."
        raise NotFound(field="swap", detail=detail, remedy="See /v1/shifts/swaps.")
    shows(request, (asked[0].employee, asked[0].colleague))
    refusal = await tried(request.auth, writing, asked[0])
    return SwapCheck(swap=swap, problem=None if refusal is None else problem_of(refusal))


async def tried(caller: Caller, writing: Writing, swap: Swap) -> Refusal | None:
    """What an approval of `swap` by `caller` would be refused for, if anything."""
    actor = caller.actor
    approved = SwapApproved(swap=swap.swap, employee=swap.employee, colleague=swap.colleague, approver=actor)
    submission = Submission(
        type=approved.TYPE,
        source="swap-check",
        key=secrets.token_hex(16),
        occurred_at=now(),
        data=msgspec.to_builtins(approved),
    )
    [outcome] = await asyncio.to_thread(
        partial(writing.many, [submission], actor, atomic=True, rehearsal=Rehearsal())
    )
    return outcome.refusal if isinstance(outcome, Refused) else None


@get(
    "/shifts/rules",
    summary="Shift patterns and rules in force",
    tags=["shifts"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_rules(
    view: NamedDependency[View], reading: NamedDependency[Reading], day: OnDay = None
) -> RulesInForce:
    """The hours of each shift, and what assignments must keep; of each number the narrowest unit's holds."""
    on = day or reading.today()
    return await view.ask(lambda cursor, known_at: shifts.in_force(cursor, on, known_at))
