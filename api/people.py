"""Results about one person: where they work, what they are paid, how far they are, what comes next."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from psycopg import Cursor

from api.auth import Caller
from api.problems import NotFound
from api.reading import EmployeeInPath, OnDay, PeriodInPath, Reading, View, month
from domain.people.roster import Leave, Posting, RosterChange, posting
from projections import roster
from projections.statements import Payslip, statement

Asked = Request[Any, Caller, State]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person as of a business day. posting: None before the hire and after the last day of work.

    changes: everything recorded about where they work, by position. leave: by first day.
    """

    employee: str
    day: dt.date
    posting: Posting | None
    changes: list[RosterChange]
    leave: list[Leave]


@get("/employees/{employee:str}", summary="A person", tags=["people"], opt={"action": "read_people"})
async def read_person(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    day: OnDay = None,
) -> Person:
    """Where a person works on a day, and how that came about."""
    request.auth.require_about(employee)
    on = day or reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> Person:
        changes = roster.changes(cursor, [employee], known_at)
        if not changes:
            raise unknown_person(employee)
        leave = roster.leave(cursor, [employee], known_at)
        return Person(employee=employee, day=on, posting=posting(changes, on), changes=changes, leave=leave)

    return await view.ask(question)


@get(
    "/employees/{employee:str}/statements/{period:str}",
    summary="What a person is paid for a month",
    tags=["pay"],
    opt={"action": "read_pay"},
)
async def read_statement(
    request: Asked, view: NamedDependency[View], employee: EmployeeInPath, period: PeriodInPath
) -> Response[Payslip]:
    """The frozen statement of a closed month, or that of an open one as it stands now.

    The ETag is the digest of the statement: weak as long as the month is open.
    """
    request.auth.require_about(employee)
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> Payslip:
        slip = statement(cursor, employee, asked, known_at)
        if slip is None:
            raise nothing_due(cursor, employee, period)
        return slip

    slip = await view.ask(question)
    tag = f'"{slip.digest}"' if slip.state == "closed" else f'W/"{slip.digest}"'
    if _matches(request.headers.get("if-none-match", ""), slip.digest):
        return Response(None, status_code=304, headers={"ETag": tag})  # type: ignore[arg-type]
    return Response(slip, headers={"ETag": tag})


def unknown_person(employee: str) -> NotFound:
    """Nobody has this id."""
    return NotFound(
        field="employee", detail=f"Nobody with the id {employee!r} was hired.", remedy="Mend the id."
    )


def nothing_due(cursor: Cursor[Any], employee: str, period: str) -> NotFound:
    """Why there is no statement."""
    if not roster.changes(cursor, [employee]):
        return unknown_person(employee)
    return NotFound(
        field="period",
        detail=f"Nothing is due to {employee} for {period}: no plan covers them, nothing came late.",
        remedy="See /v1/plans for who is covered and when.",
    )


def _matches(header: str, digest: str) -> bool:
    """Whether one of the tags in If-None-Match is that of `digest`; weak and strong compare alike."""
    return any(tag.strip().removeprefix("W/").strip('"') == digest for tag in header.split(","))
