"""Assistants: what they can do, the leads that reach them, and the contracts that they prepare."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.paging import Pages
from api.people import Asked, unknown_person
from api.problems import NotFound
from api.reading import EmployeeInPath, OnDay, View
from api.watching import shows
from projections import contracts, leads, roster
from projections.competence import Competence, competence
from projections.contracts import Contract
from projections.leads import AdvisedLead


@get(
    "/competence",
    summary="People against a competence model",
    tags=["assistants"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_competence(
    request: Asked,
    pages: NamedDependency[Pages],
    plan: Annotated[
        str | None, QueryParameter(description="By the model of this plan; by that of each if absent.")
    ] = None,
    employee: Annotated[
        list[str] | None,
        QueryParameter(description="These people; with `plan`, candidates whom it is not for as well."),
    ] = None,
    day: OnDay = None,
) -> Response[list[Competence]]:
    """How much of each module and indicator is attained in the model's window; an employee sees their own."""
    people = request.auth.people(employee)
    on = day or pages.today
    found = await pages.ask(
        lambda cursor, known_at: competence(
            cursor, on, plan, people, known_at, and_candidates=bool(employee and plan)
        )
    )
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/assistants/{employee:str}/leads",
    summary="The leads that reach an assistant",
    tags=["assistants"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_leads(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: EmployeeInPath,
    day: OnDay = None,
) -> Response[list[AdvisedLead]]:
    """Those of the sellers served on the day, the latest first: what to do about each, why, and how soon."""
    request.auth.require_about(employee)
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[AdvisedLead]:
        _require_known(cursor, employee, known_at)
        return leads.leads_of(cursor, employee, on, known_at)

    return pages.answer(pages.cut(await pages.ask(question)))


@get(
    "/assistants/{employee:str}/contracts",
    summary="The contracts of an assistant",
    tags=["assistants"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_contracts(
    request: Asked, pages: NamedDependency[Pages], employee: EmployeeInPath
) -> Response[list[Contract]]:
    """How far each has come, and how long each step took."""
    request.auth.require_about(employee)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Contract]:
        _require_known(cursor, employee, known_at)
        return contracts.contracts_of(cursor, employee, known_at)

    return pages.answer(pages.cut(await pages.ask(question)))


@get(
    "/contracts/{contract:str}",
    summary="A contract on its way",
    tags=["assistants"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_contract(
    request: Asked,
    view: NamedDependency[View],
    contract: Annotated[str, PathParameter(description="Id of a contract.")],
) -> Contract:
    """How far it is, what is due, and how long each step took; for whoever reaches one of its people."""
    found = await view.ask(lambda cursor, known_at: contracts.contract(cursor, contract, known_at))
    within = request.auth.within
    people = {each for each in (found.employee, found.assistant) if each} if found else set[str]()
    if found is None or (within is not None and not within & people):
        detail = f"There is no contract {contract!r}, or it is not yours to read."
        raise NotFound(field="contract", detail=detail, remedy="See /v1/assistants/{employee}/contracts.")
    shows(request, people)
    return found


def _require_known(cursor: Cursor[Any], employee: str, known_at: int | None) -> None:
    """Checks that somebody has been hired under this id.

    Raises: UnknownEmployee.
    """
    if not roster.changes(cursor, [employee], known_at):
        raise unknown_person(employee)
