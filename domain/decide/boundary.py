"""Which facts of the journal a new fact's rules must look at: its consistency boundary."""

from collections.abc import Callable, Container
from typing import Any, NamedTuple, TypeVar, get_args

from domain.decide.proposed import UNNAMED, proposed_change
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
from domain.facts.changes import ChangeKind, ChangeProposed, ChangeRefused
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
    CloseProposed,
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
from domain.facts.named import Named, are_among, people_in
from domain.facts.people import EmployeeHired, EmployeeLeft
from domain.facts.personal import subject_of
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
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
from domain.refusals import Refusal


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
_ANSWERS = (*get_args(ChangeKind), "change_refused", "fact_voided")
_RUN = ("period_closed", "run_approved", "run_released", "fact_voided")
_PROPOSALS = ("close_proposed", "fact_voided")
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


_RULEBOOK = Look(_SHIFT_RULES, "rulebook:shifts")


def boundary(fact: Fact) -> tuple[Look, ...]:
    """What must not change between the look and the append; empty where nothing that changes is looked at.

    That a person or branch exists is no part of it: ids that exist go on existing.
    """
    looks = _BOUNDARIES.get(type(fact))
    return () if looks is None else looks(fact)


def _adopted(fact: PlanAdopted) -> tuple[Look, ...]:
    types = _PLANS if fact.draft is None else (*_PLANS, "plan_drafted", "adoption_proposed")
    return (Look(types, f"plan:{fact.plan}"), Look(("ledger_opened", "period_closed"), ""))


def _drafted(fact: PlanDrafted) -> tuple[Look, ...]:
    drafts = Look(_DRAFTS, f"plan:{fact.plan}")
    return (drafts, Look(_DRAFTS, f"draft:{fact.draft}"), Look(("ledger_opened",), ""))


def _acknowledged(fact: PlanAcknowledged) -> tuple[Look, ...]:
    plans = Look(_PLANS, f"plan:{fact.plan}")
    return (plans, Look(_COVER, f"employee:{fact.employee}"), Look(("ledger_opened",), ""))


def _erased(fact: SubjectErased) -> tuple[Look, ...]:
    told = Look((fact.TYPE,), subject_of(fact) or "")
    hires = (Look(_HIRES, told.tag),) if fact.employee else ()
    return (told, *hires, *_answers(fact.proposal))


def _answers(proposal: int | None) -> tuple[Look, ...]:
    """What became of a proposal of a change."""
    if proposal is None:
        return ()
    return (Look(_ANSWERS, f"proposal:{proposal}"), Look(("fact_voided",), f"fact:{proposal}"))


def _proposed(fact: ChangeProposed) -> tuple[Look, ...]:
    """What the rules of the change look at; one that cannot be read is refused by its own rule."""
    try:
        return boundary(proposed_change(fact, UNNAMED))
    except Refusal:
        return ()


def _inquired(fact: InquiryOpened | InquiryAnswered | InquiryResolved) -> tuple[Look, ...]:
    voids = (Look(("fact_voided",), f"fact:{position}") for position in positions_named(fact))
    return (Look(_INQUIRIES, f"inquiry:{fact.inquiry}"), *voids)


def _assigned(fact: ShiftAssigned) -> tuple[Look, ...]:
    own = f"employee:{fact.employee}"
    return (_RULEBOOK, Look(_SHIFTS, own), Look(_ELIGIBLE, own))


def _swapped(fact: SwapAsked | SwapApproved) -> tuple[Look, ...]:
    both = [f"employee:{each}" for each in (fact.employee, fact.colleague)]
    looks = (Look(types, tag) for types in (_SHIFTS, _ELIGIBLE) for tag in both)
    return (_RULEBOOK, Look(_SWAP, f"swap:{fact.swap}"), *looks)


def _honoured(fact: HonourAwarded) -> tuple[Look, ...]:
    voids = (Look(("fact_voided",), f"fact:{position}") for position in fact.evidence)
    return (Look(("honour_awarded", "fact_voided"), f"employee:{fact.employee}"), *voids)


def _behind_hold(fact: PayHeld) -> list[Look]:
    """The deal, plan and run that a hold names."""
    looks = [
        Look(_DEALS, f"deal:{fact.deal}") if fact.deal else None,
        Look(_PLANS, f"plan:{fact.plan}") if fact.plan else None,
        Look(_RUN, f"period:{fact.period}") if fact.period else None,
    ]
    return [look for look in looks if look is not None]


