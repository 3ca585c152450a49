"""The units of the firm over HTTP."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from api.caller import Caller
from api.paging import Pages
from api.reading import OnDay
from projections import units
from projections.units import BranchUnits


@get(
    "/units",
    summary="Branches and their departments",
    tags=["people"],
    opt={"action": "read_people", "personal": "none", "reach": "rows"},
)
async def read_units(
    request: Request[Any, Caller, State], pages: NamedDependency[Pages], day: OnDay = None
) -> Response[list[BranchUnits]]:
    """Every branch with its departments, and how many people work in each on a day.

    A token with a narrower scope counts those whom it reaches.
    """
    on, within = day or pages.today, request.auth.within
    found = await pages.ask(lambda cursor, known_at: units.units(cursor, on, known_at, within))
    return pages.answer(pages.cut(found))
