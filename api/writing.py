"""From submissions to outcomes: the one fact that shares a commit with its neighbours, and the batch."""

import asyncio
import datetime as dt
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from api.intake import Intake, Outcome, Refused, Rehearsal, Stored, Submission
from api.metrics import Metrics
from api.room import Room
from api.settings import Settings
from api.traces import TracesKept
from api.tracing import Spans
from domain.journal.group_commit import GroupCommit
from domain.journal.record import Draft
from domain.refusals import Refusal, Withheld

log = structlog.get_logger("meritbook")

BATCHES_AT_ONCE = 2
"""So many of the largest bodies have room in memory, or so much more of smaller ones; and so many threads
decide on those that take a look at the journal."""


class Writing:
    """Writes what the service is sent.

    traces: remember what was written by whose request. keep: is shown what was refused, if somebody is to
    look at it. spans: where appends are noted.
    """

    def __init__(
        self,
        intake: Intake,
        commits: GroupCommit,
        settings: Settings,
        clock: Callable[[], dt.datetime],
        metrics: Metrics,
        traces: TracesKept,
        keep: Callable[[Sequence[Submission | Refusal], Sequence[Outcome]], None] = lambda *_: None,
        spans: Spans | None = None,
    ) -> None:
        self._intake = intake
        self._commits = commits
        self._clock = clock
        self._metrics, self._traces = metrics, traces
        self._tells = log.is_enabled_for(logging.DEBUG)
        self._keep, self._spans = keep, spans
        self.fact_bytes = settings.fact_bytes
        self.batch_bytes = settings.batch_bytes
        self.batch_facts = settings.batch_facts
        self._turn, self._in_line = asyncio.Semaphore(BATCHES_AT_ONCE), 0
        self._reader = asyncio.Semaphore()  # a second who only computes would take turns with the first
        self.room = Room(BATCHES_AT_ONCE * settings.batch_bytes)

    @property
    def waiting(self) -> int:
        """How many requests wait for room in memory or for a thread that decides."""
        return len(self.room) + self._in_line

    async def one(self, submission: Submission, actor: str) -> Outcome:
        """What became of one fact, once it is durable."""
        began = self._began()
        draft = self._plain(submission, actor)
        if draft is None:
            [outcome] = await asyncio.to_thread(self._submit, [submission], actor, True)
        else:
            outcome = await self._committed(draft)
        self._note([outcome], began)
        if isinstance(outcome, Refused):
            await asyncio.to_thread(self._keep, [submission], [outcome])
        return outcome

    async def batch(
        self, read: Callable[[], Sequence[Submission | Refusal]], actor: str, *, atomic: bool
    ) -> list[Outcome]:
        """What became of the facts that `read` gives in a thread, as `many` says it.

        Those of which none needs a look share a commit with what others bring.
        Raises: what `read` raises.
        """
        began = self._began()
        async with self._at_turn(self._reader):
            brought, drafts = await asyncio.to_thread(self._made_ready, read, actor)
        if drafts:
            try:
                receipts = await self._commits.append_all(drafts)
            except Refusal:
                pass  # nothing is stored; which one it is, and what becomes of the rest, `submit` says
            else:
                outcomes = list[Outcome](receipts)
                self._note(outcomes, began)
                return outcomes
        async with self._at_turn(self._turn):
            return await asyncio.to_thread(self._decided, brought, actor, atomic)

    def many(
        self,
        brought: Sequence[Submission | Refusal],
        actor: str,
        *,
        atomic: bool,
        rehearsal: Rehearsal | None = None,
    ) -> list[Outcome]:
        """What became of each of many facts; those that could not even be read are refused already.

        rehearsal: nothing is stored.
        """
        drafts = None if rehearsal is not None else self._all_plain(brought, actor)
        if drafts:
            started = time.monotonic()
            try:
                outcomes = list[Outcome](self._intake.append(drafts, now=self._clock()))
            except Refusal:
                pass
            else:
                self._metrics.appended("alone", len(outcomes), time.monotonic() - started)
                self._note(outcomes, started)
                return outcomes
        return self._decided(brought, actor, atomic, rehearsal)

    def _made_ready(
        self, read: Callable[[], Sequence[Submission | Refusal]], actor: str
    ) -> tuple[Sequence[Submission | Refusal], list[Draft] | None]:
        brought = read()
        return brought, self._all_plain(brought, actor)

    def _all_plain(self, brought: Sequence[Submission | Refusal], actor: str) -> list[Draft] | None:
        """The drafts of facts none of which needs a look; None where one does, or breaks a rule."""
        submissions = [item for item in brought if isinstance(item, Submission)]
        if len(submissions) < len(brought):
            return None
        try:
            return self._intake.all_plain(submissions, actor=actor, now=self._clock())
        except Refusal:
            return None

    def _decided(
        self,
        brought: Sequence[Submission | Refusal],
        actor: str,
        atomic: bool,
        rehearsal: Rehearsal | None = None,
    ) -> list[Outcome]:
        """What became of facts that take a look at the journal."""
        began = self._began()
        outcomes = self._withheld(brought) if atomic else []
        if not outcomes:
            submissions = [item for item in brought if isinstance(item, Submission)]
            read = iter(self._submit(submissions, actor, atomic, rehearsal))
            outcomes = [Refused(item) if isinstance(item, Refusal) else next(read) for item in brought]
        if rehearsal is None:
            self._note(outcomes, began)
            self._keep(brought, outcomes)
        return outcomes

    def _withheld(self, brought: Sequence[Submission | Refusal]) -> list[Outcome]:
        """The outcomes of a batch of which some part could not be read; none when all of it could."""
        if not any(isinstance(item, Refusal) for item in brought):
            return []
        withheld = Withheld(
            field="",
            detail="Another fact of this batch is refused.",
            remedy="Mend that one, or send atomic=false.",
        )
        return [Refused(item if isinstance(item, Refusal) else withheld) for item in brought]

    @asynccontextmanager
    async def _at_turn(self, turn: asyncio.Semaphore) -> AsyncGenerator[None]:
        self._in_line += 1
        try:
            await turn.acquire()
        finally:
            self._in_line -= 1
        try:
            yield
        finally:
            turn.release()

    async def _committed(self, draft: Draft) -> Outcome:
        try:
            return await self._commits.append(draft)
        except Refusal as refusal:
            return Refused(refusal)

    def _plain(self, submission: Submission, actor: str) -> Draft | None:
        """A draft that needs no look. Where a rule says no, `submit` has the last word."""
        try:
            return self._intake.plain(submission, actor=actor, now=self._clock())
        except Refusal:
            return None

    def _submit(
        self,
        submissions: Sequence[Submission],
        actor: str,
        atomic: bool,
        rehearsal: Rehearsal | None = None,
    ) -> list[Outcome]:
        started = time.monotonic()
        outcomes = self._intake.submit(
            submissions, actor=actor, now=self._clock(), atomic=atomic, rehearsal=rehearsal
        )
        if rehearsal is None:
            self._metrics.appended("alone", len(outcomes), time.monotonic() - started)
        return outcomes

    def _began(self) -> float:
        """When an append begins, if anybody wants to know."""
        return 0.0 if self._spans is None else time.monotonic()

    def _note(self, outcomes: Sequence[Outcome], began: float) -> None:
        """Counts what became of facts; remembers and tells whose request wrote them, and how long it took."""
        self._metrics.brought(outcomes)
        written = [each.position for each in outcomes if isinstance(each, Stored) and not each.hit]
        if written:
            self._traces.note(written[0], written[-1])
            if self._tells:
                log.debug("facts_written", first=written[0], last=written[-1], facts=len(written))
            if self._spans is not None:
                self._spans.appended(len(written), time.monotonic() - began)
