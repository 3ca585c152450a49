"""What the trail counts and what it writes: bounded, durable, once, whatever the clock says."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from book import Book
from given import LEDGER

from api import trail as trails
from api.intake import Intake
from api.trail import REFUSED_AT_MUCH, ReadingKind, Refusing, Trail
from domain.journal.append import Journal
from domain.journal.group_commit import GroupCommit

NINE = dt.datetime(2026, 1, 5, 9, 0, 10, tzinfo=dt.UTC)
ANNA = Refusing("anna", "hr", "GET /v1/x", None, "no")
READ = ReadingKind("anna", "hr", "GET /v1/employees/{employee}", "E1", None)


class Clock:
    """Tells the time that it was set to."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def book(journal: Journal, ledger_dsn: str) -> Book:
    book = Book(journal, ledger_dsn, LEDGER)
    book.hire("E1")
    return book


def during(book: Book, work: Callable[[Trail, Clock], Awaitable[None]]) -> None:
    """Runs `work` beside a trail that is opened and closed around it."""

    @asynccontextmanager
    async def opened(clock: Clock) -> AsyncIterator[Trail]:
        intake = Intake(book.journal)
        async with GroupCommit(book.journal, clock=clock) as commits, Trail(intake, commits, clock) as trail:
            yield trail

    async def run() -> None:
        clock = Clock()
        async with opened(clock) as trail:
            await work(trail, clock)

    asyncio.run(run())


def told(book: Book, type: str) -> list[dict[str, Any]]:
    return [msgspec.json.decode(record.data) for record in book.journal.read(types=[type])]


def test_the_first_refusal_is_written_at_once_and_the_rest_of_the_minute_as_one(book: Book) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        for _ in range(5):
            await trail.refused(ANNA)
        assert [each["times"] for each in told(book, "access_refused")] == [1]
        clock.forward(minutes=1)
        await trail.refused(ANNA)

    during(book, work)
    times = [
        (r.occurred_at, msgspec.json.decode(r.data)["times"])
        for r in book.journal.read(types=["access_refused"])
    ]
    nine = NINE.replace(second=0)
    assert sorted(times) == [(nine, 1), (nine, 4), (nine + dt.timedelta(minutes=1), 1)]


def test_a_caller_who_tries_everything_is_told_apart_only_so_far(book: Book) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        for number in range(1000):
            await trail.refused(ANNA._replace(operation=f"GET /v1/{number}"))
        await trail.refused(ANNA._replace(caller="bert"))

    during(book, work)
    written = told(book, "access_refused")
    assert len(written) == trails.REFUSALS_A_MINUTE + 2 + 1
    rest = [each for each in written if each["reason"] == REFUSED_AT_MUCH]
    assert sum(each["times"] for each in rest) == 1000 - trails.REFUSALS_A_MINUTE
    assert [each["caller"] for each in written].count("bert") == 1, "nobody else loses their own trace by it"


def test_a_thousand_readings_of_a_kind_are_four_facts(book: Book) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        for _ in range(1000):
            await trail.read(READ, None)
        clock.forward(days=1)
        await trail.read(READ, None)

    during(book, work)
    found = [(each["day"], each["readings"]) for each in told(book, "personal_data_read")]
    assert found == [("2026-01-05", n) for n in (1, 10, 100, 1000)] + [("2026-01-06", 1)]


def test_readings_at_the_same_time_are_one_fact_and_all_wait_for_it(book: Book) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        durable: list[int] = []

        async def read() -> None:
            await trail.read(READ, None)
            durable.append(len(told(book, "personal_data_read")))

        await asyncio.gather(*(read() for _ in range(9)))
        assert durable == [1] * 9

    during(book, work)


def test_the_service_started_again_on_the_same_day_writes_no_reading_twice(book: Book) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        await trail.read(READ, None)
        await trail.read(READ._replace(employee=None, filter="period=2025-03"), 7)

    during(book, work)
    head = book.journal.head()
    during(book, work)
    assert book.journal.head() == head


def test_more_people_than_before_are_told_when_they_are_ten_times_as_many(book: Book) -> None:
    many = READ._replace(employee=None, filter="board=sales")

    async def work(trail: Trail, clock: Clock) -> None:
        for people in (3, 9, 3, 10, 99, 100):
            await trail.read(many, people)

    during(book, work)
    assert [each["people"] for each in told(book, "personal_data_read")] == [3, 10, 100]


def test_a_reader_who_varies_the_filter_is_told_apart_only_so_far(book: Book) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        for number in range(1000):
            await trail.read(READ._replace(employee=None, filter=f"day={number}"), 5)

    during(book, work)
    found = told(book, "personal_data_read")
    assert len(found) == trails.FILTERS_A_DAY + 3
    assert [each["readings"] for each in found if each["filter"] == "several more"] == [1, 10, 100]


def test_what_could_not_be_written_is_tried_again_by_the_next(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(trail: Trail, clock: Clock) -> None:
        submit = trail._submit  # pyright: ignore[reportPrivateUsage]

        async def away(*_: Any) -> Any:
            raise ConnectionError

        monkeypatch.setattr(trail, "_submit", away)
        for attempt in (trail.read(READ, None), trail.refused(ANNA)):
            with pytest.raises(ConnectionError):
                await attempt
        monkeypatch.setattr(trail, "_submit", submit)
        await trail.read(READ, None)
        await trail.refused(ANNA)

    during(book, work)
    assert len(told(book, "personal_data_read")) == len(told(book, "access_refused")) == 1


def test_a_business_day_begins_at_midnight_in_the_zone_of_the_ledger(book: Book) -> None:
    """16:00 UTC is midnight in Shanghai."""

    async def work(trail: Trail, clock: Clock) -> None:
        for now in (
            dt.datetime(2026, 1, 5, 15, 59, tzinfo=dt.UTC),
            dt.datetime(2026, 1, 5, 16, 0, tzinfo=dt.UTC),
        ):
            clock.now = now
            await trail.read(READ, None)

    during(book, work)
    records = list(book.journal.read(types=["personal_data_read"]))
    assert [each["day"] for each in told(book, "personal_data_read")] == ["2026-01-05", "2026-01-06"]
    assert [r.occurred_at for r in records] == [
        dt.datetime(2026, 1, 4, 16, tzinfo=dt.UTC),
        dt.datetime(2026, 1, 5, 16, tzinfo=dt.UTC),
    ]
