"""Which facts of the journal a new fact's rules must look at: its consistency boundary."""

from typing import NamedTuple

from domain.facts.accounts import BalanceWrittenOff
from domain.facts.approvals import ApprovalAsked, ApprovalDecided
from domain.facts.assisting import (
    ContractPassed,
    ContractReturned,
    ContractTold,
    ContractUploaded,
    LeadReceived,
)
from domain.facts.base import Fact
from domain.facts.credentials import (
    CredentialGranted,
    CredentialReinstated,
    CredentialRenewed,
    CredentialRevoked,
    CredentialSuspended,
)
from domain.facts.currencies import ExchangeRateSet
from domain.facts.erasure import SubjectErased
from domain.facts.governance import (
    BranchMerged,
    BranchOpened,
    FactConfirmed,
    FactVoided,
    HonourAwarded,
    LedgerOpened,
    OverrideSet,
    PeriodClosed,
    PlanAdopted,
    PlanEnded,
    TargetChanged,
)
from domain.facts.inquiries import InquiryAnswered, InquiryOpened, InquiryResolved
from domain.facts.interventions import InterventionClosed, InterventionOpened
from domain.facts.named import Named, people_in
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.facts.personal import subject_of
from domain.facts.plans import PlanAcknowledged, PlanCommented, PlanDrafted
from domain.facts.practices import PracticeShared
from domain.facts.probation import ProbationReviewed
from domain.facts.question_banks import QuestionBankPublished, TestAnswered, TestDrawn
from domain.facts.runs import HoldReleased, PayHeld, PaymentConfirmed, RunApproved, RunReleased
from domain.facts.selling import DealClosed, DealCosted, DealReversed
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)


class Look(NamedTuple):
    """Facts of these types that bear this tag; an empty tag stands for all of them."""

    types: tuple[str, ...]
    tag: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The tag, as the journal's selectors have it: any number of them."""
        return (self.tag,) if self.tag else ()


_HIRES = ("employee_hired", "employee_left", "fact_voided")
_DEALS = ("deal_closed", "deal_reversed", "deal_costed", "fact_voided")
_CREDENTIALS = tuple(
    "credential_granted credential_renewed credential_suspended credential_revoked credential_reinstated "
    "fact_voided".split()
)
_PLANS = ("plan_adopted", "plan_ended", "fact_voided")
_DRAFTS = ("plan_drafted", "plan_adopted", "fact_voided")
_COVER = tuple(
    "employee_hired employee_transferred employee_promoted employee_left plan_acknowledged "
    "fact_voided".split()
)
_RUN = ("period_closed", "run_approved", "run_released", "fact_voided")
_HOLDS = ("pay_held", "hold_released", "fact_voided")
_INTERVENTIONS = ("intervention_opened", "intervention_closed", "fact_voided")
_APPROVALS = ("approval_asked", "approval_decided", "fact_voided")
_LEAD = ("lead_received", "fact_voided")
_CONTRACT = ("contract_uploaded", "contract_passed", "contract_returned", "contract_told", "fact_voided")
_BANKS = ("question_bank_published", "fact_voided")
_TESTS = ("test_drawn", "test_answered", "fact_voided")
_SHIFT_RULES = ("shift_pattern_set", "shift_rules_set", "fact_voided")
_SWAP = ("swap_asked", "swap_consented", "swap_approved", "swap_refused", "fact_voided")
_SHIFTS = tuple(
    "shift_assigned swap_asked swap_approved employee_hired employee_transferred employee_promoted "
    "employee_left fact_voided".split()
)
_ELIGIBLE = (*_CREDENTIALS, "skill_graded", "leave_taken")
_INQUIRIES = ("inquiry_opened", "inquiry_answered", "inquiry_resolved", "fact_voided")


