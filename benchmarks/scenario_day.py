"""A firm's day over HTTP: writers, readers of statements and of a board, and a client of the stream, at once.

Each connection sends its next request when the last is answered, so the service is never idle. Whose
statement is read is drawn by Zipf's law. The same writers alone then write through stock eventsourcing behind
a handler that does nothing else, and to a handler that stores nothing; bare PostgreSQL adds up a person's
month.
"""

import asyncio
import datetime as dt
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import uvloop

from api.ops import open_ledger
from api.planning import adopt_plan
from api.settings import Settings
from api.tokens import Tokens, token_file
from benchmarks.closing import PLAN
from benchmarks.listening import Listener
from benchmarks.load import Client, post
from benchmarks.samples import Found, Series
from benchmarks.scratch import LEDGER
from benchmarks.serving import hire, serving, started
from domain.period import Period
from projections.runner import Runner

WRITERS, STATEMENTS = 8, 2
SKEW = 1.1
BARE = [sys.executable, "-m", "benchmarks.bare"]
PEERS = {"stock eventsourcing": ["eventsourcing"], "bare handler": ["answers"]}
TOTALS = "select fact, count(*), sum(amount_minor) from credit where employee = %s group by fact"

Requests = Callable[[str], Iterator[bytes]]
"""What a connection sends whose requests begin with a head."""


def day(dsn: str, seconds: float, people: int) -> Found:
    """Everything at once for so long, then what it is held against."""
    writing = [partial(facts, people, seed) for seed in range(WRITERS)]
    alone = {name: Series(f"{name}, writers alone") for name in ("service", *PEERS)}
    writes, reads, boards = (Series(f"the day, {name}") for name in ("writers", "statements", "a board"))
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="merit-")))
        settings = Settings(home=home, database_url=dsn, ledger=LEDGER)
        token = Tokens(token_file(home)).make("administrator", "bench", None)
        month = _prepared(settings, people)
        Runner(dsn, LEDGER).catch_up()
        aimed = [
            *((writes, each) for each in writing),
            *((reads, partial(statements, people, month, seed)) for seed in range(STATEMENTS)),
            (boards, partial(board, month)),
        ]
        with serving(settings) as served:
            spans = uvloop.run(asked(served.url, token, seconds, aimed, listen=True))
            uvloop.run(asked(served.url, token, seconds, [(alone["service"], each) for each in writing]))
        print(f"the stream told of {spans:,} spans in order")
        for name, arguments in PEERS.items():
            with started([*BARE, *arguments, dsn], {}) as peer:
                uvloop.run(asked(peer.url, token, seconds, [(alone[name], each) for each in writing]))
    bare = totals(dsn, seconds, people)
    against = [(alone["service"], alone[name]) for name in PEERS]
    return Found([writes, reads, boards, *alone.values(), bare], [*against, (reads, bare)])


def _prepared(settings: Settings, people: int) -> Period:
    """A firm of so many people under the sellers' plan; the month of today."""
    with open_ledger(settings, prepare_it=True) as ledger:
        hire(ledger, people)
        adopt_plan(ledger, PLAN, adopted_by="E0", approver="E1")
        return Period.containing(ledger.today())


async def asked(
    url: str, token: str, seconds: float, aimed: Sequence[tuple[Series, Requests]], *, listen: bool = False
) -> int:
    """Asks over a connection for each of `aimed`, for so long; of how many spans the stream told, if any.

    Raises: AssertionError when the stream told of a span twice or out of order.
    """
    address, loop = urlsplit(url), asyncio.get_running_loop()
    head = f"Host: {address.netloc}\r\nAuthorization: Bearer {token}\r\n"
    there = str(address.hostname), address.port or 80
    listener = Listener(f"GET /v1/stream HTTP/1.1\r\n{head}\r\n".encode())
    if listen:
        await loop.create_connection(lambda: listener, *there)
        await listener.begun
    over = time.perf_counter() + seconds
    clients: list[Client] = []
    for series, requests in aimed:
        sent = _until(over, requests(head))
        _, client = await loop.create_connection(
            lambda sent=sent, series=series: Client(sent, series), *there
        )
        clients.append(client)
    for series in {id(series): series for series, _ in aimed}.values():
        series.began = time.perf_counter()
    for client in clients:
        client.next()
    await asyncio.gather(*(client.finished for client in clients))
    for series, _ in aimed:
        series.over()
    told = listener.told
    assert all(before[1] <= after[0] for before, after in pairwise(told)), "out of order"
    return len(told)


def facts(people: int, seed: int, head: str) -> Iterator[bytes]:
    """Calls and deals of anybody, new ones without an end."""
    chance, beginning, now = random.Random(seed), uuid4().hex, dt.datetime.now(dt.UTC)
    number = 0
    while True:
        number += 1
        said = {"employee": f"E{chance.randrange(people)}", "customer": f"C{chance.randrange(3_000)}"}
        kind = "follow_up_recorded" if number % 10 else "deal_closed"
        sold = {"deal": f"D{beginning}{number}", "amount_minor": 500_000, "currency": "CNY"}
        fact = {
            "type": kind,
            "source": "crm",
            "key": f"{beginning}-{number:08}",
            "occurred_at": now,
            "data": said | ({"kind": "call"} if number % 10 else sold),
        }
        yield post(f"POST /v1/facts HTTP/1.1\r\n{head}", fact)


def statements(people: int, month: Period, seed: int, head: str) -> Iterator[bytes]:
    """Open statements of those whom Zipf's law draws."""
    for employee in drawn(people, seed):
        yield f"GET /v1/employees/{employee}/statements/{month} HTTP/1.1\r\n{head}\r\n".encode()


def board(month: Period, head: str) -> Iterator[bytes]:
    """The board of close rates again and again."""
    while True:
        yield f"GET /v1/boards/close_rate?period={month} HTTP/1.1\r\n{head}\r\n".encode()


def drawn(people: int, seed: int) -> Iterator[str]:
    """Ids without an end, the first of them the most often."""
    chance, ids = random.Random(seed), [f"E{number}" for number in range(people)]
    weights = [1 / rank**SKEW for rank in range(1, people + 1)]
    while True:
        yield from chance.choices(ids, weights, k=1_000)


def totals(dsn: str, seconds: float, people: int) -> Series:
    """A person's month by bare SQL over the credits of that day, one after the other."""
    series = Series("bare PostgreSQL, one reader")
    with psycopg.connect(dsn, autocommit=True, options=f"-c search_path={LEDGER}") as connection:
        series.began = time.perf_counter()
        for employee in drawn(people, 1):
            began = time.perf_counter()
            if began - series.began > seconds:
                break
            connection.execute(TOTALS, [employee]).fetchall()
            series.add(began)
    return series.over()


def _until(over: float, requests: Iterator[bytes]) -> Iterator[bytes]:
    for request in requests:
        if time.perf_counter() > over:
            return
        yield request
