"""HTTP as it arrives: heads bounded in size and time, and every refusal a problem document."""

import asyncio
from typing import Any, cast
from urllib.parse import unquote

import httptools
import msgspec
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.heads import Answer
from api.problems import (
    MEDIA_TYPE,
    BodyTooSlow,
    Crowded,
    HeadTooLarge,
    HeadTooSlow,
    problem_of,
    retry_after,
)
from domain.refusals import Malformed, Refusal

NOT_HTTP = Malformed(
    field="", detail="This is no request of HTTP/1.1.", remedy="Send it as RFC 9112 has it; see /schema."
)

CROWDED = Crowded(
    field="",
    detail="As many requests are under way as the service takes.",
    remedy="Ask again as Retry-After says.",
)


class Joining:
    """The way out of one answer: its head leaves together with what follows at once, as one packet."""

    __slots__ = ("_head", "_loop", "_transport")

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop, self._transport = loop, transport
        self._head: bytes | None = b""

    def write(self, data: bytes) -> None:
        """Sends, or keeps what comes first until the next, or until the loop has its next turn."""
        if self._head is None:
            self._transport.write(data)
        elif self._head:
            self._transport.write(self._head + data)
            self._head = None
        else:
            self._head = data
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        """Ends the connection when all is sent."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._head:
            self._transport.write(self._head)
            self._head = None


class BoundedHttp(HttpToolsProtocol):
    """A connection whose requests arrive within bounds: else it is answered, and closed.

    head_bytes: the most that the address and headers of one request may have together. head_seconds: how long
    they may be on their way, and body_seconds the body after them, so that nobody keeps connections by
    sending next to nothing; a connection over which nothing was sent at all is closed without a word.
    """

    def __init__(
        self, *args: Any, head_bytes: int, head_seconds: float, body_seconds: float, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = head_bytes
        self._head_seconds, self._body_seconds = head_seconds, body_seconds
        self._received = self._arrived = 0
        self._in_head, self._in_body = True, False
        self._refusal: Refusal = NOT_HTTP
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first head has to come."""
        super().connection_made(transport)
        self._be_patient()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing has to come any more."""
        self._be_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes more, of which a head may have so many."""
        self._arrived = len(data)
        super().data_received(data)
        if not (self._in_head or self._in_body) or self.transport.is_closing():
            return
        self._received += len(data)
        if self._in_head and self._received > self._head_bytes:
            self._refuse(self._too_large())
        elif self._patience is None:
            self._be_patient()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._in_head, self._received = True, 0

    def on_headers_complete(self) -> None:
        """A head has come.

        Raises: HeadTooLarge, Crowded, which the parser makes its own error of.
        """
        self._in_head, self._in_body = False, True
        self._be_done()
        self._require_room()
        self._begin()

    def _require_room(self) -> None:
        # No head is longer than what came since it began; so most need not be measured.
        if self._received + self._arrived > self._head_bytes and self._length() > self._head_bytes:
            self._refusal = self._too_large()
            raise self._refusal
        most = self.limit_concurrency
        if most is not None and (len(self.connections) >= most or len(self.tasks) >= most):
            self._refusal = CROWDED
            raise self._refusal

    def _length(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _begin(self) -> None:
        """Has the request answered, as soon as those before it on this connection are."""
        parser, scope = cast(Any, self.parser), self.scope
        version, asked = parser.get_http_version(), httptools.parse_url(self.url)
        path = asked.path.decode("ascii")
        if version != "1.1":
            scope["http_version"] = version
        scope["method"] = parser.get_method().decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"], scope["query_string"] = asked.path, asked.query or b""
        before, app = self.cycle, cast(ASGI3Application, self.app)
        self.cycle = Answer(
            scope=scope,
            transport=cast(asyncio.Transport, Joining(self.loop, self.transport)),
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, app))

    def on_message_complete(self) -> None:
        """A body has come, if only an empty one."""
        self._in_body = False
        self._be_done()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Says what was wrong as a problem document."""
        self._refuse(self._refusal)

    def _refuse(self, refusal: Refusal) -> None:
        problem = problem_of(refusal)
        body = msgspec.json.encode(problem)
        seconds = retry_after(refusal)
        later = f"retry-after: {seconds}\r\n" if seconds else ""
        head = (
            f"HTTP/1.1 {problem.status} \r\ncontent-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
            f"cache-control: no-store\r\nx-content-type-options: nosniff\r\n{later}"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _too_large(self) -> HeadTooLarge:
        return HeadTooLarge(
            field="",
            detail=f"The address and headers have more than {self._head_bytes} bytes.",
            remedy="Ask about fewer at a time, or send fewer headers.",
        )

    def _be_patient(self) -> None:
        seconds = self._head_seconds if self._in_head else self._body_seconds
        self._patience = self.loop.call_later(seconds, self._too_slow)

    def _be_done(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _too_slow(self) -> None:
        self._patience = None
        if self.transport.is_closing():
            return
        if self._in_head and not self._received:
            # Nobody asked for anything: a browser that is told so would take it for its first answer.
            self.transport.close()
        elif self._in_head:
            self._refuse(
                HeadTooSlow(
                    field="",
                    detail=f"The request did not begin within {self._head_seconds} s.",
                    remedy="Send the whole head at once.",
                )
            )
        elif self.pipeline or self.cycle.response_started:
            self.transport.close()  # what is under way is not to be mixed with a refusal
        else:
            self._refuse(
                BodyTooSlow(
                    field="",
                    detail=f"The body took longer than {self._body_seconds} s.",
                    remedy="Send less at a time.",
                )
            )
