"""A ticket opens the stream once, for what it was made for, and as long as its maker may follow it."""

import asyncio
import datetime as dt
from collections.abc import Iterator

import pytest
from conftest import new_database
from given import LEDGER, NOW

from api.ops import open_ledger
from api.reading import Reading
from api.settings import Settings
from api.streaming import tickets as module
from api.streaming.tickets import SECONDS, Headers, Tickets

TOKEN = [(b"authorization", b"Bearer secret-x"), (b"accept", b"*/*")]


class Process:
    """One of several over the ledger, which asks at a time of its own."""

    def __init__(self, reading: Reading) -> None:
        self.now = NOW
        self._tickets = Tickets(reading, lambda: self.now)

    def make(self, query: bytes) -> bytes:
        return asyncio.run(self._tickets.make(TOKEN, query)).encode()

    def take(self, query: bytes) -> Headers | None:
        return asyncio.run(self._tickets.take(query))

    async def taken_at_once(self, query: bytes, times: int) -> list[Headers | None]:
        return await asyncio.gather(*(self._tickets.take(query) for _ in range(times)))


@pytest.fixture(scope="module")
def reading(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    with new_database(postgres, template) as dsn:
        settings = Settings(home=tmp_path_factory.mktemp("home"), database_url=dsn, ledger=LEDGER)
        with open_ledger(settings, prepare_it=True) as ledger:
            yield Reading(ledger.pool, ledger.today, 5)


@pytest.mark.rule("R88")
def test_a_ticket_counts_once_within_a_minute_and_for_the_same_question(reading: Reading) -> None:
    giving, taking = Process(reading), Process(reading)

    def opens(asked: bytes, made_for: bytes = b"employee=E1&period=2025-03") -> bool:
        query = asked.replace(b"TICKET", giving.make(made_for))
        first, again = taking.take(query), giving.take(query)
        assert again is None
        return first == TOKEN[:1]

    assert opens(b"period=2025-03&employee=E1&ticket=TICKET")
    assert opens(b"period=2025-03&employee=E1&ticket=TICKET&after=7"), "where to go on is asked freely"
    assert not opens(b"period=2025-03&employee=E2&ticket=TICKET")
    assert not opens(b"period=2025-03&employee=E1&employee=E2&ticket=TICKET")
    assert not opens(b"ticket=TICKET")
    assert not opens(b"period=2025-03&employee=E1&ticket=wrong")
    late = giving.make(b"")
    taking.now += dt.timedelta(seconds=SECONDS)
    assert taking.take(b"ticket=" + late) is None


@pytest.mark.rule("R88")
def test_of_many_who_bring_a_ticket_at_once_one_is_let_in(reading: Reading) -> None:
    process = Process(reading)
    answers = asyncio.run(process.taken_at_once(b"ticket=" + process.make(b""), 6))
    assert [answer for answer in answers if answer] == [TOKEN[:1]]


@pytest.mark.rule("R88")
def test_the_table_of_tickets_opens_nothing(reading: Reading) -> None:
    """Who reads the database learns neither the ticket nor the credential behind it."""
    ticket = Process(reading).make(b"")
    rows = reading.ask_here(lambda cursor: cursor.execute("select * from stream_ticket").fetchall())
    assert rows
    for row in rows:
        assert not any(part in bytes(column) for column in row[:2] for part in (ticket, b"secret-x"))


def test_tickets_are_bounded(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TICKETS", 3)
    process, made = Process(reading), list[bytes]()
    for _ in range(4):
        process.now += dt.timedelta(seconds=1)
        made.append(process.make(b""))
    assert process.take(b"ticket=" + made[0]) is None
    assert process.take(b"ticket=" + made[-1]) is not None
