"""Changes that take two on this machine: proposed, approved, refused, withdrawn, by whom a caller names."""

from typing import Any

from psycopg import Cursor

from api.erasing import erase
from api.intake import Stored, Submission
from api.ops import SOURCE, Ledger, now, submit_one
from api.own_facts import new_key
from api.problems import NotFound
from domain.decide.proposed import Change, proposal_of, proposed_change
from domain.facts.base import Fact
from domain.facts.changes import ChangeProposed, ChangeRefused
from domain.facts.erasure import SubjectErased
from domain.facts.governance import FactVoided
from domain.facts.registry import decode
from domain.journal.lookup import at_positions


def proposal_at(cursor: Cursor[Any], position: int) -> ChangeProposed:
    """The proposal at `position`, whatever became of it, and whether it is counted yet or not.

    Raises: NotFound.
    """
    records = at_positions(cursor, [position])
    fact = decode(records[0].type, records[0].data) if records else None
    if not isinstance(fact, ChangeProposed):
        raise NotFound(
            field="proposal",
            detail=f"No proposal of a change stands at position {position}.",
            remedy="See /v1/proposals.",
        )
    return fact


def propose(ledger: Ledger, change: Change, *, actor: str) -> Stored:
    """Proposes `change`, whoever is named in it as its approver.

    Raises: the Refusals of the change.
    """
    return _told(ledger, proposal_of(change), f"change-proposed/{new_key()}", actor)


def approve(ledger: Ledger, position: int, *, actor: str) -> Stored:
    """Makes the change that is proposed at `position`, approved by `actor`.

    Raises: NotFound, ChangeNotProposed, SecondPersonNeeded, and the Refusals of the change.
    """
    with ledger.journal.cursor() as cursor:
        fact = proposed_change(proposal_at(cursor, position), actor, position)
    if not isinstance(fact, SubjectErased):
        return _told(ledger, fact, f"change-approved/{position}/{new_key()}", actor)
    given = {"employee": fact.employee, "customer": fact.customer, "reason": fact.reason}
    return erase(ledger, **given, actor=actor, approver=actor, proposal=position)[1]  # type: ignore[arg-type]


def refuse(ledger: Ledger, position: int, *, reason: str, actor: str) -> Stored:
    """Refuses the change that is proposed at `position`.

    Raises: NotFound, ChangeNotProposed, SecondPersonNeeded.
    """
    with ledger.journal.cursor() as cursor:
        fact = refusal_of(proposal_at(cursor, position), position, reason)
    return _told(ledger, fact, f"change-refused/{position}/{new_key()}", actor)


def withdraw(ledger: Ledger, position: int, *, reason: str, actor: str) -> Stored:
    """Takes back what is proposed at `position`.

    Raises: NotFound, AlreadyVoided.
    """
    with ledger.journal.cursor() as cursor:
        proposal_at(cursor, position)
    fact = FactVoided(position=position, reason=reason)
    return _told(ledger, fact, f"change-withdrawn/{new_key()}", actor)


def refusal_of(found: ChangeProposed, position: int, reason: str) -> ChangeRefused:
    """The refusal of what is `found` at `position`."""
    return ChangeRefused(
        proposal=position,
        changes=found.changes,
        reason=reason,
        employee=found.employee,
        customer=found.customer,
        branch=found.branch,
    )


def _told(ledger: Ledger, fact: Fact, key: str, actor: str) -> Stored:
    return submit_one(ledger, Submission.of(fact, source=SOURCE, key=key, occurred_at=now()), actor)
