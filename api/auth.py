"""The one guard in front of every address: who asks, whether they may, and whom they reach."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from api.caller import Caller
from api.problems import Unauthenticated
from api.reach import Reaching
from api.roles import Action
from api.sign_in import SignIn
from api.trail import Trail
from api.watching import Watch
from domain.refusals import BadField, NotAllowed


class Gate(ASGIMiddleware):
    """In front of every address: a question understood, a known token, a fitting role, people in reach.

    Handlers say in `opt` which `action` they are, or that they are `open`, whom their answer is about as
    `reach` (api.reach), and what of it is `personal` (api.watching). What is refused, and who is shown whose
    data, is in the trail before the answer goes out. query_names: the parameters of each address.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(
        self,
        sign_in: SignIn,
        reaching: Reaching,
        query_names: Mapping[str, frozenset[str]],
        trail: Callable[[], Trail],
    ) -> None:
        self._sign_in = sign_in
        self._reaching = reaching
        self._query_names = query_names
        self._trail = trail

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Lets the request pass.

        Raises: BadField, Unauthenticated, NotAllowed, Behind.
        """
        if scope["query_string"]:
            known = self._query_names.get(scope["path_template"], frozenset())
            _require_known(scope["query_string"], known)
        opt = scope["route_handler"].opt
        if opt.get("open"):
            await next_app(scope, receive, send)
            return
        watch = Watch(self._trail, scope)
        caller = await self._admitted(scope, opt["action"], watch)
        scope["auth"] = caller
        await next_app(scope, receive, watch.traced(caller, opt.get("personal", "people"), send))

    async def still_admits(self, scope: Scope) -> bool:
        """Whether the token of a request that was let pass is good still, for answers that go on and on."""
        try:
            await self._caller(scope)
        except Unauthenticated:
            return False
        return True

    async def _admitted(self, scope: Scope, action: Action, watch: Watch) -> Caller:
        """Who asks, with those whom they reach, if they may do `action` at all."""
        try:
            caller = await self._caller(scope)
        except Unauthenticated as refusal:
            await watch.unauthenticated(refusal)
            raise
        try:
            caller.require(action)
            return await self._reaching.narrowed(caller, scope)
        except NotAllowed as refusal:
            await watch.refused(caller, refusal)
            raise

    async def _caller(self, scope: Scope) -> Caller:
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = header.decode("latin-1").partition(" ")
        return await self._sign_in.caller(token.strip() if scheme.lower() == "bearer" else "")


def _require_known(query: bytes, known: frozenset[str]) -> None:
    """Refuses a misspelt question: `?know_at=` must not be answered as if nothing had been asked.

    Raises: BadField.
    """
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name not in known:
            remedy = f"Ask with {', '.join(sorted(known))}." if known else "Leave it out."
            raise BadField(field=name[:100], detail="This address has no such parameter.", remedy=remedy)
