"""A small firm's ledger for tests: facts in, read models caught up, months closed."""

import datetime as dt
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from given_plan import document

from domain.facts.base import Fact
from domain.facts.governance import (
    BranchOpened,
    FactConfirmed,
    FactVoided,
    LedgerOpened,
    PlanAdopted,
)
from domain.facts.people import EmployeeHired
from domain.facts.selling import CustomerRegistered, DealClosed, DealReversed, FollowUpRecorded, VisitRecorded
from domain.journal.append import Journal
from domain.journal.connection import connect
from domain.journal.record import draft
from domain.period import Period
from domain.plan.parse import document_hash, plan_document
from projections import closing, runner
from projections.closing import Closing
from projections.statements import Payslip, statement

NOW = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
NINE = dt.time(9)
ENGINE = "test"
HIRED = dt.date(2024, 6, 3)
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


class Book:
    """The ledger of a firm with a branch in Shanghai. Days are days of March 2025 unless given in full."""

    def __init__(self, journal: Journal, dsn: str, schema: str) -> None:
        self.journal, self._keys = journal, count(1)
        self.runner = runner.Runner(dsn, schema)
        with connect(dsn, schema, service=False) as connection:
            runner.create(connection)
        self.tell(LedgerOpened(name="firm"))
        self.tell(BranchOpened(branch="SH", title="Shanghai", opened_on=HIRED))

    def tell(self, fact: Fact, on: int | dt.date = 3, at: dt.time = NINE) -> int:
        """Records that `fact` happened on a day; its position."""
        day = dt.date(2025, 3, on) if isinstance(on, int) else on
        happened_at = dt.datetime.combine(day, at, SHANGHAI)
        made = draft(fact, source="test", key=str(next(self._keys)), occurred_at=happened_at, actor="test")
        [receipt] = self.journal.append([made], now=NOW)
        return receipt.position

    def hire(self, employee: str = "E1", **fields: Any) -> int:
        """A seller in Shanghai since last June."""
        known: dict[str, Any] = {"branch": "SH", "post": "seller", "hired_on": HIRED}
        return self.tell(EmployeeHired(employee=employee, **(known | fields)))

    def adopt(self, more: str = "", /, **changes: Any) -> int:
        """The small selling plan with the YAML `more` laid over it takes effect."""
        written = plan_document(document(more, **changes))
        return self.tell(
            PlanAdopted(
                plan=written["plan"],
                effective_from=dt.date.fromisoformat(written["effective_from"]),
                document=written,
                document_hash=document_hash(written),
                approver="boss",
            )
        )

    def register(self, *customers: str, employee: str = "E1", on: int | dt.date = 3) -> list[int]:
        """New clients."""
        return [self.tell(CustomerRegistered(employee=employee, customer=c), on) for c in customers]

    def follow(self, *customers: str, employee: str = "E1", on: int | dt.date = 3) -> list[int]:
        """Clients are called."""
        calls = (FollowUpRecorded(employee=employee, customer=c, kind="call") for c in customers)
        return [self.tell(call, on) for call in calls]

    def visit(self, *customers: str, employee: str = "E1", on: int | dt.date = 3) -> list[int]:
        """Clients are visited."""
        return [self.tell(VisitRecorded(employee=employee, customer=c), on) for c in customers]

    def sell(
        self, deal: str, amount_minor: int = 100_000, employee: str = "E1", on: int | dt.date = 3
    ) -> int:
        """A deal in yuan."""
        return self.tell(
            DealClosed(
                employee=employee, customer="C1", deal=deal, amount_minor=amount_minor, currency="CNY"
            ),
            on,
        )

    def take_back(
        self, deal: str, amount_minor: int = 100_000, employee: str = "E1", on: int | dt.date = 3
    ) -> int:
        """A deal comes back."""
        return self.tell(
            DealReversed(
                employee=employee, customer="C1", deal=deal, amount_minor=amount_minor, currency="CNY"
            ),
            on,
        )

    def void(self, position: int) -> int:
        """A fact was written in error."""
        return self.tell(FactVoided(position=position, reason="written in error"))

    def confirm(self, position: int, role: str) -> int:
        """Whoever answers for a fact confirms it."""
        return self.tell(FactConfirmed(position=position, role=role))

    @contextmanager
    def cursor(self) -> Generator[psycopg.Cursor[Any]]:
        """Reads the read models once they have caught up."""
        self.runner.catch_up()
        with self.journal.cursor() as cursor:
            yield cursor

    def close(self, period: str = "2025-03", known_at: int | None = None) -> Closing:
        """Closes a month by all that is known, or was at a position."""
        with self.cursor() as cursor:
            made = closing.compute(cursor, Period.parse(period), known_at or self.journal.head())
        self.tell(made.fact(ENGINE))
        self.runner.catch_up()
        return made

    def payslip(
        self, employee: str = "E1", period: str = "2025-03", known_at: int | None = None
    ) -> Payslip | None:
        """A person's statement."""
        with self.cursor() as cursor:
            return statement(cursor, employee, Period.parse(period), known_at, engine=ENGINE)

    def paid(
        self, employee: str = "E1", period: str = "2025-03", known_at: int | None = None
    ) -> dict[str, int]:
        """What each component of a statement pays, in minor units; deltas as `component of month`."""
        slip = self.payslip(employee, period, known_at)
        lines = slip.statement.lines if slip else ()
        return {f"{x.component} of {x.about}" if x.about else x.component: x.amount_minor for x in lines}
