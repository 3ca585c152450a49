"""Facts about questions and disputes: somebody asks about their pay, is answered, and it is settled."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import (
    GREATEST,
    EmployeeId,
    ExactText,
    Fact,
    InquiryId,
    Label,
    Name,
    Note,
    PeriodText,
    PlanId,
    Position,
)

InquiryKind = Literal[
    "question", "missing_credit", "wrong_credit", "wrong_target", "wrong_amount", "held_pay", "other"
]
Outcome = Literal["upheld", "rejected", "withdrawn"]
ExpectedMinor = Annotated[
    int, Meta(ge=-GREATEST, le=GREATEST, description="Money in minor units of the statement's currency.")
]


class InquiryOpened(Fact, frozen=True, kw_only=True):
    """Somebody asks about what they are paid for a month, or disputes it.

    plan, component: the line that is meant; absent for the whole statement. expected_minor, expected_count:
    what it should come to, or how much should have counted, in their view; one of them at most.
    """

    TYPE: ClassVar[str] = "inquiry_opened"
    inquiry: InquiryId
    employee: EmployeeId
    period: PeriodText
    kind: InquiryKind
    note: Note
    plan: PlanId | None = None
    component: Name | None = None
    expected_minor: ExpectedMinor | None = None
    expected_count: ExactText | None = None


class InquiryAnswered(Fact, frozen=True, kw_only=True):
    """Whoever looked into an inquiry says what they found; it stays unsettled."""

    TYPE: ClassVar[str] = "inquiry_answered"
    inquiry: InquiryId
    employee: EmployeeId
    note: Note


class InquiryResolved(Fact, frozen=True, kw_only=True):
    """An inquiry is settled for good.

    corrections: positions of the facts that mend what was upheld: voids, facts recorded late, targets.
    signature: where the paper is filed, when somebody else withdraws it for the person.
    """

    TYPE: ClassVar[str] = "inquiry_resolved"
    inquiry: InquiryId
    employee: EmployeeId
    outcome: Outcome
    corrections: Annotated[list[Position], Meta(min_length=1, max_length=50)] | None = None
    note: Note | None = None
    signature: Label | None = None
