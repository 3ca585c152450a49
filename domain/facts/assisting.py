"""Facts about what assistants do for sellers: leads that come in, and contracts on their way.

Each is credited to the seller whom it is about. Whoever serves the seller on that day has it as `assisted`.
"""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import (
    AmountMinor,
    ContractId,
    Currency,
    CustomerId,
    DealId,
    EmployeeId,
    Fact,
    Label,
    LeadId,
    Reason,
)

Review = Literal["legal", "finance"]


class LeadReceived(Fact, frozen=True, kw_only=True):
    """Somebody may want to buy, and `employee` is to sell to them; their assistant follows it up.

    amount_minor: what it may bring, in minor units of `currency`, > 0; both or neither. decision_chain: who
    has a say there, by their posts, the first one first. channel: where it came from.
    """

    TYPE: ClassVar[str] = "lead_received"
    employee: EmployeeId
    lead: LeadId
    customer: CustomerId
    amount_minor: AmountMinor | None = None
    currency: Currency | None = None
    industry: Label | None = None
    decision_chain: Annotated[list[Label], Meta(min_length=1, max_length=20)] | None = None
    channel: Label | None = None


class ContractUploaded(Fact, frozen=True, kw_only=True):
    """A contract of a seller was handed in for review: for the first time, or again after it came back.

    assistant: who prepared it; whoever serves the seller when absent.
    """

    TYPE: ClassVar[str] = "contract_uploaded"
    employee: EmployeeId
    contract: ContractId
    customer: CustomerId | None = None
    deal: DealId | None = None
    assistant: EmployeeId | None = None


class ContractPassed(Fact, frozen=True, kw_only=True):
    """A contract passed a review. kind: first that of the lawyers, then that of finance."""

    TYPE: ClassVar[str] = "contract_passed"
    employee: EmployeeId
    contract: ContractId
    kind: Review
    reviewer: EmployeeId | None = None


class ContractReturned(Fact, frozen=True, kw_only=True):
    """A review found errors in a contract: it is to be mended, and uploaded anew."""

    TYPE: ClassVar[str] = "contract_returned"
    employee: EmployeeId
    contract: ContractId
    kind: Review
    reason: Reason
    reviewer: EmployeeId | None = None


class ContractTold(Fact, frozen=True, kw_only=True):
    """The seller was told that a contract has passed both reviews, which ends its way."""

    TYPE: ClassVar[str] = "contract_told"
    employee: EmployeeId
    contract: ContractId
