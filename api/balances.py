"""Balances: who owes what out of their pay, and what is held for whom."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.paging import Pages
from api.people import Asked, unknown_person
from api.reading import EmployeeInPath
from api.watching import shows
from projections import balances, roster
from projections.balances import Balance

LeftOnly = Annotated[bool, QueryParameter(description="Only of people whose last day of work is known.")]


@get(
    "/balances",
    summary="Outstanding balances of everybody",
    tags=["pay"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_balances(
    request: Asked, pages: NamedDependency[Pages], left: LeftOnly = False
) -> Response[list[Balance]]:
    """Every draw that is owed, holdback that is to be paid and total below zero that was carried.

    They stand as the closed months left them, less what was written off by `balance_written_off`.
    """
    found = await pages.ask(balances.balances)
    told = [each for each in found if not left or each.left_on is not None]
    told = pages.cut(told)
    shows(request, (each.employee for each in told))
    return pages.answer(told)


@get(
    "/employees/{employee:str}/balances",
    summary="Outstanding balances of a person",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_balances_of(
    request: Asked, pages: NamedDependency[Pages], employee: EmployeeInPath
) -> Response[list[Balance]]:
    """What a person owes out of their pay, and what is held for them, as the closed months left it."""
    request.auth.require_about(employee)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Balance]:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        return list(balances.balances(cursor, known_at, [employee]))

    return pages.answer(pages.cut(await pages.ask(question)))
