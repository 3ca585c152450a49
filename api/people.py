"""Results about one person: where they work, what they are paid, how far they are, what comes next."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.names import named, named_posting, names
from api.ops import ENGINE
from api.paging import Pages
from api.problems import NotFound
from api.reading import EmployeeInPath, OnDay, PeriodInPath, Reading, View, month
from domain.journal.vault import Vault
from domain.people.roster import Leave, Posting, RosterChange, posting
from domain.period import Period
from domain.refusals import BadField
from projections import hints, roster
from projections.evidence import Evidence
from projections.explain import ExplainedPayslip, evidence, explain
from projections.hints import NextStep
from projections.progress import Progress, progress

Asked = Request[Any, Caller, State]


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person as of a business day. posting: None before the hire and after the last day of work.

    changes: everything recorded about where they work, by position. leave: by first day. erased: their
    personal data was erased; names are null, and all else is as it was.
    """

    employee: str
    day: dt.date
    erased: bool
    posting: Posting | None
    changes: list[RosterChange]
    leave: list[Leave]


@get(
    "/employees/{employee:str}",
    summary="A person",
    tags=["people"],
    opt={"action": "read_people", "personal": "person", "reach_on": "today"},
)
async def read_person(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    vault: NamedDependency[Vault],
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
        said = names(cursor, vault, (change.name for change in changes))
        return Person(
            employee=employee,
            day=on,
            erased=vault.is_erased(cursor, f"employee:{employee}"),
            posting=named_posting(posting(changes, on), said),
            changes=named(changes, said),
            leave=leave,
        )

    return await view.ask(question)


@get(
    "/employees/{employee:str}/statements/{period:str}/explain",
    summary="Why a person is paid that",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "person"},
)
async def explain_statement(
    request: Asked, view: NamedDependency[View], employee: EmployeeInPath, period: PeriodInPath
) -> ExplainedPayslip:
    """Each line with its clause, inputs, rule and rounding, down to the facts behind it and their positions.

    The amounts of a line sum exactly to it. Each measure shows its first facts; `evidence` has the rest.
    """
    request.auth.require_about(employee)
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> ExplainedPayslip:
        explained = explain(cursor, employee, asked, known_at, engine=ENGINE)
        if explained is None:
            raise nothing_due(cursor, employee, period, known_at)
        return explained

    return await view.ask(question)


@get(
    "/employees/{employee:str}/statements/{period:str}/evidence",
    summary="The facts that a measure counted",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_evidence(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: EmployeeInPath,
    period: PeriodInPath,
    plan: Annotated[str, QueryParameter(description="Id of a plan.")],
    measure: Annotated[str, QueryParameter(description="Name of one of its measures.")],
    milestone: Annotated[str | None, QueryParameter(description="Milestone that looks at it.")] = None,
    board: Annotated[str | None, QueryParameter(description="Board that looks at it.")] = None,
) -> Response[Evidence]:
    """A page of the facts that a measure counts for a person, each with what it adds."""
    request.auth.require_about(employee)
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> Evidence:
        found = evidence(
            cursor, employee, asked, plan, measure, known_at,
            milestone=milestone, board=board, offset=pages.offset, limit=pages.limit,
        )  # fmt: skip
        if found is None:
            raise NotFound(
                field="measure",
                detail=f"{plan} has no measure {measure!r} over facts of {employee} in {period}.",
                remedy="Take plan and measure from the explanation.",
            )
        return found

    found = await pages.ask(question)
    pages.part(found.facts, found.total)
    return pages.answer(found)


@get(
    "/employees/{employee:str}/progress",
    summary="How far a person is this month",
    tags=["people"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_progress(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    day: OnDay = None,
) -> Progress:
    """Targets with what is done and left, measures beside the month before, and what is earned so far."""
    request.auth.require_about(employee)
    on = day or reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> Progress:
        found = progress(cursor, employee, on, known_at)
        if found is None:
            raise nothing_due(cursor, employee, str(Period.containing(on)), known_at)
        return found

    return await view.ask(question)


@get(
    "/employees/{employee:str}/hints",
    summary="How much more earns a person more",
    tags=["people"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_hints(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    lever: Annotated[str | None, QueryParameter(description="Of what more is done; with `times`.")] = None,
    times: Annotated[int | None, QueryParameter(ge=1, le=10_000, description="How many more.")] = None,
    wanted_minor: Annotated[
        int | None,
        QueryParameter(ge=1, le=2**53, description="What a plan shall pay in all, in minor units."),
    ] = None,
    day: OnDay = None,
) -> list[NextStep]:
    """The cheapest next steps; or what `times` more of `lever` come to; or the way to `wanted_minor`.

    Each says what it assumes, with ratios held as they are and with ratios recomputed.
    """
    request.auth.require_about(employee)
    if (lever is None) != (times is None) or (lever is not None and wanted_minor is not None):
        raise BadField(
            field="lever",
            detail="The question is not clear.",
            remedy="Give lever and times, or wanted_minor alone.",
        )
    on = day or reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> list[NextStep]:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        if lever is not None and times is not None:
            steps = list(hints.more(cursor, employee, on, lever, times, known_at, reading.kept_boards))
            if not steps:
                remedy = "Take it from the hints that are given without a lever."
                raise BadField(
                    field="lever", detail=f"No plan of {employee} has the lever {lever!r}.", remedy=remedy
                )
            return steps
        if wanted_minor is not None:
            return list(hints.steps_to(cursor, employee, on, wanted_minor, known_at, reading.kept_boards))
        return list(hints.hints(cursor, employee, on, known_at, reading.kept_boards))

    return await view.ask(question)


def unknown_person(employee: str) -> NotFound:
    """Nobody has this id."""
    return NotFound(
        field="employee", detail=f"Nobody with the id {employee!r} was hired.", remedy="Mend the id."
    )


def nothing_due(cursor: Cursor[Any], employee: str, period: str, known_at: int | None = None) -> NotFound:
    """Why there is no statement."""
    if not roster.changes(cursor, [employee], known_at):
        return unknown_person(employee)
    return NotFound(
        field="period",
        detail=f"Nothing is due to {employee} for {period}: no plan covers them, nothing came late.",
        remedy="See /v1/plans for who is covered and when.",
    )
