"""What can be sent: facts as they were recorded, results as they come about; and the right that each takes.

Nothing personal goes out: names, notes and numbers are encrypted in a fact and left out of an event, as are
whole documents, which are read at their address.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from api.roles import MAY, Action, Role
from domain.facts.base import TOKEN, Fact
from domain.facts.personal import personal_fields
from domain.facts.registry import FACT_TYPES
from domain.journal.record import Record, instant_text
from domain.plan.fields import Title
from projections.milestones import MilestoneProgress
from projections.notices import Notice

FACT = "fact."
"""What the name of an event begins with that is a fact; the rest is the fact's type."""

STATEMENT, MILESTONE, WARNING, REMINDER, BOARD, TEST = (
    "statement.closed",
    "milestone.reached",
    "warning.raised",
    "reminder.due",
    "board.changed",
    "webhook.test",
)

LEFT_OUT = frozenset({"document", "questions", "answers", "seed"})
"""Documents are long, and what a test asks is nobody's business before it is taken."""

_NEEDS: Mapping[Action, str] = {
    "read_people": """employee_hired employee_transferred employee_promoted employee_left mentor_assigned
    assistant_assigned leave_taken probation_agreed follow_up_recorded visit_recorded stage_reached trial_held
    deal_closed deal_reversed complaint_received satisfaction_scored compliance_scored teamwork_scored
    activity_recorded lead_received contract_uploaded contract_passed contract_returned contract_told
    procedure_performed nursing_recorded patient_rated paper_published qualification_graded overtime_recorded
    shift_assigned shift_worked swap_asked swap_consented swap_approved swap_refused shift_need_set
    shift_wished module_studied module_tested skill_graded credential_granted credential_renewed
    credential_suspended credential_revoked credential_reinstated board_display_chosen plan_commented
    plan_acknowledged""",
    "read_clients": "customer_registered customer_assigned decision_maker_recorded",
    "read_care": """survey_answered alert_acknowledged intervention_opened intervention_closed
    probation_reviewed approval_asked approval_decided posts_established""",
    "read_pay": """target_changed override_set pay_held hold_released payment_confirmed balance_written_off
    inquiry_opened inquiry_answered inquiry_resolved""",
    "read_pay_ranges": "market_pay_surveyed",
    "read_boards": "honour_awarded practice_shared",
    "read_plans": """ledger_opened branch_opened branch_merged plan_drafted adoption_proposed plan_adopted
    plan_ended exchange_rate_set notice_rules_set shift_pattern_set shift_rules_set title_set""",
    "read_trail": "access_refused personal_data_read",
    "run_payroll": "period_closed run_approved run_released",
}
"""By right, the facts that one is told of with it; whatever stands nowhere takes the right to read all."""

CORRECTIONS = frozenset({"fact_voided", "fact_confirmed"})
"""They take the right to whatever fact they are about."""

NEEDED_BY_TYPE: Mapping[str, Action] = {
    name: action for action, names in _NEEDS.items() for name in names.split()
}

TOLD_MOVES = 5
"""So many moves of a board are told in a line; all of them stand in the event."""

OF_ALL = frozenset[Action]({"read_plans", "read_boards"})
"""What nobody in particular is told of may go to whoever has one of these rights, whatever their scope."""


class FactTold(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as an event tells it. fact: without what is personal, and without documents."""

    position: int
    recorded_at: str
    source: str
    key: str
    fact: dict[str, Any]


class StatementClosed(msgspec.Struct, frozen=True, kw_only=True):
    """A month was closed, and with it somebody's statement. position: of the close.

    digest: of the statement.
    """

    employee: str
    period: str
    position: int
    total_minor: int
    currency: str
    digest: str


class BoardMove(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody stands otherwise on a board: at `place` after `before`; null where they are not shown.

    anonymous: `employee` stands for somebody who chose not to be shown by name.
    """

    employee: str
    anonymous: bool
    place: int | None
    before: int | None


class BoardChanged(msgspec.Struct, frozen=True, kw_only=True):
    """The shown places of a board are others than were told last. position: of the last fact that counts.

    moves: of those within reach, in the order of their places; who is shown no longer comes last.
    """

    board: str
    plan: str
    title: Title
    period: str
    position: int
    moves: tuple[BoardMove, ...]

    @property
    def people(self) -> str:
        """Who moved, and where to, in one line."""
        return ", ".join(f"{each.employee} → {each.place or '–'}" for each in self.moves[:TOLD_MOVES])


class WebhookTest(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing happened; somebody wanted to see whether events arrive."""

    webhook: str
    name: str


class Result(NamedTuple):
    """An event that is no fact: the right that it takes, and the form of its data."""

    needs: Action
    data: type[msgspec.Struct]


RESULTS: Mapping[str, Result] = {
    STATEMENT: Result("read_pay", StatementClosed),
    MILESTONE: Result("read_people", MilestoneProgress),
    WARNING: Result("read_care", Notice),
    REMINDER: Result("read_people", Notice),
    BOARD: Result("read_boards", BoardChanged),
}

EVENTS: tuple[str, ...] = (*RESULTS, *(f"{FACT}{name}" for name in FACT_TYPES))
"""Everything that can be asked for."""


def needs(event: str) -> Action:
    """The right that it takes to be told of `event`."""
    if event in RESULTS:
        return RESULTS[event].needs
    return NEEDED_BY_TYPE.get(event.removeprefix(FACT), "read_facts")


def may_be_told(role: Role, event: str) -> bool:
    """Whether a role may be told of `event`, about those whom its scope reaches."""
    if event.removeprefix(FACT) in CORRECTIONS:
        return "read_people" in MAY[role]
    return needs(event) in MAY[role]


def fact_types(events: tuple[str, ...]) -> list[str]:
    """The types of facts that have to be looked at for `events`."""
    found = {event.removeprefix(FACT) for event in events if event.startswith(FACT)}
    return sorted(found | ({"period_closed"} if STATEMENT in events else set()))


def public(fact: Fact) -> dict[str, Any]:
    """What of `fact` may leave the ledger."""
    hidden = LEFT_OUT.union(personal_fields(type(fact)))
    said: dict[str, Any] = msgspec.to_builtins(fact)
    return {
        name: value
        for name, value in said.items()
        if name not in hidden and not (isinstance(value, str) and value.startswith(TOKEN))
    }


def fact_told(record: Record, fact: Fact) -> FactTold:
    """The data of the event that `record` is."""
    return FactTold(
        position=record.position,
        recorded_at=instant_text(record.recorded_at),
        source=record.source,
        key=record.key,
        fact=public(fact),
    )


def body_of(event: str, timestamp: str, data: msgspec.Struct) -> bytes:
    """An event as it is signed and sent."""
    return msgspec.json.encode({"type": event, "timestamp": timestamp, "data": data})


def message_of(webhook: str, *identity: object) -> str:
    """The webhook-id of an event for one webhook: the same whenever it is worked out again.

    identity: of the event; of a fact its position, source and key, so that a ledger which was restored and
    went on otherwise sends other ids.
    """
    said = msgspec.json.encode([webhook, *identity])
    return f"msg_{hashlib.sha256(said).hexdigest()[:32]}"
