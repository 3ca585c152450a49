"""The posts that there are, filled and vacant."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.reading import OnDay, Reading, View
from domain.people.establishment import Posts
from projections import establishment


@get(
    "/establishment",
    summary="Posts, filled and vacant",
    tags=["people"],
    opt={"action": "read_care", "personal": "none", "reach": "all"},
)
async def read_establishment(
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    branch: Annotated[list[str] | None, QueryParameter(description="Of these branches only.")] = None,
    day: OnDay = None,
) -> list[Posts]:
    """How many posts each unit has on a day by kind of employment, how many are filled, how many vacant."""
    on = day or reading.today()
    found = await view.ask(lambda cursor, known_at: establishment.establishment(cursor, on, known_at))
    return [each for each in found if not branch or each.branch in branch]
