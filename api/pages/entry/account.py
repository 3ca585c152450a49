"""The account of whoever is signed in: their sessions, their password, their second factor."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from api.accounts.account import PREFIX
from api.accounts.entering import Entering
from api.auth import SignedIn
from api.caller import Caller
from api.cookies import Cookies
from api.pages.entry.forms import Form, form_of, let_on, shown, to, where, wrong
from api.pages.page import Site
from api.sessions import Session, Sessions
from api.signed_in import own_session
from domain.refusals import BadField, Refusal

Asked = Request[Any, Caller, State]
_OWN = {"action": "use_account", "personal": "none", "reach": "any", "page": True, "under": "me"}


@get("/account", opt=_OWN, include_in_schema=False)
async def account_page(
    request: Asked, site: NamedDependency[Site], sessions: NamedDependency[Sessions]
) -> Response[str]:
    """Shows who is signed in, where, and what they can change."""
    return await _page(request, site, sessions)


@post("/account/password", opt=_OWN, status_code=200, include_in_schema=False)
async def change_password(
    request: Asked,
    site: NamedDependency[Site],
    sessions: NamedDependency[Sessions],
    entering: NamedDependency[Entering],
    own_cookies: NamedDependency[Cookies],
) -> Response[Any]:
    """Changes the password of whoever knows the old one, and signs them out everywhere else."""
    own, form = own_session(request), await form_of(request)
    name = _account(own)
    try:
        if not await entering.is_own(name, form["current"], where(request, own_cookies)):
            return await _page(request, site, sessions, 401, "wrong_password")
        if form["password"] != form["again"]:
            return await _page(request, site, sessions, 422, "differs")
        await entering.change_password(name, form["password"], own.session.id_hash)
    except Refusal as refusal:
        return await _page(request, site, sessions, *wrong(refusal))
    return await _page(request, site, sessions, done="password")


@post("/account/second-factor", opt=_OWN, status_code=200, include_in_schema=False)
async def renew_second_factor(
    request: Asked,
    site: NamedDependency[Site],
    sessions: NamedDependency[Sessions],
    entering: NamedDependency[Entering],
    own_cookies: NamedDependency[Cookies],
) -> Response[Any]:
    """Begins to set up a second factor, of whoever knows the password; the one before counts until then."""
    name, form = _account(own_session(request)), await form_of(request)
    try:
        if not await entering.is_own(name, form["current"], where(request, own_cookies)):
            return await _page(request, site, sessions, 401, "wrong_password")
    except Refusal as refusal:
        return await _page(request, site, sessions, *wrong(refusal))
    return let_on(request, own_cookies, await entering.enrolling(name, "/account"))


@post("/account/sessions/end", opt=_OWN, status_code=200, include_in_schema=False)
async def end_one(
    request: Asked, sessions: NamedDependency[Sessions], own_cookies: NamedDependency[Cookies]
) -> Response[Any]:
    """Ends one of the sessions of whoever asks."""
    own, form = own_session(request), await form_of(request)
    ended = await _named(sessions, own, form)
    if ended is not None:
        await sessions.end(ended.id_hash)
    if ended is not None and ended.id_hash == own.session.id_hash:
        return to("/signed-out", own_cookies.taken_back(request.scope))
    return to("/account")


async def _page(
    request: Asked,
    site: Site,
    sessions: Sessions,
    status: int = 200,
    key: str | None = None,
    *,
    done: str | None = None,
) -> Response[str]:
    own = own_session(request)
    return shown(
        site,
        request,
        "account.html",
        status=status,
        wrong=key,
        done=done,
        caller=request.auth,
        own=own,
        is_local=request.auth.name.startswith(PREFIX),
        sessions=await sessions.of(request.auth.name),
    )


async def _named(sessions: Sessions, own: SignedIn, form: Form) -> Session | None:
    found = await sessions.of(own.session.caller.name)
    return next((each for each in found if each.key == form["session"]), None)


def _account(own: SignedIn) -> str:
    """The name of the account of whoever is signed in.

    Raises: BadField where they came from an issuer.
    """
    name = own.session.caller.name
    if not name.startswith(PREFIX):
        raise BadField(
            field="name", detail="This account is not kept here.", remedy="Change it where you signed in."
        )
    return name.removeprefix(PREFIX)
