"""The session's cookie: how it is called, set, read and taken back.

Where a browser reaches the service over TLS, the cookie is `__Host-meritbook`: Secure, for this host and no
other. Only on this machine, over plain HTTP and by its own name, it is `meritbook` and goes without TLS.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from litestar.types import Scope

from api.issuer import LOOPBACK
from api.problems import Unavailable

NAME = "meritbook"
MOST_BYTES = 8 * 1024

Headers = Iterable[tuple[bytes, bytes]]


class Cookies:
    """The cookies of a service. public_url: where browsers find it, if the settings say so."""

    def __init__(self, public_url: str | None) -> None:
        self._public_url = public_url

    def given(self, scope: Scope, name: str = NAME) -> str:
        """What the browser gives as a cookie; empty if nothing, or two, of which one is not ours."""
        said = header(scope["headers"], b"cookie")
        if not said or len(said) > MOST_BYTES:
            return ""
        called = self._called(scope, name)
        pairs = (pair.strip().partition("=") for pair in said.split(";"))
        found = [value for each, _, value in pairs if each == called]
        return found[0] if len(found) == 1 else ""

    def set(self, scope: Scope, value: str, *, name: str = NAME, seconds: int, strict: bool = False) -> str:
        """The header that gives the browser a cookie for so long.

        strict: it does not come with a link of another site that leads here.
        """
        secure = "" if self._is_plain(scope) else "; Secure"
        site = "Strict" if strict else "Lax"
        said = f"{self._called(scope, name)}={value}"
        return f"{said}; Path=/; HttpOnly; SameSite={site}; Max-Age={seconds}{secure}"

    def taken_back(self, scope: Scope, name: str = NAME) -> str:
        """The header that takes a cookie back."""
        return self.set(scope, "", name=name, seconds=0)

    def origin(self, scope: Scope) -> str:
        """Where the browser that asks finds the service, without a slash at the end.

        Raises: Unavailable where only the settings could say it, for a Host header is whatever was sent.
        """
        if self._public_url is not None:
            return self._public_url.rstrip("/")
        if not self._is_plain(scope):
            raise Unavailable(
                field="", detail="The service does not know its own address.",
                remedy="Whoever runs it sets MERITBOOK_PUBLIC_URL.",
            )  # fmt: skip
        return f"http://{header(scope['headers'], b'host')}"

    def _called(self, scope: Scope, name: str) -> str:
        return name if self._is_plain(scope) else f"__Host-{name}"

    def _is_plain(self, scope: Scope) -> bool:
        """Whether a browser asks without TLS, which only this machine may."""
        if self._public_url is not None:
            return urlsplit(self._public_url).scheme == "http"
        if "https" in header(scope["headers"], b"x-forwarded-proto"):
            return False
        return _host(header(scope["headers"], b"host")) in LOOPBACK


def header(headers: Headers, name: bytes) -> str:
    """A header by its name in small letters; empty if the request has none."""
    return next((value for each, value in headers if each == name), b"").decode("latin-1")


def _host(authority: str) -> str | None:
    """The host of `host:port`."""
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:
        return None
