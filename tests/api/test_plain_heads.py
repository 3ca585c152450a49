"""The head of an answer is what the server's own code makes of it, and what that refuses is refused."""

import asyncio
import logging
from typing import Any, cast

import pytest
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from api.heads import Answer, plain_head

LENGTH = (b"content-length", b"4")
JSON = (b"content-type", b"application/json")

ANSWERS: list[tuple[int, list[tuple[bytes, bytes]], bytes]] = [
    (200, [JSON, LENGTH], b"body"),
    (201, [LENGTH, JSON, (b"location", b"/v1/facts/7"), (b"x-odd", b"")], b"body"),
    (200, [JSON, (b"Content-Length", b"4")], b"body"),
    (200, [JSON, LENGTH, (b"connection", b"close")], b"body"),
    (200, [JSON], b"body"),
    (200, [JSON, (b"transfer-encoding", b"chunked")], b"body"),
    (204, [], b""),
    (304, [(b"etag", b'"7"')], b""),
    (200, [(b"x-tab", b"a\tb"), (b"x-latin", "Müller".encode("latin-1")), LENGTH], b"body"),
]
REFUSED: list[list[tuple[bytes, bytes]]] = [
    [LENGTH, (b"location", b"/a\r\nset-cookie: session=1")],
    [LENGTH, (b"x-one\r\nx-two", b"2")],
    [LENGTH, (b"x one", b"1")],
    [LENGTH, (b"x-one", b"a\x00b")],
    [LENGTH, (b"x-one", b"a\x7fb")],
    [LENGTH, (b"x-one", b"\n")],
]


class Wire:
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        self.sent = b""

    def write(self, data: bytes) -> None:
        """Sends."""
        self.sent += data

    def close(self) -> None:
        """Hangs up."""
        self.sent += b"(closed)"


def sent(
    kind: type[RequestResponseCycle],
    method: str,
    status: int,
    headers: list[tuple[bytes, bytes]],
    body: bytes,
    keep_alive: bool = True,
) -> bytes:
    """What goes over the wire."""
    wire = Wire()

    async def run() -> None:
        cycle = kind(
            scope=cast(Any, {"method": method}),
            transport=cast(asyncio.Transport, wire),
            flow=FlowControl(cast(asyncio.Transport, wire)),
            logger=logging.getLogger(),
            access_logger=logging.getLogger(),
            access_log=False,
            default_headers=[(b"date", b"Mon, 23 Nov 2026 01:00:00 GMT")],
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=keep_alive,
            on_response=lambda: None,
        )
        await cycle.send({"type": "http.response.start", "status": status, "headers": headers})
        await cycle.send({"type": "http.response.body", "body": body, "more_body": False})

    asyncio.run(run())
    return wire.sent


@pytest.mark.parametrize(("status", "headers", "body"), ANSWERS)
def test_an_answer_is_that_of_the_server(
    status: int, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    for method in ("GET", "HEAD"):
        for keep_alive in (True, False):
            said = [
                sent(kind, method, status, headers, body, keep_alive)
                for kind in (Answer, RequestResponseCycle)
            ]
            assert said[0] == said[1], (method, keep_alive)


@pytest.mark.parametrize("headers", REFUSED)
def test_what_would_begin_another_line_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    assert plain_head(200, headers) is None
    with pytest.raises(RuntimeError, match="Invalid HTTP header"):
        sent(Answer, "GET", 200, headers, b"body")


def test_a_plain_answer_is_not_looked_at_twice() -> None:
    plain = plain_head(200, [JSON, LENGTH])
    assert plain == (b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\n", 4)


def test_a_body_of_another_length_than_announced_is_refused() -> None:
    for body in (b"bod", b"bodies"):
        with pytest.raises(RuntimeError, match="Content-Length"):
            sent(Answer, "GET", 200, [LENGTH], body)
