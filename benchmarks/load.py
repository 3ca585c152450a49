"""Requests from a light process of their own: each connection sends its next when the last was answered.

They are made ready before anything is measured, and an answer costs a look at its status and its length, so
that little of the machine goes to the load. Every fact is new: one source numbers upwards, as a program that
sends them over several connections does.
"""

import asyncio
import datetime as dt
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import uvloop

PEOPLE = 500
"""Whom the facts are about: E0 to E499."""

TOKEN = "BENCH_TOKEN"
BATCH_FACTS = 100

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
NOW = dt.datetime.now(dt.UTC)


class Load(NamedTuple):
    """What a load came to.

    things: facts or answers. p50, p99: milliseconds until a request was answered. processor_seconds: of the
    process that sent it.
    """

    things: int
    seconds: float
    p50: float
    p99: float
    processor_seconds: float

    @property
    def rate(self) -> float:
        """Facts or answers a second."""
        return self.things / self.seconds


class Asking(NamedTuple):
    """What to send. kind: of MAKERS. things: facts or answers in all, shared out among `clients`."""

    url: str
    kind: str
    clients: int
    things: int
    period: str = ""


class Waits(Protocol):
    """Where a client notes how many seconds each request took, when it was answered."""

    def append(self, took: float, /) -> None:
        """Notes one."""


class Client(asyncio.Protocol):
    """One kept-alive connection with the requests that it is to send."""

    def __init__(self, requests: Iterable[bytes], waits: Waits) -> None:
        self._requests = iter(requests)
        self._waits = waits
        self.finished = asyncio.get_running_loop().create_future()
        self._received = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The service is there."""
        self._transport = transport

    def next(self) -> None:
        """Sends the next request."""
        request = next(self._requests, None)
        if request is None:
            self.finished.set_result(None)
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of one."""
        received = self._received + data if self._received else data
        end = received.find(b"\r\n\r\n")
        if end < 0 or len(received) < end + 4 + _length(received[:end]):
            self._received = received
            return
        self._waits.append(time.perf_counter() - self._began)
        self._received = b""
        if received[9:10] == b"2":
            self.next()
        else:
            self.finished.set_exception(AssertionError(received[:2000].decode()))

    def connection_lost(self, exc: Exception | None) -> None:
        """The service has gone."""
        if not self.finished.done():
            self.finished.set_exception(exc or ConnectionResetError(self._received.decode()))


def _length(head: bytes) -> int:
    said = LENGTH.search(head)
    return int(said[1]) if said else 0


def facts(number: int) -> Iterator[dict[str, Any]]:
    """So many new visits, as they are sent."""
    beginning = uuid4().hex
    for index in range(number):
        visit = {
            "employee": f"E{index % PEOPLE}",
            "customer": f"C{index % 3000}",
            "department": "cardiology",
            "kind": "demo",
            "minutes": 45,
        }
        key = f"{beginning}-{index:08}"
        yield {"type": "visit_recorded", "source": "crm", "key": key, "occurred_at": NOW, "data": visit}


def single(asking: Asking, head: str) -> Iterator[bytes]:
    """Requests of one fact each."""
    for fact in facts(asking.things):
        yield post(f"POST /v1/facts HTTP/1.1\r\n{head}", fact)


def _batches(asking: Asking, head: str) -> Iterator[bytes]:
    new = facts(asking.things)
    while batch := list(islice(new, BATCH_FACTS)):
        yield post(f"POST /v1/facts:batch HTTP/1.1\r\n{head}", batch)


def _statements(asking: Asking, head: str) -> Iterator[bytes]:
    for index in range(asking.things):
        address = f"/v1/employees/E{index % PEOPLE}/statements/{asking.period}"
        yield f"GET {address} HTTP/1.1\r\n{head}\r\n".encode()


MAKERS: Mapping[str, Callable[[Asking, str], Iterator[bytes]]] = {
    "facts": single,
    "batches": _batches,
    "statements": _statements,
}


def post(head: str, said: object) -> bytes:
    """A request that brings `said`, of which `head` has the rest."""
    body = msgspec.json.encode(said)
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + length).encode() + body


async def sent(asking: Asking, token: str) -> Load:
    """Sends it all, once everything is made ready."""
    address = urlsplit(asking.url)
    head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
    requests = list(MAKERS[asking.kind](asking, head))
    loop, waits = asyncio.get_running_loop(), list[float]()
    clients: list[Client] = []
    for index in range(asking.clients):
        mine = requests[index :: asking.clients]
        made = await loop.create_connection(
            lambda mine=mine: Client(mine, waits), address.hostname, address.port
        )
        clients.append(made[1])
    gc.collect()
    gc.freeze()
    gc.disable()
    used, began = time.process_time(), time.perf_counter()
    for client in clients:
        client.next()
    await asyncio.gather(*(client.finished for client in clients))
    seconds, used = time.perf_counter() - began, time.process_time() - used
    cuts = statistics.quantiles(waits, n=100)
    return Load(asking.things, seconds, cuts[49] * 1000, cuts[98] * 1000, used)


def run(asking: Asking, token: str) -> Load:
    """What it came to, sent by a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", json.dumps(asking)],
        env=os.environ | {TOKEN: token},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Load(*json.loads(done.stdout))


def main(arguments: Iterable[str]) -> None:
    """Sends what the one argument says; prints what it came to."""
    [said] = arguments
    print(json.dumps(uvloop.run(sent(Asking(*json.loads(said)), os.environ[TOKEN]))))


if __name__ == "__main__":
    main(sys.argv[1:])
