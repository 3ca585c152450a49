"""The answer that does not end: events sent as they come, to a client that keeps up and is there."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from litestar.response import Response
from litestar.types import Receive, Scope, Send

from api.deadlines import Deadline
from api.streaming.frames import RETRY
from api.streaming.listener import Listener

SEND_SECONDS = 20.0
"""A client that takes nothing for so long is cut off."""

ALLOWED_SECONDS = 1.0
"""So long is a token not looked at again that was good, however much is sent."""


class EventStream(Response[None]):
    """`first`, then whatever the listener is told, until either side ends it.

    allowed: asked after events and signs of life whether the client still may listen, at most once in
    ALLOWED_SECONDS. leave: called at the end.
    """

    def __init__(
        self,
        listener: Listener,
        first: Iterable[bytes],
        *,
        headers: Mapping[str, str],
        allowed: Callable[[], Awaitable[bool]],
        leave: Callable[[Listener], None],
    ) -> None:
        super().__init__(content=None)
        self._listener, self._first, self._sent_headers = listener, first, headers
        self._allowed, self._leave = allowed, leave

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """The events, as an ASGI application."""
        return self._stream

    async def _stream(self, _: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(self._until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._encoded()})
            await _sent(send, RETRY + b"".join(self._first))
            ask_at = 0.0
            while (events := await self._listener.next()) is not None:
                if events:
                    await _sent(send, events)
                if (now := time.monotonic()) >= ask_at:
                    ask_at = now + ALLOWED_SECONDS
                    if not await self._allowed():
                        self._listener.end("token-ended")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            return  # the server ends the connection of an answer that was not finished
        finally:
            gone.cancel()
            self._leave(self._listener)

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._listener.end("service-stops")  # nobody reads it; it ends the wait

    def _encoded(self) -> list[tuple[bytes, bytes]]:
        own = {"content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no"}
        return [
            (name.lower().encode(), value.encode())
            for name, value in (own | dict(self._sent_headers)).items()
        ]


async def _sent(send: Send, body: bytes) -> None:
    with Deadline(SEND_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": True})
