"""Facts about changes that take two: what one person proposes, and that another does not want it."""

from typing import ClassVar, Literal

from domain.facts.base import BranchId, CustomerId, EmployeeId, Fact, Position, Reason

ChangeKind = Literal["target_changed", "override_set", "balance_written_off", "subject_erased"]


class ChangeProposed(Fact, frozen=True, kw_only=True):
    """Somebody asks for a change that a second person approves, by recording it with this as its `proposal`.

    changes: type of the fact that is asked for. change: what it is to say, but for `approver` and `proposal`.
    employee, customer, branch: whom it concerns, as the change names them. Withdrawn by a void; it lapses.
    """

    TYPE: ClassVar[str] = "change_proposed"
    changes: ChangeKind
    change: dict[str, object]
    employee: EmployeeId | None = None
    customer: CustomerId | None = None
    branch: BranchId | None = None


class ChangeRefused(Fact, frozen=True, kw_only=True):
    """A second person does not want a change that was proposed; nothing changes.

    proposal: where it stands; what it is about is said again. reason: without personal data.
    """

    TYPE: ClassVar[str] = "change_refused"
    proposal: Position
    changes: ChangeKind
    reason: Reason
    employee: EmployeeId | None = None
    customer: CustomerId | None = None
    branch: BranchId | None = None
