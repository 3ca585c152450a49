"""Roles: what each may do, and which facts it may write."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from domain.facts.changes import ChangeKind
from domain.facts.registry import CREDITED, FACT_TYPES

Role = Literal["employee", "manager", "hr", "hr_head", "payroll", "auditor", "integration", "administrator"]
Action = Literal[
    "record",
    "read_facts",
    "read_people",
    "read_clients",
    "read_care",
    "read_pay",
    "read_pay_ranges",
    "read_boards",
    "read_plans",
    "read_trail",
    "run_payroll",
    "use_account",
    "make_webhooks",
    "mend",
    "close_periods",
    "provision",
    "administer",
]

ScopeName = Literal["self", "team", "branch", "all"]
"""Whom a token reaches: its owner; whoever reports to them, through others too; a branch; everybody."""

ROLES: tuple[Role, ...] = get_args(Role)
SCOPES: tuple[ScopeName, ...] = get_args(ScopeName)

_PEOPLE_FACTS = frozenset(
    """employee_hired employee_transferred employee_promoted employee_left mentor_assigned assistant_assigned
    leave_taken probation_agreed posts_established employee_named directory_entry_set
    directory_entry_removed directory_group_set directory_group_removed""".split()
)
_LEARNING = frozenset("module_studied module_tested skill_graded survey_answered".split())
_TESTS = frozenset({"question_bank_published", "test_drawn", "test_answered"})
"""Who takes a test does so at its own address; these roles correct what went wrong."""
_SHIFTS = frozenset(
    """shift_pattern_set shift_rules_set shift_assigned shift_worked swap_asked swap_consented swap_approved
    swap_refused shift_need_set shift_wished""".split()
)
_OF_OWN_SHIFTS = frozenset("swap_asked swap_consented swap_refused shift_wished".split())
_CARE = frozenset("alert_acknowledged intervention_opened intervention_closed probation_reviewed".split())
_PRACTICES = frozenset({"practice_shared", "decision_maker_recorded"})
_APPROVALS = frozenset({"approval_asked", "approval_decided"})
_CORRECTIONS = frozenset({"fact_voided", "fact_confirmed"})
_RULES = frozenset({"branch_opened", "target_changed", "override_set"})
_WORDS = frozenset({"title_set"})
_SAID_OF_PLANS = frozenset({"plan_commented", "plan_acknowledged"})
_RUNS = frozenset("run_approved run_released pay_held hold_released payment_confirmed".split())
_HOLDS = frozenset({"pay_held", "hold_released"})
_ON_INQUIRIES = frozenset({"inquiry_answered", "inquiry_resolved"})
_CHANGES = frozenset({"change_proposed", "change_refused"})
"""What they are about must be for the role, too: `MAY_ANSWER`."""
_CREDENTIALS = frozenset(
    """credential_granted credential_renewed credential_suspended credential_revoked
    credential_reinstated""".split()
)
"""Written by the head of HR and nobody else, not even an administrator."""
_GRADES = frozenset({"qualification_graded"})
"""What pay is multiplied by is not for a manager to write."""
_RATES = frozenset({"exchange_rate_set"})
"""Written by who keeps the books, or by the program that fetches them; nobody sets a rate for own deals."""
_OF_THE_SERVICE = frozenset(
    """ledger_opened close_proposed period_closed access_refused personal_data_read subject_erased
    token_made token_revoked connector_set connector_removed quarantine_settled access_changed
    signed_in webhook_changed""".split()
)
"""Written by the service's own commands only, whoever asks."""

_EVERYTHING = frozenset[Action](get_args(Action)) - {"read_clients"}
"""All but the clients, who are for whoever looks after them and their managers."""

