"""Facts about the rules themselves: the ledger, branches, plans, targets, periods, voids, confirmations."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from domain.facts.base import (
    AnyPeriodText,
    ApproverId,
    BranchId,
    Currency,
    Day,
    Digest,
    DraftId,
    EmployeeId,
    ExactText,
    Fact,
    Label,
    Name,
    PeriodText,
    PlanId,
    Position,
    Reason,
    ValueText,
    stated,
)

Level = Literal["branch", "team", "person"]


class LedgerOpened(Fact, frozen=True, kw_only=True):
    """The first fact of a ledger: whose it is, its zone and its currency.

    zone: IANA name; business days are days in this zone.
    """

    TYPE: ClassVar[str] = "ledger_opened"
    name: Label
    zone: str = stated("Asia/Shanghai")
    currency: Currency = stated("CNY")


class BranchOpened(Fact, frozen=True, kw_only=True):
    """The firm works in another place. title: its name for people."""

    TYPE: ClassVar[str] = "branch_opened"
    branch: BranchId
    title: Label
    opened_on: Day


class BranchMerged(Fact, frozen=True, kw_only=True):
    """From `effective_on` the branch works as part of `into`.

    It moves nobody by itself: `meritbook merge-branch` records it with a transfer of each of its people.
    """

    TYPE: ClassVar[str] = "branch_merged"
    branch: BranchId
    into: BranchId
    effective_on: Day
    reason: Reason


class PlanAdopted(Fact, frozen=True, kw_only=True):
    """A plan document takes effect; the version before it ends the day before.

    document: the whole document as JSON, without floats. document_hash: SHA-256 of its canonical JSON.
    approver: the second person; the actor of the record is the first. draft: the one that is accepted by it.
    proposed_at: position of the proposal of that draft which this confirms; `approver` is then who made it.
    """

    TYPE: ClassVar[str] = "plan_adopted"
    plan: PlanId
    effective_from: Day
    document: dict[str, object]
    document_hash: Digest
    approver: ApproverId
    draft: DraftId | None = None
    proposed_at: Position | None = None


class PlanEnded(Fact, frozen=True, kw_only=True):
    """A plan no longer applies after `ended_on`."""

    TYPE: ClassVar[str] = "plan_ended"
    plan: PlanId
    ended_on: Day
    reason: Reason


class TargetChanged(Fact, frozen=True, kw_only=True):
    """A target or milestone was changed for one person; voiding this fact puts the old one back.

    within_days: new length of a milestone's window, counted from the hire date.
    effective_until: last day; absent for no end. approver: the second person. proposal: what they approve by
    recording this; absent where whoever records it is the first person, and only names the second.
    """

    TYPE: ClassVar[str] = "target_changed"
    employee: EmployeeId
    target: Name
    value: ValueText
    effective_from: Day
    reason: Reason
    approver: ApproverId
    within_days: int | None = None
    effective_until: Day | None = None
    proposal: Position | None = None


class OverrideSet(Fact, frozen=True, kw_only=True):
    """A branch, team or person sets a parameter that the plan left open to it.

    scope: the id of the branch, team or person. approver, proposal: as of `target_changed`.
    """

    TYPE: ClassVar[str] = "override_set"
    plan: PlanId
    parameter: Name
    level: Level
    scope: Label
    value: ValueText
    effective_from: Day
    reason: Reason
    approver: ApproverId
    effective_until: Day | None = None
    proposal: Position | None = None


class PlanInForce(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A plan version that a closed period was computed with."""

    plan: PlanId
    adopted_at: Position
    document_hash: Digest


class CloseProposed(Fact, frozen=True, kw_only=True):
    """Somebody has looked at a month as it stood at `known_at` and wants it closed; somebody else closes it.

    statements_digest, statements: of the statements that they looked at, as a close says them.
    """

    TYPE: ClassVar[str] = "close_proposed"
    period: PeriodText
    known_at: int
    statements_digest: Digest
    statements: int


class PeriodClosed(Fact, frozen=True, kw_only=True):
    """A month's statements became final.

    proposed_at: position of the proposal that this confirms, made by somebody else; absent where one person
    closed it alone. known_at: the last position that they take into account; what came later is settled in a
    later month.
    statements_digest: Merkle root (RFC 6962) over the canonical JSON of all statements, in order of employee.
    statements: how many they are. What they come to is not said: everybody's receipt shows this record.
    """

    TYPE: ClassVar[str] = "period_closed"
    period: PeriodText
    known_at: int
    statements_digest: Digest
    statements: int
    currency: Currency
    plans: list[PlanInForce]
    engine: str
    proposed_at: Position | None = None


class HonourAwarded(Fact, frozen=True, kw_only=True):
    """A person is honoured for a place on a board: star of the week, newcomer of the month.

    period: that the board was about. place: 1 is first. value: of the board's measure, which `measure` names.
    evidence: positions of the facts behind the value, the first hundred of them.
    """

    TYPE: ClassVar[str] = "honour_awarded"
    employee: EmployeeId
    plan: PlanId
    board: Name
    period: AnyPeriodText
    place: Annotated[int, Meta(ge=1, le=1000)]
    value: ExactText
    evidence: Annotated[list[Position], Meta(max_length=100)]
    measure: Name | None = None


class BoardDisplayChosen(Fact, frozen=True, kw_only=True):
    """A person says whether others see them by name on boards and among honours; the last choice holds.

    They keep their place either way.
    """

    TYPE: ClassVar[str] = "board_display_chosen"
    employee: EmployeeId
    display: Literal["named", "anonymous"]


class FactVoided(Fact, frozen=True, kw_only=True):
    """The fact at `position` was written in error and counts for nothing; a void cannot be voided."""

    TYPE: ClassVar[str] = "fact_voided"
    position: Position
    reason: Reason


class FactConfirmed(Fact, frozen=True, kw_only=True):
    """Whoever answers for a metric confirms the fact at `position`. role: production, rd, manager …"""

    TYPE: ClassVar[str] = "fact_confirmed"
    position: Position
    role: Label