_Kind = TypeVar("_Kind", bound=Fact)


def _of(
    kind: type[_Kind], looks: Callable[[_Kind], tuple[Look, ...]]
) -> tuple[type[Fact], Callable[[Any], tuple[Look, ...]]]:
    return kind, looks


_BOUNDARIES = dict(
    [
        _of(EmployeeHired, lambda fact: (Look(_HIRES, f"employee:{fact.employee}"),)),
        _of(EmployeeLeft, lambda fact: (Look(_HIRES, f"employee:{fact.employee}"),)),
        _of(DealClosed, lambda fact: (Look(_DEALS, f"deal:{fact.deal}"),)),
        _of(DealReversed, lambda fact: (Look(_DEALS, f"deal:{fact.deal}"),)),
        _of(DealCosted, lambda fact: (Look(_DEALS, f"deal:{fact.deal}"),)),
        _of(CredentialGranted, lambda fact: (Look(_CREDENTIALS, f"credential:{fact.credential}"),)),
        _of(CredentialRenewed, lambda fact: (Look(_CREDENTIALS, f"credential:{fact.credential}"),)),
        _of(CredentialSuspended, lambda fact: (Look(_CREDENTIALS, f"credential:{fact.credential}"),)),
        _of(CredentialRevoked, lambda fact: (Look(_CREDENTIALS, f"credential:{fact.credential}"),)),
        _of(CredentialReinstated, lambda fact: (Look(_CREDENTIALS, f"credential:{fact.credential}"),)),
        _of(
            FactVoided,
            lambda fact: (Look(("fact_voided",), f"fact:{fact.position}"), Look(("period_closed",), "")),
        ),
        _of(FactConfirmed, lambda fact: (Look(("fact_voided",), f"fact:{fact.position}"),)),
        _of(PlanAdopted, _adopted),
        _of(
            PlanEnded,
            lambda fact: (Look(_PLANS, f"plan:{fact.plan}"), Look(("ledger_opened", "period_closed"), "")),
        ),
        _of(PlanDrafted, _drafted),
        _of(AdoptionProposed, lambda fact: (Look(_DRAFTS, f"plan:{fact.plan}"),)),
        _of(PlanCommented, lambda fact: (Look(_DRAFTS, f"plan:{fact.plan}"),)),
        _of(PlanAcknowledged, _acknowledged),
        _of(CloseProposed, lambda _: (Look(("period_closed",), ""),)),
        _of(
            PeriodClosed,
            lambda fact: (Look(("period_closed",), ""), Look(_PROPOSALS, f"period:{fact.period}")),
        ),
        _of(OverrideSet, lambda fact: (Look(_PLANS, f"plan:{fact.plan}"), *_answers(fact.proposal))),
        _of(TargetChanged, lambda fact: (Look(_PLANS, ""), *_answers(fact.proposal))),
        _of(ChangeProposed, _proposed),
        _of(ChangeRefused, lambda fact: _answers(fact.proposal)),
        _of(ExchangeRateSet, lambda fact: (Look((fact.TYPE, "fact_voided"), f"quotation:{fact.quotation}"),)),
        _of(SubjectErased, _erased),
        _of(LedgerOpened, lambda _: (Look(("ledger_opened",), ""),)),
        _of(
            ProbationReviewed,
            lambda fact: tuple(Look(("fact_voided",), f"fact:{position}") for position in fact.evidence),
        ),
        _of(InterventionOpened, lambda fact: (Look(_INTERVENTIONS, f"intervention:{fact.intervention}"),)),
        _of(InterventionClosed, lambda fact: (Look(_INTERVENTIONS, f"intervention:{fact.intervention}"),)),
        _of(ApprovalAsked, lambda fact: (Look(_APPROVALS, f"approval:{fact.approval}"),)),
        _of(ApprovalDecided, lambda fact: (Look(_APPROVALS, f"approval:{fact.approval}"),)),
        _of(RunApproved, lambda fact: (Look(_RUN, f"period:{fact.period}"),)),
        _of(PaymentConfirmed, lambda fact: (Look(_RUN, f"period:{fact.period}"),)),
        _of(RunReleased, lambda fact: (Look((*_RUN, "payment_confirmed"), f"period:{fact.period}"),)),
        _of(PayHeld, lambda fact: (Look(_HOLDS, f"hold:{fact.hold}"), *_behind_hold(fact))),
        _of(HoldReleased, lambda fact: (Look(_HOLDS, f"hold:{fact.hold}"),)),
        _of(BalanceWrittenOff, lambda fact: (Look(_PLANS, f"plan:{fact.plan}"), *_answers(fact.proposal))),
        _of(InquiryOpened, _inquired),
        _of(InquiryAnswered, _inquired),
        _of(InquiryResolved, _inquired),
        _of(ShiftPatternSet, lambda _: (_RULEBOOK,)),
        _of(ShiftRulesSet, lambda _: (_RULEBOOK,)),
        _of(ShiftAssigned, _assigned),
        _of(SwapAsked, _swapped),
        _of(SwapApproved, _swapped),
        _of(SwapConsented, lambda fact: (Look(_SWAP, f"swap:{fact.swap}"),)),
        _of(SwapRefused, lambda fact: (Look(_SWAP, f"swap:{fact.swap}"),)),
        _of(LeadReceived, lambda fact: (Look(_LEAD, f"lead:{fact.lead}"),)),
        _of(ContractUploaded, lambda fact: (Look(_CONTRACT, f"contract:{fact.contract}"),)),
        _of(ContractPassed, lambda fact: (Look(_CONTRACT, f"contract:{fact.contract}"),)),
        _of(ContractReturned, lambda fact: (Look(_CONTRACT, f"contract:{fact.contract}"),)),
        _of(ContractTold, lambda fact: (Look(_CONTRACT, f"contract:{fact.contract}"),)),
        _of(
            TestDrawn,
            lambda fact: (Look(_BANKS, f"bank:{fact.bank}"), Look(_TESTS, f"employee:{fact.employee}")),
        ),
        _of(TestAnswered, lambda fact: (Look(_TESTS, f"employee:{fact.employee}"),)),
        _of(QuestionBankPublished, lambda fact: (Look(_BANKS, f"bank:{fact.bank}"),)),
        _of(HonourAwarded, _honoured),
    ]
)
"""What the rules of a fact look at; those of a type that is not named look at nothing that changes."""


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
        case ChangeRefused():
            return (fact.proposal,)
        case OverrideSet() | TargetChanged() | BalanceWrittenOff() | SubjectErased():
            return () if fact.proposal is None else (fact.proposal,)
        case _:
            return ()


