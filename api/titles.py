"""What the firm's ids are called, and which of them have no title."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.paging import Pages
from domain.facts.titles import TitledKind
from projections import titles
from projections.titles import Language, Titled


@get(
    "/titles",
    summary="What ids are called",
    tags=["administering"],
    opt={"action": "read_people", "personal": "none", "reach": "any"},
)
async def read_titles(
    pages: NamedDependency[Pages],
    kind: Annotated[
        list[TitledKind] | None, QueryParameter(description="Of these kinds; of all if absent.")
    ] = None,
    lacks: Annotated[
        Language | None, QueryParameter(description="Only those that read as an id in this language.")
    ] = None,
) -> Response[list[Titled]]:
    """Every post, unit, kind of credential and other id of facts and plans, with its title if it has one.

    An id is taken for a word of the language in whose script it is written, and lacks a title in the other.
    """
    found = await pages.ask(titles.titled)
    asked = [each for each in found if not kind or each.kind in kind]
    return pages.answer(pages.cut([each for each in asked if lacks is None or lacks in each.lacks]))
