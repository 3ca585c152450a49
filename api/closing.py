"""Closing a month takes two: one proposes what they looked at, another closes exactly that.

A firm of one sets MERITBOOK_CLOSING_PERSONS=1; a month that one person closed alone says so in its run. A
closed month is never opened again: what comes late is settled in a later month.
"""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
from psycopg import Cursor

from api.intake import Stored, Submission
from api.ops import SOURCE, Ledger, close_period, made_of, now, submit_one
from domain.facts.governance import CloseProposed, PeriodClosed
from domain.journal.lookup import at_positions
from domain.journal.query import Selector
from domain.journal.read import LAST, matching
from domain.period import Period
from domain.refusals import CloseNotProposed
from projections.crew import Shared

Progress = Callable[[int], None]


class Proposal(NamedTuple):
    """A proposal to close a month. actor: who made it."""

    position: int
    actor: str
    fact: CloseProposed


class Closers(NamedTuple):
    """Who closed a month, and who had proposed it; nobody where one person closed it alone."""

    closed_by: str
    proposed_by: str | None


def propose(
    ledger: Ledger,
    period: Period,
    *,
    actor: str,
    on_progress: Progress | None = None,
    shared: Shared | None = None,
) -> tuple[CloseProposed, Stored, int]:
    """Proposes to close a month as it stands now; the fact, where it stands, and what the month comes to.

    Raises: PeriodAlreadyClosed, PeriodOutOfOrder, PeriodNotOver, RateMissing.
    """
    made = made_of(ledger, period, on_progress, shared)
    fact = CloseProposed(
        period=str(period),
        known_at=made.known_at,
        statements_digest=made.digest,
        statements=len(made.statements),
    )
    submission = Submission(
        type=fact.TYPE,
        source=SOURCE,
        key=f"close-proposed/{period}/{uuid4().hex}",
        occurred_at=now(),
        data=msgspec.to_builtins(fact),
    )
    return fact, submit_one(ledger, submission, actor), made.total_minor


def close(
    ledger: Ledger,
    period: Period,
    *,
    actor: str,
    digest: str | None = None,
    on_progress: Progress | None = None,
    shared: Shared | None = None,
) -> tuple[PeriodClosed, Stored]:
    """Closes a month as somebody else has proposed; alone only where the settings ask for one person.

    digest: of the proposal that is confirmed, where whoever confirms it says so; then it takes two always.
    Raises: CloseNotProposed, SecondPersonNeeded, and the Refusals of a close.
    """
    with ledger.journal.cursor() as cursor:
        proposal = proposal_of(cursor, period)
    fits = proposal is not None and digest in (None, proposal.fact.statements_digest)
    alone = ledger.settings.closing_persons == 1 and digest is None
    if not alone and not fits:
        raise CloseNotProposed(
            field="data.period" if digest is None else "confirms",
            detail=f"Nobody has proposed to close {period}{' so' if digest else ''}.",
            remedy=f"Let somebody else propose it: meritbook close {period} --propose.",
        )
    proposed_at = proposal.position if proposal is not None and not alone else None
    return close_period(
        ledger, period, actor=actor, proposed_at=proposed_at, on_progress=on_progress, shared=shared
    )


def proposal_of(cursor: Cursor[Any], period: Period, known_at: int | None = None) -> Proposal | None:
    """The last proposal to close a month, if it was not withdrawn by a void; as known at a position."""
    tag, upto = (f"period:{period}",), LAST if known_at is None else known_at
    records = matching(cursor, (Selector(("close_proposed",), tag),), 0, LAST)
    for record in reversed([each for each in records if each.position <= upto]):
        voids = matching(cursor, (Selector(("fact_voided",), (f"fact:{record.position}",)),), 0, 1)
        if all(void.position > upto for void in voids):
            return Proposal(
                record.position, record.actor, msgspec.json.decode(record.data, type=CloseProposed)
            )
    return None


def closers(cursor: Cursor[Any], position: int) -> Closers:
    """Who closed the month whose close stands at `position`."""
    [record] = at_positions(cursor, [position])
    proposed_at = msgspec.json.decode(record.data, type=PeriodClosed).proposed_at
    proposer = None if proposed_at is None else at_positions(cursor, [proposed_at])[0].actor
    return Closers(record.actor, proposer)
