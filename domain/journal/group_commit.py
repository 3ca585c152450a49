"""Facts that arrive together share one commit."""

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from domain.journal.append import Condition, Journal, Receipt
from domain.journal.batch import APPEND, Answer, Batch, opening
from domain.journal.record import Draft
from domain.refusals import Refusal

COMMIT_FACTS = 200
"""The most that one commit takes, so that the next ones are made ready while it is under way."""

QUEUED_FACTS = 2_000
"""Beyond so many, whoever brings more waits for room."""


class Closed(Exception):
    """The writer is closing and takes no more facts."""


class _Asked(NamedTuple):
    draft: Draft
    answer: "asyncio.Future[Receipt]"


class GroupCommit:
    """One writer for many concurrent tasks of an event loop.

    An answer means that the fact is durable. One that is delivered again, contradictory or broken concerns
    nobody else. New facts go through a connection of its own; whatever does not pass there in one round trip
    (something was known, the connection is lost) is left to the journal, which sends the same keys again.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        queued_facts: int = QUEUED_FACTS,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._queued_facts = queued_facts
        self._queue: deque[_Asked] = deque()
        self._arrived, self._room = asyncio.Event(), asyncio.Event()
        self._closing = False
        self._connection: AsyncConnection[TupleRow] | None = None
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Answers what was accepted, then ends."""
        self._closing = True
        self._arrived.set()
        self._room.set()
        if self._writer is not None:
            await self._writer
        await self._hang_up()

    async def append(self, draft: Draft, *, condition: Condition | None = None) -> Receipt:
        """Writes `draft` together with others; one with a condition goes alone.

        Raises: KeyReused, ConditionFailed, Closed
        """
        while len(self._queue) >= self._queued_facts and not self._closing:
            self._room.clear()
            await self._room.wait()
        if self._closing:
            raise Closed
        if condition is not None:
            append = partial(self._journal.append, [draft], now=self._clock(), condition=condition)
            return (await asyncio.to_thread(append))[0]
        asked = _Asked(draft, asyncio.get_running_loop().create_future())
        self._queue.append(asked)
        self._arrived.set()
        return await asked.answer

    async def _write(self) -> None:
        while self._queue or not self._closing:
            if not self._queue:
                self._arrived.clear()
                await self._arrived.wait()
                continue
            taken = [self._queue.popleft() for _ in range(min(len(self._queue), COMMIT_FACTS))]
            self._room.set()
            await self._commit(taken)

    async def _commit(self, taken: Sequence[_Asked]) -> None:
        drafts = [asked.draft for asked in taken]
        now = self._clock()
        try:
            answers = await self._append_new(drafts, now) or await asyncio.to_thread(
                self._journal.append_each, drafts, now=now
            )
        except psycopg.OperationalError as error:
            _fail(taken, error)
        except Exception as error:
            # A bug in one of them: the others must not pay for it.
            if len(taken) == 1:
                _fail(taken, error)
            else:
                for asked in taken:
                    await self._commit([asked])
        else:
            for asked, answer in zip(taken, answers, strict=True):
                _answer(asked, answer)

    async def _append_new(self, drafts: Sequence[Draft], now: dt.datetime) -> Sequence[Answer]:
        """Writes `drafts` in one round trip; no answers when that did not do."""
        batch = Batch(drafts)
        try:
            if self._connection is None:
                self._connection = await AsyncConnection.connect(self._journal.conninfo, autocommit=True)
            cursor = await self._connection.execute(APPEND, batch.given(now), prepare=True)
            found = opening(await cursor.fetchone())
        except psycopg.OperationalError:
            await self._hang_up()
            return ()
        if found.known:
            return ()
        batch.number(found)
        return batch.answers()

    async def _hang_up(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def _answer(asked: _Asked, answer: Answer) -> None:
    """Answers, unless whoever asked has gone."""
    if asked.answer.done():
        return
    if isinstance(answer, Refusal):
        asked.answer.set_exception(answer)
    else:
        asked.answer.set_result(answer)


def _fail(taken: Sequence[_Asked], error: Exception) -> None:
    for asked in taken:
        if not asked.answer.done():
            asked.answer.set_exception(error)
