"""The Python client against the service it is made from, and against one that fails as networks do."""

import ast
import re
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import new_database
from given_plan import adoption, document
from served import Service, fact, open_shanghai, served

import api.client
from api.client import BatchRefused, Client, Refused, Unreachable, wire
from api.client.following import events
from api.payroll_files import MEDIA_TYPES
from api.tokens import Tokens, token_file

HOWTO = Path(__file__).resolve().parents[2] / "docs" / "howto" / "http.md"
VISIT = {"employee": "E1", "customer": "C-client", "kind": "first"}


@pytest.fixture(scope="module")
def own(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service where E1 sells in Shanghai, paid by visits."""
    with new_database(postgres, template) as dsn, served(dsn, tmp_path_factory.mktemp("home")) as made:
        open_shanghai(made)
        adopted = adoption(document("measures: {seen: {count: visit_recorded}}"))
        made.adopt(adopted, occurred_at="2024-06-03T09:00:00+08:00")
        yield made


def token(own: Service) -> str:
    made = Tokens(token_file(own.settings.home))
    return made.make("administrator", f"client.{uuid4().hex[:8]}", scope="all")


@pytest.fixture
def client(own: Service) -> Generator[Client]:
    with Client(own.url, token(own)) as made:
        yield made


def visit(key: str, **data: Any) -> dict[str, Any]:
    return fact("visit_recorded", {**VISIT, **data}, source="client", key=key)


def appended(client: Client, key: str, **data: Any) -> Any:
    sent = visit(key, **data)
    return client.append(**sent)


@pytest.mark.rule("R40")
def test_facts_come_in_once_alone_and_in_batches(client: Client) -> None:
    one, many = uuid4().hex, [visit(uuid4().hex) for _ in range(3)]
    first, again = appended(client, one), appended(client, one)
    assert (first["hit"], again["hit"]) == (False, True)
    assert first["position"] == again["position"]
    assert client.facts.read_fact(first["position"])["data"]["customer"] == "C-client"
    receipts = [client.append_batch(many) for _ in range(2)]  # type: ignore[arg-type]
    assert [(each["stored"], each["hits"]) for each in receipts] == [(3, 0), (0, 3)]


def test_a_refusal_names_field_and_remedy(client: Client) -> None:
    with pytest.raises(Refused) as alone:
        appended(client, uuid4().hex, minutes="long")
    assert (alone.value.status, alone.value.field) == (422, "data.minutes")
    assert alone.value.remedy and alone.value.remedy in str(alone.value) and alone.value.request_id
    good, bad = visit(uuid4().hex), visit(uuid4().hex, minutes="long")
    with pytest.raises(BatchRefused) as batch:
        client.append_batch([good, bad])  # type: ignore[list-item]
    assert (batch.value.field, batch.value.receipt["refused"]) == ("data.minutes", 2)
    apart = client.append_batch([good, bad], atomic=False)  # type: ignore[list-item]
    assert (apart["stored"], apart["refused"]) == (1, 1)
    with pytest.raises(Refused, match="404"):
        client.people.read_person("nobody/../E1")


def test_lists_are_read_to_their_end_and_results_as_known_then(client: Client) -> None:
    before = appended(client, uuid4().hex)["position"]
    after = client.append_batch([visit(uuid4().hex, customer=f"C{n}") for n in range(5)])  # type: ignore[misc]
    last = after["outcomes"][-1].get("position")
    found = [each["position"] for each in client.facts.read_facts(limit=2) if each["position"] > before]
    assert found[:5] == list(range(before + 1, before + 6))
    paged = list(client.people.read_milestones(limit=1, at_least=last))
    assert paged == list(client.people.read_milestones(at_least=last))
    progress = client.people.read_progress("E1", day="2025-03-05", at_least=last)
    assert progress["employee"] == "E1"
    slips = [client.pay.read_statement("E1", "2025-03", known_at=known) for known in (before, last)]
    assert [slip["known_at"] for slip in slips] == [before, last]


def test_a_payroll_run_comes_as_a_file(client: Client) -> None:
    got = client.payroll.read_payroll_run_file("2025-03", media_type="text/csv")
    assert got.startswith(b"\xef\xbb\xbfperiod,employee")
    book = MEDIA_TYPES["xlsx"]
    assert client.payroll.read_payroll_run_file("2025-03", media_type=book).startswith(b"PK")  # type: ignore[arg-type]
    assert client.payroll.read_payroll_run("2025-03")["period"] == "2025-03"


def test_the_stream_tells_of_a_fact_and_goes_on_where_it_was_left(client: Client) -> None:
    client.people.read_person("E1", at_least=appended(client, uuid4().hex)["position"])
    stream = client.follow(period="2025-03", employee=["E1"])
    snapshot = next(stream)
    stored = appended(client, uuid4().hex)["position"]
    heard = next(event for event in stream if event.name == "delta")
    stream.close()
    assert snapshot.name == "snapshot" and int(heard.id or 0) >= stored
    assert [row["fact"] for row in heard.said["rows"]] == ["visit_recorded"]
    again = client.follow(period="2025-03", employee=["E1"], after=int(snapshot.id or 0))
    assert next(again).name == "delta"
    again.close()


def test_the_example_of_the_page_does_what_it_says(
    own: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    [example] = re.findall(r"^```python\n(.*?)^```$", HOWTO.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    monkeypatch.setenv("MERITBOOK_TOKEN", token(own))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(example.replace("http://127.0.0.1:8000", own.url), names)
    said = capsys.readouterr().out
    assert "minutes" in said and "delta" in said
    names["client"].close()
    assert tmp_path.joinpath("payroll-2025-03.csv").stat().st_size > 100


Answer = tuple[int, dict[str, str], bytes] | None
"""Status, headers and body; None hangs up."""


@contextmanager
def failing(*answers: Answer) -> Generator[tuple[str, list[Any]]]:
    """A service that answers so, in this order, and what it was asked."""
    left, asked = list(answers), list[Any]()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append((self.command, self.path, self.headers))
            answer = left.pop(0)
            if answer is None:
                self.close_connection = True
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/base", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have waited."""
    waited = list[float]()
    monkeypatch.setattr(wire.time, "sleep", waited.append)
    return waited


def busy(status: int, seconds: int) -> Answer:
    return status, {"Retry-After": str(seconds)}, b'{"detail": "later"}'


def test_what_may_come_twice_is_sent_again(pauses: list[float]) -> None:
    receipt = b'{"position": 7, "hit": true, "recorded_at": "2025-03-04T09:30:00Z"}'
    with failing(None, busy(503, 3), busy(429, 1), (200, {}, receipt)) as (url, asked):
        client = Client(url, "secret")
        assert appended(client, "k")["position"] == 7
        client.close()
    assert [each[:2] for each in asked] == [("POST", "/base/v1/facts")] * 4
    assert {each[2]["Authorization"] for each in asked} == {"Bearer secret"}
    assert len(pauses) == 3 and pauses[1] >= 3 and pauses[2] >= 1


@pytest.mark.parametrize(
    ("answer", "call", "raised"),
    [
        (None, lambda client: client.webhooks.make_webhook({}), Unreachable),
        (busy(503, 1), lambda client: client.webhooks.make_webhook({}), Refused),
        (busy(503, 600), lambda client: client.facts.read_fact(1), Refused),
        ((500, {}, b"<html>"), lambda client: client.facts.read_fact(1), Refused),
        ((302, {"Location": "/"}, b""), lambda client: client.facts.read_fact(1), Refused),
    ],
)
def test_what_would_harm_or_help_nothing_is_sent_once(
    answer: Answer, call: Callable[[Client], Any], raised: type[Exception], pauses: list[float]
) -> None:
    with failing(answer) as (url, asked), Client(url, "secret") as client:
        with pytest.raises(raised):
            call(client)
        assert len(asked) == 1 and not pauses


def test_a_service_that_stays_away_is_given_up(pauses: list[float]) -> None:
    with failing(None, None, None) as (url, asked), Client(url, "secret", tries=3) as client:
        with pytest.raises(Unreachable):
            client.facts.read_fact(1)
        assert len(asked) == 3 and len(pauses) == 2


def test_a_broken_stream_is_opened_where_it_broke_and_anew_when_told(pauses: list[float]) -> None:
    def stream(text: str) -> Answer:
        return 200, {"Content-Type": "text/event-stream", "Connection": "close"}, text.encode()

    begun = 'retry: 1000\n\nevent: snapshot\nid: 4\ndata: {"rows": []}\n\nevent: delta\nid: 9\ndata: {'
    forget = 'event: must-refetch\ndata: {"reason": "rebuilt"}\n\n'
    fresh = 'event: snapshot\nid: 12\ndata: {"rows": []}\n\n'
    with failing(stream(begun), busy(503, 1), stream(forget), stream(fresh)) as (url, asked):
        told = Client(url, "secret").follow(board="stars")
        heard = [next(told) for _ in range(3)]
        told.close()
    assert [event.name for event in heard] == ["snapshot", "must-refetch", "snapshot"]
    assert [each[2]["Last-Event-ID"] for each in asked] == [None, "4", "4", None]
    assert {each[1] for each in asked} == {"/base/v1/stream?board=stars"}


@pytest.mark.parametrize(
    ("links", "after"),
    [
        ((), None),
        (('</v1/alerts>; rel="successor-version"',), None),
        (('</v1/new>; rel="successor-version", </v1/alerts?limit=1&after=a%2Cb>; rel="next"',), ["a,b"]),
        (('</v1/new>; rel="successor-version"', '</v1/alerts?after=c>; rel="next"'), ["c"]),
    ],
)
def test_the_next_page_is_found_among_other_links(links: tuple[str, ...], after: list[str] | None) -> None:
    headers = Message()
    for link in links:
        headers.add_header("Link", link)
    assert (wire.next_page(headers) or {}).get("after") == after


def test_events_are_read_as_the_standard_says() -> None:
    lines = [
        b": sign of life\n",
        b"\n",
        b"event:delta\r\n",
        b'data: {"a":\n',
        b"data: 1}\n",
        b"\n",
        b"data: {}\n",
    ]
    assert [(each.name, each.id, each.said) for each in events(iter(lines))] == [("delta", None, {"a": 1})]


def test_the_client_needs_nothing_but_the_standard_library() -> None:
    folder = Path(api.client.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert {name.name.split(".")[0] for name in node.names} <= sys.stdlib_module_names, path
            elif isinstance(node, ast.ImportFrom):
                depth = len(path.relative_to(folder).parts)
                own = 0 < node.level <= depth
                assert own or str(node.module).split(".")[0] in sys.stdlib_module_names, path
