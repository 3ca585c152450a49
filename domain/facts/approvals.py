"""Facts about approvals: somebody asks for something, and somebody else decides."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import AmountMinor, ApproverId, Currency, EmployeeId, Fact, Label, Note, Reason

ApprovalId = Annotated[str, Meta(pattern=r"^[\w.\-/]{1,64}\Z", description="Id of one thing asked for.")]
Outcome = Literal["approved", "refused", "withdrawn"]


class ApprovalAsked(Fact, frozen=True, kw_only=True):
    """Somebody asks for an approval: a reimbursement, a discount, a purchase. When it happened counts.

    amount_minor: what is asked for, in minor units of `currency`; both are absent where it is no money.
    """

    TYPE: ClassVar[str] = "approval_asked"
    approval: ApprovalId
    employee: EmployeeId
    kind: Label
    amount_minor: AmountMinor | None = None
    currency: Currency | None = None
    note: Note | None = None


class ApprovalDecided(Fact, frozen=True, kw_only=True):
    """What `employee` asked for is decided, once. approver: who decided; of what was withdrawn, absent."""

    TYPE: ClassVar[str] = "approval_decided"
    approval: ApprovalId
    employee: EmployeeId
    outcome: Outcome
    approver: ApproverId | None = None
    reason: Reason | None = None
