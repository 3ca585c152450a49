"""From submissions to outcomes: the one fact that shares a commit with its neighbours, and the batch."""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

from api.intake import Intake, Outcome, Refused, Rehearsal, Stored, Submission
from api.metrics import Metrics
from api.settings import Settings
from domain.journal.group_commit import GroupCommit
from domain.journal.record import Draft
from domain.refusals import Refusal, Withheld

BATCHES_AT_ONCE = 2
"""Large bodies that are held in memory at the same time; the next one waits unread."""


class Writing:
    """Writes what the service is sent. keep: is shown what was refused, if somebody is to look at it."""

    def __init__(
        self,
        intake: Intake,
        commits: GroupCommit,
        settings: Settings,
        clock: Callable[[], dt.datetime],
        metrics: Metrics,
        keep: Callable[[Sequence[Submission | Refusal], Sequence[Outcome]], None] = lambda *_: None,
    ) -> None:
        self._intake = intake
        self._commits = commits
        self._clock = clock
        self._metrics = metrics
        self._keep = keep
        self.fact_bytes = settings.fact_bytes
        self.batch_bytes = settings.batch_bytes
        self.batch_facts = settings.batch_facts
        self.room_for_batch = asyncio.Semaphore(BATCHES_AT_ONCE)

    async def one(self, submission: Submission, actor: str) -> Outcome:
        """What became of one fact, once it is durable."""
        draft = self._plain(submission, actor)
        if draft is None:
            [outcome] = await asyncio.to_thread(self._submit, [submission], actor, True)
        else:
            outcome = await self._committed(draft)
        self._metrics.brought([outcome])
        if isinstance(outcome, Refused):
            await asyncio.to_thread(self._keep, [submission], [outcome])
        return outcome

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
        outcomes = self._withheld(brought) if atomic else []
        if not outcomes:
            submissions = [item for item in brought if isinstance(item, Submission)]
            appended = self._appended(submissions, actor) if rehearsal is None else []
            read = iter(appended or self._submit(submissions, actor, atomic, rehearsal))
            outcomes = [Refused(item) if isinstance(item, Refusal) else next(read) for item in brought]
        if rehearsal is None:
            self._metrics.brought(outcomes)
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

    def _appended(self, submissions: Sequence[Submission], actor: str) -> list[Outcome]:
        """What became of facts none of which needs a look; none where one does, or contradicts another."""
        drafts: list[Draft] = []
        for submission in submissions:
            draft = self._plain(submission, actor)
            if draft is None:
                return []
            drafts.append(draft)
        try:
            return [Stored(*receipt) for receipt in self._intake.append(drafts, now=self._clock())]
        except Refusal:
            return []  # nothing is stored; which one it is, and what becomes of the rest, `submit` says

    async def _committed(self, draft: Draft) -> Outcome:
        try:
            return Stored(*await self._commits.append(draft))
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
        return self._intake.submit(
            submissions, actor=actor, now=self._clock(), atomic=atomic, rehearsal=rehearsal
        )
