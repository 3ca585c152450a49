"""Rosters over HTTP: one as it was assigned, a proposal that is searched for, and a person's calendar."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Meta
from psycopg import Cursor

from api.bodies import read_body, require_sound
from api.calendars import MEDIA_TYPE, calendar
from api.described import ROSTER_BODY, operation_with
from api.kept_findings import KeptFindings
from api.ops import now
from api.people import Asked, unknown_person
from api.problems import RosterBusy
from api.reading import EmployeeInPath, Reading, View, counted_position
from api.rostering.proposal import Proposal, Search
from api.watching import shows
from domain.facts.base import Label
from domain.journal.lookup import at_positions
from domain.people.rostering import Unit
from domain.refusals import BadField
from projections import hours, roster, rosters, shifts
from projections.closing import head
from projections.hours import Shifts
from projections.opening import opening
from projections.rosters import Roster

MAX_BYTES = 16 * 1024
MOST_DAYS = 62
CALENDAR_DAYS = 366
HTTP_SECONDS = 60

_searching = asyncio.Semaphore(1)
"""One search at a time: it takes a processor to itself."""

FirstDay = Annotated[dt.date, QueryParameter(name="from", description="First day.")]
LastDay = Annotated[dt.date, QueryParameter(description=f"Last day; {MOST_DAYS} days at most.")]


class RosterAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which roster to search for, and how far. department: absent for the whole branch."""

    branch: Label
    from_: dt.date = msgspec.field(name="from")
    to: dt.date
    department: Label | None = None
    effort: Annotated[int, Meta(ge=1, le=HTTP_SECONDS)] = 5
    seconds: Annotated[int, Meta(ge=1, le=HTTP_SECONDS)] = 30
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


_ASKED = msgspec.json.Decoder(RosterAsked)


def require_days(first: dt.date, last: dt.date, most: int = MOST_DAYS) -> None:
    """Checks that a roster is asked about in order and not about too many days.

    Raises: BadField.
    """
    if not 0 <= (last - first).days < most:
        raise BadField(
            field="to",
            detail=f"From {first} to {last} is not between 1 and {most} days.",
            remedy="Mend one of the days.",
        )


def require_people(unit: Unit) -> None:
    """Checks that somebody works in the unit at all.

    Raises: BadField.
    """
    if not unit.changes:
        place = unit.branch if unit.department is None else f"{unit.branch}, {unit.department}"
        raise BadField(
            field="branch",
            detail=f"Nobody works in {place} from {unit.first} to {unit.last}.",
            remedy="Name a branch, and a department of it, as they stand in the roster of people.",
        )


