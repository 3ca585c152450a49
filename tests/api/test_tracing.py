"""Spans: nothing imported where nobody wants them; else of requests, appends, folds and deliveries."""

import contextvars
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from conftest import new_database
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from receiving import Receiver, receiving
from served import Service, fact, open_shanghai, served

from api import between, tracing
from api.requests import Surround
from api.settings import Settings
from api.traces import TRACE, Trace, TracesKept

BROUGHT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
WAIT_SECONDS = 60


def test_nothing_of_it_is_imported_by_a_service_that_sends_no_spans() -> None:
    program = "import sys, api.app, api.serve; sys.exit('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
    assert tracing.spans_of(Settings(home="/nowhere")) is None  # type: ignore[arg-type]


class _Metrics:
    def answered(self, *_: object) -> None: ...
    def refused(self, *_: object) -> None: ...


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def _asked(app: Surround, *headers: tuple[bytes, bytes]) -> None:
    async def send(message: Any) -> None: ...

    await app({"type": "http", "method": "GET", "headers": list(headers)}, None, send)  # type: ignore[arg-type,typeddict-item]


def _driven(app: Surround, *headers: tuple[bytes, bytes]) -> None:
    coroutine = _asked(app, *headers)
    with pytest.raises(StopIteration):
        coroutine.send(None)


def test_a_request_costs_no_call_of_it_where_it_is_off() -> None:
    """Counted in calls, which no load of the machine changes."""
    called: list[str] = []

    def note(frame: Any, event: str, _: object) -> None:
        if event == "call":
            called.append(frame.f_globals["__name__"])

    app = Surround(_answer, _Metrics(), lambda: None)  # type: ignore[arg-type]
    sys.setprofile(note)
    try:
        _driven(app)
    finally:
        sys.setprofile(None)
    assert "api.requests" in called
    assert not [name for name in called if name == "api.tracing" or name.startswith("opentelemetry")]


def collected(percent: int = 100) -> tuple[tracing.Spans, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    return tracing.Spans(SimpleSpanProcessor(exporter), "test", percent), exporter


def test_a_request_is_a_span_under_the_step_that_brought_it() -> None:
    spans, exporter = collected()
    _driven(
        Surround(_answer, _Metrics(), lambda: None, spans=spans),  # type: ignore[arg-type]
        (b"traceparent", BROUGHT.encode()),
    )
    [span] = exporter.get_finished_spans()
    assert (span.name, span.kind.name) == ("GET unknown", "SERVER")
    assert span.context is not None and span.parent is not None
    assert f"{span.context.trace_id:032x}" == BROUGHT[3:35]
    assert f"{span.parent.span_id:016x}" == BROUGHT[36:52]
    assert span.start_time <= span.end_time  # type: ignore[operator]


@pytest.mark.parametrize(("percent", "kept"), [(100, True), (0, False)])
def test_a_trace_that_begins_here_is_kept_by_its_share_and_another_by_its_flag(
    percent: int, kept: bool
) -> None:
    spans, exporter = collected(percent)
    own, brought = Trace.begun(), Trace.of(BROUGHT.encode())
    unwanted = Trace.of(BROUGHT.replace("-01", "-00").encode())
    for trace in (own, brought, unwanted):
        spans.ended("x", spans.begun(trace), 0.1, {})
    ids = {f"{s.context.trace_id:032x}" for s in exporter.get_finished_spans() if s.context is not None}
    assert ids == {brought.trace_id} | ({own.trace_id} if kept else set())


def test_workers_tell_each_other_whose_trace_wrote_what() -> None:
    rings = between.Rings(2)
    kept = TracesKept(rings=rings)
    trace = Trace.of(BROUGHT.encode())
    written = TracesKept(rings=rings)

    def write_all() -> None:
        TRACE.set(trace)
        for position in range(1, between.RING + 11):
            written.note(position, position)

    rings.own = 1
    contextvars.copy_context().run(write_all)
    rings.own = 0
    assert kept.of(between.RING + 10).trace_id == trace.trace_id
    assert kept.of(between.RING + 10).parent == trace.span_id
    assert kept.of(5).trace_id != trace.trace_id, "the ring has gone round"


@pytest.fixture(scope="module")
def traced(
    postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, Receiver, str]]:
    """Two workers, and a receiver of webhooks and spans."""
    with new_database(postgres, template) as dsn, receiving() as (receiver, url):
        home = tmp_path_factory.mktemp("traced")
        settings = {
            "webhook_hosts": "127.0.0.1",
            "otel_url": url,
            "otel_percent": 0,
            "refused_requests_per_second": 1,
        }
        with served(dsn, home, arguments=("--workers", "2"), **settings) as service:
            open_shanghai(service)
            yield service, receiver, url


def test_an_address_is_limited_by_all_workers_together(traced: tuple[Service, Receiver, str]) -> None:
    """Twenty failures at once, and one a second: fifteen at either worker are more than that."""
    service, _, _ = traced
    began, answers = time.monotonic(), dict[str, list[int]]()
    with ExitStack() as stack:
        clients: dict[str, httpx.Client] = {}
        while len(clients) < 2:
            client = stack.enter_context(httpx.Client(base_url=service.url, timeout=60))
            worker = client.get("/health/live").headers["x-request-id"].partition("-")[0]
            clients.setdefault(worker, client)
        for _ in range(15):
            for worker, client in clients.items():
                asked = client.get("/v1/facts", headers={"Authorization": "Bearer nobody"})
                answers.setdefault(worker, []).append(asked.status_code)
    unlimited = sum(status == 401 for each in answers.values() for status in each)
    assert 20 <= unlimited <= 21 + (time.monotonic() - began)
    assert {*answers.popitem()[1], *answers.popitem()[1]} <= {401, 429}


def spans_at(receiver: Receiver) -> dict[str, Any]:
    """The spans of the trace that was brought, by their names."""
    found: dict[str, Any] = {}
    for came in receiver.at("/v1/traces"):
        for resource in ExportTraceServiceRequest.FromString(came.body).resource_spans:
            for scope in resource.scope_spans:
                found |= {span.name: span for span in scope.spans if span.trace_id.hex() == BROUGHT[3:35]}
    return found


def test_a_fact_leaves_its_trace_in_all_that_follows_whichever_worker_took_it(
    traced: tuple[Service, Receiver, str],
) -> None:
    """The request, its append, the fold of a read model, and the delivery, which are another process's."""
    service, receiver, url = traced
    asked = {"name": "test", "url": f"{url}/hook", "events": ["fact.visit_recorded"]}
    assert service.http.post("/v1/webhooks", json=asked).status_code == 201
    sent = fact("visit_recorded", {"employee": "E1", "customer": "C1", "kind": "demo"})
    answer = service.http.post("/v1/facts", json=sent, headers={"traceparent": BROUGHT})
    assert answer.status_code == 201
    wanted = {"POST /v1/facts", "append", "fold", "webhook delivery"}
    deadline = time.monotonic() + WAIT_SECONDS
    while not wanted <= spans_at(receiver).keys() and time.monotonic() < deadline:
        time.sleep(0.1)
    found = spans_at(receiver)
    assert wanted <= found.keys()
    request = found["POST /v1/facts"]
    assert request.span_id.hex() == answer.headers["traceparent"][36:52]
    assert {found[name].parent_span_id for name in wanted - {"POST /v1/facts"}} == {request.span_id}
    [came] = receiver.at("/hook")
    assert came.headers["traceparent"][3:35] == BROUGHT[3:35]
