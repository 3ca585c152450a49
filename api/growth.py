"""How newcomers grow: one person's dossier, and everybody in the review of a week."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.names import named_posting, names
from api.ops import now
from api.paging import Pages
from api.people import Asked, unknown_person
from api.reading import EmployeeInPath, OnDay, Reading, View, any_period
from api.watching import shows
from domain.journal.vault import Vault
from domain.period import Period
from domain.refusals import BadField
from projections import growth, roster
from projections.growth import Dossier, GrowthBoard


@get(
    "/employees/{employee:str}/dossier",
    summary="How a newcomer grows",
    tags=["people"],
    opt={"action": "read_people", "personal": "person"},
)
async def read_dossier(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    vault: NamedDependency[Vault],
    employee: EmployeeInPath,
    day: OnDay = None,
) -> Dossier:
    """Training by the curriculum of their plan, milestones since the hire, and the surveys of late."""
    request.auth.require_about(employee)
    on, at = day or reading.today(), now()

    def question(cursor: Cursor[Any], known_at: int | None) -> Dossier:
        changes = roster.changes(cursor, [employee], known_at)
        if not changes:
            raise unknown_person(employee)
        found = growth.dossier(cursor, employee, on, known_at, at=at)
        if found is None:
            raise BadField(
                field="day", detail=f"{employee} does not work here on {on}.", remedy="Ask about another day."
            )
        said = names(cursor, vault, (change.name for change in changes))
        return msgspec.structs.replace(found, posting=named_posting(found.posting, said))

    return await view.ask(question)


@get(
    "/growth",
    summary="The weekly review of newcomers",
    tags=["people"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_growth(
    request: Asked,
    pages: NamedDependency[Pages],
    week: Annotated[
        str | None, QueryParameter(description="Such as 2025-W10; the week of `day` if absent.")
    ] = None,
    day: OnDay = None,
) -> Response[GrowthBoard]:
    """Training, milestones and mood side by side: a row for each person who has a curriculum or milestones.

    An employee sees their own row.
    """
    on = day or pages.today
    asked = Period.containing(on, "week") if week is None else any_period(week, "week")
    if asked.kind != "week":
        raise BadField(field="week", detail=f"{asked} is not a week.", remedy="Write one such as 2025-W10.")
    only = request.auth.people(None)
    found = await pages.ask(lambda cursor, known_at: growth.board(cursor, asked, on, only, known_at))
    found = msgspec.structs.replace(found, rows=pages.cut(found.rows))
    shows(request, (row.employee for row in found.rows))
    return pages.answer(found)
