"""Inquiries about pay: what people ask and dispute, what was answered, how it was settled."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.names import read
from api.paging import Pages
from api.people import Asked
from api.problems import NotFound
from api.reading import View, month
from api.watching import shows
from domain.facts.personal import is_token
from domain.journal.vault import Stored, Vault
from projections.inquiries import Inquiry, State, inquiries

NOTES_FOR = frozenset({"manager", "hr", "hr_head", "payroll"})
"""Roles that read what other people write about their pay."""


@get(
    "/inquiries",
    summary="Questions and disputes about pay",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "people", "reach": "rows"},
)
async def read_inquiries(
    request: Asked,
    pages: NamedDependency[Pages],
    vault: NamedDependency[Vault],
    employee: Annotated[str | None, QueryParameter(description="Of this person.")] = None,
    period: Annotated[str | None, QueryParameter(description="About this month.")] = None,
    state_: Annotated[
        State | None, QueryParameter(name="state", description="Only those that stand so.")
    ] = None,
) -> Response[list[Inquiry]]:
    """In the order in which they were opened. An employee sees their own.

    They are opened, answered and resolved with facts of these names to POST /v1/facts. Notes are null for
    whom they do not concern, and where the person was erased.
    """
    of = request.auth.people(None if employee is None else [employee])
    about = None if period is None else str(month(period))

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Inquiry]:
        found = inquiries(cursor, known_at, employees=of, period=about, state=state_)
        return readable(cursor, vault, request.auth, found)

    found = await pages.ask(question)
    found = pages.cut(found)
    shows(request, {each.employee for each in found})
    return pages.answer(found)


@get(
    "/inquiries/{inquiry:str}",
    summary="A question or dispute about pay",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "people", "reach": "rows"},
)
async def read_inquiry(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    inquiry: Annotated[str, PathParameter(description="Id of an inquiry.")],
) -> Inquiry:
    """What was asked, every answer, and how it was settled, with the facts that mend it."""

    def question(cursor: Cursor[Any], known_at: int | None) -> Inquiry:
        found = inquiries(cursor, known_at, inquiry=inquiry, employees=request.auth.people(None))
        if not found:
            detail = f"There is no inquiry {inquiry!r}, or it is not yours to read."
            raise NotFound(field="inquiry", detail=detail, remedy="See /v1/inquiries.")
        return readable(cursor, vault, request.auth, found)[0]

    found = await view.ask(question)
    shows(request, [found.employee])
    return found


def readable(cursor: Cursor[Any], vault: Vault, caller: Caller, found: Sequence[Inquiry]) -> list[Inquiry]:
    """`found` with the notes in clear, for those whom they concern; for others without."""
    concerned = [each for each in found if caller.role in NOTES_FOR or caller.employee == each.employee]
    clear = {each.inquiry: each for each in in_clear(cursor, vault, concerned)}
    return [clear.get(each.inquiry) or _with_notes(each, {}) for each in found]


def in_clear(cursor: Cursor[Any], vault: Vault, found: Sequence[Inquiry]) -> list[Inquiry]:
    """`found` with the notes readable; those of whoever was erased are None.

    Raises: KeysUnavailable.
    """
    steps = [
        (each.employee, step)
        for each in found
        for step in (each, *each.answers, each.resolution)
        if step is not None and step.note is not None
    ]
    stored = {
        step.position: Stored(step.position, f"employee:{employee}", "note", step.note or "")
        for employee, step in steps
    }
    said = read(cursor, vault, [each for each in stored.values() if is_token(each.text)])
    notes = {position: said.get(each, each.text) for position, each in stored.items()}
    return [_with_notes(each, notes) for each in found]


def _with_notes(inquiry: Inquiry, notes: dict[int, str | None]) -> Inquiry:
    replace, resolution = msgspec.structs.replace, inquiry.resolution
    return replace(
        inquiry,
        note=notes.get(inquiry.position),
        answers=tuple(replace(each, note=notes.get(each.position)) for each in inquiry.answers),
        resolution=None if resolution is None else replace(resolution, note=notes.get(resolution.position)),
    )
