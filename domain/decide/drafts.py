"""Rules on the life of a plan: a draft is put up, commented on, proposed, adopted once; then acknowledged."""

import datetime as dt
from zoneinfo import ZoneInfo

from domain.decide.known import Draft, Known
from domain.decide.plans import require_sound_document
from domain.facts.governance import PlanAdopted, PlanEnded
from domain.facts.plans import AdoptionProposed, PlanAcknowledged, PlanCommented, PlanDrafted
from domain.people.roster import posting
from domain.plan.parse import parse_plan
from domain.plan.paths import NOWHERE, found_at
from domain.plan.population import belongs
from domain.refusals import (
    AdoptionNotProposed,
    AlreadyAcknowledged,
    BadField,
    DraftClosed,
    DraftExists,
    NotCovered,
    PlanRefused,
    SignatureNeeded,
    UnknownDraft,
    UnknownPlan,
)


def put_up(fact: PlanDrafted, known: Known) -> None:
    """A faultless document is put up under an id of its own, in place of an open draft or of none.

    Raises: DraftExists, PlanRefused, UnknownDraft, DraftClosed.
    """
    if fact.draft in known.drafts:
        raise DraftExists(
            field="data.draft",
            detail=f"Draft {fact.draft} of plan {known.drafts[fact.draft].plan} has been put up already.",
            remedy="Give the new one an id of its own, and name the old one in `replaces`.",
        )
    require_sound_document(fact, known)
    if fact.replaces is not None:
        _open_draft(fact.plan, fact.replaces, known, "data.replaces")


def propose(fact: AdoptionProposed, known: Known) -> None:
    """An open draft is put to whoever may adopt it, as it stands.

    Raises: UnknownDraft, DraftClosed, PlanRefused.
    """
    _require_document_of(_open_draft(fact.plan, fact.draft, known), fact)


def comment(fact: PlanCommented, known: Known) -> None:
    """Something is said about a part of a draft that is still open.

    Raises: UnknownDraft, DraftClosed, BadField.
    """
    draft = _open_draft(fact.plan, fact.draft, known)
    if fact.path is not None and found_at(draft.document, fact.path) is NOWHERE:
        raise BadField(
            field="data.path",
            detail=f"Draft {fact.draft} has nothing at {fact.path}.",
            remedy="Write a path such as components.per_client.rate, or leave it out.",
        )


def accept(fact: PlanAdopted, known: Known) -> None:
    """What is adopted out of an open draft is its document, to the letter, and what was proposed, if it was.

    Raises: UnknownDraft, DraftClosed, PlanRefused, AdoptionNotProposed.
    """
    if fact.draft is not None:
        _require_document_of(_open_draft(fact.plan, fact.draft, known), fact)
    if fact.proposed_at is not None:
        _require_proposed(fact, known)


def _require_document_of(draft: Draft, fact: PlanAdopted | AdoptionProposed) -> None:
    if draft.document_hash != fact.document_hash:
        raise PlanRefused(
            field="data.document_hash",
            detail=f"The document is not that of draft {fact.draft}.",
            remedy="Adopt the document that was commented on, or put the changed one up as a draft.",
        )


def _require_proposed(fact: PlanAdopted, known: Known) -> None:
    """Checks that `approver`, who is somebody else, made the proposal that is confirmed."""
    made = [position for position, _ in known.told("adoption", fact.draft or "")]
    proposer = known.actors.get(fact.proposed_at or 0) if fact.proposed_at in made else None
    if proposer is None or proposer != fact.approver:
        raise AdoptionNotProposed(
            field="data.proposed_at",
            detail=f"{fact.approver} has not proposed draft {fact.draft} at position {fact.proposed_at}.",
            remedy="See /v1/plans/drafts for the proposal that stands, or let somebody else propose it.",
        )


def acknowledge(fact: PlanAcknowledged, known: Known, actor: str, on: dt.datetime) -> None:
    """A person acknowledges, once, the version that pays them; another needs their signature for it.

    on: when they did. The version must hold for them on that day, or on its first day if that comes later.
    Raises: UnknownPlan, BadField, SignatureNeeded, AlreadyAcknowledged, NotCovered.
    """
    standing = known.facts.get(fact.adopted_at)
    version = standing.fact if standing is not None and not standing.voided else None
    if not isinstance(version, PlanAdopted) or version.plan != fact.plan:
        raise UnknownPlan(
            field="data.adopted_at",
            detail=f"No version of plan {fact.plan!r} was adopted at position {fact.adopted_at}.",
            remedy="Take the position from /v1/plans.",
        )
    if version.document_hash != fact.document_hash:
        raise BadField(
            field="data.document_hash",
            detail=f"The version at position {fact.adopted_at} has another document.",
            remedy=f"Read it; its hash is {version.document_hash}.",
        )
    if actor != fact.employee and fact.signature is None:
        raise SignatureNeeded(
            field="data.signature",
            detail=f"{actor} acknowledges for {fact.employee}.",
            remedy="Say where the signed paper is filed, or let them do it themselves.",
        )
    before = known.acknowledged.get((fact.employee, fact.adopted_at))
    if before is not None:
        where = f"at position {before}" if before else "earlier in this batch"
        raise AlreadyAcknowledged(
            field="data.adopted_at",
            detail=f"{fact.employee} acknowledged this version {where}.",
            remedy="Nothing is left to do.",
        )
    zone = ZoneInfo(known.opened.zone) if known.opened is not None else dt.UTC
    _require_covered(fact, version, known, max(on.astimezone(zone).date(), version.effective_from))


def _require_covered(fact: PlanAcknowledged, version: PlanAdopted, known: Known, day: dt.date) -> None:
    held = _held(fact.plan, known, day)
    if held != fact.adopted_at:
        other = f"the one at position {held} does" if held else "none does"
        raise NotCovered(
            field="data.adopted_at",
            detail=f"The version at position {fact.adopted_at} does not hold on {day}; {other}.",
            remedy="Acknowledge the version that holds.",
        )
    here = posting(known.roster.get(fact.employee, ()), day)
    population = parse_plan(version.document, file=fact.plan).population
    if here is None or not belongs(population, here, day):
        raise NotCovered(
            field="data.employee",
            detail=f"Plan {fact.plan} is not for {fact.employee} on {day}.",
            remedy="See /v1/plans/{plan}/acknowledgements for whom it is.",
        )


def _held(plan: str, known: Known, day: dt.date) -> int | None:
    """The position of the version of `plan` that holds on `day`."""
    live = [(position, told.fact) for position, told in known.facts.items() if not told.voided]
    started = [
        (fact.effective_from, position, fact)
        for position, fact in live
        if isinstance(fact, PlanAdopted) and fact.plan == plan and fact.effective_from <= day
    ]
    if not started:
        return None
    first, position, version = max(started, key=lambda each: each[:2])
    until = parse_plan(version.document, file=plan).effective_until
    ended = any(
        first <= fact.ended_on < day for _, fact in live if isinstance(fact, PlanEnded) and fact.plan == plan
    )
    return None if ended or (until is not None and until < day) else position


def _open_draft(plan: str, name: str, known: Known, field: str = "data.draft") -> Draft:
    draft = known.drafts.get(name)
    if draft is None or draft.plan != plan:
        raise UnknownDraft(
            field=field,
            detail=f"Plan {plan} has no draft {name!r}.",
            remedy="See /v1/plans/drafts, or put it up first.",
        )
    if draft.closed_by is not None:
        raise DraftClosed(
            field=field,
            detail=f"Draft {name} is closed: it was {draft.closed_by}.",
            remedy="Name an open draft; see /v1/plans/drafts.",
        )
    return draft
