"""What cannot become a request is answered with a problem and hung up on, in bounded time and memory."""

import socket
import time
from collections.abc import Iterator

import pytest
from conftest import new_database
from raw_http import connected, problem_of
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
    with connected(strict.url) as connection:
        connection.sendall(sent)
        found, _, problem = problem_of(connection)
    assert (found, problem["status"]) == (status, status)
    assert problem["type"] == f"/v1/problems/{'malformed' if status == 400 else 'head-too-large'}"
    assert problem["detail"] and problem["remedy"]


def test_whoever_sends_next_to_nothing_is_hung_up_on(strict: Service) -> None:
    """Byte by byte, or after a request that was answered; whoever sends nothing at all, without a word."""
    started = time.monotonic()
    with connected(strict.url) as silent, connected(strict.url) as slow, connected(strict.url) as served_once:
        served_once.sendall(LINE + b"\r\n")
        assert_alive(served_once)
        served_once.sendall(LINE)
        for byte in LINE[:10]:
            slow.sendall(bytes([byte]))
            time.sleep(0.02)
        for connection in (slow, served_once):
            assert problem_of(connection)[:2] == (408, "/v1/problems/head-too-slow")
        assert silent.recv(4096) == b"", "a browser would take it for the answer to what it sends next"
    assert time.monotonic() - started < 8


def test_a_kept_connection_may_rest_between_requests(strict: Service) -> None:
    with connected(strict.url) as connection:
        for _ in range(2):
            connection.sendall(LINE + b"\r\n")
            assert_alive(connection)
            time.sleep(HEAD_SECONDS + 0.3)
