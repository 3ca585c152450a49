"""The session that somebody is in: who they are here, and how they leave."""

import datetime as dt
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency

from api.auth import SignedIn, signed_in
from api.caller import Caller
from api.cookies import Cookies
from api.roles import Role, ScopeName
from api.sessions import Sessions
from domain.refusals import NotNow

Asked = Request[Any, Caller, State]
_OWN = {"action": "use_account", "personal": "none", "reach": "any"}


class NoSession(NotNow):
    """The request bears a token, and what it asks for is about a session."""


class WhoAsks(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who asks and whom they reach. csrf_token: what a change sends as X-CSRF-Token; of a session only.

    ends_at: when the session ends, however much it is used.
    """

    name: str
    role: Role
    scope: ScopeName
    employee: str | None = None
    branches: tuple[str, ...] = ()
    csrf_token: str | None = None
    ends_at: dt.datetime | None = None


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions were ended."""

    ended: int


@get("/session", summary="Who asks", tags=["session"], opt=_OWN)
async def read_session(request: Asked) -> WhoAsks:
    """Who you are to the service, with a token as with a session."""
    caller, own = request.auth, signed_in(request)
    return WhoAsks(
        name=caller.name,
        role=caller.role,
        scope=caller.scope,
        employee=caller.employee,
        branches=caller.branches,
        csrf_token=own.csrf_token if own else None,
        ends_at=own.session.ends_at if own else None,
    )


@post("/session/end", summary="Sign out", tags=["session"], status_code=200, opt=_OWN)
async def end_session(
    request: Asked, sessions: NamedDependency[Sessions], own_cookies: NamedDependency[Cookies]
) -> Response[Ended]:
    """Ends the session in which it is asked."""
    ended = await sessions.end(own_session(request).session.id_hash)
    return Response(Ended(ended=int(ended)), headers={"Set-Cookie": own_cookies.taken_back(request.scope)})


@post("/session/end-all", summary="Sign out everywhere", tags=["session"], status_code=200, opt=_OWN)
async def end_all_sessions(
    request: Asked, sessions: NamedDependency[Sessions], own_cookies: NamedDependency[Cookies]
) -> Response[Ended]:
    """Ends every session of whoever asks, on every device."""
    ended = await sessions.end_all(own_session(request).session.caller.name)
    return Response(Ended(ended=ended), headers={"Set-Cookie": own_cookies.taken_back(request.scope)})


@post("/sign-out", status_code=303, include_in_schema=False, opt=_OWN | {"page": True})
async def sign_out(
    request: Asked, sessions: NamedDependency[Sessions], own_cookies: NamedDependency[Cookies]
) -> Response[None]:
    """Ends the session, from a form of a page; every one of its owner where the form says `everywhere`."""
    own, form = own_session(request).session, await request.form()
    if form.get("everywhere"):
        await sessions.end_all(own.caller.name)
    else:
        await sessions.end(own.id_hash)
    headers = {"Location": "/signed-out", "Set-Cookie": own_cookies.taken_back(request.scope)}
    return Response(None, headers=headers, status_code=303)


def own_session(request: Asked) -> SignedIn:
    """The session in which it is asked.

    Raises: NoSession.
    """
    own = signed_in(request)
    if own is None:
        raise NoSession(
            field="Authorization",
            detail="A token is no session.",
            remedy="Leave it out; a token ends with: meritbook token revoke NAME.",
        )
    return own
