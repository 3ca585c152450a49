"""Facts about credentials: licences, certificates and permissions that people must hold."""

from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from domain.facts.base import Day, EmployeeId, Fact, Label, Reason, personal

CredentialId = Annotated[
    str,
    Meta(pattern=r"^[\w.\-/@]{1,64}\Z", description="Id of one credential of one person, not its number."),
]
CredentialNumber = Annotated[str, personal(r"[^\x00-\x1f]{1,100}", "The number that its issuer gave it.")]


class CredentialGranted(Fact, frozen=True, kw_only=True):
    """A person holds a licence, certificate or permission from `granted_on`.

    kind: nursing licence, practising certificate, radiation permit … expires_on: the last day on which it
    holds; absent for one that does not expire.
    """

    TYPE: ClassVar[str] = "credential_granted"
    employee: EmployeeId
    credential: CredentialId
    kind: Label
    granted_on: Day
    expires_on: Day | None = None
    issued_by: Label | None = None
    number: CredentialNumber | None = None


class CredentialRenewed(Fact, frozen=True, kw_only=True):
    """From `effective_on` a credential holds until `expires_on`, whether or not it had expired before."""

    TYPE: ClassVar[str] = "credential_renewed"
    employee: EmployeeId
    credential: CredentialId
    effective_on: Day
    expires_on: Day


class CredentialSuspended(Fact, frozen=True, kw_only=True):
    """A credential does not count from `effective_on` until it is reinstated."""

    TYPE: ClassVar[str] = "credential_suspended"
    employee: EmployeeId
    credential: CredentialId
    effective_on: Day
    reason: Reason


class CredentialRevoked(Fact, frozen=True, kw_only=True):
    """A credential is taken away from `effective_on`, for ever; another one may be granted."""

    TYPE: ClassVar[str] = "credential_revoked"
    employee: EmployeeId
    credential: CredentialId
    effective_on: Day
    reason: Reason


class CredentialReinstated(Fact, frozen=True, kw_only=True):
    """A suspended credential counts again from `effective_on`."""

    TYPE: ClassVar[str] = "credential_reinstated"
    employee: EmployeeId
    credential: CredentialId
    effective_on: Day
    reason: Reason


CredentialFact: TypeAlias = (
    CredentialGranted | CredentialRenewed | CredentialSuspended | CredentialRevoked | CredentialReinstated
)