MAY: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        "employee": frozenset[Action](
            {"record", "read_people", "read_clients", "read_pay", "read_boards", "read_plans", "use_account"}
        ),
        "manager": frozenset[Action](
            {
                "record",
                "read_people",
                "read_clients",
                "read_care",
                "read_pay",
                "read_pay_ranges",
                "read_boards",
                "read_plans",
                "use_account",
                "make_webhooks",
            }
        ),
        "hr": frozenset[Action](
            {
                "record",
                "provision",
                "read_people",
                "read_care",
                "read_pay",
                "read_pay_ranges",
                "read_boards",
                "read_plans",
                "use_account",
                "make_webhooks",
            }
        ),
        "hr_head": _EVERYTHING - {"administer"},
        "payroll": frozenset[Action](
            {
                "record",
                "read_people",
                "read_pay",
                "read_pay_ranges",
                "read_boards",
                "read_plans",
                "run_payroll",
                "close_periods",
                "use_account",
                "make_webhooks",
            }
        ),
        "auditor": _EVERYTHING
        - {"record", "make_webhooks", "mend", "close_periods", "provision", "administer"},
        "integration": frozenset[Action](
            {"record", "read_boards", "use_account", "make_webhooks", "provision"}
        ),
        "administrator": _EVERYTHING,
    }
)
"""What a role may do, to whomever the scope of the token reaches."""

SCOPE_OF: Mapping[Role, ScopeName] = MappingProxyType(
    {role: "self" if role == "employee" else "team" if role == "manager" else "all" for role in ROLES}
)
"""The scope of a token that names none."""

MAY_RECORD: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        "employee": _SAID_OF_PLANS
        | _OF_OWN_SHIFTS
        | {
            "inquiry_opened",
            "inquiry_resolved",
            "survey_answered",
            "approval_asked",
            "decision_maker_recorded",
            "board_display_chosen",
        },
        "manager": (CREDITED - _GRADES)
        | {"skill_graded"}
        | _PRACTICES
        | _SHIFTS
        | _CARE
        | _APPROVALS
        | _CORRECTIONS
        | _RULES
        | _CHANGES
        | _ON_INQUIRIES
        | _HOLDS
        | {"plan_commented"},
        "hr": CREDITED
        | {"practice_shared", "honour_awarded", "board_display_chosen"}
        | _LEARNING
        | _TESTS
        | _SHIFTS
        | _CARE
        | _APPROVALS
        | _PEOPLE_FACTS
        | _CORRECTIONS
        | _SAID_OF_PLANS
        | _ON_INQUIRIES
        | _HOLDS
        | _WORDS
        | {
            "change_proposed",
            "plan_drafted",
            "adoption_proposed",
            "inquiry_opened",
            "notice_rules_set",
            "market_pay_surveyed",
        },
        "hr_head": frozenset(FACT_TYPES) - _OF_THE_SERVICE,
        "payroll": _RATES
        | _RUNS
        | _APPROVALS
        | _CHANGES
        | {"balance_written_off", "market_pay_surveyed"}
        | _ON_INQUIRIES
        | {"fact_voided"},
        "integration": CREDITED
        | _PRACTICES
        | _LEARNING
        | (_SHIFTS - {"swap_consented", "swap_approved"})
        | _PEOPLE_FACTS
        | _CORRECTIONS
        | _RATES
        | _APPROVALS
        | _WORDS
        | {"branch_opened", "payment_confirmed"},
        "administrator": frozenset(FACT_TYPES) - _OF_THE_SERVICE - _CREDENTIALS,
    }
)
"""Which facts a role may write; an employee only those about themselves."""

_ERASES = frozenset[Role]({"hr_head", "administrator"})


def _answers(kind: str) -> frozenset[Role]:
    if kind == "subject_erased":
        return _ERASES
    return frozenset([role for role in ROLES if kind in MAY_RECORD.get(role, ())])


MAY_ANSWER: Mapping[str, frozenset[Role]] = MappingProxyType(
    {kind: _answers(kind) for kind in get_args(ChangeKind)}
)
"""Who approves and refuses a change that takes two, by its type."""

_HR = frozenset[Role]({"hr"})

MAY_PROPOSE: Mapping[str, frozenset[Role]] = MappingProxyType(
    {kind: roles | _HR if kind == "subject_erased" else roles for kind, roles in MAY_ANSWER.items()}
)
"""Who proposes one."""
