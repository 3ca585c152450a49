"""Facts about care: a warning is seen, somebody takes the matter in hand, and how it ended."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from domain.facts.base import AnyPeriodText, Day, EmployeeId, Fact, InterventionId, Name, Note, PlanId, Reason


class AlertAcknowledged(Fact, frozen=True, kw_only=True):
    """Somebody has seen a warning about `employee`. period: in which it was raised."""

    TYPE: ClassVar[str] = "alert_acknowledged"
    employee: EmployeeId
    plan: PlanId
    alert: Name
    period: AnyPeriodText


class InterventionOpened(Fact, frozen=True, kw_only=True):
    """Something is done for a person. owner: who sees to it. due_on: the day by which it should have helped.

    plan, alert, period: the warning behind it; absent where there was none.
    """

    TYPE: ClassVar[str] = "intervention_opened"
    intervention: InterventionId
    employee: EmployeeId
    owner: EmployeeId
    actions: Annotated[list[Reason], Meta(min_length=1, max_length=20)]
    due_on: Day
    plan: PlanId | None = None
    alert: Name | None = None
    period: AnyPeriodText | None = None
    note: Note | None = None


class InterventionClosed(Fact, frozen=True, kw_only=True):
    """An intervention is over. outcome: whether it helped, or the person left."""

    TYPE: ClassVar[str] = "intervention_closed"
    intervention: InterventionId
    employee: EmployeeId
    outcome: Literal["helped", "helped_in_part", "did_not_help", "left"]
    note: Note | None = None
