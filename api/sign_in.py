"""Who presents what: a token made here, a JWT of the issuer that the settings name, or a session."""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any, cast, get_args

import jwt
import msgspec
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    PyJWTError,
)

from api.caller import Caller
from api.issuer import Issuer
from api.problems import Unauthenticated
from api.roles import ROLES, SCOPE_OF, Role, ScopeName
from api.sessions import Session, Sessions
from api.settings import Settings, pairs
from api.tokens import Tokens, require_consistent

TOKEN_BYTES = 8 * 1024
"""Longer ones are not looked at."""
KEPT_TOKENS = 10_000
KEPT_SECONDS = 30.0
"""So long is a verified token not verified again, if it counts so long."""
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]

CLAIMS = ("role", "employee", "scope", "branches")
"""What is read of a token: from claims such as `meritbook_role`, unless the settings name another."""

_REASONS: Mapping[type[PyJWTError], str] = {
    ExpiredSignatureError: "The token has expired.",
    ImmatureSignatureError: "The token does not count yet.",
    InvalidAudienceError: "The token is meant for another audience.",
    InvalidIssuerError: "The token is of another issuer.",
}


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """How the tokens of an issuer are read.

    names: of the claim for each of CLAIMS. roles: by what the claim says; a role says itself if empty.
    """

    audience: str
    leeway_seconds: int = 30
    names: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    roles: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])

    def caller(self, claims: Mapping[str, Any]) -> Caller:
        """Whom verified claims let in.

        Raises: Unauthenticated where they name no role, or what does not go together.
        """
        role = self._role(self._said(claims, "role"))
        employee, scope = self._text(claims, "employee"), self._text(claims, "scope")
        branches = tuple(str(each) for each in _listed(self._said(claims, "branches")))
        name = f"oidc:{claims['sub']}"
        if scope is not None and scope not in get_args(ScopeName):
            raise refused(f"The token names {scope[:40]!r}, which is no scope.")
        reaches = SCOPE_OF[role] if scope is None else cast(ScopeName, scope)
        try:
            require_consistent(role, name, employee, reaches, branches)
        except ValueError:
            raise refused("The role, the scope and the person of the token do not go together.") from None
        return Caller(name=name, role=role, employee=employee, scope=reaches, branches=branches)

    def _role(self, said: object) -> Role:
        """The one role among what the claim says; two are no answer, as one would be more than was meant."""
        named = {self.roles.get(str(each)) if self.roles else str(each) for each in _listed(said)}
        found: list[Role] = [role for role in ROLES if role in named]
        if len(found) != 1:
            raise refused(f"The token names {len(found) or 'no'} roles of this service; it takes one.")
        return found[0]

    def _said(self, claims: Mapping[str, Any], what: str) -> object:
        return claims.get(self.names.get(what, f"meritbook_{what}"))

    def _text(self, claims: Mapping[str, Any], what: str) -> str | None:
        said = self._said(claims, what)
        if said is not None and (not isinstance(said, str) or not 0 < len(said) <= 64):
            raise refused(f"The token does not say the {what} as a text.")
        return said


class Jwts:
    """Reads JWTs of one issuer: signature, issuer, audience and times, and then who it is."""

    def __init__(self, issuer: Issuer, claimed: Claimed) -> None:
        self._issuer, self._claimed = issuer, claimed
        self._kept: dict[bytes, tuple[float, Caller]] = {}

    async def caller(self, token: str) -> Caller:
        """Whose token it is.

        Raises: Unauthenticated, Unavailable.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        until, caller = self._kept.get(digest, (0.0, None))
        if caller is not None and time.monotonic() < until:
            return caller
        claims = await self._verified(token)
        caller = self._claimed.caller(claims)
        counts_on = int(claims["exp"]) + self._claimed.leeway_seconds - time.time()
        if len(self._kept) >= KEPT_TOKENS:
            self._kept.clear()
        self._kept[digest] = time.monotonic() + min(KEPT_SECONDS, counts_on), caller
        return caller

    async def of_id_token(self, token: str, nonce: str) -> Caller:
        """Who signed in, by the ID token that was asked for with `nonce`, and by no other.

        Raises: Unauthenticated, Unavailable.
        """
        claims = await self._verified(token)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise refused("The ID token answers another request.")
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self._claimed.audience:
            raise refused("The ID token was made for somebody else as well.")
        return self._claimed.caller(claims)

    async def _verified(self, token: str) -> Mapping[str, Any]:
        if len(token) > TOKEN_BYTES:
            raise refused("The token is too long.")
        try:
            name = jwt.get_unverified_header(token).get("kid")
            key = await self._issuer.key(name)
            # The key says by which algorithm it verifies, and never the token.
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._claimed.audience,
                issuer=self._issuer.url,
                leeway=self._claimed.leeway_seconds,
                options={"require": REQUIRED},
            )
        except PyJWTError as error:
            raise refused(_REASONS.get(type(error), "The token cannot be verified.")) from None


class SignIn:
    """Finds out who presents a token, or the id of a session."""

    def __init__(self, tokens: Tokens, jwts: Jwts | None, sessions: Sessions) -> None:
        self._tokens, self._jwts, self._sessions = tokens, jwts, sessions

    async def caller(self, token: str) -> Caller:
        """Whose token it is.

        Raises: Unauthenticated, Unavailable.
        """
        if self._jwts is None or token.count(".") != 2:
            caller = self._tokens.caller(token) if token else None
        else:
            caller = await self._jwts.caller(token)
            if self._tokens.is_barred(caller.name):
                raise refused("The token was revoked.")
        if caller is None:
            raise refused("The token is not known here." if token else "The request carries no token.")
        return caller

    async def session(self, id: str, *, used: bool) -> Session:
        """The session of an id. used: its owner asks, rather than that an answer to them goes on.

        Raises: Unauthenticated.
        """
        found = await self._sessions.session(id, used=used)
        if found is None or self._tokens.is_barred(found.caller.name):
            raise Unauthenticated(
                field="Cookie", detail="The session has ended.", remedy="Sign in again at /sign-in."
            )
        return found


def jwts_of(settings: Settings, issuer: Issuer | None, audience: str | None) -> Jwts | None:
    """Who reads the JWTs that an issuer makes for `audience`; None where there are none."""
    if issuer is None or audience is None:
        return None
    claimed = Claimed(
        audience=audience,
        leeway_seconds=settings.oidc_leeway_seconds,
        names=pairs(settings.oidc_claims),
        roles=pairs(settings.oidc_roles),
    )
    return Jwts(issuer, claimed)


def _listed(said: object) -> list[object]:
    if said is None:
        return []
    return cast("list[object]", said) if isinstance(said, list) else [said]


def refused(detail: str) -> Unauthenticated:
    """Why nobody is let in."""
    return Unauthenticated(
        field="Authorization",
        detail=detail,
        remedy="Send 'Authorization: Bearer TOKEN'; make one with: meritbook token --role ROLE.",
    )