@get(
    "/rosters",
    summary="A unit's roster as it was assigned",
    tags=["shifts"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_roster(
    request: Asked,
    view: NamedDependency[View],
    findings: NamedDependency[KeptFindings],
    branch: Annotated[str, QueryParameter(description="Id of a branch.")],
    from_: FirstDay,
    to: LastDay,
    department: Annotated[
        str | None, QueryParameter(description="A department of it; the whole branch if absent.")
    ] = None,
) -> Roster:
    """Who has which shift after swaps, beside what is needed, and what is wrong about it by now.

    A leave that was recorded later, or a licence that was suspended, shows here as a fault of its day.
    """
    require_days(from_, to)
    within = request.auth.within

    def question(cursor: Cursor[Any], known_at: int | None) -> Roster:
        asked = rosters.unit(cursor, branch, department, from_, to, known_at)
        require_people(asked)
        return rosters.as_assigned(asked, within)

    if within is None:
        found = await findings.ask(view, ("roster", branch, department, from_, to), "all", question)
    else:
        found = await view.ask(question)
    shows(request, found.people)
    return found


@post(
    "/rosters",
    summary="Search for a roster",
    tags=["shifts"],
    status_code=200,
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
    operation_class=operation_with(ROSTER_BODY),
)
async def propose_roster(request: Asked, reading: NamedDependency[Reading]) -> Proposal:
    """A proposal from need, wishes and rules; nothing is stored.

    To publish it, send its `facts` to /v1/facts:batch, where each is decided by the same rules once more, and
    all are stored or none.

    `status` says honestly how it ended: `optimal`, `feasible` with its `gap`, `infeasible` with the rules,
    needs, leaves and credentials that leave no roster, or `unknown`. One search runs at a time.
    """
    return await proposed(request, reading, _read(await read_body(request, MAX_BYTES)))


async def proposed(request: Asked, reading: Reading, asked: RosterAsked) -> Proposal:
    """The roster that a search finds for what is `asked`.

    Raises: BadField, NotAllowed; RosterBusy while another search runs.
    """
    require_days(asked.from_, asked.to)

    def question(cursor: Cursor[Any]) -> tuple[Unit, int]:
        known_at = counted_position(cursor)
        return rosters.unit(cursor, asked.branch, asked.department, asked.from_, asked.to, known_at), known_at

    unit, known_at = await reading.ask(question)
    require_people(unit)
    for employee in unit.changes:
        request.auth.require_about(employee)
    require_no_search(is_under_way=_searching.locked())
    async with _searching:
        found = await asyncio.to_thread(_search, unit, asked, known_at)
    shows(request, unit.changes)
    return found


def require_no_search(*, is_under_way: bool) -> None:
    """Checks that nobody searches already.

    Raises: RosterBusy.
    """
    if is_under_way:
        raise RosterBusy(
            field="", detail="Another roster is being searched for.", remedy="Ask again in a minute."
        )


def _search(unit: Unit, asked: RosterAsked, known_at: int) -> Proposal:
    """The proposal. The solver is loaded here, where somebody waits for a search anyway."""
    from api.rostering.proposing import propose

    search = Search(effort=asked.effort, seconds=asked.seconds, seed=asked.seed)
    return propose(unit, search, known_at=known_at, now=now())


@get(
    "/employees/{employee:str}/shifts.ics",
    summary="A person's shifts as a calendar",
    tags=["shifts"],
    media_type=MEDIA_TYPE,
    opt={"action": "read_people", "personal": "person"},
)
async def read_calendar(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    from_: Annotated[
        dt.date | None, QueryParameter(name="from", description="First day; this Monday if absent.")
    ] = None,
    to: Annotated[
        dt.date | None, QueryParameter(description="Last day; four weeks with the first if absent.")
    ] = None,
) -> Response[bytes]:
    """iCalendar (RFC 5545): an event for each shift, after swaps, in the ledger's zone.

    The same event keeps its UID when its shift changes; its SEQUENCE is the position of the fact.
    """
    request.auth.require_about(employee)
    today = reading.today()
    first = from_ or today - dt.timedelta(days=today.weekday())
    last = to or first + dt.timedelta(days=27)
    require_days(first, last, CALENDAR_DAYS)

    def question(cursor: Cursor[Any], known_at: int | None) -> bytes:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        return calendar_of(cursor, hours.of_person(cursor, employee, first, last, known_at), known_at)

    found = await view.ask(question)
    name = f'attachment; filename="shifts-{first}.ics"'
    return Response(found, media_type=MEDIA_TYPE, headers={"content-disposition": name})


def calendar_of(cursor: Cursor[Any], told: Shifts, known_at: int | None) -> bytes:
    """The calendar of a person's shifts, with the instants at which they were recorded."""
    opened = opening(cursor, head(cursor) if known_at is None else known_at).fact
    positions: Sequence[int] = [day.position for day in told.days if day.position is not None]
    recorded = {record.position: record.recorded_at for record in at_positions(cursor, positions)}
    return calendar(told, shifts.patterns(cursor, known_at), recorded, opened.zone, opened.name)


def _read(body: bytes) -> RosterAsked:
    """The question in `body`.

    Raises: Malformed, BadField.
    """
    require_sound(body)
    try:
        return _ASKED.decode(body)
    except msgspec.ValidationError as error:
        fields = ", ".join(RosterAsked.__struct_encode_fields__)
        raise BadField(field="", detail=f"{error}.", remedy=f"Fields of a search: {fields}.") from None
