"""Facts that arrive together share one commit."""

import asyncio
import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from types import TracebackType
from typing import NamedTuple, Self

import psycopg

from domain.journal.append import Condition, Journal, Receipt
from domain.journal.appending import Appending
from domain.journal.batch import Answer, Batch
from domain.journal.record import Draft
from domain.refusals import KeyReused, Refusal

COMMIT_FACTS = 200
"""The most single facts that one commit takes, so that the next are made ready while it is under way."""

TOGETHER_FACTS = 1_000
"""The most that batches bring into one commit; a larger batch has one of its own."""

STRAIGHT_BYTES = 1_000_000
"""Beyond so many, the loop would be kept for long by laying them out."""

QUEUED_FACTS = 4_000
"""Beyond so many, whoever brings more waits for room."""

AWAITED = 16
"""The most who are waited for before a commit; with so many in it, one more saves next to nothing."""

MOST_PATIENCE_SECONDS = 0.005


class Closed(Exception):
    """The writer is closing and takes no more facts."""


class _Asked(NamedTuple):
    """What somebody brought, which is written whole or not at all."""

    drafts: Sequence[Draft]
    answer: "asyncio.Future[Sequence[Receipt]]"


class GroupCommit:
    """One writer for many concurrent tasks of an event loop.

    An answer means that the fact is durable. One that is delivered again, contradictory or broken concerns
    nobody else. New facts go through a connection of its own, what is larger than a commit takes is copied in
    a thread; whatever does not pass there at once (something was known, the connection is lost) is left to
    the journal, which sends the same keys again. on_commit: told of each commit how many facts and how long
    it took.

    Whoever sends the next fact when the last was answered comes a moment after the commit: a new one begun at
    once would take the first of them and keep all others waiting for it. So half of those who came lately are
    waited for, that one half may be committed while the other is answered; no longer than a commit takes.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        queued_facts: int = QUEUED_FACTS,
        on_commit: Callable[[int, float], None] = lambda facts, seconds: None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._queued_facts = queued_facts
        self._on_commit = on_commit
        self._queue: deque[_Asked] = deque()
        self._queued = 0
        self._awaited = self._lately = 1
        self._patience_seconds = 0.0
        self._arrived, self._room = asyncio.Event(), asyncio.Event()
        self._closing = False
        self._appending: Appending | None = None
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

    @property
    def queued(self) -> int:
        """How many facts wait for the next commit."""
        return self._queued

    async def append(self, draft: Draft, *, condition: Condition | None = None) -> Receipt:
        """Writes `draft` together with others; one with a condition goes alone.

        Raises: KeyReused, ConditionFailed, Closed
        """
        if condition is None:
            return (await self.append_all((draft,)))[0]
        await self._have_room()
        append = partial(self._journal.append, [draft], now=self._clock(), condition=condition)
        return (await asyncio.to_thread(append))[0]

    async def append_all(self, drafts: Sequence[Draft]) -> Sequence[Receipt]:
        """Writes all of `drafts` or none, together with what others bring; where each stands.

        Raises: KeyReused, Closed
        """
        if self._closing or self._queued >= self._queued_facts:
            await self._have_room()
        asked = _Asked(drafts, asyncio.get_running_loop().create_future())
        self._queue.append(asked)
        self._queued += len(drafts)
        if len(self._queue) >= self._awaited:
            self._arrived.set()
        return await asked.answer

    async def _have_room(self) -> None:
        while self._queued >= self._queued_facts and not self._closing:
            self._room.clear()
            await self._room.wait()
        if self._closing:
            raise Closed

    async def _write(self) -> None:
        while self._queue or not self._closing:
            await self._gather()
            if self._queue:
                taken, began = self._taken(), time.monotonic()
                self._room.set()
                await self._commit(taken)
                self._patience_seconds = min(time.monotonic() - began, MOST_PATIENCE_SECONDS)
                self._lately = len(taken) + len(self._queue)

    async def _gather(self) -> None:
        """Waits for the first who brings something, and a moment for half of those who came lately."""
        await self._wait_for(1)
        wanted = min((self._lately + 1) // 2, AWAITED)
        if len(self._queue) < wanted:
            loop = asyncio.get_running_loop()
            patience = loop.call_later(self._patience_seconds, self._arrived.set)
            await self._wait_for(wanted)
            patience.cancel()

    async def _wait_for(self, number: int) -> None:
        if len(self._queue) < number and not self._closing:
            self._awaited = number
            self._arrived.clear()
            await self._arrived.wait()

    def _taken(self) -> list[_Asked]:
        """What goes into the next commit."""
        taken, facts = [self._queue.popleft()], 0
        while True:
            facts += len(taken[-1].drafts)
            most = COMMIT_FACTS if facts == len(taken) else TOGETHER_FACTS
            if not self._queue or facts + len(self._queue[0].drafts) > most:
                self._queued -= facts
                return taken
            taken.append(self._queue.popleft())

    async def _commit(self, taken: Sequence[_Asked]) -> None:
        now, started = self._clock(), time.monotonic()
        try:
            answers = await self._append_new(taken, now)
            if not answers and len(taken) > 1 and any(len(asked.drafts) > 1 for asked in taken):
                return await self._commit_apart(taken)
            answers = answers or await self._append_known(taken, now)
        except psycopg.OperationalError as error:
            _fail(taken, error)
        except Exception as error:
            # A bug in one of them: the others must not pay for it.
            if len(taken) == 1:
                _fail(taken, error)
            else:
                await self._commit_apart(taken)
        else:
            for asked, answer in zip(taken, answers, strict=True):
                _answer(asked, answer)
            self._on_commit(sum(len(asked.drafts) for asked in taken), time.monotonic() - started)

    async def _commit_apart(self, taken: Sequence[_Asked]) -> None:
        for asked in taken:
            await self._commit([asked])

    async def _append_new(self, taken: Sequence[_Asked], now: dt.datetime) -> Sequence[Sequence[Answer]]:
        """Writes what is `taken` at once; no answers when that did not do, and nothing was written."""
        drafts = [draft for asked in taken for draft in asked.drafts]
        batch = Batch(drafts)
        if len(batch.fresh) < len(drafts):
            return ()
        if len(drafts) > TOGETHER_FACTS or sum(len(draft.data) for draft in drafts) > STRAIGHT_BYTES:
            answers = await asyncio.to_thread(self._journal.append_new, drafts, now=now)
        else:
            answers = await self._append_few(batch, now)
        found = iter(answers)
        return [[*islice(found, len(asked.drafts))] for asked in taken] if answers else ()

    async def _append_known(self, taken: Sequence[_Asked], now: dt.datetime) -> Sequence[Sequence[Answer]]:
        """Writes what is `taken`, single facts or one batch, where some was known or the way was lost."""
        if len(taken) == 1:
            try:
                return [await asyncio.to_thread(self._journal.append, taken[0].drafts, now=now)]
            except KeyReused as refusal:
                return [[refusal]]
        drafts = [asked.drafts[0] for asked in taken]
        each = await asyncio.to_thread(self._journal.append_each, drafts, now=now)
        return [[answer] for answer in each]

    async def _append_few(self, batch: Batch, now: dt.datetime) -> Sequence[Answer]:
        """Writes `batch` in one round trip; no answers when that did not do."""
        try:
            if self._appending is None:
                prepares = self._journal.prepare_after is not None
                self._appending = await Appending.connect(self._journal.conninfo, prepares=prepares)
            found = await self._appending.append(batch, now)
        except psycopg.OperationalError:
            await self._hang_up()
            return ()
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise self._journal.told(error) from error
        if found.known or found.cold:
            return ()
        batch.number(found)
        return batch.answers()

    async def _hang_up(self) -> None:
        if self._appending is not None:
            await self._appending.close()
            self._appending = None


def _answer(asked: _Asked, answers: Sequence[Answer]) -> None:
    """Answers, unless whoever asked has gone."""
    if asked.answer.done():
        return
    receipts: list[Receipt] = []
    for answer in answers:
        if isinstance(answer, Refusal):
            return asked.answer.set_exception(answer)
        receipts.append(answer)
    asked.answer.set_result(receipts)


def _fail(taken: Sequence[_Asked], error: Exception) -> None:
    for asked in taken:
        if not asked.answer.done():
            asked.answer.set_exception(error)
