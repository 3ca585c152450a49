"""Whether a fact may enter the journal: its subject's rules, after those that hold for all."""

import datetime as dt
from typing import NamedTuple

from domain.decide import (
    accounts,
    approvals,
    assisting,
    corrections,
    credentials,
    credits,
    currencies,
    drafts,
    erasure,
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
from domain.facts.people import EmployeeHired, EmployeeLeft, LeaveTaken
from domain.facts.plans import PlanAcknowledged, PlanCommented, PlanDrafted
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


def decide(fact: Fact, occurred_at: dt.datetime, known: Known, asked: Asked) -> None:
    """Lets `fact` pass, or says why not.

    Raises: a Refusal of the rule that it breaks.
    """
    if occurred_at > asked.now + TOLERANCE:
        raise BadInstant(
            field="occurred_at",
            detail=f"{occurred_at.isoformat()} is more than a day ahead of now, {asked.now.isoformat()}.",
            remedy="Send what has happened, when it has happened.",
        )
    require_existing(fact, known)
    credits.require_settled(fact)
    _of_people_and_work(fact, known, asked)
    _of_tests(fact, occurred_at, known)
    _of_shifts(fact, known, asked)
    _of_plans(fact, occurred_at, known, asked.actor)
    _of_pay(fact, known, asked)
    _of_the_ledger(fact, known, asked)


def _of_people_and_work(fact: Fact, known: Known, asked: Asked) -> None:
    match fact:
        case EmployeeHired():
            people.hire(fact, known)
        case EmployeeLeft():
            people.leave(fact, known)
        case LeaveTaken():
            people.be_away(fact, known)
        case DealClosed():
            selling.close_deal(fact, known)
        case DealReversed():
            selling.reverse_deal(fact, known)
        case DealCosted():
            selling.cost_deal(fact, known)
        case CredentialGranted():
            credentials.grant(fact, known)
        case CredentialRenewed() | CredentialSuspended() | CredentialRevoked() | CredentialReinstated():
            credentials.change(fact, known)
        case SkillGraded():
            training.grade(fact)
        case ProbationReviewed():
            probation.review(fact, known)
        case LeadReceived():
            assisting.receive(fact, known)
        case ContractUploaded() | ContractPassed() | ContractReturned() | ContractTold():
            assisting.advance(fact, known)
        case InterventionOpened():
            interventions.open_intervention(fact, known)
        case InterventionClosed():
            interventions.close(fact, known)
        case ApprovalAsked():
            approvals.ask(fact, known)
        case ApprovalDecided():
            approvals.settle(fact, known, asked.actor)
        case PracticeShared():
            practices.share(fact)
        case MarketPaySurveyed():
            market.survey(fact)
        case _:
            pass


def _of_tests(fact: Fact, occurred_at: dt.datetime, known: Known) -> None:
    match fact:
        case QuestionBankPublished():
            question_banks.publish(fact)
        case TestDrawn():
            question_banks.draw(fact, occurred_at, known)
        case TestAnswered():
            question_banks.answer(fact, occurred_at, known)
        case _:
            pass


def _of_shifts(fact: Fact, known: Known, asked: Asked) -> None:
    match fact:
        case ShiftPatternSet():
            shifts.set_pattern(fact)
        case ShiftRulesSet():
            shifts.set_rules(fact)
        case ShiftNeedSet():
            rostering.need(fact)
        case ShiftAssigned():
            shifts.assign(fact, known)
        case ShiftWorked():
            shifts.work(fact, asked.today)
        case SwapAsked():
            shifts.ask(fact, known)
        case SwapConsented():
            shifts.consent(fact, known, asked.actor)
        case SwapApproved():
            shifts.approve(fact, known, asked.actor)
        case SwapRefused():
            shifts.refuse(fact, known)
        case _:
            pass


def _of_plans(fact: Fact, occurred_at: dt.datetime, known: Known, actor: str) -> None:
    match fact:
        case PlanAdopted():
            plans.adopt(fact, known, actor)
            drafts.accept(fact, known)
        case PlanDrafted():
            drafts.put_up(fact, known)
        case PlanCommented():
            drafts.comment(fact, known)
        case PlanAcknowledged():
            drafts.acknowledge(fact, known, actor, occurred_at)
        case PlanEnded():
            plans.end(fact, known)
        case OverrideSet():
            plans.override(fact, known, actor)
        case TargetChanged():
            plans.change_target(fact, known, actor)
        case ExchangeRateSet():
            currencies.set_rate(fact, known)
        case _:
            pass


def _of_pay(fact: Fact, known: Known, asked: Asked) -> None:
    match fact:
        case RunApproved():
            runs.approve(fact, known, asked.actor)
        case RunReleased():
            runs.release(fact, known)
        case PayHeld():
            runs.hold(fact, known)
        case HoldReleased():
            runs.let_go(fact, known)
        case PaymentConfirmed():
            runs.confirm_payment(fact, known)
        case InquiryOpened():
            inquiries.open_inquiry(fact, known)
        case InquiryAnswered():
            inquiries.answer(fact, known, asked.actor)
        case InquiryResolved():
            inquiries.resolve(fact, known, asked.actor)
        case BalanceWrittenOff():
            accounts.write_off(fact, known, asked.actor)
        case PeriodClosed():
            periods.close_period(fact, known, asked.today)
        case _:
            pass


def _of_the_ledger(fact: Fact, known: Known, asked: Asked) -> None:
    match fact:
        case FactVoided():
            corrections.void(fact, known)
        case FactConfirmed():
            corrections.confirm(fact, known)
        case HonourAwarded():
            honours.award(fact, known, asked.actor)
        case SubjectErased():
            erasure.erase(fact, known, asked.actor, asked.today)
        case LedgerOpened():
            periods.open_ledger(fact, known)
        case BranchMerged():
            people.merge(fact)
        case NoticeRulesSet():
            notices.set_rules(fact)
        case _:
            pass
