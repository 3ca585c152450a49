"""What cannot become a request is answered with a problem and hung up on, in bounded time and memory."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import new_database
from served import Service, served

HEAD_SECONDS = 1
HEAD_BYTES = 8_192
LINE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def strict(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("s"), head_seconds=HEAD_SECONDS, head_bytes=HEAD_BYTES) as made,
    ):
        yield made


def connected(service: Service) -> socket.socket:
    """A connection to it."""
    at = urlsplit(service.url)
    return socket.create_connection((at.hostname, at.port), timeout=10)


def answer(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Status and problem, after which the service has hung up."""
    said = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, said
    return int(head.split()[1]), json.loads(body)


def assert_alive(connection: socket.socket) -> None:
    """The answer of /health/live, whole: it may come in two parts."""
    said = b""
    while not said.endswith(b"}") and (part := connection.recv(4096)):
        said += part
    assert said.startswith(b"HTTP/1.1 200"), said


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /health/live HTTP/9.9\r\n\r\n", 400),
        (b"POST /v1/facts HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (LINE + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (LINE + b"X: " + b"a" * HEAD_BYTES + b"\r\n\r\n", 431),
        (LINE + b"X: " + b"a" * HEAD_BYTES * 9, 431),
        (LINE + b"".join(b"X%d: y\r\n" % i for i in range(2_000)) + b"\r\n", 431),
        (b"GET /health/live?a=" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\n\r\n", 431),
    ],
)
def test_a_head_that_is_none_or_too_large_is_refused(strict: Service, sent: bytes, status: int) -> None:
    with connected(strict) as connection:
        connection.sendall(sent)
        found, problem = answer(connection)
    assert (found, problem["status"]) == (status, status)
    assert problem["detail"] and problem["remedy"]


def test_whoever_sends_next_to_nothing_is_hung_up_on(strict: Service) -> None:
    """At once, byte by byte, or after a request that was answered; whoever waits between requests is not."""
    started = time.monotonic()
    with connected(strict) as silent, connected(strict) as slow, connected(strict) as served_once:
        served_once.sendall(LINE + b"\r\n")
        assert_alive(served_once)
        served_once.sendall(LINE)
        for byte in LINE[:10]:
            slow.sendall(bytes([byte]))
            time.sleep(0.02)
        for connection in (silent, slow, served_once):
            status, problem = answer(connection)
            assert (status, problem["type"]) == (408, "/v1/problems/head-too-slow")
    assert time.monotonic() - started < 8


def test_a_kept_connection_may_rest_between_requests(strict: Service) -> None:
    with connected(strict) as connection:
        for _ in range(2):
            connection.sendall(LINE + b"\r\n")
            assert_alive(connection)
            time.sleep(HEAD_SECONDS + 0.3)