def boundary(fact: Fact) -> tuple[Look, ...]:
    """What must not change between the look and the append; empty where nothing that changes is looked at.

    That a person or branch exists is no part of it: ids that exist go on existing.
    """
    match fact:
        case EmployeeHired() | EmployeeLeft():
            return (Look(_HIRES, f"employee:{fact.employee}"),)
        case DealClosed() | DealReversed() | DealCosted():
            return (Look(_DEALS, f"deal:{fact.deal}"),)
        case (
            CredentialGranted()
            | CredentialRenewed()
            | CredentialSuspended()
            | CredentialRevoked()
            | CredentialReinstated()
        ):
            return (Look(_CREDENTIALS, f"credential:{fact.credential}"),)
        case FactVoided():
            return (Look(("fact_voided",), f"fact:{fact.position}"), Look(("period_closed",), ""))
        case FactConfirmed():
            return (Look(("fact_voided",), f"fact:{fact.position}"),)
        case PlanAdopted():
            types = _PLANS if fact.draft is None else (*_PLANS, "plan_drafted")
            return (Look(types, f"plan:{fact.plan}"), Look(("ledger_opened", "period_closed"), ""))
        case PlanEnded():
            return (Look(_PLANS, f"plan:{fact.plan}"), Look(("ledger_opened", "period_closed"), ""))
        case PlanDrafted():
            drafts = Look(_DRAFTS, f"plan:{fact.plan}")
            return (drafts, Look(_DRAFTS, f"draft:{fact.draft}"), Look(("ledger_opened",), ""))
        case PlanCommented():
            return (Look(_DRAFTS, f"plan:{fact.plan}"),)
        case PlanAcknowledged():
            plans = Look(_PLANS, f"plan:{fact.plan}")
            return (plans, Look(_COVER, f"employee:{fact.employee}"), Look(("ledger_opened",), ""))
        case PeriodClosed():
            return (Look(("period_closed",), ""),)
        case OverrideSet():
            return (Look(_PLANS, f"plan:{fact.plan}"),)
        case TargetChanged():
            return (Look(_PLANS, ""),)
        case ExchangeRateSet():
            return (Look((fact.TYPE, "fact_voided"), f"quotation:{fact.quotation}"),)
        case SubjectErased():
            told = Look((fact.TYPE,), subject_of(fact) or "")
            return (told, Look(_HIRES, told.tag)) if fact.employee else (told,)
        case BranchOpened():
            return ()
        case LedgerOpened():
            return (Look(("ledger_opened",), ""),)
        case ProbationReviewed():
            return tuple(Look(("fact_voided",), f"fact:{position}") for position in fact.evidence)
        case InterventionOpened() | InterventionClosed():
            return (Look(_INTERVENTIONS, f"intervention:{fact.intervention}"),)
        case ApprovalAsked() | ApprovalDecided():
            return (Look(_APPROVALS, f"approval:{fact.approval}"),)
        case _:
            return _of_paying(fact) or _of_shifts(fact) or _of_assisting(fact) or _of_tests(fact)


def _of_paying(fact: Fact) -> tuple[Look, ...]:
    """The boundary of facts about runs, holds, payments, balances and inquiries."""
    match fact:
        case RunApproved() | PaymentConfirmed():
            return (Look(_RUN, f"period:{fact.period}"),)
        case RunReleased():
            return (Look((*_RUN, "payment_confirmed"), f"period:{fact.period}"),)
        case PayHeld():
            return (Look(_HOLDS, f"hold:{fact.hold}"), *_behind_hold(fact))
        case HoldReleased():
            return (Look(_HOLDS, f"hold:{fact.hold}"),)
        case BalanceWrittenOff():
            return (Look(_PLANS, f"plan:{fact.plan}"),)
        case InquiryOpened() | InquiryAnswered() | InquiryResolved():
            voids = (Look(("fact_voided",), f"fact:{position}") for position in positions_named(fact))
            return (Look(_INQUIRIES, f"inquiry:{fact.inquiry}"), *voids)
        case _:
            return ()


