"""What surrounds every request: its id, its line in the log, its share in the figures."""

import logging
import re
import secrets
import time
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST_ID
from api.traces import TRACE, Trace
from api.watching import refused_kind

if TYPE_CHECKING:
    from api.metrics import Metrics
    from api.tracing import Spans

log = structlog.get_logger("meritbook")

_REQUEST_ID = re.compile(rb"[\w.\-]{1,64}\Z")
_OVER_TLS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


class Surround:
    """Gives a request its id and trace, or keeps the sender's; tells both to the answer and the log.

    on_stop: ends the answers that would never end; called before those under way are waited for. has_tls:
    browsers find the service over TLS, and are told never to ask without it. spans: where traces are kept.
    """

    def __init__(
        self,
        app: ASGIApp,
        metrics: "Metrics",
        on_stop: Callable[[], None],
        has_tls: bool = False,
        spans: "Spans | None" = None,
    ) -> None:
        self._app, self.on_stop, self._spans = app, on_stop, spans
        self._headers = [*_HEADERS, _OVER_TLS] if has_tls else _HEADERS
        self._metrics = metrics
        self._process = secrets.token_hex(4).encode()
        self._numbers = count(1)
        self._tells = log.is_enabled_for(logging.DEBUG)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers through the app within."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent_headers = dict(scope["headers"])
        given = sent_headers.get(b"x-request-id")
        if given is None or not _REQUEST_ID.match(given):
            given = b"%s-%x" % (self._process, next(self._numbers))
        request_id = given
        scope.setdefault("state", {})["request_id"] = said = request_id.decode()
        REQUEST_ID.set(said)
        trace = Trace.of(sent_headers.get(b"traceparent"))
        if self._spans is not None:
            trace = self._spans.begun(trace)
        TRACE.set(trace)
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                sent = message["headers"]
                names = [name for name, _ in sent]
                message["headers"] = [
                    *sent,
                    (b"x-request-id", request_id),
                    (b"traceparent", trace.header.encode()),
                    *[header for header in self._headers if header[0] not in names],
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            path = scope.get("path_template") or "unknown"
            self._metrics.answered(scope["method"], path, status, seconds)
            if kind := refused_kind(scope):
                self._metrics.refused(kind)
            if self._spans is not None:
                self._spans.answered(trace, scope["method"], path, status, seconds)
            if self._tells:
                log.debug(
                    "answered", method=scope["method"], path=path, status=status, seconds=round(seconds, 6)
                )
