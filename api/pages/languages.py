"""In which language a reader reads: as they chose, else as their browser asks."""

from typing import Annotated, Any, get_args
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.params import PathParameter, QueryParameter

from api.payslip_page import language_of
from api.payslip_words import Lang
from api.problems import NotFound

COOKIE = "lang"
A_YEAR = 365 * 24 * 3600


def chosen(request: Request[Any, Any, Any]) -> Lang:
    """The language of the pages for whoever asks; Chinese where the browser asks for neither."""
    kept = request.cookies.get(COOKIE)
    accepted = request.headers.get("accept-language", "") or "zh"
    return kept if kept in get_args(Lang) else language_of(None, accepted)  # type: ignore[return-value]


@get("/language/{lang:str}", opt={"open": True, "asks": ("back",)}, include_in_schema=False)
async def choose_language(
    lang: Annotated[str, PathParameter(description="Of the pages from now on.")],
    back: Annotated[str, QueryParameter(description="The page to go on with.")] = "/",
) -> Response[None]:
    """Keeps the choice for a year, and goes back to the page."""
    if lang not in get_args(Lang):
        raise NotFound(field="lang", detail=f"There are no pages in {lang!r}.", remedy="Take en or zh.")
    kept = Cookie(key=COOKIE, value=lang, path="/", max_age=A_YEAR, httponly=True, samesite="lax")
    return Response(None, status_code=303, headers={"Location": here(back)}, cookies=[kept])


def here(address: str) -> str:
    """`address`, if it is a page of this service; else the first page."""
    parts = urlsplit(address)
    local = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if local and "\\" not in address and not address.startswith("//") else "/"
