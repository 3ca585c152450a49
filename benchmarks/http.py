"""Single facts over HTTP: the whole service against the bare group commit in process, in one run.

Every fact is new, of somebody whom the ledger knows, and durable when it is answered; the read models
follow meanwhile, as they do in service. The load comes from a process of its own on the same machine, over
kept-alive connections, each sending its next fact when the last is answered. The limit is the group
commit that the service writes through, asked directly, with as many facts in flight and nothing beside it.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec
import uvloop

from api.intake import Submission
from api.ops import Ledger, now, open_book, open_ledger
from api.settings import Settings
from api.tokens import Tokens, token_file
from benchmarks.append import LEDGER, database, drafted, visits
from domain.journal.append import Journal
from domain.journal.group_commit import GroupCommit

WANTED = {16: 3_500}
"""Facts a second, by clients."""

FACTS = {16: 12_000, 64: 16_000}
SERVE = "from api.cli import main; main()"
PEOPLE = 500


class Load(NamedTuple):
    """What a run of a load came to. p50, p99: milliseconds until a fact was answered."""

    rate: float
    p50: float
    p99: float

    @classmethod
    def of(cls, waits: Sequence[float], seconds: float) -> "Load":
        """From the seconds that each fact took, and all of them together."""
        cuts = statistics.quantiles(waits, n=100)
        return cls(len(waits) / seconds, cuts[49] * 1000, cuts[98] * 1000)


class Client(asyncio.Protocol):
    """One kept-alive connection that sends a request and waits for its answer, with little work."""

    def __init__(self) -> None:
        self._received = b""
        self._answered: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The service is there."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if len(body) >= length and self._answered is not None:
            self._received = b""
            self._answered.set_result(head)

    async def ask(self, request: bytes) -> bytes:
        """The head of the answer to `request`."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered


def requests(url: str, token: str, number: int) -> Iterator[bytes]:
    """So many requests, each with a new visit."""
    host = urlsplit(url).netloc
    head = (
        f"POST /v1/facts HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    occurred_at = now().isoformat()
    for key, fact in visits(number):
        said = {"type": fact.TYPE, "source": "crm", "key": key, "occurred_at": occurred_at, "data": fact}
        body = msgspec.json.encode(said)
        yield head + str(len(body)).encode() + b"\r\n\r\n" + body


async def load(url: str, token: str, clients: int, number: int) -> Load:
    """Sends `number` facts through so many clients."""
    address = urlsplit(url)
    waits: list[float] = []

    async def client(prepared: list[bytes]) -> None:
        _, connection = await asyncio.get_running_loop().create_connection(
            Client, address.hostname, address.port
        )
        for request in prepared:
            began = time.perf_counter()
            head = await connection.ask(request)
            waits.append(time.perf_counter() - began)
            assert head.startswith(b"HTTP/1.1 201"), head

    prepared = [list(requests(url, token, number // clients)) for _ in range(clients)]
    began = time.perf_counter()
    await asyncio.gather(*map(client, prepared))
    return Load.of(waits, time.perf_counter() - began)


async def bare(journal: Journal, clients: int, number: int) -> Load:
    """Appends `number` facts through the group commit, so many in flight."""
    waits: list[float] = []
    async with GroupCommit(journal) as group:

        async def client() -> None:
            for key, fact in visits(number // clients):
                began = time.perf_counter()
                await group.append(drafted(key, fact))
                waits.append(time.perf_counter() - began)

        began = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        return Load.of(waits, time.perf_counter() - began)


def hire(ledger: Ledger) -> None:
    """Opens the ledger and hires the people whom the visits name."""
    open_book(ledger, name="bench", zone="Asia/Shanghai", currency="CNY", actor="bench")
    day = "2024-01-08"
    branch = Submission(
        type="branch_opened",
        source="hr",
        key="SH",
        occurred_at=now(),
        data={"branch": "SH", "title": "SH", "opened_on": day},
    )
    people = [
        Submission(
            type="employee_hired",
            source="hr",
            key=f"E{n}",
            occurred_at=now(),
            data={"employee": f"E{n}", "branch": "SH", "post": "seller", "hired_on": day},
        )
        for n in range(PEOPLE)
    ]
    ledger.intake.submit([branch, *people], actor="bench", now=now(), atomic=True)


@contextmanager
def service(settings: Settings) -> Iterator[str]:
    """The address of the service, in a process of its own."""
    environment = os.environ | {
        "MERITBOOK_HOME": str(settings.home),
        "MERITBOOK_DATABASE_URL": str(settings.database_url),
        "MERITBOOK_LEDGER": LEDGER,
        "MERITBOOK_PORT": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, "serve"], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = ""
        while "serves on " not in said or not said.endswith("\n"):
            said += process.stderr.readline()
            assert process.poll() is None, said
        yield said.split("serves on ")[1].split()[0]
    finally:
        process.terminate()
        process.wait(timeout=60)


def measured(ledger: Ledger, url: str, token: str, repeats: int) -> dict[str, Load]:
    """Each load's median run; runs take turns, and the first does not count."""
    runs: dict[str, list[Load]] = {}
    for _ in range(repeats + 1):
        for clients, number in FACTS.items():
            generator = [sys.executable, "-m", "benchmarks.http", "--load", url, str(clients), str(number)]
            done = subprocess.run(
                generator,
                env=os.environ | {"BENCH_TOKEN": token},
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            runs.setdefault(f"HTTP, {clients} clients", []).append(Load(*json.loads(done.stdout)))
            alone = uvloop.run(bare(ledger.journal, clients, number))
            runs.setdefault(f"group commit, {clients} in flight", []).append(alone)
    return {name: sorted(found[1:])[len(found[1:]) // 2] for name, found in runs.items()}


def report(loads: dict[str, Load]) -> bool:
    """Prints rates, waits and ratios; whether the wanted rates were reached."""
    for name, found in loads.items():
        print(f"{name:<30}{found.rate:>10,.0f} facts/s   p50 {found.p50:5.1f} ms   p99 {found.p99:5.1f} ms")
    print()
    met = True
    for clients in FACTS:
        over_http = loads[f"HTTP, {clients} clients"].rate
        ratio = over_http / loads[f"group commit, {clients} in flight"].rate
        wanted = WANTED.get(clients)
        verdict = (
            "" if wanted is None else f"   wanted {wanted:,}/s   {'met' if over_http >= wanted else 'MISSED'}"
        )
        met = met and (wanted is None or over_http >= wanted)
        print(f"HTTP / group commit, {clients:>3} at a time {ratio:>7.2f}{verdict}")
    return met


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the loads; 1 when a wanted rate is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dsn", default=os.environ.get("MERITBOOK_TEST_DATABASE_URL"), help="a server to use"
    )
    parser.add_argument("--repeats", type=int, default=3, help="measured runs of each, after one that is not")
    parser.add_argument("--load", nargs=3, metavar=("URL", "CLIENTS", "FACTS"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.load:
        url, clients, number = chosen.load
        print(json.dumps(uvloop.run(load(url, os.environ["BENCH_TOKEN"], int(clients), int(number)))))
        return 0
    with database(chosen.dsn) as dsn, tempfile.TemporaryDirectory(prefix="merit-") as place:
        settings = Settings(home=Path(place), database_url=dsn, ledger=LEDGER)
        token = Tokens(token_file(settings.home)).make("integration", f"bench.{uuid4().hex[:6]}", None)
        with open_ledger(settings, prepare_it=True) as ledger:
            hire(ledger)
            with service(settings) as url:
                return 0 if report(measured(ledger, url, token, chosen.repeats)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