def people_named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of people that must have been hired before, each with its field."""
    named = [(name, person) for name, person, _ in _people(fact)]
    if isinstance(fact, EmployeeHired):
        named = [(name, person) for name, person in named if name != "employee"]
    return tuple(named)


def people_written_about(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of people for whom `fact` changes something without their say, each with its field."""
    return tuple((name, person) for name, person, decides in _people(fact) if not decides)


_NAMED_APART = frozenset({EmployeeHired, OverrideSet, BranchOpened, BranchMerged, PracticeShared})


def names_only(fact: Fact, people: Container[str], branches: Container[str]) -> bool:
    """Whether `people_named` finds nobody but `people`, and `branches_named` nothing but `branches`."""
    if type(fact) in _NAMED_APART:
        return all(person in people for _, person in people_named(fact)) and all(
            branch in branches for _, branch in branches_named(fact)
        )
    branch: str | None = getattr(fact, "branch", None)
    return (branch is None or branch in branches) and are_among(fact, people)


def _people(fact: Fact) -> tuple[Named, ...]:
    named = people_in(fact)
    if isinstance(fact, OverrideSet) and fact.level == "person":
        return (*named, Named("scope", fact.scope, False))
    return named


def branches_named(fact: Fact) -> tuple[tuple[str, str], ...]:
    """The ids of branches that must have been opened before, each with its field."""
    if isinstance(fact, BranchOpened):
        return ()
    branch: str | None = getattr(fact, "branch", None)
    named = [] if branch is None else [("branch", branch)]
    if isinstance(fact, BranchMerged):
        named.append(("into", fact.into))
    if isinstance(fact, OverrideSet) and fact.level == "branch":
        named.append(("scope", fact.scope))
    if isinstance(fact, PracticeShared):
        named += [(f"results[{index}].branch", each.branch) for index, each in enumerate(fact.results or ())]
    return tuple(named)
