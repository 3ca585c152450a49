"""Facts about paying a month: its run is approved and released, pay is held back, payments are confirmed."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import (
    GREATEST,
    ApproverId,
    Currency,
    Day,
    DealId,
    Digest,
    EmployeeId,
    Fact,
    HoldId,
    Label,
    Name,
    PeriodText,
    PlanId,
    Reason,
)

HoldScope = Literal["person", "deal", "line"]
PaidMinor = Annotated[
    int,
    Meta(
        ge=-GREATEST,
        le=GREATEST,
        description="Money in minor units of `currency`; below 0 for money that came back.",
    ),
]


class RunApproved(Fact, frozen=True, kw_only=True):
    """A second person has looked at a closed run and lets it be paid.

    statements_digest: of the run that was looked at, as its close says. approver: who it was.
    """

    TYPE: ClassVar[str] = "run_approved"
    period: PeriodText
    statements_digest: Digest
    approver: ApproverId


class RunReleased(Fact, frozen=True, kw_only=True):
    """An approved run goes out to be paid; later holds are about later months."""

    TYPE: ClassVar[str] = "run_released"
    period: PeriodText
    statements_digest: Digest


class PayHeld(Fact, frozen=True, kw_only=True):
    """Pay of a person is kept back until the hold is released; what they earned stays as it is.

    scope: all of it, what one deal makes of it, or the lines of one component. period: the month whose
    run it is about; absent for every run that is not released yet, until the hold is.
    """

    TYPE: ClassVar[str] = "pay_held"
    hold: HoldId
    employee: EmployeeId
    scope: HoldScope
    reason: Reason
    period: PeriodText | None = None
    deal: DealId | None = None
    plan: PlanId | None = None
    component: Name | None = None
    approver: ApproverId | None = None


class HoldReleased(Fact, frozen=True, kw_only=True):
    """What a hold kept back may be paid."""

    TYPE: ClassVar[str] = "hold_released"
    hold: HoldId
    employee: EmployeeId
    reason: Reason
    approver: ApproverId | None = None


class PaymentConfirmed(Fact, frozen=True, kw_only=True):
    """A bank or payroll says that a person was paid for a month, or that money came back.

    reference: the bank's or payroll's own number of the payment.
    """

    TYPE: ClassVar[str] = "payment_confirmed"
    period: PeriodText
    employee: EmployeeId
    amount_minor: PaidMinor
    currency: Currency
    paid_on: Day
    reference: Label
