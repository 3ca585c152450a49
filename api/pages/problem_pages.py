"""What went wrong, as a page: for a browser, in place of the problem document that a program gets."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from api.pages.page import Site, html_answer, render
from api.problems import MEDIA_TYPE, Problem

TOLD = {
    400: "bad",
    401: "signed_out",
    403: "forbidden",
    404: "not_found",
    409: "bad",
    422: "bad",
    503: "busy",
}
"""Under which words a status is told, if not as a request that does not fit or a fault of ours."""

_PROBLEM = msgspec.json.Decoder(Problem)
_Handler = Callable[[Request[Any, Any, Any], Any], Response[Any]]


def as_pages(
    handlers: Mapping[type[Exception] | int, _Handler], site: Site
) -> dict[type[Exception] | int, _Handler]:
    """`handlers`, which answer a browser that asks for a page with one."""
    return {kind: _as_page(handler, site) for kind, handler in handlers.items()}


def _as_page(handler: _Handler, site: Site) -> _Handler:
    def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        made = handler(request, error)
        if not wants_page(request) or made.media_type != MEDIA_TYPE:
            return made
        problem = _PROBLEM.decode(made.content)
        told = TOLD.get(problem.status, "bad" if problem.status < 500 else "fault")
        shown = {"problem": problem, "told": told, "caller": request.scope.get("auth")}
        html = render(site, request, site.wording(request), "problem.html", shown)
        return html_answer(html, problem.status, made.headers)

    return answer


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a page is asked for, by name."""
    return "text/html" in request.headers.get("accept", "")
