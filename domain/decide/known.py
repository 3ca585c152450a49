"""What the journal knows about the things that new facts speak of: the fold that decisions rest on."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar

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
from domain.facts.changes import ChangeRefused
from domain.facts.credentials import CredentialFact
from domain.facts.credits import CreditPart
from domain.facts.currencies import ExchangeRateSet
from domain.facts.erasure import SubjectErased
from domain.facts.governance import (
    BranchOpened,
    CloseProposed,
    FactVoided,
    HonourAwarded,
    LedgerOpened,
    OverrideSet,
    PeriodClosed,
    PlanAdopted,
    TargetChanged,
)
from domain.facts.inquiries import InquiryAnswered, InquiryOpened, InquiryResolved
from domain.facts.interventions import InterventionClosed, InterventionOpened
from domain.facts.people import EmployeeHired, EmployeeLeft, LeaveTaken
from domain.facts.personal import subject_of
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanDrafted
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
from domain.facts.training import SkillGraded
from domain.people.roster import RosterChange, RosterFact, roster_change
from domain.period import Period

Subject = tuple[str, ...]
"""What facts are about whose meaning depends on those before them: a person, a deal, a plan …"""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Standing(NamedTuple):
    """A fact at its position. voided: whether a void names it."""

    fact: Fact
    tags: tuple[str, ...]
    voided: bool


class Deal(NamedTuple):
    """A live deal and what has come back of it, in minor units of its currency. credits: as it was split."""

    position: int
    amount_minor: int
    currency: str
    reversed_minor: int
    credits: tuple[CreditPart, ...] = ()


class CredentialStep(NamedTuple):
    """A live fact about a credential; position 0 while it is on its way into the journal."""

    position: int
    fact: CredentialFact


class Draft(NamedTuple):
    """A live draft of a plan. closed_by: what became of it; None while it is open."""

    position: int
    plan: str
    document: dict[str, object]
    document_hash: str
    closed_by: str | None = None


class Known:
    """The facts behind a decision, folded; `apply` goes on fact by fact and `rollback` goes back to `mark`.

    employees, branches: every id that was ever hired or opened, voided or not; they only grow.
    credentials: the live facts of each, in order. roster: what changed for each person, voids left out.
    acknowledged: where each person acknowledged each version of a plan. rates: where each live one stands.
    employed: last live hiring or leaving day of a person, as (is_here, day). paid: months of which payments
    are confirmed. actors, days: who wrote stored facts, and the business day of each (of a proposal that on
    which the ledger learnt it), by position.
    """

    def __init__(self) -> None:
        self.employees: set[str] = set()
        self.branches: set[str] = set()
        self.employed: dict[str, tuple[bool, dt.date]] = {}
        self.deals: dict[str, Deal] = {}
        self.credentials: dict[str, tuple[CredentialStep, ...]] = {}
        self.facts: dict[int, Standing] = {}
        self.plans: dict[str, list[PlanAdopted]] = {}
        self.drafts: dict[str, Draft] = {}
        self.acknowledged: dict[tuple[str, int], int] = {}
        self.roster: dict[str, tuple[RosterChange, ...]] = {}
        self.rates: dict[str, int] = {}
        self.erased: dict[str, int] = {}
        self.paid: dict[str, int] = {}
        self.actors: dict[int, str] = {}
        self.days: dict[int, dt.date] = {}
        self.last_closed: Period | None = None
        self.opened: LedgerOpened | None = None
        self._said: dict[Subject, tuple[tuple[int, Fact], ...]] = {}
        self._undo: list[Callable[[], None]] = []

    def fold(self, history: Iterable[tuple[int, Fact, tuple[str, ...]]]) -> None:
        """Takes in stored facts with their positions and tags; of voided ones only existence stays."""
        told = sorted(history, key=lambda item: item[0])
        voids = {fact.position for _, fact, _ in told if isinstance(fact, FactVoided)}
        for position, fact, tags in told:
            self.facts[position] = Standing(fact, tags, position in voids)
            if position in voids:
                self._exists(fact)
            else:
                self.apply(fact, position)
        self._undo.clear()

    def apply(self, fact: Fact, position: int = 0) -> None:
        """Takes in one more live fact; position 0 stands for one that is on its way into the journal."""
        self._exists(fact)
        if isinstance(fact, FactVoided):
            self._take_out(fact.position)
            return
        for subject in _subjects(fact):
            self._put(self._said, subject, (*self._said.get(subject, ()), (position, fact)))
        self._take_in(fact, position)

    def told(self, *subject: str) -> tuple[tuple[int, Any], ...]:
        """The live facts about a subject, each with its position, in order."""
        return self._said.get(subject, ())

    def mark(self) -> int:
        """A point that `rollback` can return to."""
        return len(self._undo)

    def rollback(self, mark: int) -> None:
        """Forgets what was applied since `mark`."""
        while len(self._undo) > mark:
            self._undo.pop()()

    def _take_in(self, fact: Fact, position: int) -> None:
        match fact:
            case EmployeeHired():
                self._put(self.employed, fact.employee, (True, fact.hired_on))
            case EmployeeLeft():
                self._put(self.employed, fact.employee, (False, fact.left_on))
            case DealClosed():
                parts = tuple(fact.credits or ())
                self._put(self.deals, fact.deal, Deal(position, fact.amount_minor, fact.currency, 0, parts))
            case DealReversed() if fact.deal in self.deals:
                deal = self.deals[fact.deal]
                back = deal.reversed_minor + fact.amount_minor
                self._put(self.deals, fact.deal, deal._replace(reversed_minor=back))
            case _ if isinstance(fact, CredentialFact):
                steps = self.credentials.get(fact.credential, ())
                self._put(self.credentials, fact.credential, (*steps, CredentialStep(position, fact)))
            case PlanAdopted():
                self._put(self.plans, fact.plan, [*self.plans.get(fact.plan, ()), fact])
                self._close_draft(fact.draft, "adopted")
            case PlanDrafted():
                put_up = Draft(position, fact.plan, fact.document, fact.document_hash)
                self._close_draft(fact.replaces, f"replaced by {fact.draft}")
                self._put(self.drafts, fact.draft, put_up)
            case PlanAcknowledged():
                self._put(self.acknowledged, (fact.employee, fact.adopted_at), position)
            case ExchangeRateSet():
                self._put(self.rates, fact.quotation, position)
            case PeriodClosed():
                closed = Period.parse(fact.period)
                if self.last_closed is None or closed.first_day > self.last_closed.first_day:
                    self._set("last_closed", closed)
            case PaymentConfirmed() if fact.period not in self.paid:
                self._put(self.paid, fact.period, position)
            case SubjectErased():
                self._put(self.erased, subject_of(fact) or "", position)
            case LedgerOpened():
                self._set("opened", fact)
            case _:
                pass
        if isinstance(fact, RosterFact):
            changes = self.roster.get(fact.employee, ())
            self._put(self.roster, fact.employee, (*changes, roster_change(position, fact)))

    def _take_out(self, position: int) -> None:
        """Tells again what is known about the subjects of the fact at `position`, without that fact.

        Its first subject is the one that `_forget` drops.
        """
        voided = self.facts.get(position)
        if voided is None or voided.voided:
            return
        self._put(self.facts, position, voided._replace(voided=True))
        self._forget(voided.fact)
        for number, subject in enumerate(_subjects(voided.fact)):
            left = tuple(told for told in self._said.get(subject, ()) if told[0] != position)
            self._put(self._said, subject, left)
            for told_at, told in left if number == 0 else ():
                self._take_in(told, told_at)

    def _forget(self, fact: Fact) -> None:
        """Drops all that is known about the subject of `fact`, but that it exists."""
        match fact:
            case DealClosed() | DealReversed() | DealCosted():
                self._drop(self.deals, fact.deal)
            case PlanAdopted() | PlanDrafted():
                self._drop(self.plans, fact.plan)
                for name in [name for name, draft in self.drafts.items() if draft.plan == fact.plan]:
                    self._drop(self.drafts, name)
            case PlanAcknowledged():
                self._drop(self.acknowledged, (fact.employee, fact.adopted_at))
            case ExchangeRateSet():
                self._drop(self.rates, fact.quotation)
            case _ if isinstance(fact, CredentialFact):
                self._drop(self.credentials, fact.credential)
            case _ if isinstance(fact, RosterFact):
                self._drop(self.employed, fact.employee)
                self._drop(self.roster, fact.employee)
            case _:
                pass

    def _exists(self, fact: Fact) -> None:
        match fact:
            case EmployeeHired() if fact.employee not in self.employees:
                self.employees.add(fact.employee)
                self._undo.append(lambda: self.employees.discard(fact.employee))
            case BranchOpened() if fact.branch not in self.branches:
                self.branches.add(fact.branch)
                self._undo.append(lambda: self.branches.discard(fact.branch))
            case _:
                pass

    def _put(self, table: dict[_Key, _Value], key: _Key, value: _Value) -> None:
        if key in table:
            before = table[key]
            self._undo.append(lambda: table.__setitem__(key, before))
        else:
            self._undo.append(lambda: table.__delitem__(key))
        table[key] = value

    def _drop(self, table: dict[_Key, _Value], key: _Key) -> None:
        if key in table:
            before = table.pop(key)
            self._undo.append(lambda: table.__setitem__(key, before))

    def _close_draft(self, draft: str | None, closed_by: str) -> None:
        if draft in self.drafts:
            self._put(self.drafts, draft, self.drafts[draft]._replace(closed_by=closed_by))

    def _set(self, name: str, value: Any) -> None:
        before = getattr(self, name)
        self._undo.append(lambda: setattr(self, name, before))
        setattr(self, name, value)


def _subjects(fact: Fact) -> tuple[Subject, ...]:
    """What `fact` is about, that first which it changes most.

    A swap that was approved is about the shifts of both people, too, and a credential about its holder's.
    """
    match fact:
        case ShiftPatternSet() | ShiftRulesSet():
            return (("shift rules",),)
        case ShiftAssigned():
            return (("shifts", fact.employee),)
        case SwapAsked() | SwapConsented() | SwapRefused():
            return (("swap", fact.swap),)
        case SwapApproved():
            return ("swap", fact.swap), ("shifts", fact.employee), ("shifts", fact.colleague)
        case LeaveTaken():
            return (("leave", fact.employee),)
        case SkillGraded():
            return (("grades", fact.employee),)
        case _ if isinstance(fact, CredentialFact):
            return ("credential", fact.credential), ("credentials", fact.employee)
        case _:
            subject = _subject(fact)
            return () if subject is None else (subject,)


def _subject(fact: Fact) -> Subject | None:
    match fact:
        case DealClosed() | DealReversed() | DealCosted():
            return "deal", fact.deal
        case PlanAdopted() | PlanDrafted():
            return "plan", fact.plan
        case AdoptionProposed():
            return "adoption", fact.draft
        case PlanAcknowledged():
            return "acknowledgement", fact.employee, str(fact.adopted_at)
        case ExchangeRateSet():
            return "rate", fact.quotation
        case PeriodClosed() | RunApproved() | RunReleased():
            return "run", fact.period
        case CloseProposed():
            return "proposal", fact.period
        case PayHeld() | HoldReleased():
            return "hold", fact.hold
        case InquiryOpened() | InquiryAnswered() | InquiryResolved():
            return "inquiry", fact.inquiry
        case InterventionOpened() | InterventionClosed():
            return "intervention", fact.intervention
        case ChangeRefused() | OverrideSet() | TargetChanged() | BalanceWrittenOff() | SubjectErased():
            return None if fact.proposal is None else ("change", str(fact.proposal))
        case ApprovalAsked() | ApprovalDecided():
            return "approval", fact.approval
        case LeadReceived():
            return "lead", fact.lead
        case ContractUploaded() | ContractPassed() | ContractReturned() | ContractTold():
            return "contract", fact.contract
        case QuestionBankPublished():
            return "bank", fact.bank
        case HonourAwarded():
            return "honours", fact.employee
        case TestDrawn() | TestAnswered():
            return "tests", fact.employee
        case _ if isinstance(fact, RosterFact):
            return "employee", fact.employee
        case _:
            return None
