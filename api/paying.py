"""Paying a month by command: its run approved and released, pay held, inquiries settled."""

from typing import Any
from uuid import uuid4

import msgspec
from psycopg import Cursor

from api.intake import Stored, Submission
from api.ops import SOURCE, Ledger, now, submit_one
from api.payroll import not_closed
from api.problems import NotFound
from domain.facts.base import Fact
from domain.facts.inquiries import InquiryAnswered, InquiryResolved, Outcome
from domain.facts.runs import HoldReleased, RunApproved, RunReleased
from domain.period import Period
from projections import inquiries, paying

DIGEST = "select statements_digest from closed_period where period = %s"


def record(ledger: Ledger, fact: Fact, actor: str) -> Stored:
    """Where `fact`, which happened now, stands.

    Raises: the Refusal, when it is refused.
    """
    key = f"{fact.TYPE}/{uuid4().hex}"
    data: dict[str, Any] = msgspec.to_builtins(fact)
    return submit_one(
        ledger, Submission(type=fact.TYPE, source=SOURCE, key=key, occurred_at=now(), data=data), actor
    )


def approve(ledger: Ledger, cursor: Cursor[Any], period: Period, approver: str, actor: str) -> Stored:
    """Approves the closed run of `period` as it stands.

    Raises: NotFinal; RunBeyond, SecondPersonNeeded.
    """
    digest = _digest(cursor, period)
    fact = RunApproved(period=str(period), statements_digest=digest, approver=approver)
    return record(ledger, fact, actor)


def release(ledger: Ledger, cursor: Cursor[Any], period: Period, actor: str) -> Stored:
    """Lets the approved run of `period` go out to be paid.

    Raises: NotFinal; RunNotReady, RunBeyond.
    """
    fact = RunReleased(period=str(period), statements_digest=_digest(cursor, period))
    return record(ledger, fact, actor)


def let_go(ledger: Ledger, cursor: Cursor[Any], hold: str, reason: str, actor: str) -> Stored:
    """Releases the hold with this id.

    Raises: NotFound; HoldOver.
    """
    found = next((each for each in paying.holds(cursor) if each.hold == hold), None)
    if found is None:
        raise NotFound(field="hold", detail=f"Nothing is held under {hold!r}.", remedy="See meritbook holds.")
    return record(ledger, HoldReleased(hold=hold, employee=found.employee, reason=reason), actor)


def answer(ledger: Ledger, cursor: Cursor[Any], inquiry: str, note: str, actor: str) -> Stored:
    """Answers the inquiry with this id.

    Raises: NotFound; InquirySettled, SecondPersonNeeded.
    """
    fact = InquiryAnswered(inquiry=inquiry, employee=_asker(cursor, inquiry), note=note)
    return record(ledger, fact, actor)


def resolve(
    ledger: Ledger,
    cursor: Cursor[Any],
    inquiry: str,
    outcome: Outcome,
    actor: str,
    *,
    corrections: list[int],
    note: str | None,
    signature: str | None,
) -> Stored:
    """Settles the inquiry with this id.

    Raises: NotFound; InquirySettled, SecondPersonNeeded, SignatureNeeded, UnknownFact, BadField.
    """
    fact = InquiryResolved(
        inquiry=inquiry,
        employee=_asker(cursor, inquiry),
        outcome=outcome,
        corrections=corrections or None,
        note=note,
        signature=signature,
    )
    return record(ledger, fact, actor)


def _asker(cursor: Cursor[Any], inquiry: str) -> str:
    found = inquiries.inquiries(cursor, inquiry=inquiry)
    if not found:
        detail = f"There is no inquiry {inquiry!r}."
        raise NotFound(field="inquiry", detail=detail, remedy="See meritbook inquiry list.")
    return found[0].employee


def _digest(cursor: Cursor[Any], period: Period) -> str:
    row = cursor.execute(DIGEST, [str(period)]).fetchone()
    if row is None:
        raise not_closed(period)
    return str(row[0])
