"""The keys of an OIDC issuer: found by discovery, kept, and asked for again when a token names a new one."""

import asyncio
import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from api.problems import Unauthenticated, Unavailable

log = structlog.get_logger("meritbook")

ALGORITHMS = frozenset({"RS256", "PS256", "ES256", "EdDSA"})
"""All with a public key: nothing that is published can be used to sign, and `none` is no algorithm."""

LEAST_RSA_BITS = 2048
DISCOVERY = "/.well-known/openid-configuration"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

TIMEOUT_SECONDS = 5.0
ANSWER_BYTES = 256 * 1024
KEYS_SECONDS = 300.0
"""So long are keys kept before they are asked for again; a key that was withdrawn counts no longer."""
AGAIN_SECONDS = 10.0
"""So long after asking it is asked again at the earliest, however many unknown keys tokens name."""
STALE_SECONDS = 24 * 3600.0
"""So long do keys count while the issuer does not answer."""

Fetch = Callable[[str], bytes]


class Endpoints(msgspec.Struct, frozen=True, kw_only=True):
    """Where an issuer signs people in and out. names_itself: it says in its answers who it is (RFC 9207)."""

    authorization: str
    token: str
    end_session: str | None = None
    names_itself: bool = False


class IssuerAway(Exception):
    """The issuer cannot be asked at the moment, or answers what cannot be used."""


class Issuer:
    """An issuer by its address. fetch: what stands at an address."""

    def __init__(
        self, url: str, fetch: Fetch | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.url = url
        self._fetch, self._clock = fetch or fetched, clock
        self._keys: dict[str, PyJWK] = {}
        self._endpoints: Endpoints | None = None
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._asking = asyncio.Lock()

    async def key(self, name: str | None) -> PyJWK:
        """The public key that a token names; the only one there is where it names none.

        Raises: Unauthenticated, Unavailable.
        """
        if self._is_fresh(KEYS_SECONDS) and (found := self._held(name)) is not None:
            return found
        async with self._asking:
            # Whoever waited finds what the one before them fetched.
            if self._may_ask() and not (self._is_fresh(KEYS_SECONDS) and self._held(name) is not None):
                await self._ask()
        if not self._is_fresh(STALE_SECONDS):
            raise Unavailable(
                field="Authorization",
                detail="The issuer of the token does not answer.",
                remedy="Ask again in a moment.",
            )
        found = self._held(name)
        if found is None:
            raise Unauthenticated(
                field="Authorization",
                detail="The token is not signed with a key of its issuer.",
                remedy="Sign in again.",
            )
        return found

    async def endpoints(self) -> Endpoints:
        """Where it signs people in.

        Raises: Unavailable, also for one that only signs tokens.
        """
        async with self._asking:
            if self._may_ask() and not self._is_fresh(KEYS_SECONDS):
                await self._ask()
        if self._endpoints is None or not self._is_fresh(STALE_SECONDS):
            raise Unavailable(
                field="", detail="The issuer does not sign people in.", remedy="Try again in a moment."
            )
        return self._endpoints

    def _held(self, name: str | None) -> PyJWK | None:
        if name is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(name)

    def _is_fresh(self, seconds: float) -> bool:
        return self._fetched_at is not None and self._clock() - self._fetched_at < seconds

    def _may_ask(self) -> bool:
        return self._asked_at is None or self._clock() - self._asked_at >= AGAIN_SECONDS

    async def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            self._keys = await asyncio.to_thread(self._discovered)
        except IssuerAway as away:
            log.warning("issuer_away", issuer=self.url, why=str(away))
        else:
            self._fetched_at = self._clock()

    def _discovered(self) -> dict[str, PyJWK]:
        """The keys that the issuer publishes now.

        Raises: IssuerAway.
        """
        said = self._read(self.url.rstrip("/") + DISCOVERY)
        if said.get("issuer") != self.url:
            raise IssuerAway("its discovery document names another issuer")
        address = said.get("jwks_uri")
        if not isinstance(address, str) or not is_safe(address):
            raise IssuerAway("its discovery document names no address of keys with TLS")
        keys = usable(self._read(address))
        if not keys:
            raise IssuerAway("it publishes no key that can be used")
        self._endpoints = _endpoints(said)
        return keys

    def _read(self, address: str) -> Mapping[str, Any]:
        try:
            return msgspec.json.decode(self._fetch(address), type=dict[str, Any])
        except msgspec.MsgspecError:
            raise IssuerAway(f"{address} holds no JSON object") from None


def _endpoints(said: Mapping[str, Any]) -> Endpoints | None:
    """Where a discovery document says that people sign in; None where it does not, or not with TLS."""

    def address(name: str) -> str | None:
        given = said.get(name)
        return given if isinstance(given, str) and is_safe(given) else None

    authorization, token = address("authorization_endpoint"), address("token_endpoint")
    if authorization is None or token is None:
        return None
    return Endpoints(
        authorization=authorization,
        token=token,
        end_session=address("end_session_endpoint"),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def usable(published: Mapping[str, Any]) -> dict[str, PyJWK]:
    """The keys of a JWK set that may verify tokens here, by their names; all others are passed over."""
    keys: dict[str, PyJWK] = {}
    listed = published.get("keys")
    for number, each in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(each, dict) or each.get("kty") == "oct" or each.get("use", "sig") != "sig":
            continue
        try:
            key = PyJWK(each)
        except PyJWTError:
            continue
        if key.algorithm_name in ALGORITHMS and getattr(key.key, "key_size", LEAST_RSA_BITS) >= (
            LEAST_RSA_BITS if each.get("kty") == "RSA" else 0
        ):
            keys[str(each.get("kid", number))] = key
    return keys


def is_safe(address: str) -> bool:
    """Whether an address has TLS, or is of this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    )


def fetched(address: str) -> bytes:
    """What stands at an address; no redirect is followed.

    Raises: IssuerAway.
    """
    status, content = asked(address, "GET", None, {})
    if status != 200:
        raise IssuerAway(f"{address} answered {status} with {len(content)} bytes")
    return content


def asked(address: str, method: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and content of what an address answers; no redirect is followed.

    Raises: IssuerAway.
    """
    parts = urlsplit(address)
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(parts.netloc, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        query = f"?{parts.query}" if parts.query else ""
        connection.request(method, parts.path + query, body, {"Accept": "application/json", **headers})
        answer = connection.getresponse()
        content = answer.read(ANSWER_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise IssuerAway(f"{address} does not answer: {type(error).__name__}") from None
    finally:
        connection.close()
    if len(content) > ANSWER_BYTES:
        raise IssuerAway(f"{address} answered {answer.status} with more than {ANSWER_BYTES} bytes")
    return answer.status, content
