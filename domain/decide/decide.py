"""Whether a fact may enter the journal: its subject's rules, after those that hold for all."""

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from domain.decide import (
    approvals,
    assisting,
    changes,
    corrections,
    credentials,
    credits,
    currencies,
    drafts,
    honours,
    inquiries,
    interventions,
    market,
    notices,
    people,
    periods,
    plans,
    practices,
    probation,
    question_banks,
    rostering,
    runs,
    selling,
    shifts,
    training,
)
from domain.decide.existence import require_existing
from domain.decide.known import Known
from domain.decide.proposed import Change
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
from domain.facts.changes import ChangeProposed, ChangeRefused
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
from domain.facts.market import MarketPaySurveyed
from domain.facts.notices import NoticeRulesSet
from domain.facts.people import EmployeeHired, EmployeeLeft, EmployeeTransferred, LeaveTaken
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
from domain.facts.practices import PracticeShared
from domain.facts.probation import ProbationReviewed
from domain.facts.question_banks import QuestionBankPublished, TestAnswered, TestDrawn
from domain.facts.rostering import ShiftNeedSet
from domain.facts.runs import HoldReleased, PayHeld, PaymentConfirmed, RunApproved, RunReleased
from domain.facts.selling import DealClosed, DealCosted, DealReversed
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    ShiftWorked,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)
from domain.facts.training import SkillGraded
from domain.refusals import BadInstant

TOLERANCE = dt.timedelta(days=1)
"""How far a sender's clock may run ahead of ours."""


class Asked(NamedTuple):
    """Who asks and when. today: the business day in the ledger's zone."""

    actor: str
    now: dt.datetime
    today: dt.date


Rule = Callable[[Any, dt.datetime, Known, Asked], None]
"""Lets a fact pass that happened then, by what is known and who asks; or raises a Refusal."""

_Kind = TypeVar("_Kind", bound=Fact)


def decide(fact: Fact, occurred_at: dt.datetime, known: Known, asked: Asked) -> None:
    """Lets `fact` pass, or says why not.

    Raises: a Refusal of the rule that it breaks.
    """
    _require_past(occurred_at, asked)
    require_existing(fact, known)
    _judge(fact, occurred_at, known, asked)


def decide_met(fact: Fact, occurred_at: dt.datetime, known: Known, asked: Asked) -> None:
    """Lets `fact` pass, or says why not, where all whom it names are known to exist.

    Raises: as `decide`.
    """
    _require_past(occurred_at, asked)
    _judge(fact, occurred_at, known, asked)


def _require_past(occurred_at: dt.datetime, asked: Asked) -> None:
    if occurred_at > asked.now + TOLERANCE:
        raise BadInstant(
            field="occurred_at",
            detail=f"{occurred_at.isoformat()} is more than a day ahead of now, {asked.now.isoformat()}.",
            remedy="Send what has happened, when it has happened.",
        )


def _judge(fact: Fact, occurred_at: dt.datetime, known: Known, asked: Asked) -> None:
    credits.require_settled(fact)
    rule = RULES.get(type(fact))
    if rule is not None:
        rule(fact, occurred_at, known, asked)


def _by_itself(kind: type[_Kind], rule: Callable[[_Kind], None]) -> tuple[type[Fact], Rule]:
    return _by(kind, lambda fact, _at, _known, _asked: rule(fact))


def _by_history(kind: type[_Kind], rule: Callable[[_Kind, Known], None]) -> tuple[type[Fact], Rule]:
    return _by(kind, lambda fact, _at, known, _asked: rule(fact, known))


def _by_actor(kind: type[_Kind], rule: Callable[[_Kind, Known, str], None]) -> tuple[type[Fact], Rule]:
    return _by(kind, lambda fact, _at, known, asked: rule(fact, known, asked.actor))


def _by_time(kind: type[_Kind], rule: Callable[[_Kind, dt.datetime, Known], None]) -> tuple[type[Fact], Rule]:
    return _by(kind, lambda fact, at, known, _asked: rule(fact, at, known))


def _by(
    kind: type[_Kind], rule: Callable[[_Kind, dt.datetime, Known, Asked], None]
) -> tuple[type[Fact], Rule]:
    return kind, rule


def _by_two(kind: type[Change]) -> tuple[type[Fact], Rule]:
    return kind, lambda fact, _at, known, asked: changes.make(fact, known, asked.actor, asked.today)


