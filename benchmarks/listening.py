"""Clients of the stream, thousands of them in one light process, and what they were told when.

Some follow one person each, as pages of employees do, and some follow everybody, as screens on a wall do.
Meanwhile facts are sent at a steady rate, and every one is looked for in what each client was told.
"""

import asyncio
import bisect
import datetime as dt
import gc
import json
import os
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec
import uvloop

from benchmarks.load import PEOPLE, TOKEN, Asking, facts, single

SENDERS = 8
CONNECTING = 32
"""So many connect at a time."""

DELTA = re.compile(rb'event: delta\nid: \d+\ndata: \{"after":(\d+),"position":(\d+),')
BODY = re.compile(rb"\r\n\r\n(\{.*\})\Z", re.DOTALL)


class Listening(NamedTuple):
    """What to do. own: clients that follow one person each; everybody: clients that follow all.

    rate: facts a second, for so many seconds; none while 0.
    """

    url: str
    own: int
    everybody: int
    rate: int
    seconds: float


class Heard(NamedTuple):
    """What came of it: milliseconds from the recording of a fact until a client has it, in order.

    missed: facts that a client was never told. processor_seconds: of this process. signs: events that came.
    """

    waits: list[float]
    sent: int
    missed: int
    signs: int
    processor_seconds: float


class Receipt(msgspec.Struct):
    """What a fact's answer says."""

    position: int
    recorded_at: dt.datetime


class Listener(asyncio.Protocol):
    """A client of the stream: notes when it was brought from where to where."""

    def __init__(self, request: bytes) -> None:
        self._request, self._rest = request, b""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.told: list[tuple[int, int, float]] = []
        self.signs = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Asks to be told."""
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Events, or parts of them."""
        now = time.time()
        events = (self._rest + data).split(b"\n\n")
        self._rest = events.pop()
        for event in events:
            self.signs += 1
            if found := DELTA.search(event):
                self.told.append((int(found[1]), int(found[2]), now))
            elif not self.begun.done() and b"event: snapshot" in event:
                self.begun.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The service has gone, or refused."""
        if not self.begun.done():
            self.begun.set_exception(ConnectionResetError(self._rest[:500].decode()))


class Sender(asyncio.Protocol):
    """A connection that facts are sent over, one at a time."""

    def __init__(self, receipts: Mapping[str, list[Receipt]]) -> None:
        self._receipts, self._received = receipts, b""
        self._about = ""
        self.free = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """It may be used."""
        self._transport = transport

    def send(self, request: bytes, about: str) -> None:
        """Sends a fact about somebody."""
        self.free, self._about = False, about
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """The answer: where the fact stands, and since when."""
        self._received += data
        if found := BODY.search(self._received):
            assert self._received[9:12] == b"201", self._received
            self._receipts[self._about].append(msgspec.json.decode(found[1], type=Receipt))
            self._received, self.free = b"", True


async def heard(asked: Listening, token: str) -> Heard:
    """Listens, sends, and waits a moment for the last news."""
    address = urlsplit(asked.url)
    head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
    own = [f"E{n % PEOPLE}" for n in range(asked.own)]
    queries = [*(f"?employee={each}" for each in own), *([""] * asked.everybody)]
    listeners = await _connected(address, head, queries)
    print("listening", flush=True)
    sys.stdin.readline()
    gc.collect()
    gc.freeze()
    used = time.process_time()
    receipts: dict[str, list[Receipt]] = defaultdict(list)
    if asked.rate:
        await _send(address, head, asked, receipts)
    else:
        await asyncio.sleep(asked.seconds)
    used = time.process_time() - used
    waits, missed = list[float](), 0
    for query, listener in zip(queries, listeners, strict=True):
        employee = query.partition("=")[2]
        of_it = receipts[employee] if employee else [each for those in receipts.values() for each in those]
        found = _waits(listener.told, of_it)
        waits += found
        missed += len(of_it) - len(found)
    sent = sum(map(len, receipts.values()))
    return Heard(sorted(waits), sent, missed, sum(each.signs for each in listeners), used)


async def _connected(address: SplitResult, head: str, queries: Iterable[str]) -> list[Listener]:
    room = asyncio.Semaphore(CONNECTING)

    async def connect(query: str) -> Listener:
        request = f"GET /v1/stream{query} HTTP/1.1\r\n{head}\r\n".encode()
        async with room:
            _, listener = await asyncio.get_running_loop().create_connection(
                lambda: Listener(request), address.hostname or "", address.port or 0
            )
            await listener.begun
            return listener

    return list(await asyncio.gather(*map(connect, queries)))


async def _send(
    address: SplitResult, head: str, asked: Listening, receipts: Mapping[str, list[Receipt]]
) -> None:
    """Sends at the rate, each fact at its time, whatever became of those before."""
    number = int(asked.rate * asked.seconds)
    requests = list(single(Asking(asked.url, "facts", 1, number), head))
    about = [fact["data"]["employee"] for fact in facts(number)]
    senders = [
        (
            await asyncio.get_running_loop().create_connection(
                lambda: Sender(receipts), address.hostname or "", address.port or 0
            )
        )[1]
        for _ in range(SENDERS)
    ]
    began = time.perf_counter()
    for index, request in enumerate(requests):
        await asyncio.sleep(max(0.0, began + index / asked.rate - time.perf_counter()))
        while (sender := next((each for each in senders if each.free), None)) is None:
            await asyncio.sleep(0.001)
        # In turn, for a connection over which nothing is ever sent is closed.
        senders.append(senders.pop(senders.index(sender)))
        sender.send(request, about[index])
    await asyncio.sleep(1.0)
    answered = sum(map(len, receipts.values()))
    assert answered == number, f"{number - answered} facts were not answered"


def _waits(told: Sequence[tuple[int, int, float]], receipts: Iterable[Receipt]) -> list[float]:
    """How long each fact took to a client; one that it was not told is left out."""
    ends = [upto for _, upto, _ in told]
    waits: list[float] = []
    for receipt in receipts:
        at = bisect.bisect_left(ends, receipt.position)
        if at < len(told) and told[at][0] < receipt.position:
            waits.append((told[at][2] - receipt.recorded_at.timestamp()) * 1000)
    return waits


def main(arguments: Iterable[str]) -> None:
    """Does what the one argument says; prints what came of it."""
    [said] = arguments
    asked = Listening(*json.loads(said))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    assert hard > asked.own + asked.everybody + 100 or hard == resource.RLIM_INFINITY, (
        f"the system lets a process have {hard} files open ({soft} by itself): raise `ulimit -Hn`"
    )
    print(json.dumps(uvloop.run(heard(asked, os.environ[TOKEN]))))


if __name__ == "__main__":
    main(sys.argv[1:])
