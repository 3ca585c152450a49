"""Work that waits to be confirmed before it counts."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.paging import Pages
from api.people import Asked
from api.reading import month
from api.watching import shows
from domain.period import Period
from projections.awaited import Awaited, awaited


@get(
    "/confirmations",
    summary="Work that waits to be confirmed",
    tags=["people"],
    opt={"action": "read_care", "personal": "people", "reach": "rows"},
)
async def read_awaited(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: Annotated[
        list[str] | None, QueryParameter(description="Of these people; of everybody within reach if absent.")
    ] = None,
    role: Annotated[str | None, QueryParameter(description="That this role is to confirm.")] = None,
    period: Annotated[
        str | None, QueryParameter(description="A month, such as 2025-03; this one if absent.")
    ] = None,
) -> Response[list[Awaited]]:
    """Facts of a month that a plan's measure counts only once they are confirmed, and are not yet.

    Each is confirmed by a fact `fact_confirmed` of its position and role.
    """
    people = request.auth.people(employee)
    asked = Period.containing(pages.today) if period is None else month(period)
    found = await pages.ask(lambda cursor, known_at: awaited(cursor, asked, people, known_at))
    found = pages.cut([each for each in found if role in (None, each.role)])
    shows(request, {each.employee for each in found})
    return pages.answer(found)
