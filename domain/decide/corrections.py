"""Rules on voids and confirmations: facts about one other fact."""

from domain.decide.known import Known, Standing
from domain.decide.question_banks import require_not_handed_in
from domain.decide.runs import require_last_of_run
from domain.decide.shifts import require_undisturbed
from domain.facts.approvals import ApprovalAsked
from domain.facts.assisting import ContractPassed, ContractReturned, ContractTold, ContractUploaded
from domain.facts.base import Fact
from domain.facts.credentials import CredentialFact
from domain.facts.governance import FactConfirmed, FactVoided, PlanAdopted
from domain.facts.inquiries import InquiryAnswered, InquiryOpened
from domain.facts.interventions import InterventionOpened
from domain.facts.plans import PlanDrafted
from domain.facts.question_banks import TestDrawn
from domain.facts.registry import CREDITED
from domain.facts.runs import PayHeld, RunApproved, RunReleased
from domain.facts.selling import DealClosed, DealCosted
from domain.facts.shifts import ShiftAssigned, SwapApproved, SwapAsked, SwapConsented
from domain.refusals import AlreadyVoided, NotConfirmable, NotVoidable, UnknownFact

_FOUNDATIONS = frozenset(
    """ledger_opened branch_opened period_closed fact_voided access_refused personal_data_read
    subject_erased token_made token_revoked quarantine_settled access_changed signed_in
    webhook_changed""".split()
)


def void(fact: FactVoided, known: Known) -> None:
    """A fact is voided once; a void, a closed period and what all else rests on are not voided.

    Raises: UnknownFact, AlreadyVoided, NotVoidable.
    """
    voided = _standing(fact.position, known)
    kind = voided.fact.TYPE
    if kind in _FOUNDATIONS:
        raise NotVoidable(
            field="data.position",
            detail=f"Position {fact.position} holds {kind}, which cannot be voided.",
            remedy="Record what is right as a new fact.",
        )
    closed = known.last_closed
    if isinstance(voided.fact, PlanAdopted) and closed and voided.fact.effective_from <= closed.last_day:
        raise NotVoidable(
            field="data.position",
            detail=f"{closed} was closed with the plan adopted at position {fact.position}.",
            remedy=f"Adopt a new version from {closed.next().first_day} on.",
        )
    deal = known.deals.get(voided.fact.deal) if isinstance(voided.fact, DealClosed) else None
    if deal is not None and deal.reversed_minor:
        raise NotVoidable(
            field="data.position",
            detail=f"{deal.reversed_minor} of the deal at position {fact.position} has come back.",
            remedy="Void the reversal first.",
        )
    if not voided.voided:
        _require_nothing_rests_on(fact.position, voided.fact, known)
    if voided.voided:
        raise AlreadyVoided(
            field="data.position",
            detail=f"Position {fact.position} is voided already.",
            remedy="Nothing is left to do.",
        )


def confirm(fact: FactConfirmed, known: Known) -> None:
    """Only a live performance fact can be confirmed.

    Raises: UnknownFact, NotConfirmable.
    """
    confirmed = _standing(fact.position, known)
    if confirmed.voided or confirmed.fact.TYPE not in CREDITED:
        state = "is voided" if confirmed.voided else f"holds {confirmed.fact.TYPE}"
        raise NotConfirmable(
            field="data.position",
            detail=f"Position {fact.position} {state}.",
            remedy="Confirm a performance fact that still counts.",
        )


def _require_nothing_rests_on(position: int, fact: Fact, known: Known) -> None:
    match fact:
        case DealClosed():
            _require_not_costed(fact, known)
        case PlanDrafted():
            _require_open(fact, known)
        case RunApproved() | RunReleased():
            require_last_of_run(position, fact, known)
        case InquiryOpened() | InquiryAnswered():
            _require_last_told(position, known.told("inquiry", fact.inquiry))
        case InterventionOpened():
            _require_last_told(position, known.told("intervention", fact.intervention))
        case ApprovalAsked():
            _require_last_told(position, known.told("approval", fact.approval))
        case ContractUploaded() | ContractPassed() | ContractReturned() | ContractTold():
            _require_last_told(position, known.told("contract", fact.contract))
        case SwapAsked() | SwapConsented():
            _require_last_told(position, known.told("swap", fact.swap))
        case ShiftAssigned() | SwapApproved():
            require_undisturbed(position, fact, known)
        case TestDrawn():
            require_not_handed_in(fact, known)
        case PayHeld():
            _require_last_told(position, known.told("hold", fact.hold))
        case _ if isinstance(fact, CredentialFact):
            _require_last_step(position, fact, known)
        case _:
            pass


def _require_not_costed(fact: DealClosed, known: Known) -> None:
    for position, told in known.told("deal", fact.deal):
        if isinstance(told, DealCosted):
            raise NotVoidable(
                field="data.position",
                detail=f"Position {position} says what deal {fact.deal} costs.",
                remedy="Void that first, lest its margin go on counting.",
            )


def _require_last_told(position: int, steps: tuple[tuple[int, Fact], ...]) -> None:
    """Checks that the fact at `position` is the last of those that follow one another."""
    if steps and steps[-1][0] != position:
        raise NotVoidable(
            field="data.position",
            detail=f"Position {steps[-1][0]} goes on from position {position}.",
            remedy="Void the later facts first, the last one before the others.",
        )


def _require_open(fact: PlanDrafted, known: Known) -> None:
    draft = known.drafts.get(fact.draft)
    if draft is not None and draft.closed_by is not None:
        raise NotVoidable(
            field="data.position",
            detail=f"Draft {fact.draft} was {draft.closed_by}.",
            remedy="Void that first.",
        )


def _require_last_step(position: int, fact: CredentialFact, known: Known) -> None:
    steps = known.credentials.get(fact.credential, ())
    if steps and steps[-1].position != position:
        raise NotVoidable(
            field="data.position",
            detail=f"Position {steps[-1].position} changed credential {fact.credential} later.",
            remedy="Void the later changes first, the last one before the others.",
        )


def _standing(position: int, known: Known) -> Standing:
    try:
        return known.facts[position]
    except KeyError:
        raise UnknownFact(
            field="data.position",
            detail=f"No fact stands at position {position}.",
            remedy="Look it up in /v1/facts.",
        ) from None
