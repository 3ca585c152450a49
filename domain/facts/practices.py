"""Facts about selling well: practices with the results behind them, and who decides at a client."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from domain.facts.base import (
    AnyPeriodText,
    BranchId,
    CustomerId,
    EmployeeId,
    Fact,
    Label,
    Name,
    Note,
    PersonName,
    PlanId,
    PracticeId,
    personal,
)
from domain.facts.selling import Stage

ProcessStep = Literal["department_request", "equipment_review", "presidents_approval"]
"""How a hospital buys equipment: a department asks, the equipment office reviews, the president approves."""

Heading = Annotated[
    str, Meta(pattern=r"^[^\x00-\x1f]{1,120}\Z", description="What it is about, without personal data.")
]
PracticeText = Annotated[
    str, Meta(pattern=r"^[^\x00]{1,4000}\Z", description="What is done and how, without personal data.")
]
Contact = Annotated[str, personal(r"[^\x00-\x1f]{1,200}", "A telephone number, address or account.")]


class MeasuredResult(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Where the result of a practice is read: a measure of a plan, over a branch, in one period or two.

    The numbers are not told: they follow from facts. before: a period before it; after: one with it.
    """

    plan: PlanId
    measure: Name
    branch: BranchId
    after: AnyPeriodText
    before: AnyPeriodText | None = None


class PracticeShared(Fact, frozen=True, kw_only=True):
    """A way of working that others may follow; the last that is told of a practice holds.

    employee: whose it is. stage: of the sale at which it helps. step: of a hospital's buying at which it
    helps. kind: of clients; customer: the only one that it is about. results: where its effect is read.
    """

    TYPE: ClassVar[str] = "practice_shared"
    practice: PracticeId
    employee: EmployeeId
    title: Heading
    text: PracticeText
    stage: Stage | None = None
    step: ProcessStep | None = None
    kind: Label | None = None
    customer: CustomerId | None = None
    results: Annotated[list[MeasuredResult], Meta(min_length=1, max_length=10)] | None = None


class DecisionMakerRecorded(Fact, frozen=True, kw_only=True):
    """Who decides at a step of a client's buying; of a client, step and role the last one holds.

    employee: who found out. role: such as head of the equipment office. name, contact and note are the
    client's confidential data: for whoever looks after it, and for those who lead them.
    """

    TYPE: ClassVar[str] = "decision_maker_recorded"
    employee: EmployeeId
    customer: CustomerId
    step: ProcessStep
    role: Label
    name: PersonName
    contact: Contact | None = None
    note: Note | None = None
