"""What a ledger was told: a plain list of facts, and what follows from it without a database."""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import rfc8785

from domain.facts.base import Fact
from domain.facts.erasure import SubjectErased
from domain.facts.governance import FactVoided, LedgerOpened, PeriodClosed, PlanAdopted
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.facts.personal import subject_of
from domain.facts.selling import DealClosed, DealCosted, DealReversed
from domain.journal.record import EARLIEST, instant_text

Kind = TypeVar("Kind", bound=Fact)


class Told(NamedTuple):
    """A fact as it was said, and when. tags: under which it must be found."""

    fact: Fact
    source: str
    key: str
    occurred_at: dt.datetime
    actor: str
    causation: int | None = None
    recorded_at: dt.datetime = EARLIEST
    tags: tuple[str, ...] = ()

    @property
    def said(self) -> dict[str, object]:
        """The fact as JSON."""
        return msgspec.to_builtins(self.fact)

    def content_hash(self, stored: object) -> bytes:
        """SHA-256 of the claim, with the fact as it is `stored`, by another program's canonical JSON."""
        claim = {
            "causation": self.causation,
            "data": stored,
            "key": self.key,
            "occurred_at": instant_text(self.occurred_at),
            "source": self.source,
            "type": self.fact.TYPE,
        }
        return hashlib.sha256(rfc8785.dumps(claim)).digest()  # type: ignore[arg-type]


class Memory:
    """All that was accepted, in the order of positions; position N is `told[N - 1]`."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    @property
    def head(self) -> int:
        """The last position."""
        return len(self.told)

    def at(self, position: int) -> Told:
        """What stands at `position`."""
        return self.told[position - 1]

    def key(self, source: str, key: str) -> int | None:
        """The position under an idempotency key."""
        found = (n for n, told in enumerate(self.told, 1) if (told.source, told.key) == (source, key))
        return next(found, None)

    def voids(self, known_at: int | None = None) -> dict[int, int]:
        """Voided positions with the positions of their voids, as known at a position."""
        found: dict[int, int] = {}
        for position, told in enumerate(self.told[:known_at], 1):
            if isinstance(told.fact, FactVoided):
                found.setdefault(told.fact.position, position)
        return found

    def live(self, *kinds: type[Kind], known_at: int | None = None) -> Iterator[tuple[int, Kind]]:
        """The facts of `kinds` that count, as known at a position, in order."""
        voided = self.voids(known_at)
        for position, told in enumerate(self.told[:known_at], 1):
            if isinstance(told.fact, kinds) and position not in voided:
                yield position, told.fact

    @property
    def opened(self) -> LedgerOpened:
        """The opening; before it, one with the defaults."""
        return next((fact for _, fact in self.live(LedgerOpened)), LedgerOpened(name="unopened"))

    @property
    def zone(self) -> ZoneInfo:
        """The zone of business days."""
        return ZoneInfo(self.opened.zone)

    @property
    def people(self) -> list[str]:
        """Everybody who was ever hired, by mistake or not."""
        return sorted({t.fact.employee for t in self.told if isinstance(t.fact, EmployeeHired)})

    def employed(self, employee: str) -> tuple[bool, dt.date | None]:
        """Whether a person is here, and since or until which day, by the last live fact that says so."""
        here, day = False, None
        for _, fact in self.live(EmployeeHired, EmployeeLeft):
            if fact.employee == employee:
                here = isinstance(fact, EmployeeHired)
                day = fact.hired_on if isinstance(fact, EmployeeHired) else fact.left_on
        return here, day

    def deal(self, deal: str) -> tuple[int, DealClosed, int] | None:
        """The live deal: its position, what was sold, and how much has come back in minor units."""
        sold = [(position, fact) for position, fact in self.live(DealClosed) if fact.deal == deal]
        back = sum(fact.amount_minor for _, fact in self.live(DealReversed) if fact.deal == deal)
        return (*sold[-1], back) if sold else None

    def is_costed(self, deal: str) -> bool:
        """Whether the cost of a deal is told."""
        return any(fact.deal == deal for _, fact in self.live(DealCosted))

    def deals(self) -> list[str]:
        """The ids of live deals."""
        return sorted({fact.deal for _, fact in self.live(DealClosed)})

    def versions(self, plan: str | None = None) -> list[tuple[int, PlanAdopted]]:
        """The live versions of `plan`, or of all, in order of adoption."""
        return [(at, fact) for at, fact in self.live(PlanAdopted) if plan in (None, fact.plan)]

    def closes(self, known_at: int | None = None) -> list[tuple[int, PeriodClosed]]:
        """The closes with their positions."""
        return list(self.live(PeriodClosed, known_at=known_at))

    def erased(self) -> set[str]:
        """The subjects of whom nothing personal is kept or taken any more."""
        return {subject_of(fact) or "" for _, fact in self.live(SubjectErased)}

    def day(self, instant: dt.datetime) -> dt.date:
        """The business day of `instant`."""
        return instant.astimezone(self.zone).date()
