"""What every read of a result shares: known at which position, on which day, and after which write."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, TypeVar

import psycopg
from litestar import Request
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Connection, Cursor
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from api.problems import Behind
from domain.journal.append import may_pass
from domain.journal.read import head, position_as_of
from domain.journal.tiles import FullTiles
from domain.period import Period
from domain.refusals import BadField
from projections import kept_roster
from projections.kept_boards import KeptBoards
from projections.rows import read_once

KnownAt = Annotated[
    str | None,
    QueryParameter(description="As the ledger knew it at this position or instant (RFC 3339 with zone)."),
]
AtLeast = Annotated[
    int | None,
    QueryParameter(ge=0, description="Wait, a little, until what was recorded at this position is counted."),
]
OnDay = Annotated[
    dt.date | None,
    QueryParameter(description="The business day that counts as today; the ledger's own if absent."),
]
EmployeeInPath = Annotated[str, PathParameter(description="Id of a person.")]
PeriodInPath = Annotated[str, PathParameter(description="A month, such as 2025-03.")]

_Answer = TypeVar("_Answer")

POLL_SECONDS = 0.003
SIMULATIONS_AT_ONCE = 2
"""Each keeps a connection and a processor for up to a minute."""

ALONE = "select pg_advisory_xact_lock(hashtextextended(%(what)s || ' ' || current_schema(), 0))"

COUNTED = "select coalesce(min(position), 0) from projection"


class Reading:
    """Asks the read models, each question in a transaction of its own and away from the event loop."""

    def __init__(self, pool: ConnectionPool[Any], today: Callable[[], dt.date], wait_seconds: float) -> None:
        self._pool = pool
        self._room = asyncio.Semaphore(pool.max_size)
        self._wait_seconds = wait_seconds
        self.today = today
        self.room_for_simulations = asyncio.Semaphore(SIMULATIONS_AT_ONCE)
        self.full_tiles = FullTiles()
        self.kept_boards = KeptBoards()
        self._roster = kept_roster.Kept()

    async def after(
        self, position: int | None, request: Request[Any, Any, Any], field: str = "at_least"
    ) -> None:
        """Returns when the read models have reached `position`; `Prefer: wait=N` shortens the patience.

        Raises: Behind when they do not in time; BadField for a position that nothing was recorded at.
        """
        if position is None:
            return
        patience = min(self._wait_seconds, _preferred_wait(request.headers.get("prefer", "")))
        deadline = time.monotonic() + patience
        while (counted := await self.ask(counted_position)) < position:
            if position > (last := await self.ask(head)):
                raise BadField(
                    field=field,
                    detail=f"The journal ends at position {last}.",
                    remedy="Give a position that a receipt named.",
                )
            if time.monotonic() > deadline:
                raise Behind(
                    field=field,
                    detail=f"Position {position} is not counted yet; the read models stand at {counted}.",
                    remedy="Ask again in a moment; /health/ready says whether they have stopped.",
                )
            await asyncio.sleep(POLL_SECONDS)

    async def ask(self, question: Callable[[Cursor[TupleRow]], _Answer]) -> _Answer:
        """The answer to `question`."""
        async with self._room:
            return await asyncio.to_thread(self.ask_here, question)

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncGenerator[None]:
        """Lets in one at a time of all who say the same, in whichever process: a transaction's lock."""
        async with self._room:
            getting = asyncio.create_task(asyncio.to_thread(self._lock, what))
            try:
                connection = await asyncio.shield(getting)
            except asyncio.CancelledError:
                getting.add_done_callback(lambda done: done.exception() or self._unlock(done.result()))
                raise
            try:
                yield
            finally:
                await asyncio.to_thread(self._unlock, connection)

    def _lock(self, what: str) -> Connection[TupleRow]:
        connection = self._pool.getconn()
        try:
            connection.execute(ALONE, {"what": what})
        except BaseException:
            self._pool.putconn(connection)
            raise
        return connection

    def _unlock(self, connection: Connection[TupleRow]) -> None:
        with suppress(psycopg.Error):
            connection.rollback()
        self._pool.putconn(connection)

    def ask_here(self, question: Callable[[Cursor[TupleRow]], _Answer]) -> _Answer:
        """The answer to `question`, in this thread; asked once more if the connection had died unnoticed."""
        try:
            return self._asked(question)
        except psycopg.OperationalError as error:
            if not may_pass(error):
                raise
        # A server that went away took every idle connection with it.
        self._pool.check()
        return self._asked(question)

    def _asked(self, question: Callable[[Cursor[TupleRow]], _Answer]) -> _Answer:
        with (
            self._pool.connection() as connection,
            connection.cursor() as cursor,
            self._roster.used(),
            read_once(),
        ):
            return question(cursor)


