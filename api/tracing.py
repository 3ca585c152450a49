"""Spans for OpenTelemetry: how long requests, appends, commits, folds and deliveries took, in which trace.

Ids are those of `traceparent` that logs, answers and webhooks bear; a span is made when what it is about is
over. The libraries are imported only where an endpoint is set, and nothing here is called where none is.
"""

import os
import socket
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from api.settings import Settings
from api.traces import RECORDED, TRACE, Trace, TracesKept
from projections.registry import PROJECTIONS
from projections.spans import Cursor, Projection, Span

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

Kind = Literal["server", "client", "internal"]
Attributes = Mapping[str, str | int | bool]

_PERCENTS = 100

SENT_EVERY_MS = 1_000


class TracingUnavailable(Exception):
    """An endpoint is set, and the libraries that send spans to it are not installed."""

    def __init__(self) -> None:
        super().__init__(
            "MERITBOOK_OTEL_URL is set. Install what sends spans: pip install 'meritbook[otel]'."
        )


class Spans:
    """Hands spans to a processor of OpenTelemetry's SDK. percent: of traces begun here, how many are kept.

    Of a trace that somebody else began they have decided, by the flag in their `traceparent`.
    """

    def __init__(self, processor: "SpanProcessor", name: str, percent: int) -> None:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import ReadableSpan

        self._processor, self._percent = processor, percent
        self._sdk, self._span = trace, ReadableSpan
        self._resource = Resource.create({"service.name": "meritbook", "service.instance.id": name})

    def begun(self, trace: Trace) -> Trace:
        """The trace of a request, marked as one to keep where it begins here and its turn has come."""
        if trace.parent is not None or int(trace.trace_id[:8], 16) % _PERCENTS >= self._percent:
            return trace
        return trace._replace(flags=RECORDED)

    def ended(
        self,
        name: str,
        trace: Trace | None,
        seconds: float,
        attributes: Attributes,
        *,
        kind: Kind = "internal",
        failed: bool = False,
    ) -> None:
        """Notes what is over now and took so long. trace: its own step; nothing is noted without one."""
        if trace is None or not int(trace.flags, 16) & 1:
            return
        sdk, over = self._sdk, time.time_ns()
        code = sdk.StatusCode.ERROR if failed else sdk.StatusCode.UNSET
        self._processor.on_end(
            self._span(
                name,
                context=self._context(trace.trace_id, trace.span_id, is_remote=False),
                parent=self._context(trace.trace_id, trace.parent, is_remote=kind == "server"),
                resource=self._resource,
                attributes=attributes,
                kind=sdk.SpanKind[kind.upper()],
                status=sdk.Status(code),
                start_time=over - int(seconds * 1e9),
                end_time=over,
            )
        )

    def _context(self, trace_id: str, span_id: str | None, *, is_remote: bool) -> Any:
        if span_id is None:
            return None
        flags = self._sdk.TraceFlags(self._sdk.TraceFlags.SAMPLED)
        return self._sdk.SpanContext(int(trace_id, 16), int(span_id, 16), is_remote, flags)

    def answered(self, trace: Trace, method: str, path: str, status: int, seconds: float) -> None:
        """Notes a request, at the pattern of its address."""
        said: Attributes = {
            "http.request.method": method,
            "http.route": path,
            "http.response.status_code": status,
        }
        self.ended(f"{method} {path}", trace, seconds, said, kind="server", failed=status >= 500)

    def appended(self, facts: int, seconds: float) -> None:
        """Notes the facts that the request under way has brought, from their arrival to their commit."""
        here = TRACE.get()
        self.ended("append", here and here.next, seconds, {"meritbook.facts": facts})

    def committed(self, facts: int, seconds: float) -> None:
        """Notes a commit of facts that arrived together; of many requests, it is a trace of its own."""
        trace = self.begun(Trace.begun())
        self.ended("group commit", trace, seconds, {"meritbook.facts": facts})

    def folding(self, traces: TracesKept) -> list[Projection]:
        """The read models, each of which notes what it takes for a span, in the trace of its last fact."""
        return [_Timed(model, partial(self._folded, traces, model.NAME)) for model in PROJECTIONS]

    def _folded(self, traces: TracesKept, model: str, span: Span, seconds: float) -> None:
        said: Attributes = {"meritbook.read_model": model, "meritbook.position": span.upto}
        self.ended("fold", self.begun(traces.of(span.upto)), seconds, said)

    def delivered(self, trace: Trace, webhook: str, status: int | None, seconds: float) -> None:
        """Notes a try to tell a webhook something."""
        said: dict[str, str | int] = {"meritbook.webhook": webhook}
        if status is not None:
            said["http.response.status_code"] = status
        failed = status is None or status >= 400
        self.ended("webhook delivery", trace, seconds, said, kind="client", failed=failed)

    def start(self) -> None:
        """Nothing is to be begun: the processor has."""

    def stop(self) -> None:
        """Sends what waits to be sent."""
        self._processor.shutdown()


class _Timed:
    """A read model that tells how long it took for each span of facts."""

    def __init__(self, model: Projection, tell: Callable[[Span, float], None]) -> None:
        self._model, self._tell = model, tell
        self.NAME, self.VERSION, self.SCHEMA = model.NAME, model.VERSION, model.SCHEMA
        self.TABLES, self.FACTS = model.TABLES, model.FACTS

    def project(self, cursor: Cursor, span: Span) -> None:
        """Folds as the model does."""
        started = time.monotonic()
        self._model.project(cursor, span)
        self._tell(span, time.monotonic() - started)


def also_told(tell: Callable[[int, float], None], spans: Spans | None) -> Callable[[int, float], None]:
    """Tells of a commit, and notes it where spans are."""
    if spans is None:
        return tell

    def told(facts: int, seconds: float) -> None:
        tell(facts, seconds)
        spans.committed(facts, seconds)

    return told


def spans_of(settings: Settings) -> Spans | None:
    """Where spans go as the settings say; None where nobody wants them.

    Raises: TracingUnavailable.
    """
    if settings.otel_url is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as lacking:
        raise TracingUnavailable from lacking
    exporter = OTLPSpanExporter(endpoint=f"{settings.otel_url.rstrip('/')}/v1/traces")
    return Spans(
        BatchSpanProcessor(exporter, schedule_delay_millis=SENT_EVERY_MS),
        f"{socket.gethostname()} {os.getpid()}",
        settings.otel_percent,
    )
