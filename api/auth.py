"""The one guard in front of every address: who asks, whether they may, and whom they reach."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.basic import credentials
from api.caller import Caller
from api.cookies import Cookies, header
from api.deprecation import DEPRECATED
from api.leavers import Leavers
from api.limits import Limits
from api.problems import SignInFirst, Unauthenticated
from api.questions import Question
from api.reach import Reaching
from api.same_site import brought, changes, require_same_origin, require_token
from api.sessions import Session, csrf_token
from api.sign_in import SignIn
from api.streaming.tickets import Tickets
from api.trail import Trail
from api.watching import Watch
from domain.refusals import BadField, NotAllowed

TICKETED = "ticketed"
"""Where the state of a request holds the headers that its ticket stands for."""

SIGNED_IN = "signed_in"
"""Where the state of a request holds the session that it is made in."""


_UNDESCRIBED = Question()


class SignedIn(NamedTuple):
    """The session in which a request is made, and the token that its pages send along with changes."""

    session: Session
    csrf_token: str


class Gate(ASGIMiddleware):
    """In front of every address: a question understood, a known token, a fitting role, people in reach.

    Handlers say in `opt` which `action` they are, or that they are `open`, whom their answer is about as
    `reach` (api.reach), and what of it is `personal` (api.watching). What is refused, and who is shown whose
    data, is in the trail before the answer goes out. One that is a `page` sends whoever is not signed in to
    where they sign in. A caller is known by a bearer token, or by the cookie of a session: then a change must
    come from our own pages (api.same_site). questions: what may be asked at each address that
    OpenAPI describes; another says as `asks` what may stand in its query. One whose answer has no end is
    `endless`. public_url: where browsers find the
    service, if the settings say so.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self,
        sign_in: SignIn,
        leavers: Leavers,
        reaching: Reaching,
        questions: Mapping[str, Question],
        trail: Callable[[], Trail],
        limits: Limits,
        tickets: Tickets,
        public_url: str | None,
    ) -> None:
        self._sign_in = sign_in
        self.cookies, self._public_url = Cookies(public_url), public_url
        self._leavers, self._limits = leavers, limits
        self.tickets = tickets
        self._reaching = reaching
        self._questions = questions
        self._trail = trail

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Lets the request pass.

        Raises: BadField, Unauthenticated, NotAllowed, TooManyRequests, Behind.
        """
        opt = scope["route_handler"].opt
        if DEPRECATED in opt:
            send = opt[DEPRECATED].told(send)
        question = self._questions.get(scope["path_template"], _UNDESCRIBED)
        if "\0" in scope["path"]:
            raise BadField(field="path", detail="The text holds a NUL.", remedy="Remove it.")
        if scope["query_string"]:
            question.require(scope["query_string"], frozenset(opt.get("asks", ())))
        if scope.get("method") == "OPTIONS" and question.methods:
            await _answer_options(question, send)
            return
        if opt.get("open"):
            if changes(scope):
                require_same_origin(scope, self._public_url)
            if opt.get("guessed"):
                self._limits.require_sign_in(scope)
            await next_app(scope, receive, send)
            return
        watch = Watch(self._trail, scope)
        try:
            caller = await self._caller(scope)
        except Unauthenticated as refusal:
            if opt.get("page"):
                raise SignInFirst(_here(scope)) from None
            await watch.unauthenticated(refusal)
            self._limits.require_few_refused(scope)
            raise
        scope["auth"] = caller
        endless = opt.get("endless", False)
        with self._limits.require(caller, by_session=SIGNED_IN in scope["state"], endless=endless):
            try:
                receive = await self._from_here(scope, receive)
                caller.require(opt["action"])
                scope["auth"] = caller = await self._reaching.narrowed(caller, scope)
            except NotAllowed as refusal:
                await watch.refused(caller, refusal)
                raise
            await next_app(scope, receive, watch.traced(caller, opt.get("personal", "people"), send))

    async def still_admits(self, scope: Scope) -> bool:
        """Whether what a request was let pass with is good still, for answers that go on and on."""
        try:
            await self._caller(scope, used=False)
        except Unauthenticated:
            return False
        return True

    async def _caller(self, scope: Scope, *, used: bool = True) -> Caller:
        """Who asks: by the token that the request brings, else by the session whose cookie it brings.

        used: the caller asks, rather than that an answer to them goes on.
        Raises: Unauthenticated, Unavailable.
        """
        if scope["route_handler"].opt.get("tickets"):
            scope = await self._behind_ticket(scope)
        said = header(scope["headers"], b"authorization")
        cookie = "" if said else self.cookies.given(scope)
        if not cookie:
            name, token = _token(said, scope["route_handler"].opt)
            caller = await self._sign_in.caller(token)
            if name is not None and caller.name != name:
                raise _another_name()
            await self._leavers.require_here(caller)
            return caller
        session = await self._sign_in.session(cookie, used=used)
        await self._leavers.require_here(session.caller)
        scope["state"][SIGNED_IN] = SignedIn(session, csrf_token(cookie))
        return session.caller

    async def _behind_ticket(self, scope: Scope) -> Scope:
        """The request as whoever asked for its ticket would make it; as it is where it brings none.

        Raises: Unauthenticated.
        """
        if not re.search(rb"(?:^|&)ticket=", scope["query_string"]):
            return scope
        held = scope["state"].get(TICKETED)
        if held is None:
            held = scope["state"][TICKETED] = await self.tickets.take(scope["query_string"])
        if held is None:
            raise Unauthenticated(
                field="ticket",
                detail="The ticket was used, has expired, or was made for something else.",
                remedy="Ask for another: POST /v1/stream/tickets.",
            )
        return cast(Scope, {**scope, "headers": held})

    async def _from_here(self, scope: Scope, receive: Receive) -> Receive:
        """How the body is still to be received of a change that our own pages made, or that bears a token.

        Raises: FromElsewhere.
        """
        signed_in: SignedIn | None = scope["state"].get(SIGNED_IN)
        if signed_in is None or not changes(scope):
            return receive
        require_same_origin(scope, self._public_url)
        token, receive = await brought(scope, receive)
        require_token(token, signed_in.csrf_token)
        return receive


def signed_in(request: Request[Any, Any, Any]) -> SignedIn | None:
    """The session in which a request is made; None for one that bears a token."""
    return request.scope["state"].get(SIGNED_IN)


def _token(said: str, opt: Mapping[str, Any]) -> tuple[str | None, str]:
    """The token of an Authorization header; with its name where it is Basic, and the address takes that."""
    scheme, _, given = said.partition(" ")
    if scheme.lower() == "basic" and opt.get("basic"):
        return credentials(given.strip())
    return None, given.strip() if scheme.lower() == "bearer" else ""


def _another_name() -> Unauthenticated:
    return Unauthenticated(
        field="Authorization",
        detail="The token has another name.",
        remedy="Send the name that the token was made with, and the token as the password.",
    )


def _here(scope: Scope) -> str:
    """The page that is asked for, to come back to; nothing where it was a change."""
    if changes(scope):
        return ""
    query = scope["query_string"].decode("latin-1")
    return scope["path"] + (f"?{query}" if query else "")


async def _answer_options(question: Question, send: Send) -> None:
    """Tells the methods that an address takes, which its description tells everybody, too."""
    allowed = ", ".join(sorted({*question.methods, "OPTIONS"})).encode()
    await send({"type": "http.response.start", "status": 204, "headers": [(b"allow", allowed)]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