class View:
    """What a reader asked for beside the result itself.

    known_at: the position at which it was known; None for now. The read models have reached it: else the
    answer would be another one a moment later.
    """

    def __init__(self, reading: Reading, known_at: int | None) -> None:
        self._reading = reading
        self.known_at = known_at

    async def ask(self, question: Callable[[Cursor[TupleRow], int | None], _Answer]) -> _Answer:
        """The answer to `question`, which is given the position; None for now."""
        return await self._reading.ask(lambda cursor: question(cursor, self.known_at))

    async def at(self, position: int, question: Callable[[Cursor[TupleRow], int | None], _Answer]) -> _Answer:
        """The answer to `question` as known at `position`, which has been counted."""
        return await self._reading.ask(lambda cursor: question(cursor, position))

    def was_found(self, position: int) -> None:
        """Takes note that an answer about now is that of `position`."""


async def view(
    request: Request[Any, Any, Any],
    reading: NamedDependency[Reading],
    known_at: KnownAt = None,
    at_least: AtLeast = None,
) -> View:
    """The view that the query asks for, once the read models have reached `at_least` and what it names."""
    await reading.after(at_least, request)
    return View(reading, await counted_upto(reading, request, known_at))


async def counted_upto(
    reading: Reading, request: Request[Any, Any, Any], known_at: str | None, field: str = "known_at"
) -> int | None:
    """The position that `known_at` names, once the read models have reached it; None for now.

    Raises: BadField; Behind.
    """
    if known_at is None:
        return None
    position = await reading.ask(lambda cursor: known_position(cursor, known_at, field))
    await reading.after(position, request, field)
    return position


def counted_position(cursor: Cursor[Any]) -> int:
    """The position that every read model has reached."""
    row = cursor.execute(COUNTED).fetchone()
    assert row is not None, "an aggregate always answers"
    return int(row[0])


YEARS = range(1900, 3000)
"""Those of which one may ask; beyond them, some zones have no instants."""


def known_position(cursor: Cursor[Any], known_at: str | None, field: str = "known_at") -> int | None:
    """The position that `known_at` names, directly or as an instant; None for now.

    Raises: BadField.
    """
    if known_at is None:
        return None
    if known_at.isascii() and known_at.isdecimal() and len(known_at) <= 16:
        position = int(known_at)
        if position > head(cursor):
            raise BadField(
                field=field,
                detail=f"The journal ends before position {position}.",
                remedy="Ask for less.",
            )
        return position
    at = _instant(known_at)
    if at is None:
        raise BadField(
            field=field,
            detail=f"{known_at[:40]!r} is neither a position nor an instant with zone.",
            remedy="Write 1234 or 2025-03-31T18:00:00Z.",
        )
    return position_as_of(cursor, at)


def instant(text: str, field: str) -> dt.datetime:
    """The instant that `text` names, which says its zone.

    Raises: BadField.
    """
    found = _instant(text)
    if found is None:
        raise BadField(
            field=field,
            detail=f"{text[:40]!r} is no instant with zone, of the years 1900 to 2999.",
            remedy="Write one such as 2025-03-31T18:00:00Z.",
        )
    return found


def _instant(text: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text.replace(" ", "+"))  # a plus that a query has made a space
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in YEARS else None


def month(text: str, field: str = "period") -> Period:
    """The month that `text` names.

    Raises: BadField.
    """
    found = any_period(text, field)
    if found.kind != "month":
        raise BadField(
            field=field, detail=f"{text} is a {found.kind}.", remedy="Name a month, such as 2025-03."
        )
    return found


def period_asked(text: str | None, day: dt.date) -> Period:
    """The period that `text` names; the month of `day` where nothing is asked.

    Raises: BadField.
    """
    return Period.containing(day) if text is None else any_period(text)


def any_period(text: str, field: str = "period") -> Period:
    """The week, month, quarter or year that `text` names.

    Raises: BadField.
    """
    try:
        return Period.parse(text)
    except ValueError as error:
        raise BadField(field=field, detail=f"{error}.", remedy="Write one of these forms.") from None


def _preferred_wait(header: str) -> float:
    """The seconds of `wait=N` in a Prefer header (RFC 7240); no limit when it says none."""
    for preference in header.split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower() == "wait" and value.isascii() and value.isdecimal():
            return min(int(value), 60)
    return 60
