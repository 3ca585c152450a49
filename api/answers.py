"""Answers whose bytes are ready, for addresses that are asked thousands of times a second, or not needed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

_JSON = (b"content-type", b"application/json")
_ENCODER = msgspec.json.Encoder()
_FAILURE = "failure"


class Ready(NamedTuple):
    """The two messages of an answer."""

    start: Any
    body: Any


def ready_json(said: object, status_code: int, headers: Sequence[tuple[bytes, bytes]] = ()) -> Ready:
    """A struct as JSON."""
    return ready_bytes(_ENCODER.encode(said), status_code, headers)


def ready_bytes(body: bytes, status_code: int, headers: Sequence[tuple[bytes, bytes]] = ()) -> Ready:
    """The bytes of a JSON document."""
    length = (b"content-length", b"%d" % len(body))
    return Ready(
        {"type": "http.response.start", "status": status_code, "headers": [_JSON, length, *headers]},
        {"type": "http.response.body", "body": body, "more_body": False},
    )


class Direct(ASGIMiddleware):
    """Answers behind the gate and in front of a handler, what the handler would answer.

    The framework takes longer to work out a handler's arguments and to make its answer than a fact takes to
    be written. answer: gives None where the handler itself is to answer. What it raises is raised again by
    the handler, which begins with `raise_failure`, so that it is told and noted like any other refusal.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, answer: Callable[[Scope, Receive], Awaitable[Ready | None]]) -> None:
        self._answer = answer

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answers, or lets the handler."""
        try:
            ready = await self._answer(scope, receive)
        except Exception as failure:
            scope["state"][_FAILURE] = failure
            ready = None
        if ready is None:
            await next_app(scope, receive, send)
        else:
            await send(ready.start)
            await send(ready.body)


def raise_failure(request: Request[Any, Any, Any]) -> None:
    """Raises what went wrong in front of the handler of `request`, if anything did."""
    failure = request.scope["state"].pop(_FAILURE, None)
    if failure is not None:
        raise failure


class NotModified(Exception):
    """The reader has the answer already, as it is. headers: of the answer that they have."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.headers = headers


def answer_not_modified(_: Request[Any, Any, Any], unchanged: NotModified) -> Response[None]:
    """Nothing but that it is so."""
    return Response(None, status_code=304, headers=unchanged.headers)
