"""Credentials: who holds what, how it stands on a day, and what share has expired."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.kept_findings import KeptFindings
from api.names import numbered
from api.paging import Pages
from api.people import unknown_person
from api.reading import EmployeeInPath, OnDay, Reading, View, month
from api.watching import shows
from domain.journal.vault import Vault
from domain.people import credentials as rules
from domain.people.credentials import Credential
from domain.period import Period
from projections import credentials, roster
from projections.credentials import Summary
from projections.flagged import FlaggedWork, flagged_work

Asked = Request[Any, Caller, State]
NUMBERS_FOR = frozenset({"hr", "hr_head"})
"""Roles that are shown the numbers of other people's credentials."""

HELD_IN = ("roster_change", "credential_change")
"""Who works here, and what they hold."""


class FlaggedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the work of a month that was done without its licence. total: of the whole month."""

    period: str
    total: int
    work: tuple[FlaggedWork, ...]


KindAsked = Annotated[str | None, QueryParameter(description="Of this kind only.")]
StateAsked = Annotated[
    rules.State | None, QueryParameter(name="state", description="Only those that stand so.")
]


@get(
    "/credentials",
    summary="Credentials as they stand",
    tags=["credentials"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_credentials(
    request: Asked,
    pages: NamedDependency[Pages],
    vault: NamedDependency[Vault],
    findings: NamedDependency[KeptFindings],
    kind: KindAsked = None,
    state_: StateAsked = None,
    employee: Annotated[
        list[str] | None, QueryParameter(description="Of these people; of everybody here if absent.")
    ] = None,
    order: Annotated[
        Literal["person", "expiry"],
        QueryParameter(description="By person and id; or by last day, those without one at the end."),
    ] = "person",
    day: OnDay = None,
) -> Response[list[Credential]]:
    """Every credential of whoever works here on a day: valid, expiring, expired, suspended or revoked.

    One holds through its last day, and is expired from the day after.
    """
    people = request.auth.people(employee)
    on = day or pages.today

    held = await _held(findings, pages, on, people)
    found = [each for each in held if kind in (None, each.kind) and state_ in (None, each.state)]
    if order == "expiry":
        found.sort(key=lambda each: (each.expires_on or dt.date.max, each.employee, each.credential))
    part = pages.cut(found)
    found = await pages.ask(lambda cursor, _: _shown(cursor, vault, request.auth, part))
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/credentials/summary",
    summary="What share of credentials has expired",
    tags=["credentials"],
    opt={"action": "read_people", "personal": "none", "reach": "rows"},
)
async def read_summary(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    findings: NamedDependency[KeptFindings],
    day: OnDay = None,
) -> Summary:
    """Of everybody who works here on a day, in all and by kind; revoked credentials are no longer held.

    A token with a narrower scope counts those whom it reaches.
    """
    within = request.auth.within
    on = day or reading.today()
    return credentials.summed(on, await _held(findings, view, on, None), within)


@get(
    "/credentials/flagged-work",
    summary="Work done without the licence for it",
    tags=["credentials"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_flagged_work(
    request: Asked,
    pages: NamedDependency[Pages],
    findings: NamedDependency[KeptFindings],
    period: Annotated[
        str | None, QueryParameter(description="A month, such as 2025-03; the one of today if absent.")
    ] = None,
    employee: Annotated[
        list[str] | None, QueryParameter(description="Of these people; of everybody if absent.")
    ] = None,
) -> Response[FlaggedPage]:
    """What was done in a month on days without the valid credential that the plan of who did it asks for.

    It is told whether the plan counts it all the same or not, and why the credential was not valid.
    """
    people = request.auth.people(employee)
    about = month(period) if period is not None else Period.containing(pages.today)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[FlaggedWork]:
        return flagged_work(cursor, about, people, known_at)

    if people is None:
        found = await findings.ask(pages, ("flagged work", about), "all", question)
    else:
        found = await pages.ask(question)
    work = tuple(pages.cut(found))
    shows(request, (each.employee for each in work))
    return pages.answer(FlaggedPage(period=str(about), total=len(found), work=work))


@get(
    "/employees/{employee:str}/credentials",
    summary="A person's credentials",
    tags=["credentials"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_own(
    request: Asked,
    pages: NamedDependency[Pages],
    vault: NamedDependency[Vault],
    employee: EmployeeInPath,
    day: OnDay = None,
) -> Response[list[Credential]]:
    """How each credential of a person stands on a day, whether or not they work here then."""
    request.auth.require_about(employee)
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Credential]:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        held = credentials.held(cursor, on, [employee], known_at=known_at)
        return _shown(cursor, vault, request.auth, held)

    return pages.answer(pages.cut(await pages.ask(question)))


def sees_numbers(caller: Caller, employee: str) -> bool:
    """Whether `caller`, who may read about this person, is shown the numbers of their credentials too."""
    return caller.role in NUMBERS_FOR or caller.employee == employee


async def _held(
    findings: KeptFindings, view: View, day: dt.date, people: Sequence[str] | None
) -> list[Credential]:
    """The credentials of `people`, or of everybody, as they stand on `day`."""

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Credential]:
        return credentials.held(cursor, day, people, known_at=known_at)

    if people is not None:
        return await view.ask(question)
    return await findings.ask(view, ("credentials", day), "nothing", question, HELD_IN)


def _shown(cursor: Cursor[Any], vault: Vault, caller: Caller, held: list[Credential]) -> list[Credential]:
    """`held` with their numbers in clear for HR and the person themselves, and for nobody else."""
    shown = [
        each if sees_numbers(caller, each.employee) else msgspec.structs.replace(each, number=None)
        for each in held
    ]
    return numbered(cursor, vault, shown)
