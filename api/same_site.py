"""Changes come from our own pages: what a browser asks for in somebody's name because another site made it.

A request that changes something and is let in by a cookie must come from the same site, by what the browser
says of it (`Sec-Fetch-Site`, or `Origin` where it says only that), and must bring the token of its session:
as the header X-CSRF-Token, or as the field `csrf_token` of a form, the first one where it has files. One with
a bearer token needs neither, as no browser sends that by itself.
"""

import hmac
import re
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from litestar.types import HTTPRequestEvent, HTTPScope, Receive, Scope

from api.cookies import header
from domain.refusals import NotAllowed

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
FORM = "application/x-www-form-urlencoded"
FORM_WITH_FILES = "multipart/form-data"
FIRST_PART_BYTES = 4096
FORM_BYTES = 64 * 1024
MOST_FIELDS = 100
_BOUNDARY = re.compile(r'\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))')


class FromElsewhere(NotAllowed):
    """The request did not come from a page of this service."""


def changes(scope: Scope) -> bool:
    """Whether a request may change something."""
    return cast(HTTPScope, scope)["method"] not in SAFE


def require_same_origin(scope: Scope, public_url: str | None) -> None:
    """Checks that no other site made a browser send this. A program that is no browser says nothing of it.

    Raises: FromElsewhere.
    """
    site = header(scope["headers"], b"sec-fetch-site")
    origin = header(scope["headers"], b"origin")
    if site:
        own = site == "same-origin"
    elif origin:
        own = _is_own(origin, header(scope["headers"], b"host"), public_url)
    else:
        own = True
    if not own:
        raise FromElsewhere(
            field="Sec-Fetch-Site" if site else "Origin",
            detail="The request was made by a page of another site.",
            remedy="Open the page of this service and do it there.",
        )


def require_token(token: str, expected: str) -> None:
    """Checks the token that a request brings against that of its session.

    Raises: FromElsewhere.
    """
    if not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), expected.encode()):
        raise FromElsewhere(
            field=HEADER,
            detail="The token of the session does not come with the request."
            if not token
            else "The token that comes with the request is not that of the session.",
            remedy=f"Load the page anew. A program sends {HEADER} as GET /v1/session gives it.",
        )


async def brought(scope: Scope, receive: Receive) -> tuple[str, Receive]:
    """The token that a request brings, and how its body is still to be received.

    Only a form is looked into, and no further than a form may be long; of one with files the first field
    alone, so that no file is held to look for it.
    """
    said = header(scope["headers"], HEADER.lower().encode())
    form = header(scope["headers"], b"content-type")
    kind = form.partition(";")[0].strip().lower()
    if not said and kind == FORM_WITH_FILES:
        return await _in_first_part(form, receive)
    if said or kind != FORM:
        return said, receive
    body, more = b"", True
    while more and len(body) <= FORM_BYTES and (message := await receive())["type"] == "http.request":
        body, more = body + message["body"], message["more_body"]
    first: HTTPRequestEvent = {"type": "http.request", "body": body, "more_body": more}
    return _field(body), _again(first, receive)


async def _in_first_part(form: str, receive: Receive) -> tuple[str, Receive]:
    boundary = _BOUNDARY.search(form)
    if boundary is None:
        return "", receive
    mark = re.escape(f"--{boundary[1] or boundary[2]}".encode())
    wanted = re.compile(
        mark
        + rb'\r\nContent-Disposition: form-data; name="%b"\r\n\r\n([\w-]{1,200})\r\n' % FIELD.encode()
        + mark
    )
    body, more, found = b"", True, None
    while more and found is None and len(body) <= FIRST_PART_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            break
        body, more = body + message["body"], message["more_body"]
        found = wanted.match(body)
    first: HTTPRequestEvent = {"type": "http.request", "body": body, "more_body": more}
    return found[1].decode() if found else "", _again(first, receive)


def _field(body: bytes) -> str:
    if len(body) > FORM_BYTES:
        return ""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    found = [value for name, value in pairs if name == FIELD]
    return found[0] if len(found) == 1 else ""


def _again(first: HTTPRequestEvent, receive: Receive) -> Receive:
    """`receive` as if what was read had not been."""
    waiting = [first]

    async def received() -> HTTPRequestEvent:
        return waiting.pop() if waiting else cast(HTTPRequestEvent, await receive())

    return cast(Receive, received)


def _is_own(origin: str, host: str, public_url: str | None) -> bool:
    try:
        parts = urlsplit(origin)
        if public_url is not None:
            own = urlsplit(public_url)
            return (parts.scheme, parts.netloc.lower()) == (own.scheme, own.netloc.lower())
    except ValueError:
        return False
    return bool(parts.netloc) and parts.netloc.lower() == host.lower()
