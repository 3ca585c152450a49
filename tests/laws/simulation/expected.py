"""What the intake must answer, told again from the rules: stored, or refused by which of them."""

import datetime as dt

from laws.simulation.memory import Memory, Told

from domain.facts.base import Fact
from domain.facts.credentials import CredentialFact
from domain.facts.governance import (
    BranchOpened,
    FactConfirmed,
    FactVoided,
    LedgerOpened,
    OverrideSet,
    PeriodClosed,
    PlanAdopted,
    PlanEnded,
    TargetChanged,
)
from domain.facts.people import EmployeeHired, EmployeeLeft, EmployeeTransferred, LeaveTaken
from domain.facts.registry import CREDITED, tags_of
from domain.facts.selling import DealClosed, DealReversed
from domain.period import Period
from domain.plan.parse import parse_plan

FOUNDATIONS = frozenset(
    """ledger_opened branch_opened period_closed fact_voided subject_erased access_refused
    token_made token_revoked personal_data_read access_changed signed_in webhook_changed""".split()
)
"""Types that no void may name."""


JUDGED_ELSEWHERE = frozenset(
    """run_approved run_released pay_held hold_released payment_confirmed inquiry_opened inquiry_answered
    inquiry_resolved balance_written_off exchange_rate_set skill_graded intervention_opened
    intervention_closed probation_reviewed shift_pattern_set shift_rules_set shift_assigned shift_worked
    swap_asked swap_consented swap_approved swap_refused shift_need_set shift_wished lead_received deal_costed
    contract_uploaded contract_passed contract_returned contract_told practice_shared approval_asked
    change_proposed change_refused approval_decided market_pay_surveyed notice_rules_set""".split()
)
"""Types whose rules are not told again here."""

EITHER = "stored, or refused by a rule that has tests of its own"
"""The answer to facts whose rules are not told again here."""


def refusal(memory: Memory, told: Told, now: dt.datetime) -> str | None:
    """The name of the refusal that `told` must meet now, or EITHER; None where it must be stored."""
    fact = told.fact
    if told.occurred_at > now + dt.timedelta(days=1):
        return "BadInstant"
    if told.causation is not None and told.causation > memory.head:
        return "UnknownFact"
    named = [getattr(fact, name, None) for name in ("employee", "manager", "mentor")]
    known = {*memory.people, fact.employee} if isinstance(fact, EmployeeHired) else set(memory.people)
    if isinstance(fact, OverrideSet) and fact.level == "person":
        named.append(fact.scope)
    if any(name is not None and name not in known for name in named):
        return "UnknownEmployee"
    opened = {fact.branch for _, fact in memory.live(BranchOpened)}
    branch = fact.scope if isinstance(fact, OverrideSet) and fact.level == "branch" else None
    branch = branch or (None if isinstance(fact, BranchOpened) else getattr(fact, "branch", None))
    if branch is not None and branch not in opened:
        return "UnknownBranch"
    return _by_subject(memory, fact, told.actor, memory.day(now))


def _by_subject(memory: Memory, fact: Fact, actor: str, today: dt.date) -> str | None:
    match fact:
        case EmployeeHired() | EmployeeLeft():
            return _employment(memory, fact)
        case EmployeeTransferred():
            twice = [name for name in fact.cleared or () if getattr(fact, name) is not None]
            return "BadField" if twice else None
        case LeaveTaken():
            return None if 0 <= (fact.until_on - fact.from_on).days < 366 else "BadField"
        case DealClosed():
            return "DealAlreadyClosed" if memory.deal(fact.deal) else None
        case DealReversed():
            return _reversal(memory, fact)
        case FactVoided():
            return _void(memory, fact)
        case FactConfirmed():
            if fact.position > memory.head:
                return "UnknownFact"
            is_live = fact.position not in memory.voids()
            return None if is_live and memory.at(fact.position).fact.TYPE in CREDITED else "NotConfirmable"
        case PeriodClosed():
            return _close(memory, fact, today)
        case OverrideSet() | TargetChanged() if fact.proposal is not None:
            return EITHER
        case PlanAdopted() | PlanEnded() | OverrideSet() | TargetChanged():
            return _plan(memory, fact, actor)
        case LedgerOpened():
            return "BadField" if memory.told else None
        case _ if isinstance(fact, CredentialFact) or fact.TYPE in JUDGED_ELSEWHERE:
            return EITHER
        case _:
            return None


