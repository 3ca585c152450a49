"""Signing in at the firm's issuer: away to it, and back."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.accounts.steps import COOKIE, STEP_SECONDS
from api.code_flow import Answered, CodeFlow
from api.cookies import Cookies
from api.pages.entry.forms import Asked, entered, shown, step_id, to
from api.pages.languages import here
from api.pages.page import Site
from api.problems import NotFound, Unauthenticated

BACK = "/sign-in/issuer/back"
_OPEN = {"open": True}
_ANSWERS = ("state", "code", "iss", "error", "error_description", "error_uri", "session_state")


@get("/sign-in/issuer", opt=_OPEN | {"asks": ("next",)}, include_in_schema=False)
async def to_issuer(
    request: Asked,
    code_flow: NamedDependency[CodeFlow | None],
    own_cookies: NamedDependency[Cookies],
    next: Annotated[str, QueryParameter(description="The page to go on with.")] = "/",
) -> Response[Any]:
    """Sends the browser to the issuer."""
    flow = _required(code_flow)
    address, id = await flow.begin(here(next), own_cookies.origin(request.scope) + BACK)
    # Lax: the way back begins at another site.
    return to(address, own_cookies.set(request.scope, id, name=COOKIE, seconds=STEP_SECONDS))


@get(BACK, opt=_OPEN | {"guessed": True} | {"asks": _ANSWERS}, include_in_schema=False)
async def from_issuer(
    request: Asked,
    site: NamedDependency[Site],
    code_flow: NamedDependency[CodeFlow | None],
    own_cookies: NamedDependency[Cookies],
) -> Response[Any]:
    """Lets somebody in whom the issuer sends back."""
    flow = _required(code_flow)
    back = own_cookies.origin(request.scope) + BACK
    said = request.query_params
    answered = Answered(*(str(said.get(name, "")) for name in ("state", "code", "iss", "error")))
    agent = request.headers.get("user-agent", "")
    try:
        passed = await flow.finish(step_id(request, own_cookies), answered, back, agent)
    except Unauthenticated:
        return shown(
            site, request, "sign_in.html", status=401, wrong="issuer", next="/", name="", issuer=flow.title
        )
    return to(passed.next, *entered(request, own_cookies, passed))


def _required(flow: CodeFlow | None) -> CodeFlow:
    if flow is None:
        raise NotFound(
            field="", detail="No issuer signs people in here.", remedy="Sign in with an account at /sign-in."
        )
    return flow
