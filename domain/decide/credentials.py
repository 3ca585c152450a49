"""Rules on credentials: what was granted once changes in the order of its days, and a revocation is final."""

import datetime as dt

from domain.decide.known import CredentialStep, Known
from domain.facts.credentials import (
    CredentialFact,
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.refusals import (
    BadField,
    CredentialAlreadySuspended,
    CredentialExists,
    CredentialNotSuspended,
    CredentialRevokedForGood,
    OutOfOrder,
    UnknownCredential,
)


def grant(fact: CredentialGranted, known: Known) -> None:
    """An id stands for one credential of one person, which does not expire before it is granted.

    Raises: CredentialExists, BadField.
    """
    if steps := known.credentials.get(fact.credential):
        where = f"at position {steps[0].position}" if steps[0].position else "earlier in this batch"
        raise CredentialExists(
            field="data.credential",
            detail=f"Credential {fact.credential} was granted {where}.",
            remedy="Record credential_renewed for a longer term, or give the new one an id of its own.",
        )
    if fact.expires_on is not None and fact.expires_on < fact.granted_on:
        raise BadField(
            field="data.expires_on",
            detail=f"It would expire on {fact.expires_on}, before it is granted on {fact.granted_on}.",
            remedy="Mend one of the days.",
        )


def change(fact: CredentialFact, known: Known) -> None:
    """Only what exists is renewed, suspended, reinstated or revoked, and only what is not revoked.

    Raises: UnknownCredential, CredentialRevokedForGood, OutOfOrder, BadField, CredentialAlreadySuspended,
    CredentialNotSuspended.
    """
    steps = known.credentials.get(fact.credential, ())
    if not steps or steps[0].fact.employee != fact.employee:
        raise UnknownCredential(
            field="data.credential",
            detail=f"{fact.employee} has no live credential {fact.credential}.",
            remedy="Record credential_granted first, or mend the ids.",
        )
    last = steps[-1]
    if isinstance(last.fact, CredentialRevoked):
        raise CredentialRevokedForGood(
            field="data.credential",
            detail=f"Credential {fact.credential} was revoked on {last.fact.effective_on}.",
            remedy="Grant a new one under an id of its own.",
        )
    _require_order(fact, last)
    match fact:
        case CredentialRenewed():
            _require_longer(fact, steps)
        case CredentialSuspended() if _is_suspended(steps):
            raise CredentialAlreadySuspended(
                field="data.credential",
                detail=f"Credential {fact.credential} is suspended already.",
                remedy="Nothing is left to do, unless it is to be revoked.",
            )
        case CredentialReinstated() if not _is_suspended(steps):
            raise CredentialNotSuspended(
                field="data.credential",
                detail=f"Credential {fact.credential} is not suspended.",
                remedy="Record credential_renewed if it has expired.",
            )
        case _:
            pass


def _require_order(fact: CredentialFact, last: CredentialStep) -> None:
    if _day(fact) < _day(last.fact):
        raise OutOfOrder(
            field="data.effective_on",
            detail=f"Credential {fact.credential} changed on {_day(last.fact)} already.",
            remedy="Mend the day, or void the later change first.",
        )


def _require_longer(fact: CredentialRenewed, steps: tuple[CredentialStep, ...]) -> None:
    until = next(
        step.fact.expires_on
        for step in reversed(steps)
        if isinstance(step.fact, CredentialGranted | CredentialRenewed)
    )
    if until is None or fact.expires_on <= until or fact.expires_on < fact.effective_on:
        holds = "does not expire" if until is None else f"holds until {until}"
        raise BadField(
            field="data.expires_on",
            detail=f"Until {fact.expires_on} is no renewal: credential {fact.credential} {holds}.",
            remedy="Give a later day; to end it early, suspend or revoke it.",
        )


def _is_suspended(steps: tuple[CredentialStep, ...]) -> bool:
    for step in reversed(steps):
        if isinstance(step.fact, CredentialSuspended | CredentialReinstated):
            return isinstance(step.fact, CredentialSuspended)
    return False


def _day(fact: CredentialFact) -> dt.date:
    return fact.granted_on if isinstance(fact, CredentialGranted) else fact.effective_on
