"""The changes of a person's targets: what was asked before, who changed it, and why."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.paging import Pages
from api.people import Asked, unknown_person
from api.reading import EmployeeInPath
from projections import roster
from projections.target_history import ChangedTarget, target_history


@get(
    "/employees/{employee:str}/target-changes",
    summary="How a person's targets were changed",
    tags=["plans"],
    opt={"action": "read_pay", "personal": "person"},
)
async def read_target_changes(
    request: Asked, pages: NamedDependency[Pages], employee: EmployeeInPath
) -> Response[list[ChangedTarget]]:
    """Each change for this person alone, the latest first, with its reason; those that were voided say so.

    What relief, ramps and days of leave take off a target stands with the target in `progress`.
    """
    request.auth.require_about(employee)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[ChangedTarget]:
        if not roster.changes(cursor, [employee], known_at):
            raise unknown_person(employee)
        return target_history(cursor, employee, known_at)

    return pages.answer(pages.cut(await pages.ask(question)))
