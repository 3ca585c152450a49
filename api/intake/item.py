"""A submission on its way through the intake, and the steps that concern it alone or with its batch."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from api.intake.submission import Outcome, Refused, Stored, Submission
from domain.decide.boundary import people_written_about
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.changes import ChangeProposed
from domain.facts.governance import FactConfirmed, FactVoided
from domain.facts.registry import decode, from_builtins
from domain.facts.selling import CustomerAssigned, CustomerRegistered
from domain.facts.training import SkillGraded
from domain.journal.lookup import StoredKey
from domain.journal.record import Draft, draft
from domain.refusals import KeyReused, NotAllowed, Refusal, Withheld

TAKING = (CustomerRegistered, CustomerAssigned)
"""They say who looks after a client from then on."""
PROPOSED = ChangeProposed.TYPE
DAYED = frozenset({SkillGraded.TYPE, PROPOSED, *(kind.TYPE for kind in TAKING)})
"""Facts of which rules ask on which day they happened, or the ledger learnt of what was proposed."""


@dataclass
class Item:
    """A submission with its fact and draft, then its outcome.

    twin: an earlier one of the batch with the same key.
    """

    submission: Submission
    fact: Fact | None = None
    draft: Draft | None = None
    outcome: Outcome | None = None
    twin: "Item | None" = None

    @property
    def pending(self) -> bool:
        """Whether it still has to be decided on."""
        return self.outcome is None and self.twin is None

    @property
    def refused(self) -> Refusal | None:
        """Why it was refused, if it was."""
        return self.outcome.refusal if isinstance(self.outcome, Refused) else None

    @property
    def key(self) -> tuple[str, str]:
        """The idempotency key."""
        return self.submission.source, self.submission.key


def decoded(submission: Submission, position: int | None = None) -> Fact:
    """The fact that is brought; `position` is where the fact stands that it refers to.

    Raises: UnknownFactType, BadField.
    """
    given = submission.data
    if isinstance(given, bytes):
        return decode(submission.type, given)
    return from_builtins(submission.type, given if position is None else {**given, "position": position})


def drafted(submission: Submission, fact: Fact, actor: str, inherited_tags: tuple[str, ...] = ()) -> Draft:
    """The draft of `fact`.

    Raises: BadInstant, BadField.
    """
    return draft(
        fact,
        source=submission.source,
        key=submission.key,
        occurred_at=submission.occurred_at,
        actor=actor,
        causation=submission.causation,
        inherited_tags=inherited_tags,
    )


def recognise(items: Sequence[Item], stored: Mapping[tuple[str, str], StoredKey]) -> None:
    """Settles what the journal holds already, and pairs up what the batch holds twice."""
    first: dict[tuple[str, str], Item] = {}
    for item in items:
        if not item.pending or item.draft is None:
            continue
        before = stored.get(item.key)
        if before is not None:
            same = before.content_hash == item.draft.content_hash
            where = f"position {before.position}"
            item.outcome = Stored(before.position, True, before.recorded_at) if same else _reused(item, where)
        elif (twin := first.setdefault(item.key, item)) is not item and twin.draft is not None:
            if twin.draft.content_hash == item.draft.content_hash:
                item.twin = twin
            else:
                item.outcome = _reused(item, "an earlier fact of this batch")


def decide_groups(items: Sequence[Item], known: Known, asked: Asked) -> None:
    """Decides in order; what belongs together falls together, and leaves nothing behind in `known`."""
    numbered = enumerate(items)
    for _, group in groupby(
        numbered, key=lambda pair: (pair[1].submission.group is None and pair[0], pair[1].submission.group)
    ):
        _decide_group([item for _, item in group], known, asked)


def _decide_group(group: list[Item], known: Known, asked: Asked) -> None:
    mark = known.mark()
    for item in group:
        if item.pending and item.fact is not None:
            try:
                decide(item.fact, item.submission.occurred_at, known, asked)
                _require_reach(item, known)
                known.apply(item.fact)
            except Refusal as refusal:
                item.outcome = Refused(refusal)
    culprit = next((item.refused for item in group if item.refused), None)
    if culprit is not None:
        known.rollback(mark)
        withhold(group, culprit)


def takes_client(submission: Submission, fact: Fact | None) -> str | None:
    """The client that somebody with a narrower scope gives to one of theirs; None where nobody does."""
    if submission.people is None or not isinstance(fact, TAKING):
        return None
    return fact.customer


def _require_reach(item: Item, known: Known) -> None:
    """A void or confirmation reaches only facts of the types, and about the people, of its bringer.

    A client that somebody out of their reach looks after is not theirs to take.
    Raises: NotAllowed.
    """
    reach, people = item.submission.reach, item.submission.people
    if people is not None and (customer := takes_client(item.submission, item.fact)) is not None:
        _require_holder(customer, people, known)
    if not isinstance(item.fact, FactVoided | FactConfirmed):
        return
    about = known.facts[item.fact.position].fact
    named = {person for _, person in people_written_about(about)}
    if people is not None and not (named and named <= people):
        raise NotAllowed(
            field="data.position",
            detail="This token does not write about whom that fact is about.",
            remedy="Ask somebody whose token reaches them.",
        )
    voided = about.TYPE
    if reach is not None and voided not in reach:
        raise NotAllowed(
            field="data.position",
            detail=f"This role does not write {voided}, so it does not void one.",
            remedy="Send it with the token of a role that does.",
        )


def _require_holder(customer: str, people: Collection[str], known: Known) -> None:
    held = [
        (known.days.get(position, dt.date.min), position, standing.fact.employee)
        for position, standing in known.facts.items()
        if not standing.voided and isinstance(standing.fact, TAKING) and standing.fact.customer == customer
    ]
    if held and max(held)[2] not in people:
        raise NotAllowed(
            field="data.customer",
            detail="Somebody whom this token does not reach looks after the client.",
            remedy="Ask whoever looks after it, or a manager of both, to hand it over.",
        )


def withhold(items: Sequence[Item], culprit: Refusal) -> None:
    """Refuses what has no outcome yet because `culprit` stopped a neighbour."""
    for item in items:
        if item.outcome is None:
            item.twin = None
            item.outcome = Refused(
                Withheld(
                    field=culprit.field,
                    detail=f"Not stored, as what belongs to it was refused: {culprit.detail}",
                    remedy=culprit.remedy,
                )
            )


def settle_twins(items: Sequence[Item]) -> None:
    """Gives what stood twice in the batch the outcome of its first."""
    for item in items:
        if item.outcome is None and item.twin is not None:
            outcome = item.twin.outcome
            item.outcome = outcome._replace(hit=True) if isinstance(outcome, Stored) else outcome


def _reused(item: Item, where: str) -> Refused:
    source, key = item.key
    return Refused(
        KeyReused(
            field="key",
            detail=f"Source {source!r} used the key {key!r} before, for other content: {where}.",
            remedy="If the first was wrong, void it and send this under a new key.",
        )
    )
