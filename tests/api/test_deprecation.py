"""An address that is to go says so in its answers."""

import asyncio
import datetime as dt
from typing import Any

from litestar import Litestar, get

from api.auth import Gate
from api.deprecation import DEPRECATED, Farewell

FAREWELL = Farewell(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC), "/v2/new")


@get("/old", opt={"open": True, DEPRECATED: FAREWELL})
async def old() -> None:
    """A synthetic address that is deprecated."""


@get("/kept", opt={"open": True})
async def kept() -> None:
    """One that is not."""


def headers(path: str) -> dict[bytes, bytes]:
    """The headers of an answer that went through the gate."""
    nobody: Any = None
    gate = Gate(nobody, nobody, nobody, {}, nobody, nobody, nobody, None)
    app = Litestar([old, kept], middleware=[gate], openapi_config=None)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    asyncio.run(app(scope | {"root_path": "", "state": {}}, receive, send))
    return dict(sent[0]["headers"])


def test_an_address_that_is_to_go_tells_since_when_until_when_and_what_comes_instead() -> None:
    told = headers("/old")
    assert told[b"deprecation"] == b"@1767225600"
    assert told[b"sunset"] == b"Fri, 01 Jan 2027 00:00:00 GMT"
    assert told[b"link"] == b'</v2/new>; rel="successor-version"'
    assert b"deprecation" not in headers("/kept")
