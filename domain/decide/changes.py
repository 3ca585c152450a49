"""Rules on changes that take two: one proposes, another approves or refuses, once, before it lapses."""

import datetime as dt

import msgspec

from domain.decide import accounts, erasure, plans
from domain.decide.known import Known
from domain.decide.persons import require_second_person, same_person
from domain.decide.proposed import UNNAMED, Change, ChangeNotProposed, concerned, proposed_change
from domain.facts.accounts import BalanceWrittenOff
from domain.facts.changes import ChangeProposed, ChangeRefused
from domain.facts.erasure import SubjectErased
from domain.facts.governance import OverrideSet, TargetChanged
from domain.refusals import BadField, SecondPersonNeeded

LAPSE_DAYS = 30
"""So many days after the day of the proposal it can be answered, and not later."""


def propose(fact: ChangeProposed, known: Known, actor: str, today: dt.date) -> None:
    """What is proposed would pass now, and concerns whom the proposal says.

    Raises: BadField, SecondPersonNeeded, and the Refusals of the change.
    """
    change = proposed_change(fact, UNNAMED)
    concerns = concerned(change)
    for name in ("employee", "customer", "branch"):
        if getattr(fact, name) != concerns.get(name):
            raise BadField(
                field=f"data.{name}",
                detail=f"The change concerns {concerns.get(name) or 'nobody'} as {name}.",
                remedy="Say of the proposal whom the change names, and nobody else.",
            )
    _require_other(change, actor)
    _require_sound(change, known, today)


def make(fact: Change, known: Known, actor: str, today: dt.date) -> None:
    """A change takes effect by two persons, whom it does not concern.

    Where it names its proposal, whoever records it approves that, to the letter; where it names none,
    whoever records it is the first person, and the second is named.
    Raises: SecondPersonNeeded, ChangeNotProposed, BadField, and the Refusals of the change.
    """
    if fact.proposal is None:
        require_second_person(actor, fact.approver)
        first = actor
    else:
        first = _approved(fact, fact.proposal, known, actor, today)
    for each in (first, fact.approver):
        _require_other(fact, each)
    _require_sound(fact, known, today)


def refuse(fact: ChangeRefused, known: Known, actor: str, today: dt.date) -> None:
    """A second person refuses what was proposed; whoever proposed it withdraws it instead.

    Raises: ChangeNotProposed, SecondPersonNeeded, BadField.
    """
    proposal = _open(fact.proposal, known, today)
    _require_second(fact.proposal, known, actor, "Withdraw it with fact_voided.")
    for name in ("changes", "employee", "customer", "branch"):
        if getattr(fact, name) != getattr(proposal, name):
            raise BadField(
                field=f"data.{name}",
                detail=f"The proposal at position {fact.proposal} says {getattr(proposal, name)}.",
                remedy="Say again what the proposal is about.",
            )


def _approved(fact: Change, position: int, known: Known, actor: str, today: dt.date) -> str:
    """Checks that `fact` is what stands at `position`, approved by `actor`; who proposed it."""
    proposal = _open(position, known, today)
    proposer = _require_second(position, known, actor, "Ask a second person to approve.")
    if fact.approver != actor:
        raise SecondPersonNeeded(
            field="data.approver",
            detail=f"{fact.approver} is named as approver, and {actor} records it.",
            remedy="Whoever approves records it, signed in as themselves.",
        )
    said = msgspec.structs.replace(fact, key_fingerprint=None) if isinstance(fact, SubjectErased) else fact
    if proposal.changes != fact.TYPE or proposed_change(proposal, actor, position) != said:
        raise ChangeNotProposed(
            field="data.proposal",
            detail=f"The proposal at position {position} asks for something else.",
            remedy="Record exactly what was proposed, or let somebody else propose this.",
        )
    return proposer


def _open(position: int, known: Known, today: dt.date) -> ChangeProposed:
    """The proposal at `position`, if it can still be answered."""
    standing = known.facts.get(position)
    if standing is None or standing.voided or not isinstance(standing.fact, ChangeProposed):
        raise ChangeNotProposed(
            field="data.proposal",
            detail=f"No proposal of a change stands at position {position}.",
            remedy="See /v1/proposals for those that are open, or let somebody else propose it.",
        )
    # One that was taken back was an answer, too.
    stored = (at for at, each in known.facts.items() if getattr(each.fact, "proposal", None) == position)
    answered = next(stored, None) or next((at for at, _ in known.told("change", str(position))), None)
    if answered is not None:
        where = f"at position {answered}" if answered else "earlier in this batch"
        raise ChangeNotProposed(
            field="data.proposal",
            detail=f"The proposal at position {position} was answered {where}.",
            remedy="Nothing is left to do; propose it anew if it is wanted again.",
        )
    last = known.days[position] + dt.timedelta(days=LAPSE_DAYS)
    if today > last:
        raise ChangeNotProposed(
            field="data.proposal",
            detail=f"The proposal at position {position} lapsed after {last}.",
            remedy="Let it be proposed anew.",
        )
    return standing.fact


def _require_second(position: int, known: Known, actor: str, remedy: str) -> str:
    """Checks that `actor` did not make the proposal; who did."""
    proposer = known.actors[position]
    if same_person(proposer, actor):
        raise SecondPersonNeeded(
            field="data.proposal",
            detail=f"{actor} made the proposal at position {position}.",
            remedy=remedy,
        )
    return proposer


def _require_other(change: Change, person: str) -> None:
    """Checks that a change does not concern `person`, who proposes or approves it."""
    if person != concerned(change).get("employee"):
        return
    match change:
        case BalanceWrittenOff():
            detail = f"{person} would give up their own debt."
        case SubjectErased():
            detail = f"{person} would erase themselves."
        case TargetChanged():
            detail = f"{person} would approve their own target."
        case OverrideSet():
            detail = f"{person} would set a parameter of their own."
    raise SecondPersonNeeded(field="data.approver", detail=detail, remedy="Let two others do it.")


def _require_sound(change: Change, known: Known, today: dt.date) -> None:
    """Checks what is due to the change itself, whoever makes it."""
    match change:
        case TargetChanged():
            plans.change_target(change, known)
        case OverrideSet():
            plans.override(change, known)
        case BalanceWrittenOff():
            accounts.write_off(change, known)
        case SubjectErased():
            erasure.erase(change, known, today)
