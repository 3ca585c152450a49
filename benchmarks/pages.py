"""Pages: how soon the first byte comes and how much a page weighs, how soon a fact shows, how lists scroll.

First the pages of an employee beside a bare one; then every page of every audience of the example firms,
which are loaded once into a folder that is kept (`benchmarks.walking`); then long lists in Chromium, scrolled
by a script (`benchmarks.scrolling`).

One reader at a time, over one kept-alive connection, as a person who goes from page to page; each page is
asked for in turns with the others. The bare page is the one to sign in: the same layout, filled by the same
templates, without a question to the ledger; what a page takes beyond it goes to its questions. A fact is then
recorded again and again while the stream is listened to: it has to show soon on a page that is open.
"""

import datetime as dt
import http.client
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import psutil

from api.ops import open_ledger
from api.settings import Settings
from api.tokens import Tokens, token_file
from benchmarks.load import facts
from benchmarks.processor import database_process, load_of_machine, used
from benchmarks.scratch import LEDGER, database, options
from benchmarks.scrolling import scroll_all
from benchmarks.serving import Served, close_last_month, hire, serving
from benchmarks.walking import BARE, HOME, walk_all

FIRST_BYTE_MILLISECONDS = 50.0
"""Of the page of today; the others are told beside it."""

SHOWN_MILLISECONDS = 300.0
"""From a fact until the stream of an open page says so and the page is there anew."""

QUICK_ROUNDS, QUICK_WALKS = 10, 3

TODAY = "/employees/E1/today"
PAGES = (
    BARE,
    TODAY,
    "/employees/E1/me",
    "/employees/E1/pay",
    "/employees/E1/milestones",
    "/employees/E1/boards",
    "/employees/E1/shifts",
    "/employees/E1/credentials",
    "/employees/E1/learning",
)


class Answered(NamedTuple):
    """One page. first_byte, whole: milliseconds. kib: its weight on the wire; its parts load once for all.

    processor: milliseconds of service and database together.
    """

    first_byte: float
    whole: float
    kib: float
    processor: float


class Reader:
    """A person with a connection of their own."""

    def __init__(self, served: Served, database: psutil.Process | None, token: str) -> None:
        self._process, self._database = served.process, database
        address = urlsplit(served.url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "text/html"}
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, path: str) -> Answered:
        """The page at `path`, as far as this reader may see it."""
        before = used(self._process, self._database)
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        first_byte = time.perf_counter() - began
        said = answer.read()
        assert answer.status == 200, (path, answer.status, said[:500])
        whole = time.perf_counter() - began
        spent = used(self._process, self._database).since(before)
        processor = spent.service + spent.database
        return Answered(first_byte * 1000, whole * 1000, len(said) / 1024, processor * 1000)

    @contextmanager
    def following(self, path: str) -> Iterator[http.client.HTTPResponse]:
        """The stream at `path`."""
        host, port = self._connection.host, self._connection.port
        connection = http.client.HTTPConnection(host, port, timeout=30)
        connection.request("GET", path, headers=self._headers)
        try:
            yield connection.getresponse()
        finally:
            connection.close()


def shown(reader: Reader, url: str, token: str, times: int) -> list[float]:
    """From the moment that a fact is sent until its person's page of today is there anew, in milliseconds."""
    address = urlsplit(url)
    writer = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    waits: list[float] = []
    with reader.following("/v1/stream?employee=E1") as stream:
        _event(stream, b"snapshot")
        for fact in facts(times):
            visit = fact | {"data": fact["data"] | {"employee": "E1"}, "occurred_at": dt.datetime.now(dt.UTC)}
            began = time.perf_counter()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            writer.request("POST", "/v1/facts", msgspec.json.encode(visit), headers)
            answer = writer.getresponse()
            assert answer.status == 201, answer.read()
            answer.read()
            _event(stream, b"delta")
            reader.read(TODAY)
            waits.append((time.perf_counter() - began) * 1000)
    return waits


def _event(stream: http.client.HTTPResponse, name: bytes) -> None:
    while line := stream.readline():
        if line.startswith(b"event: " + name):
            return
    raise ConnectionResetError("the stream ended")


def _cuts(found: Sequence[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(found, n=20)
    return statistics.median(found), cuts[18]


def report(served: Served, database: psutil.Process | None, tokens: dict[str, str], rounds: int) -> bool:
    """Prints what pages took; whether it is as wanted."""
    reader = Reader(served, database, tokens["employee"])
    answers: dict[str, list[Answered]] = {page: [] for page in PAGES}
    for number in range(rounds + 2):
        for page, found in answers.items():
            answer = reader.read(page)
            if number >= 2:
                found.append(answer)
    print(f"load of the machine {load_of_machine():.1f}, {os.cpu_count()} processors")
    heads = f"{'first byte p50':>15}{'p95':>8}{'whole p50':>11}{'KiB':>8}{'bare ×':>8}{'processor':>11}"
    print(f"{'milliseconds until':<34}{heads}")
    bare = statistics.median(each.first_byte for each in answers[BARE])
    for page, found in answers.items():
        p50, p95 = _cuts([each.first_byte for each in found])
        whole = statistics.median(each.whole for each in found)
        processor = statistics.mean(each.processor for each in found)
        print(
            f"{page:<34}{p50:>15.1f}{p95:>8.1f}{whole:>11.1f}{found[-1].kib:>8.1f}{p50 / bare:>8.1f}"
            f"{processor:>11.1f}"
        )
    first_byte, _ = _cuts([each.first_byte for each in answers[TODAY]])
    met = first_byte <= FIRST_BYTE_MILLISECONDS
    print(f"today: {'MET' if met else 'MISSED'} (wanted {FIRST_BYTE_MILLISECONDS:.0f} ms to the first byte)")
    p50, p95 = _cuts(shown(reader, served.url, tokens["integration"], rounds))
    soon = p95 <= SHOWN_MILLISECONDS
    print(f"a fact shows on the page of today within {p50:.0f} ms (p95 {p95:.0f})")
    print(f"shown: {'MET' if soon else 'MISSED'} (wanted p95 {SHOWN_MILLISECONDS:.0f} ms)")
    return met and soon


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures; 1 when a wanted figure is missed."""
    parser = options(__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="how often each page of an employee is read")
    parser.add_argument("--walks", type=int, default=10, help="how often every page is read")
    parser.add_argument("--quick", action="store_true", help="read each page a few times, and scroll nothing")
    parser.add_argument("--home", type=Path, default=HOME, help="where the example firms stand, or are to")
    chosen = parser.parse_args(arguments)
    if chosen.quick:
        chosen.rounds, chosen.walks = QUICK_ROUNDS, QUICK_WALKS
    with database(chosen.dsn) as dsn, tempfile.TemporaryDirectory(prefix="merit-") as place:
        settings = Settings(home=Path(place), database_url=dsn, ledger=LEDGER)
        made = Tokens(token_file(settings.home))
        tokens = {
            "employee": made.make("employee", f"E1.{uuid4().hex[:6]}", "E1"),
            "integration": made.make("integration", f"crm.{uuid4().hex[:6]}", None),
        }
        with open_ledger(settings, prepare_it=True) as ledger:
            hire(ledger)
            close_last_month(ledger)
        with serving(settings) as served:
            met = report(served, database_process(dsn), tokens, chosen.rounds)
    met &= walk_all(chosen.home, chosen.walks)
    return 0 if met & (chosen.quick or scroll_all(chosen.home)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
