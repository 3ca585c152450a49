"""A real ledger in a real database, the clock that it goes by, and the memory of what it was told."""

import datetime as dt
import json
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import psycopg
from laws.simulation.expected import EITHER, refusal, tags
from laws.simulation.memory import Memory, Told

from api import ops
from api.intake import Outcome, Refused, Stored, Submission
from api.settings import Settings
from domain.facts.base import Fact
from domain.facts.governance import BranchOpened, LedgerOpened
from domain.facts.personal import personal_texts, subject_of, with_texts
from domain.facts.registry import decode
from domain.journal.connection import connect
from projections.folding import position
from projections.registry import PROJECTIONS
from projections.spans import Cursor

LEDGER = "ledger"
ENGINE = "simulation"
START = dt.datetime(2025, 2, 20, 1, tzinfo=dt.UTC)
ZONES = ("Asia/Shanghai", "America/New_York", "UTC")


class World:
    """One ledger of a firm with two branches; every answer of its intake is checked against the memory."""

    def __init__(self, dsn: str, home: Path, random: Random) -> None:
        self.dsn, self.memory, self.clock = dsn, Memory(), START
        self.settings = Settings(home=home, database_url=dsn, ledger=LEDGER)
        self.keys = 0
        self.frozen: dict[tuple[str, str], bytes] = {}
        self._open = ExitStack()
        self.ledger = self._opened()
        currency = random.choice(("CNY", "JPY"))
        self.tell(LedgerOpened(name="firm", zone=random.choice(ZONES), currency=currency))
        for branch in ("BJ", "SH"):
            self.tell(BranchOpened(branch=branch, title=branch, opened_on=dt.date(2020, 1, 1)))

    def close(self) -> None:
        """Ends the use of the ledger."""
        self._open.close()

    def restart(self) -> None:
        """Everything that was held in memory is gone; the ledger is opened again."""
        self._open.close()
        self.ledger = self._opened()

    def _opened(self) -> ops.Ledger:
        return self._open.enter_context(ops.open_ledger(self.settings, prepare_it=True))

    @contextmanager
    def by_this_clock(self) -> Generator[None]:
        """What asks for the time is told this world's."""
        with patch("api.ops.now", lambda: self.clock), patch("api.erasing.now", lambda: self.clock):
            yield

    @contextmanager
    def cursor(self) -> Generator[Cursor]:
        """A reader's cursor; read models stand where they stand."""
        with self.ledger.pool.connection() as connection, connection.cursor() as cursor:
            yield cursor

    def caught_up(self) -> int:
        """The position of the read models after all is folded."""
        return self.ledger.runner().catch_up()

    def at(self) -> int:
        """Where the read models stand."""
        with self.cursor() as cursor:
            return position(cursor, PROJECTIONS)

    def say(self, fact: Fact, *, at: dt.datetime | None = None, **more: Any) -> Told:
        """`fact` as somebody says it, under a new key."""
        self.keys += 1
        said = {"source": "crm", "key": f"k{self.keys}", "occurred_at": at or self.clock, "actor": "hr"}
        return Told(fact, **said | more)

    def tell(self, fact: Fact, **more: Any) -> Outcome:
        """Brings one fact."""
        return self.bring([self.say(fact, **more)])[0]

    def bring(self, items: Sequence[Told], *, atomic: bool = False, as_bytes: bool = False) -> list[Outcome]:
        """Brings `items` in one delivery by one actor; each answer must be the expected one."""
        awaited = self.awaited(items, atomic=atomic)
        outcomes = self.ledger.intake.submit(
            [submission(told, as_bytes=as_bytes) for told in items],
            actor=items[0].actor,
            now=self.clock,
            atomic=atomic,
        )
        self.check(items, outcomes, awaited)
        return outcomes

    def awaited(self, items: Sequence[Told], *, atomic: bool) -> list[str | int]:
        """For each of `items` the refusal that it must meet, or the position at which it must stand."""
        begun, answers = self.memory.head, list[str | int]()
        keys: dict[tuple[str, str], int] = {}
        for index, told in enumerate(items):
            twin = keys.setdefault((told.source, told.key), index)
            answers.append(self._answer(told, items[twin], answers[twin] if twin != index else None))
            if answers[-1] == self.memory.head + 1:
                self.memory.told.append(self._stored(told))
        del self.memory.told[begun:]
        if atomic and any(isinstance(answer, str) for answer in answers):
            return [
                answer if isinstance(answer, str) or answer <= begun else "Withheld" for answer in answers
            ]
        return answers

    def _answer(self, told: Told, twin: Told, twin_answer: str | int | None) -> str | int:
        before = self.memory.key(told.source, told.key)
        texts = personal_texts(told.fact)
        if texts and subject_of(told.fact) in self.memory.erased():
            # Whether the texts are the same cannot be known any more; the rest can.
            stands = self.memory.at(before) if before is not None else None
            told_then = personal_texts(stands.fact) if stands and type(stands.fact) is type(told.fact) else {}
            if stands is None or told_then.keys() != texts.keys():
                return "AlreadyErased"
            told = told._replace(fact=with_texts(told.fact, told_then))
        if before is not None and before <= self.memory.head:
            return before if same(told, self.memory.at(before)) else "KeyReused"
        if twin_answer is not None:
            return twin_answer if same(told, twin) else "KeyReused"
        return refusal(self.memory, told, self.clock) or self.memory.head + 1

    def check(self, items: Sequence[Told], outcomes: Sequence[Outcome], awaited: Sequence[str | int]) -> None:
        """Compares answers, and remembers what was stored."""
        for told, outcome, wanted in zip(items, outcomes, awaited, strict=True):
            if isinstance(outcome, Refused):
                name = type(outcome.refusal).__name__
                assert wanted in (name, EITHER), f"{told.fact}: {outcome.refusal!r}, expected {wanted}"
                continue
            assert wanted in (outcome.position, EITHER), f"{told.fact}: {outcome}, expected {wanted}"
            self.remember(told, outcome)

    def remember(self, told: Told, stored: Stored) -> None:
        """Takes down a fact that the ledger says it has stored."""
        if stored.position <= self.memory.head:
            assert stored.recorded_at == self.memory.at(stored.position).recorded_at
            return
        kept = self._stored(told)
        assert stored[::2] == (self.memory.head + 1, kept.recorded_at), (stored, kept)
        self.memory.told.append(kept)

    def learn(self, position: int, actor: str) -> None:
        """Takes down a fact that one of the program's own commands has written."""
        record = self.ledger.journal.at(position)
        assert record is not None and position == self.memory.head + 1
        told = Told(
            decode(record.type, record.data),
            record.source, record.key, record.occurred_at, actor, record.causation,
        )  # fmt: skip
        self.remember(told, Stored(position, False, record.recorded_at))

    def _stored(self, told: Told) -> Told:
        before = self.memory.told[-1].recorded_at if self.memory.told else self.clock
        return told._replace(recorded_at=max(before, self.clock), tags=tags(self.memory, told.fact))

    def behind(self) -> psycopg.Connection[Any]:
        """A connection past everybody, as the owner."""
        return connect(self.dsn, LEDGER, service=False, autocommit=True)


def submission(told: Told, *, as_bytes: bool = False) -> Submission:
    """What the sender of `told` hands in."""
    said = told.said
    return Submission(
        type=told.fact.TYPE,
        source=told.source,
        key=told.key,
        occurred_at=told.occurred_at,
        data=json.dumps(said, ensure_ascii=False, indent=1).encode() if as_bytes else said,
        causation=told.causation,
    )


def same(told: Told, other: Told) -> bool:
    """Whether two say the same."""
    return told.content_hash(told.said) == other.content_hash(other.said)
