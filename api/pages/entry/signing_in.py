"""Signing in: name and password, then whatever else is due, a page each; then the page that was wanted."""

from collections.abc import Awaitable
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.accounts.entering import Entering, In, Next, StepGone
from api.accounts.picture import code_of
from api.accounts.second_factor import address_of, spelled
from api.code_flow import CodeFlow
from api.cookies import Cookies
from api.pages.entry.forms import (
    Asked,
    entered,
    form_of,
    let_on,
    shown,
    step_id,
    to,
    where,
    with_cookies,
    wrong,
)
from api.pages.languages import here
from api.pages.page import Site
from api.problems import Unauthenticated
from domain.refusals import Refusal

_OPEN = {"open": True}
_TRIED = {"open": True, "guessed": True}
"""A secret comes with it: the gate counts tries."""

SiteGiven = NamedDependency[Site]
EnteringGiven = NamedDependency[Entering]
FlowGiven = NamedDependency[CodeFlow | None]
CookiesGiven = NamedDependency[Cookies]


@get("/sign-in", opt=_OPEN | {"asks": ("next",)}, include_in_schema=False)
async def sign_in_page(
    request: Asked,
    site: SiteGiven,
    code_flow: FlowGiven,
    next: Annotated[str, QueryParameter(description="The page to go on with.")] = "/",
) -> Response[str]:
    """Asks for name and password, or leads to the issuer."""
    issuer = code_flow.title if code_flow else ""
    return shown(site, request, "sign_in.html", next=here(next), name="", issuer=issuer)


@post("/sign-in", opt=_TRIED, status_code=200, include_in_schema=False)
async def sign_in(
    request: Asked, site: SiteGiven, entering: EnteringGiven, own_cookies: CookiesGiven
) -> Response[Any]:
    """Lets somebody in by name and password, or on to what is due as well."""
    form = await form_of(request)
    next = here(form["next"] or "/")
    passing = entering.with_password(form["name"], form["password"], next, where(request, own_cookies))
    again = {"next": next, "name": form["name"][:64]}
    return await _let_on(request, site, own_cookies, passing, "sign_in.html", **again)


@get("/sign-in/password", opt=_OPEN, include_in_schema=False)
async def password_page(request: Asked, site: SiteGiven) -> Response[str]:
    """Asks for a first password, of somebody who came with a one-time code."""
    return shown(site, request, "password.html")


@post("/sign-in/password", opt=_TRIED, status_code=200, include_in_schema=False)
async def choose_password(
    request: Asked, site: SiteGiven, entering: EnteringGiven, own_cookies: CookiesGiven
) -> Response[Any]:
    """Keeps the password, and lets its owner on."""
    form = await form_of(request)
    if form["password"] != form["again"]:
        return shown(site, request, "password.html", status=422, wrong="differs")
    id = step_id(request, own_cookies)
    passing = entering.with_new_password(id, form["password"], where(request, own_cookies))
    return await _let_on(request, site, own_cookies, passing, "password.html")


@get("/sign-in/code", opt=_OPEN, include_in_schema=False)
async def code_page(request: Asked, site: SiteGiven) -> Response[str]:
    """Asks for a code of the second factor."""
    return shown(site, request, "code.html")


@post("/sign-in/code", opt=_TRIED, status_code=200, include_in_schema=False)
async def give_code(
    request: Asked, site: SiteGiven, entering: EnteringGiven, own_cookies: CookiesGiven
) -> Response[Any]:
    """Lets somebody in by their code."""
    form = await form_of(request)
    id = step_id(request, own_cookies)
    passing = entering.with_code(id, form["code"], where(request, own_cookies))
    return await _let_on(request, site, own_cookies, passing, "code.html")


@get("/sign-in/enrol", opt=_OPEN, include_in_schema=False)
async def enrol_page(
    request: Asked, site: SiteGiven, entering: EnteringGiven, own_cookies: CookiesGiven
) -> Response[Any]:
    """Shows the secret of a second factor that is to be set up, and asks for its first code."""
    return await _enrolling(request, site, entering, own_cookies, 200, None)


@post("/sign-in/enrol", opt=_TRIED, status_code=200, include_in_schema=False)
async def enrol(
    request: Asked, site: SiteGiven, entering: EnteringGiven, own_cookies: CookiesGiven
) -> Response[Any]:
    """Keeps the second factor whose code is right, and shows the recovery codes, once."""
    form = await form_of(request)
    try:
        passed: In = await entering.with_first_code(
            step_id(request, own_cookies), form["code"], where(request, own_cookies)
        )
    except Refusal as refusal:
        status, key = wrong(refusal)
        return await _enrolling(request, site, entering, own_cookies, status, key)
    page = shown(site, request, "recovery.html", codes=passed.codes, next=passed.next)
    return with_cookies(page, *entered(request, own_cookies, passed))


@get("/signed-out", opt=_OPEN, include_in_schema=False)
async def signed_out_page(
    request: Asked, site: SiteGiven, code_flow: FlowGiven, own_cookies: CookiesGiven
) -> Response[str]:
    """Says that the session has ended, and where else one may sign out."""
    back = f"{own_cookies.origin(request.scope)}/signed-out" if code_flow else ""
    there = await code_flow.end_session(back) if code_flow else None
    issuer = code_flow.title if code_flow else ""
    return shown(site, request, "signed_out.html", there=there, issuer=issuer)


async def _let_on(
    request: Asked,
    site: Site,
    cookies: Cookies,
    passing: Awaitable[In | Next],
    template: str,
    **again: Any,
) -> Response[Any]:
    """On to what is due, or the form `again`, with what was wrong."""
    try:
        passed = await passing
    except Refusal as refusal:
        status, key = wrong(refusal)
        return shown(site, request, template, status=status, wrong=key, **again)
    return let_on(request, cookies, passed)


async def _enrolling(
    request: Asked, site: Site, entering: Entering, cookies: Cookies, status: int, key: str | None
) -> Response[Any]:
    try:
        account, secret = await entering.secret(step_id(request, cookies))
    except (StepGone, Unauthenticated):
        return to("/sign-in")
    return shown(
        site,
        request,
        "enrol.html",
        status=status,
        wrong=key,
        secret=spelled(secret),
        address=(address := address_of(secret, account, site.firm)),
        picture=code_of(address),
    )