def _adopt(fact: PlanAdopted, _: dt.datetime, known: Known, asked: Asked) -> None:
    plans.adopt(fact, known, asked.actor)
    drafts.accept(fact, known)


RULES: Mapping[type[Fact], Rule] = MappingProxyType(
    dict(
        [
            _by_history(EmployeeHired, people.hire),
            _by_history(EmployeeLeft, people.leave),
            _by_itself(EmployeeTransferred, people.transfer),
            _by_history(LeaveTaken, people.be_away),
            _by_history(DealClosed, selling.close_deal),
            _by_history(DealReversed, selling.reverse_deal),
            _by_history(DealCosted, selling.cost_deal),
            _by_history(CredentialGranted, credentials.grant),
            _by_history(CredentialRenewed, credentials.change),
            _by_history(CredentialSuspended, credentials.change),
            _by_history(CredentialRevoked, credentials.change),
            _by_history(CredentialReinstated, credentials.change),
            _by_itself(SkillGraded, training.grade),
            _by_history(ProbationReviewed, probation.review),
            _by_history(LeadReceived, assisting.receive),
            _by_history(ContractUploaded, assisting.advance),
            _by_history(ContractPassed, assisting.advance),
            _by_history(ContractReturned, assisting.advance),
            _by_history(ContractTold, assisting.advance),
            _by_history(InterventionOpened, interventions.open_intervention),
            _by_history(InterventionClosed, interventions.close),
            _by_history(ApprovalAsked, approvals.ask),
            _by_actor(ApprovalDecided, approvals.settle),
            _by_itself(PracticeShared, practices.share),
            _by_itself(MarketPaySurveyed, market.survey),
            _by_itself(QuestionBankPublished, question_banks.publish),
            _by_time(TestDrawn, question_banks.draw),
            _by_time(TestAnswered, question_banks.answer),
            _by_itself(ShiftPatternSet, shifts.set_pattern),
            _by_itself(ShiftRulesSet, shifts.set_rules),
            _by_itself(ShiftNeedSet, rostering.need),
            _by_history(ShiftAssigned, shifts.assign),
            _by(ShiftWorked, lambda fact, at, known, asked: shifts.work(fact, asked.today)),
            _by_history(SwapAsked, shifts.ask),
            _by_actor(SwapConsented, shifts.consent),
            _by_actor(SwapApproved, shifts.approve),
            _by_history(SwapRefused, shifts.refuse),
            _by(PlanAdopted, _adopt),
            _by_history(PlanDrafted, drafts.put_up),
            _by_history(PlanCommented, drafts.comment),
            _by_history(AdoptionProposed, drafts.propose),
            _by(
                PlanAcknowledged,
                lambda fact, at, known, asked: drafts.acknowledge(fact, known, asked.actor, at),
            ),
            _by_history(PlanEnded, plans.end),
            *(_by_two(kind) for kind in (OverrideSet, TargetChanged, BalanceWrittenOff, SubjectErased)),
            _by(
                ChangeProposed,
                lambda fact, at, known, asked: changes.propose(fact, known, asked.actor, asked.today),
            ),
            _by(
                ChangeRefused,
                lambda fact, at, known, asked: changes.refuse(fact, known, asked.actor, asked.today),
            ),
            _by_history(ExchangeRateSet, currencies.set_rate),
            _by_actor(RunApproved, runs.approve),
            _by_history(RunReleased, runs.release),
            _by_history(PayHeld, runs.hold),
            _by_history(HoldReleased, runs.let_go),
            _by_history(PaymentConfirmed, runs.confirm_payment),
            _by_history(InquiryOpened, inquiries.open_inquiry),
            _by_actor(InquiryAnswered, inquiries.answer),
            _by_actor(InquiryResolved, inquiries.resolve),
            _by(
                CloseProposed, lambda fact, at, known, asked: periods.propose_close(fact, known, asked.today)
            ),
            _by(
                PeriodClosed,
                lambda fact, at, known, asked: periods.close_period(fact, known, asked.actor, asked.today),
            ),
            _by_history(FactVoided, corrections.void),
            _by_history(FactConfirmed, corrections.confirm),
            _by_actor(HonourAwarded, honours.award),
            _by_history(LedgerOpened, periods.open_ledger),
            _by_itself(BranchMerged, people.merge),
            _by_itself(NoticeRulesSet, notices.set_rules),
        ]
    )
)
"""What decides on a fact beside the rules for all; a type that is not named passes by those alone."""
