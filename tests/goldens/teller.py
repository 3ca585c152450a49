"""A firm whose history is told fact by fact, each recorded at an instant of its own."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from domain.facts.base import Fact
from domain.facts.governance import FactConfirmed, FactVoided, LedgerOpened, PlanAdopted
from domain.facts.selling import CustomerRegistered, DealClosed, DealReversed, FollowUpRecorded, VisitRecorded
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.record import draft
from domain.period import Period
from domain.plan.parse import document_hash, plan_document
from projections import closing, runner

ENGINE = "meritbook goldens"
NOON = dt.time(12)
LATER = dt.timedelta(minutes=7)


class Firm:
    """A ledger that is told a history, one fact every seven minutes, and whose months are closed."""

    def __init__(
        self, journal: Journal, dsn: str, schema: str, zone: str = "Asia/Shanghai", currency: str = "CNY"
    ) -> None:
        self.journal, self.zone, self.currency = journal, ZoneInfo(zone), currency
        self._runner = runner.Runner(dsn, schema)
        self._now = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
        with connect(dsn, schema, service=False) as connection:
            runner.create(connection)
        self.tell(LedgerOpened(name="golden", zone=zone, currency=currency), "2024-01-01")

    def tell(self, fact: Fact, on: str, at: dt.time = NOON) -> int:
        """Records that `fact` happened on a day, at a time of the ledger's zone; its position."""
        happened_at = dt.datetime.combine(dt.date.fromisoformat(on), at, self.zone)
        self._now += LATER
        key = f"{self.journal.head() + 1}"
        made = draft(fact, source="golden", key=key, occurred_at=happened_at, actor="golden")
        [receipt] = self.journal.append([made], now=self._now)
        return receipt.position

    def adopt(self, written: str) -> int:
        """A plan, in YAML, takes effect."""
        document = plan_document(yaml.safe_load(written))
        effective_from = str(document["effective_from"])
        return self.tell(
            PlanAdopted(
                plan=str(document["plan"]),
                effective_from=dt.date.fromisoformat(effective_from),
                document=document,
                document_hash=document_hash(document),
                approver="boss",
            ),
            effective_from,
        )

    def register(self, employee: str, on: str, *customers: str, at: dt.time = NOON) -> list[int]:
        """New clients."""
        return [self.tell(CustomerRegistered(employee=employee, customer=c), on, at) for c in customers]

    def visit(self, employee: str, on: str, *customers: str) -> list[int]:
        """Clients are visited."""
        return [self.tell(VisitRecorded(employee=employee, customer=c), on) for c in customers]

    def follow(self, employee: str, on: str, number: int) -> list[int]:
        """So many clients are called."""
        calls = (FollowUpRecorded(employee=employee, customer=f"F{n}", kind="call") for n in range(number))
        return [self.tell(call, on) for call in calls]

    def sell(self, employee: str, on: str, deal: str, amount_minor: int, **fields: Any) -> int:
        """A deal in the ledger's currency."""
        return self.tell(self._deal(DealClosed, employee, deal, amount_minor, fields), on)

    def take_back(self, employee: str, on: str, deal: str, amount_minor: int) -> int:
        """Some of a deal comes back."""
        return self.tell(self._deal(DealReversed, employee, deal, amount_minor, {}), on)

    def void(self, position: int, on: str) -> int:
        """A fact was written in error."""
        return self.tell(FactVoided(position=position, reason="written in error"), on)

    def confirm(self, position: int, on: str, role: str = "production") -> int:
        """Whoever answers for a fact confirms it."""
        return self.tell(FactConfirmed(position=position, role=role), on)

    def close(self, period: str, without: int = 0) -> None:
        """Closes a month by all that is known but the last few facts."""
        self._runner.catch_up()
        month, known_at = Period.parse(period), self.journal.head() - without
        with self.journal.cursor() as cursor:
            made = closing.compute(cursor, month, known_at)
        self.tell(made.fact(ENGINE), str(month.next().first_day))
        self._runner.catch_up()

    def _deal(
        self, kind: Callable[..., Fact], employee: str, deal: str, amount_minor: int, fields: dict[str, Any]
    ) -> Fact:
        return kind(
            employee=employee,
            customer="C1",
            deal=deal,
            amount_minor=amount_minor,
            currency=self.currency,
            **fields,
        )