def _of_shifts(fact: Fact) -> tuple[Look, ...]:
    """The boundary of facts about shifts: what both people of a swap have, and the rules."""
    rules = Look(_SHIFT_RULES, "rulebook:shifts")
    match fact:
        case ShiftPatternSet() | ShiftRulesSet():
            return (rules,)
        case ShiftAssigned():
            own = f"employee:{fact.employee}"
            return (rules, Look(_SHIFTS, own), Look(_ELIGIBLE, own))
        case SwapAsked() | SwapApproved():
            both = [f"employee:{each}" for each in (fact.employee, fact.colleague)]
            looks = (Look(types, tag) for types in (_SHIFTS, _ELIGIBLE) for tag in both)
            return (rules, Look(_SWAP, f"swap:{fact.swap}"), *looks)
        case SwapConsented() | SwapRefused():
            return (Look(_SWAP, f"swap:{fact.swap}"),)
        case _:
            return ()


def _of_assisting(fact: Fact) -> tuple[Look, ...]:
    """The boundary of facts about leads and contracts."""
    match fact:
        case LeadReceived():
            return (Look(_LEAD, f"lead:{fact.lead}"),)
        case ContractUploaded() | ContractPassed() | ContractReturned() | ContractTold():
            return (Look(_CONTRACT, f"contract:{fact.contract}"),)
        case _:
            return ()


def _of_tests(fact: Fact) -> tuple[Look, ...]:
    """The boundary of facts about tests and honours: the bank in use, and what the person had before."""
    match fact:
        case TestDrawn():
            return (Look(_BANKS, f"bank:{fact.bank}"), Look(_TESTS, f"employee:{fact.employee}"))
        case TestAnswered():
            return (Look(_TESTS, f"employee:{fact.employee}"),)
        case QuestionBankPublished():
            return (Look(_BANKS, f"bank:{fact.bank}"),)
        case HonourAwarded():
            voids = (Look(("fact_voided",), f"fact:{position}") for position in fact.evidence)
            return (Look(("honour_awarded", "fact_voided"), f"employee:{fact.employee}"), *voids)
        case _:
            return ()


def _behind_hold(fact: PayHeld) -> list[Look]:
    """The deal, plan and run that a hold names."""
    looks = [
        Look(_DEALS, f"deal:{fact.deal}") if fact.deal else None,
        Look(_PLANS, f"plan:{fact.plan}") if fact.plan else None,
        Look(_RUN, f"period:{fact.period}") if fact.period else None,
    ]
    return [look for look in looks if look is not None]


def positions_named(fact: Fact) -> tuple[int, ...]:
    """The positions of the stored facts that `fact` speaks of."""
    match fact:
        case FactVoided() | FactConfirmed():
            return (fact.position,)
        case InquiryResolved():
            return tuple(fact.corrections or ())
        case ProbationReviewed() | HonourAwarded():
            return tuple(fact.evidence)
        case TestDrawn() | TestAnswered():
            return (fact.published_at,)
        case _:
            return ()


def people_named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of people that must have been hired before, each with its field."""
    return tuple(
        (name, person)
        for name, person, _ in _people(fact)
        if not (isinstance(fact, EmployeeHired) and name == "employee")
    )


def people_written_about(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of people for whom `fact` changes something without their say, each with its field."""
    return tuple((name, person) for name, person, decides in _people(fact) if not decides)


def _people(fact: Fact) -> tuple[Named, ...]:
    named = people_in(fact)
    if isinstance(fact, OverrideSet) and fact.level == "person":
        return (*named, Named("scope", fact.scope, False))
    return named


def branches_named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of branches that must have been opened before, each with its field."""
    if isinstance(fact, BranchOpened):
        return ()
    named = [("branch", getattr(fact, "branch", None))]
    if isinstance(fact, BranchMerged):
        named.append(("into", fact.into))
    if isinstance(fact, OverrideSet) and fact.level == "branch":
        named.append(("scope", fact.scope))
    if isinstance(fact, PracticeShared):
        named += [(f"results[{index}].branch", each.branch) for index, each in enumerate(fact.results or ())]
    return tuple((name, value) for name, value in named if value is not None)