def _employment(memory: Memory, fact: EmployeeHired | EmployeeLeft) -> str | None:
    here, day = memory.employed(fact.employee)
    if isinstance(fact, EmployeeHired):
        too_early = not here and day is not None and fact.hired_on <= day
        return "AlreadyHired" if here else "HasLeft" if too_early else None
    if not here:
        return "HasLeft"
    return "BadField" if day is not None and fact.left_on < day else None


def _reversal(memory: Memory, fact: DealReversed) -> str | None:
    found = memory.deal(fact.deal)
    if found is None:
        return "UnknownDeal"
    _, deal, back = found
    if fact.currency != deal.currency:
        return "BadField"
    return "ReversalTooLarge" if fact.amount_minor > deal.amount_minor - back else None


def _void(memory: Memory, fact: FactVoided) -> str | None:
    if fact.position > memory.head:
        return "UnknownFact"
    voided = memory.at(fact.position).fact
    closes = memory.closes()
    if voided.TYPE in JUDGED_ELSEWHERE:
        return EITHER
    if voided.TYPE in FOUNDATIONS:
        return "NotVoidable"
    last_day = Period.parse(closes[-1][1].period).last_day if closes else dt.date.min
    if isinstance(voided, PlanAdopted) and voided.effective_from <= last_day:
        return "NotVoidable"
    if isinstance(voided, DealClosed) and (found := memory.deal(voided.deal)) and found[2]:
        return "NotVoidable"
    if isinstance(voided, DealClosed) and memory.is_costed(voided.deal):
        return "AlreadyVoided" if fact.position in memory.voids() else "NotVoidable"
    return "AlreadyVoided" if fact.position in memory.voids() else None


def _close(memory: Memory, fact: PeriodClosed, today: dt.date) -> str | None:
    closes, period = memory.closes(), Period.parse(fact.period)
    if closes:
        last = Period.parse(closes[-1][1].period)
        if period.first_day <= last.first_day:
            return "PeriodAlreadyClosed"
        if period != last.next():
            return "PeriodOutOfOrder"
    return "PeriodNotOver" if today <= period.last_day else None


def _plan(
    memory: Memory, fact: PlanAdopted | PlanEnded | OverrideSet | TargetChanged, actor: str
) -> str | None:
    closes = memory.closes()
    last = Period.parse(closes[-1][1].period).last_day if closes else dt.date.min
    match fact:
        case PlanEnded():
            if not memory.versions(fact.plan):
                return "UnknownPlan"
            return "PlanRefused" if fact.ended_on < last else None
        case PlanAdopted():
            if actor == fact.approver:
                return "SecondPersonNeeded"
            return "PlanRefused" if fact.effective_from <= last else None
        case OverrideSet():
            if actor == fact.approver:
                return "SecondPersonNeeded"
            started = [at for at, version in memory.versions(fact.plan)]
            first = min((version.effective_from for _, version in memory.versions(fact.plan)), default=None)
            return "UnknownPlan" if not started or first is None or fact.effective_from < first else None
        case TargetChanged():
            if fact.approver in (actor, fact.employee):
                return "SecondPersonNeeded"
            names = {name for plan in latest(memory) for name in names_of(plan)}
            if fact.target not in names:
                return "UnknownTarget"
            return "BadField" if (fact.target, fact.value) == ("start", "0") else None


def latest(memory: Memory) -> list[PlanAdopted]:
    """The live version of each plan that was adopted last."""
    return list({version.plan: version for _, version in memory.versions()}.values())


def names_of(version: PlanAdopted) -> list[str]:
    """The targets and milestones of a version."""
    plan = parse_plan(version.document)
    return [*plan.targets, *(milestone.id for milestone in plan.milestones)]


def tags(memory: Memory, fact: Fact) -> tuple[str, ...]:
    """The tags that `fact` must bear: its own, and of what it is about."""
    own = tags_of(fact)
    if not isinstance(fact, FactVoided | FactConfirmed):
        return own
    about = memory.at(fact.position).tags
    return own + tuple(tag for tag in about if tag not in own)
