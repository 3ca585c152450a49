"""Signing in at the firm's issuer: the authorization code flow of OpenID Connect, with PKCE.

Everything that comes back is bound to the browser that was sent away: its cookie names the step, the step
holds the state, the nonce and the verifier, and is taken once.
"""

import asyncio
import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

import msgspec

from api.accounts.entering import In, StepGone
from api.accounts.steps import Due, Said, begin_step, take_step
from api.issuer import Issuer, IssuerAway, asked
from api.problems import Unauthenticated, Unavailable
from api.reading import Reading
from api.sessions import Sessions, device_of
from api.sign_in import Jwts, refused
from api.tokens import Tokens
from api.trail import Refusing, Trail
from domain.facts.trail import SignedIn

OPERATION = "GET /sign-in/issuer/back"
METHOD = "oidc"

Post = Callable[[str, bytes, Mapping[str, str]], tuple[int, bytes]]


class Client(NamedTuple):
    """As whom the service is known to the issuer. title: what pages call the issuer."""

    id: str
    secret: str | None
    title: str


class Answered(NamedTuple):
    """What a browser brings back from the issuer."""

    state: str
    code: str
    issuer: str
    error: str


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


class CodeFlow:
    """Signs people in at one issuer."""

    def __init__(
        self,
        client: Client,
        issuer: Issuer,
        jwts: Jwts,
        tokens: Tokens,
        reading: Reading,
        sessions: Sessions,
        trail: Callable[[], Trail],
        clock: Callable[[], dt.datetime],
        post: Post | None = None,
    ) -> None:
        self.client, self._issuer, self._jwts, self._tokens = client, issuer, jwts, tokens
        self._reading, self._sessions, self._trail, self._clock = reading, sessions, trail, clock
        self._post = post or _posted

    @property
    def title(self) -> str:
        """What the issuer is called."""
        return self.client.title or self._issuer.url.split("/")[2]

    async def begin(self, next: str, back: str) -> tuple[str, str]:
        """Where to send a browser, and the id of its step. back: where the issuer sends it back to.

        Raises: Unavailable.
        """
        endpoints, now = await self._issuer.endpoints(), self._clock()
        said = Said(
            next=next,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        id = await self._reading.ask(lambda cursor: begin_step(cursor, Due("issuer", "", said), now))
        query = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self.client.id,
            "redirect_uri": back,
            "state": said.state,
            "nonce": said.nonce,
            "code_challenge": challenge(said.verifier),
            "code_challenge_method": "S256",
        }
        joined = "&" if "?" in endpoints.authorization else "?"
        return f"{endpoints.authorization}{joined}{urlencode(query)}", id

    async def finish(self, id: str, answered: Answered, back: str, user_agent: str) -> In:
        """Lets somebody in whom the issuer sends back.

        Raises: Unauthenticated, Unavailable.
        """
        try:
            return await self._finished(id, answered, back, user_agent)
        except Unauthenticated as refusal:
            await self._trail().refused(Refusing(None, None, OPERATION, None, refusal.detail))
            raise

    async def end_session(self, back: str) -> str | None:
        """Where one signs out at the issuer too; None where it has no such place, or is away."""
        try:
            address = (await self._issuer.endpoints()).end_session
        except Unavailable:
            return None
        if address is None:
            return None
        query = {"client_id": self.client.id, "post_logout_redirect_uri": back}
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    async def _finished(self, id: str, answered: Answered, back: str, user_agent: str) -> In:
        now = self._clock()
        due = await self._reading.ask(lambda cursor: take_step(cursor, id, "issuer", now)) if id else None
        if due is None or not hmac.compare_digest(answered.state.encode(), due.said.state.encode()):
            raise StepGone(
                field="state", detail="The answer of the issuer is to no request of this browser.",
                remedy="Sign in again at /sign-in.",
            )  # fmt: skip
        endpoints = await self._issuer.endpoints()
        if (answered.issuer or endpoints.names_itself) and answered.issuer != self._issuer.url:
            raise refused("The answer comes from another issuer.")
        if answered.error or not answered.code:
            raise refused("The issuer did not sign anybody in.")
        token = await self._id_token(endpoints.token, answered.code, due.said.verifier, back)
        caller = await self._jwts.of_id_token(token, due.said.nonce)
        if self._tokens.is_barred(caller.name):
            raise refused("The subject was barred.")
        fact = SignedIn(holder=caller.name, role=caller.role, method=METHOD, employee=caller.employee)
        await self._trail().note(fact, caller.name)
        session = await self._sessions.begin(caller, METHOD, device_of(user_agent))
        return In(session, int(self._sessions.lifetime.absolute.total_seconds()), "", due.said.next)

    async def _id_token(self, address: str, code: str, verifier: str, back: str) -> str:
        """The ID token for a code, which the issuer gives once and to whom it sent the browser away from."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
            "client_id": self.client.id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.client.secret is not None:
            pair = f"{quote(self.client.id, safe='')}:{quote(self.client.secret, safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        try:
            status, content = await asyncio.to_thread(self._post, address, urlencode(form).encode(), headers)
        except IssuerAway:
            raise Unavailable(
                field="", detail="The issuer does not answer.", remedy="Sign in again in a moment."
            ) from None
        if status != 200:
            raise refused("The issuer does not take the code, or not again.")
        try:
            return msgspec.json.decode(content, type=_Tokens).id_token
        except msgspec.MsgspecError:
            raise refused("The issuer gave no ID token.") from None


def challenge(verifier: str) -> str:
    """What the issuer is shown of a verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _posted(address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    return asked(address, "POST", body, headers)
