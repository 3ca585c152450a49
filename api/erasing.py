"""Erasing somebody's personal data, on the word of two persons."""

import msgspec

from api.erasures import settle_erasures
from api.intake import Stored, Submission
from api.keys import scrub
from api.ops import SOURCE, Ledger, now, submit_one
from domain.facts.erasure import SubjectErased
from domain.facts.personal import subject_of
from domain.journal.query import Selector
from domain.journal.read import matching
from domain.journal.vault import KeysUnavailable
from domain.refusals import BadField


def erase(
    ledger: Ledger,
    *,
    employee: str | None,
    customer: str | None,
    reason: str,
    actor: str,
    approver: str,
    proposal: int | None = None,
) -> tuple[SubjectErased, Stored]:
    """Destroys the key of an employee or a client and says so in the journal, both or neither.

    The same person again changes nothing. proposal: what `actor`, who is then the approver, approves by it.
    Raises: the Refusals of an erasure; BadField for a client of whom no fact speaks.
    """
    asked = SubjectErased(
        employee=employee, customer=customer, reason=reason, approver=approver, proposal=proposal
    )
    subject = subject_of(asked) or ""
    with ledger.journal.cursor() as cursor:
        before = matching(cursor, (Selector(("subject_erased",), (subject,)),), 0, 1)
        if customer is not None and not matching(cursor, (Selector((), (subject,)),), 0, 1):
            raise BadField(field="customer", detail=f"No fact speaks of {customer!r}.", remedy="Mend the id.")
    if before:
        fact = msgspec.json.decode(before[0].data, type=SubjectErased)
        return fact, Stored(before[0].position, True, before[0].recorded_at)
    fact = msgspec.structs.replace(asked, key_fingerprint=_fingerprint(ledger, subject))
    submission = Submission(
        type=fact.TYPE,
        source=SOURCE,
        key=f"subject-erased/{subject}",
        occurred_at=now(),
        data=msgspec.json.encode(fact),
    )
    stored = submit_one(ledger, submission, actor)
    settle_erasures(ledger.journal, ledger.intake, ledger.settings.home)
    scrub(ledger)
    return fact, stored


def _fingerprint(ledger: Ledger, subject: str) -> str | None:
    """By which the key is known that is destroyed; None if there is none, or none that can be read."""
    try:
        with ledger.journal.cursor() as cursor:
            keys = ledger.vault.look(cursor, {subject})
    except KeysUnavailable:
        return None
    cipher = keys.ciphers.get(subject)
    return cipher.fingerprint if cipher and subject not in keys.fresh else None
