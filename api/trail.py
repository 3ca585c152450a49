"""The use of the ledger, written into the ledger: refused attempts, and readings of personal data.

Each is durable before its answer goes out. What repeats itself is counted, so that nobody can fill the
journal by trying again and again: a refusal is a fact when it is the first of its kind in a minute, and the
rest of the minute is one more; a reading is a fact when it is the first of its kind that day, the tenth, the
hundredth … ; the kind being who, what, about whom.
"""

import asyncio
import datetime as dt
import hashlib
import secrets
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import structlog

from api.intake import Intake, Outcome, Refused, Submission
from api.intake.intake import DEFAULT_ZONE
from domain.facts.base import Fact
from domain.facts.trail import AccessRefused, PersonalDataRead
from domain.journal.group_commit import GroupCommit
from domain.refusals import KeyReused, Refusal, UnknownEmployee

log = structlog.get_logger("meritbook")

SOURCE = "meritbook.trail"
"""The source of these facts; `meritbook` is that of commands that change something."""

UNKNOWN = "unauthenticated"
"""The actor of an attempt with no token, or one that is not known."""

REFUSALS_A_MINUTE = 30
"""Kinds of refusal of one caller that are told apart in a minute; further ones are counted together."""

REFUSED_AT_MUCH = "Refused at many things within the minute."

FILTERS_A_DAY = 200
"""Filters of one reader and operation that are told apart in a day; further ones are counted together."""

KEPT_READINGS = 100_000
"""Kinds of reading that are remembered; forgetting them costs a look into the journal each."""

MINUTE = dt.timedelta(minutes=1)


class Refusing(NamedTuple):
    """A kind of refusal: of whom, at what, about whom, why."""

    caller: str | None
    role: str | None
    operation: str | None
    employee: str | None
    reason: str


class ReadingKind(NamedTuple):
    """A kind of reading: by whom, of what, about whom, or limited by which filter if about many."""

    reader: str
    role: str
    operation: str
    employee: str | None
    filter: str | None


@dataclass
class _Kept:
    """What is remembered of a kind of reading that day. level: of the fact written last."""

    readings: int = 0
    people: int = 0
    level: tuple[int, int] = (0, 0)
    written: "asyncio.Future[None] | None" = None


class Trail:
    """Writes the trail of a running service; to be entered, and left before its group commit."""

    def __init__(self, intake: Intake, commits: GroupCommit, clock: Callable[[], dt.datetime]) -> None:
        self._intake, self._commits, self._clock = intake, commits, clock
        self._process, self._numbers = secrets.token_hex(6), count(1)
        self._minute: dt.datetime | None = None
        self._refused: dict[str | None, dict[Refusing, asyncio.Future[None]]] = {}
        self._owed: Counter[tuple[dt.datetime, Refusing]] = Counter()
        self._day: dt.date | None = None
        self._kept: dict[ReadingKind, _Kept] = {}
        self._filters: dict[tuple[str, str], set[str]] = {}
        self._closing = asyncio.Event()
        self._counting: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Trail":
        self._counting = asyncio.create_task(self._settle_minutes())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._counting is not None:
            await self._counting
        await self._settle_what_can_be()

    async def refused(self, kind: Refusing, times: int = 1) -> None:
        """Notes that somebody was refused; that this kind is refused in this minute is durable on return."""
        minute = self._clock().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._refused = minute, {}
        told = self._refused.setdefault(kind.caller, {})
        if kind not in told and len(told) >= REFUSALS_A_MINUTE:
            kind = kind._replace(operation=None, employee=None, reason=REFUSED_AT_MUCH)
        if kind in told:
            self._owed[minute, kind] += times
        else:
            told[kind] = asyncio.ensure_future(self._write_refusal(kind, times, minute))
        try:
            # Whoever is refused at the same time waits for the same fact.
            await asyncio.shield(told[kind])
        except Exception:
            told.pop(kind, None)
            raise

    async def read(self, kind: ReadingKind, people: int | None) -> None:
        """Notes a reading; that somebody reads this is durable on return.

        people: how many the answer shows; None where nobody knows yet.
        """
        today = self._intake.business_day(self._clock())
        if today != self._day or len(self._kept) >= KEPT_READINGS:
            self._day, self._kept, self._filters = today, {}, {}
        kept = self._kept.setdefault(kind, _Kept())
        if kind.filter is not None and kept.readings == 0:
            told_apart = self._filters.setdefault((kind.reader, kind.operation), set())
            if len(told_apart) >= FILTERS_A_DAY:
                del self._kept[kind]
                kind = kind._replace(filter="several more")
                kept = self._kept.setdefault(kind, _Kept())
            told_apart.add(kind.filter or "")
        kept.readings += 1
        kept.people = max(kept.people, people or 0)
        level = len(str(kept.readings)), len(str(kept.people))
        if level != kept.level or kept.written is None:
            kept.level = level
            kept.written = asyncio.ensure_future(
                self._write_reading(kind, today, kept.readings, kept.people or None)
            )
        try:
            # Whoever asks at the same time waits for the same fact.
            await asyncio.shield(kept.written)
        except Exception:
            self._kept.pop(kind, None)
            raise

    async def note(self, fact: Fact, actor: str) -> None:
        """Writes a fact that stands for itself, durably: somebody signed in, or their access was changed."""
        number = f"{fact.TYPE.replace('_', '-')}/{self._process}-{next(self._numbers)}"
        outcome = await self._submit(_submission(fact, number, self._clock()), actor)
        if isinstance(outcome, Refused) and isinstance(outcome.refusal, UnknownEmployee):
            # An issuer may name somebody of whom nothing is recorded yet.
            fact = msgspec.structs.replace(fact, employee=None)
            outcome = await self._submit(_submission(fact, number, self._clock()), actor)
        if isinstance(outcome, Refused):
            raise outcome.refusal

    async def _write_refusal(self, kind: Refusing, times: int, at: dt.datetime) -> None:
        number = f"{self._process}-{next(self._numbers)}"
        actor = kind.caller or UNKNOWN
        outcome = await self._submit(refusal_submission(kind, times, at, number), actor)
        if isinstance(outcome, Refused) and kind.employee is not None:
            # Nobody of that name works here: what was typed stays out of the journal.
            kind = kind._replace(employee=None)
            outcome = await self._submit(refusal_submission(kind, times, at, number), actor)
        if isinstance(outcome, Refused):
            raise outcome.refusal

    async def _write_reading(
        self, kind: ReadingKind, day: dt.date, readings: int, people: int | None
    ) -> None:
        submission = reading_submission(kind, day, midnight(self._intake, day), readings, people)
        outcome = await self._submit(submission, kind.reader)
        if isinstance(outcome, Refused) and not isinstance(outcome.refusal, KeyReused):
            raise outcome.refusal

    async def _submit(self, submission: Submission, actor: str) -> Outcome:
        """What became of it: in the company of other facts where no rule has to look at the journal."""
        now = self._clock()
        try:
            draft = self._intake.plain(submission, actor=actor, now=now)
        except Refusal:
            draft = None
        if draft is not None:
            try:
                return await self._commits.append(draft)
            except Refusal as refusal:
                return Refused(refusal)
        [outcome] = await asyncio.to_thread(
            self._intake.submit, [submission], actor=actor, now=now, atomic=True
        )
        return outcome

    async def _settle(self, before: dt.datetime | None = None) -> None:
        """Writes what minutes that began before `before` have counted beyond the first of each kind."""
        for minute, kind in list(self._owed):
            if before is None or minute < before:
                times = self._owed.pop((minute, kind))
                try:
                    await self._write_refusal(kind, times, minute)
                except Exception:
                    self._owed[minute, kind] += times
                    raise

    async def _settle_minutes(self) -> None:
        while not self._closing.is_set():
            now = self._clock()
            this_minute = now.replace(second=0, microsecond=0)
            with suppress(TimeoutError):
                async with asyncio.timeout((this_minute + MINUTE - now).total_seconds()):
                    await self._closing.wait()
            await self._settle_what_can_be(self._clock().replace(second=0, microsecond=0))

    async def _settle_what_can_be(self, before: dt.datetime | None = None) -> None:
        try:
            await self._settle(before)
        except Exception as error:
            # Tried again a minute later; the first attempt of each kind is durable long since.
            log.error("trail_not_written", error=type(error).__name__)


