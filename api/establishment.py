"""The posts that there are, filled and vacant."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.paging import Pages
from api.reading import OnDay
from domain.people.establishment import Posts
from projections import establishment


@get(
    "/establishment",
    summary="Posts, filled and vacant",
    tags=["people"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_establishment(
    pages: NamedDependency[Pages],
    branch: Annotated[list[str] | None, QueryParameter(description="Of these branches only.")] = None,
    day: OnDay = None,
) -> Response[list[Posts]]:
    """How many posts each unit has on a day by kind of employment, how many are filled, how many vacant."""
    on = day or pages.today
    found = await pages.ask(lambda cursor, known_at: establishment.establishment(cursor, on, known_at))
    return pages.answer(pages.cut([each for each in found if not branch or each.branch in branch]))
