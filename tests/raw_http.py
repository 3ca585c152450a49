"""Requests as bytes, for what no client would send."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


def connected(url: str) -> socket.socket:
    """A connection to the service at `url`."""
    at = urlsplit(url)
    return socket.create_connection((at.hostname, at.port), timeout=60)


def problem_of(connection: socket.socket) -> tuple[int, str, dict[str, Any]]:
    """Status, type and problem, after which the service has hung up."""
    said = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, said
    problem = json.loads(body)
    if problem["status"] in (429, 503):
        assert b"retry-after: " in head.lower(), head
    return int(head.split()[1]), problem["type"], problem


def started(is_so: Callable[[], bool]) -> None:
    """Returns once it is so."""
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)