def note_reading(intake: Intake, now: dt.datetime, kind: ReadingKind, people: int | None = None) -> None:
    """Notes a reading by a command, durably; one about somebody who never worked here is none.

    Raises: the Refusal, when the ledger does not take it.
    """
    day = intake.business_day(now)
    submission = reading_submission(kind, day, midnight(intake, day), 1, people)
    [outcome] = intake.submit([submission], actor=kind.reader, now=now, atomic=True)
    if isinstance(outcome, Refused) and not isinstance(outcome.refusal, KeyReused | UnknownEmployee):
        raise outcome.refusal


def note_change(intake: Intake, now: dt.datetime, fact: Fact, actor: str) -> None:
    """Notes what a command changed of somebody's access, durably.

    Raises: the Refusal, when the ledger does not take it.
    """
    submission = _submission(fact, f"{fact.TYPE.replace('_', '-')}/{secrets.token_hex(8)}", now)
    [outcome] = intake.submit([submission], actor=actor, now=now, atomic=True)
    if isinstance(outcome, Refused):
        raise outcome.refusal


def midnight(intake: Intake, day: dt.date) -> dt.datetime:
    """The instant at which `day` begins in the ledger's zone."""
    opened = intake.opened()
    return dt.datetime.combine(day, dt.time(), ZoneInfo(opened.zone if opened else DEFAULT_ZONE))


def refusal_submission(kind: Refusing, times: int, at: dt.datetime, number: str) -> Submission:
    """The fact of so many refusals of a kind in the minute that begins `at`."""
    fact = AccessRefused(times=times, **kind._asdict())
    return _submission(fact, f"access-refused/{number}", at)


def reading_submission(
    kind: ReadingKind, day: dt.date, midnight: dt.datetime, readings: int, people: int | None
) -> Submission:
    """The fact of a kind of reading on `day`; the same key for whatever has as many digits."""
    fact = PersonalDataRead(day=day, readings=readings, people=people, **kind._asdict())
    said = hashlib.sha256(msgspec.json.encode([day.isoformat(), *kind])).hexdigest()[:32]
    return _submission(
        fact, f"personal-data-read/{said}/{len(str(readings))}.{len(str(people or 0))}", midnight
    )


def _submission(fact: Fact, key: str, occurred_at: dt.datetime) -> Submission:
    return Submission.of(fact, source=SOURCE, key=key, occurred_at=occurred_at)
