"""Facts and drafts for tests, as short as can be."""

import datetime as dt
from itertools import count
from uuid import uuid4

from domain.facts.base import Fact
from domain.facts.selling import VisitRecorded
from domain.journal.record import Draft, draft

NOW = dt.datetime(2025, 3, 10, 9, 30, tzinfo=dt.UTC)
LEDGER = "ledger"

_numbers = count(1)


def visit(employee: str = "E1", customer: str = "H1", *, kind: str = "demo") -> VisitRecorded:
    """A visit of E1 to H1."""
    return VisitRecorded(employee=employee, customer=customer, kind=kind)


def drafted(
    fact: Fact | None = None,
    *,
    key: str | None = None,
    source: str = "crm",
    occurred_at: dt.datetime = NOW,
    actor: str = "test",
) -> Draft:
    """`fact`, or some visit, ready for the journal; under a new key if none is given."""
    return draft(
        fact or visit(),
        source=source,
        key=key or f"{uuid4().hex}-{next(_numbers)}",
        occurred_at=occurred_at,
        actor=actor,
    )


def visits(number: int) -> list[Draft]:
    """So many visits, each under a new key."""
    return [drafted(visit(f"E{index % 20}", f"H{index % 7}")) for index in range(number)]
