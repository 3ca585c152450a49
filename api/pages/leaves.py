"""Lists on pages, leaf by leaf: some rows, and how many to pass over for the leaf before and after."""

from typing import Annotated, Any, NamedTuple

from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from api.pages.page import Page
from api.paging import Pages

ROWS = 50
"""So many rows stand on one page of a list."""

Offset = Annotated[int, QueryParameter(ge=0, description="Rows to pass over.")]


class Part(NamedTuple):
    """Some rows of a list. before, after: how many to pass over for the part before and after; None: none."""

    rows: list[Any]
    first: int
    before: int | None
    after: int | None


async def part_of(page: Page, handler: HTTPRouteHandler, offset: int, **said: Any) -> Part:
    """As many rows of the list that `handler` answers as stand on one page."""
    pages = Pages(page.request, page.reading, page.view.known_at, read=offset, limit=ROWS)
    rows = await page.ask(handler, pages=pages, **said)
    return Part(
        rows=rows,
        first=offset + 1,
        before=max(0, offset - ROWS) if offset else None,
        after=offset + len(rows) if pages.has_more else None,
    )
