"""The first page: on to the one that the reader opens most."""

from typing import Any

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from api.caller import Caller
from api.pages.navigation import page_opt
from api.pages.page import Page, Site


@get("/", opt=page_opt("read_boards", "", personal="none", reach="any"))
async def home(
    request: Request[Any, Caller, State], site: NamedDependency[Site], page: NamedDependency[Page]
) -> Response[Any]:
    """Goes to the first page of the navigation that the reader may read; says so if there is none."""
    entries = site.entries(request.auth, None)
    if entries:
        return Response(None, status_code=303, headers={"Location": entries[0].href})
    return await page.rendered("empty.html")
