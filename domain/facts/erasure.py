"""The fact that somebody's personal data was made unreadable for ever."""

from typing import ClassVar

from domain.facts.base import ApproverId, CustomerId, Digest, EmployeeId, Fact, Position, Reason


class SubjectErased(Fact, frozen=True, kw_only=True):
    """The key of an employee or a client was destroyed, so nobody can read their personal data any more.

    employee, customer: one of them. key_fingerprint: of the key that was destroyed; absent if there was none.
    approver, proposal: as of `target_changed`. What is paid and was counted stays.
    """

    TYPE: ClassVar[str] = "subject_erased"
    reason: Reason
    approver: ApproverId
    employee: EmployeeId | None = None
    customer: CustomerId | None = None
    key_fingerprint: Digest | None = None
    proposal: Position | None = None
