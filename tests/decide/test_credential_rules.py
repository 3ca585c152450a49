"""What may happen to a credential and what may not, after every step of its life."""

import datetime as dt

import pytest
from decide.test_decide import HERE, day, hired, refused, void

from domain import refusals
from domain.facts.base import Fact
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)


def granted(until: str | None = "2025-06-30", credential: str = "C1") -> CredentialGranted:
    return CredentialGranted(
        employee="E1",
        credential=credential,
        kind="nursing licence",
        granted_on=day("2020-07-01"),
        expires_on=None if until is None else day(until),
    )


def renewed(on: str, until: str, employee: str = "E1") -> CredentialRenewed:
    return CredentialRenewed(employee=employee, credential="C1", effective_on=day(on), expires_on=day(until))


def suspended(on: str = "2025-02-01") -> CredentialSuspended:
    return CredentialSuspended(employee="E1", credential="C1", effective_on=day(on), reason="late")


def reinstated(on: str = "2025-02-10") -> CredentialReinstated:
    return CredentialReinstated(employee="E1", credential="C1", effective_on=day(on), reason="trained")


def revoked(on: str = "2025-03-01") -> CredentialRevoked:
    return CredentialRevoked(employee="E1", credential="C1", effective_on=day(on), reason="given up")


HELD = (*HERE, granted())
RENEWED = renewed("2025-05-20", "2030-06-30")


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        ((), granted(), refusals.UnknownEmployee),
        (HERE, granted(), None),
        (HERE, granted(until=None), None),
        (HERE, granted(until="2020-07-01"), None),
        (HERE, granted(until="2020-06-30"), refusals.BadField),
        (HELD, granted(), refusals.CredentialExists),
        (HELD, granted(credential="C2"), None),
        ((*HELD, void(3)), granted(), None),
        ((*HELD, revoked()), granted(), refusals.CredentialExists),
        (HERE, RENEWED, refusals.UnknownCredential),
        (HELD, renewed("2025-05-20", "2030-06-30", employee="E2"), refusals.UnknownEmployee),
        (HELD, RENEWED, None),
        (HELD, renewed("2025-09-15", "2030-06-30"), None),
        (HELD, renewed("2025-05-20", "2025-06-30"), refusals.BadField),
        (HELD, renewed("2025-05-20", "2025-07-01"), None),
        (HELD, renewed("2025-07-03", "2025-07-02"), refusals.BadField),
        (HELD, renewed("2020-06-30", "2030-06-30"), refusals.OutOfOrder),
        ((*HERE, granted(until=None)), RENEWED, refusals.BadField),
        ((*HELD, RENEWED), renewed("2025-05-20", "2030-06-30"), refusals.BadField),
        ((*HELD, suspended()), RENEWED, None),
        ((*HELD, suspended(), revoked()), renewed("2025-09-15", "2030-06-30"),
         refusals.CredentialRevokedForGood),
        (HERE, suspended(), refusals.UnknownCredential),
        (HELD, suspended(), None),
        ((*HELD, suspended()), suspended("2025-02-02"), refusals.CredentialAlreadySuspended),
        ((*HELD, suspended(), reinstated()), suspended("2025-02-10"), None),
        ((*HELD, revoked()), suspended("2025-03-02"), refusals.CredentialRevokedForGood),
        (HELD, reinstated(), refusals.CredentialNotSuspended),
        ((*HELD, suspended()), reinstated("2025-01-31"), refusals.OutOfOrder),
        ((*HELD, suspended()), reinstated("2025-02-01"), None),
        ((*HELD, suspended(), RENEWED), reinstated("2025-06-01"), None),
        ((*HELD, suspended(), reinstated()), reinstated("2025-02-11"), refusals.CredentialNotSuspended),
        ((*HELD, suspended(), void(4)), reinstated(), refusals.CredentialNotSuspended),
        ((*HELD, revoked()), reinstated("2025-03-02"), refusals.CredentialRevokedForGood),
        (HERE, revoked(), refusals.UnknownCredential),
        (HELD, revoked(), None),
        ((*HELD, revoked()), revoked("2025-03-02"), refusals.CredentialRevokedForGood),
        ((*HELD, revoked(), void(4)), revoked(), None),
        ((*HELD, suspended()), void(3), refusals.NotVoidable),
        ((*HELD, suspended()), void(4), None),
        ((*HELD, suspended(), void(4)), void(3), None),
        ((*HELD, suspended(), void(4)), void(4), refusals.AlreadyVoided),
    ],
)  # fmt: skip
def test_a_step_is_refused_or_passes(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected


def test_another_persons_credential_is_unknown() -> None:
    history = (*HELD, hired("E2"))
    assert refused(history, renewed("2025-05-20", "2030-06-30", employee="E2")) is refusals.UnknownCredential


def test_the_traces_of_use_are_never_voided() -> None:
    from domain.facts.trail import AccessRefused, PersonalDataRead

    read = PersonalDataRead(
        reader="hr", role="hr", operation="GET /v1/x", day=dt.date(2025, 3, 3), readings=1, people=1
    )
    assert refused((*HERE, AccessRefused(reason="no", times=1)), void(3)) is refusals.NotVoidable
    assert refused((*HERE, read), void(3)) is refusals.NotVoidable
