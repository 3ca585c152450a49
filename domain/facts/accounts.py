"""Facts about what people owe out of their pay."""

from typing import ClassVar

from domain.facts.base import (
    AmountMinor,
    ApproverId,
    Currency,
    EmployeeId,
    Fact,
    Name,
    PlanId,
    Position,
    Reason,
)


class BalanceWrittenOff(Fact, frozen=True, kw_only=True):
    """What a person still owes on an account of a plan is given up, for good, by two others.

    account: the id of the plan's draw, or `negative_balance`. amount_minor: no more than is owed counts.
    approver, proposal: as of `target_changed`.
    """

    TYPE: ClassVar[str] = "balance_written_off"
    employee: EmployeeId
    plan: PlanId
    account: Name
    amount_minor: AmountMinor
    currency: Currency
    reason: Reason
    approver: ApproverId
    proposal: Position | None = None
