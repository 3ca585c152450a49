"""Decides on what is brought and appends what passes."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Cursor

from api.intake.encrypting import (
    ERASURES,
    Told,
    encrypt,
    encrypted_at_once,
    is_personal,
    look,
    stored_forms,
    subjects_of,
)
from api.intake.item import (
    DAYED,
    PROPOSED,
    TAKING,
    Item,
    decide_groups,
    decoded,
    drafted,
    recognise,
    settle_twins,
    takes_client,
    withhold,
)
from api.intake.submission import Outcome, Refused, Rehearsal, Stored, Submission
from domain.decide.boundary import (
    Look,
    boundary,
    branches_named,
    names_only,
    people_named,
    positions_named,
)
from domain.decide.decide import Asked, decide_met
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.governance import BranchOpened, FactVoided, LedgerOpened
from domain.facts.people import LeaveTaken
from domain.facts.registry import decode
from domain.facts.training import SkillGraded
from domain.journal.append import Condition, ConditionFailed, Journal, Receipt
from domain.journal.lookup import StoredKey, at_positions, looked_at, stored_keys
from domain.journal.record import Draft, Record
from domain.journal.vault import Keys, Vault
from domain.refusals import Contended, Refusal, UnknownFact

TRIES = 8
DEFAULT_ZONE = "Asia/Shanghai"
UNDECIDED = BranchOpened | LeaveTaken | SkillGraded
"""Facts that look at nothing themselves, and that others look at."""
CLIENTS = (*(kind.TYPE for kind in TAKING), FactVoided.TYPE)
PRECISE_LOOKS = 64
"""Above so many, a batch watches whole types instead of single tags, lest the condition outgrow the batch."""


class Intake:
    """The one way from a submission to the journal.

    vault: the keys of personal data; without one, facts that hold any are refused.
    """

    def __init__(self, journal: Journal, vault: Vault | None = None) -> None:
        self._journal, self._vault = journal, vault
        self._people: set[str] = set()
        self._branches: set[str] = set()
        self._opened: LedgerOpened | None = None
        self._nothing = Known()  # is known to rules that look at nothing; they only read it

    def submit(
        self,
        submissions: Sequence[Submission],
        *,
        actor: str,
        now: dt.datetime,
        atomic: bool,
        rehearsal: Rehearsal | None = None,
    ) -> list[Outcome]:
        """What became of each submission, in their order.

        atomic: one refusal withholds them all. rehearsal: nothing is stored.
        """
        for _ in range(TRIES):
            try:
                return self._attempt(submissions, actor, now, atomic, rehearsal)
            except ConditionFailed:
                continue
        refusal = Contended(
            field="", detail="Others kept writing to the same things.", remedy="Send it again."
        )
        return [Refused(refusal) for _ in submissions]

    def plain(self, submission: Submission, *, actor: str, now: dt.datetime) -> Draft | None:
        """A draft that may be appended without a further look; None where `submit` must decide.

        Raises: the Refusal of a rule that needs no look.
        """
        return self._plain(submission, Asked(actor, now, self.business_day(now)))

    def all_plain(
        self, submissions: Sequence[Submission], *, actor: str, now: dt.datetime
    ) -> list[Draft] | None:
        """The drafts of a batch that may be appended without a further look; None where `submit` must decide.

        Raises: as `plain`.
        """
        asked = Asked(actor, now, self.business_day(now))
        drafts: list[Draft] = []
        for submission in submissions:
            draft = self._plain(submission, asked)
            if draft is None:
                return None
            drafts.append(draft)
        return drafts

    def _plain(self, submission: Submission, asked: Asked) -> Draft | None:
        if submission.refers_to is not None or submission.causation is not None:
            return None
        fact = decoded(submission)
        if boundary(fact) or takes_client(submission, fact):
            return None
        if not names_only(fact, self._people, self._branches):
            return None
        if is_personal(fact):
            ready = encrypted_at_once(fact, submission.source, submission.key, self._vault)
            if ready is None:
                return None
            fact = ready
        draft = drafted(submission, fact, asked.actor)
        decide_met(fact, draft.occurred_at, self._nothing, asked)
        return draft

    def append(self, drafts: Sequence[Draft], *, now: dt.datetime) -> list[Receipt]:
        """Writes all of what `plain` made ready, or none; where each stands.

        Raises: KeyReused.
        """
        return self._journal.append(drafts, now=now)

    def as_stored(self, cursor: Cursor[Any], told: Sequence[Told]) -> list[Fact]:
        """The facts `told` as they are stored, what is personal encrypted; those it refuses stay plain.

        Raises: KeysUnavailable.
        """
        personal = [each for each in told if is_personal(each.fact)]
        forms = iter(stored_forms(cursor, personal, look(cursor, personal, self._vault)))
        found = (next(forms) if is_personal(each.fact) else each.fact for each in told)
        return [
            each.fact if isinstance(form, Refusal) else form for each, form in zip(told, found, strict=True)
        ]

    def business_day(self, instant: dt.datetime) -> dt.date:
        """The day of `instant` in the ledger's zone."""
        opened = self.opened()
        return instant.astimezone(ZoneInfo(opened.zone if opened else DEFAULT_ZONE)).date()

    def opened(self) -> LedgerOpened | None:
        """The ledger's first fact, if it has been opened."""
        if self._opened is None:
            with self._journal.cursor() as cursor:
                for record in looked_at(cursor, [Look(("ledger_opened",), "")]):
                    fact = decode(record.type, record.data)
                    self._opened = fact if isinstance(fact, LedgerOpened) else None
        return self._opened

    def _attempt(
        self,
        submissions: Sequence[Submission],
        actor: str,
        now: dt.datetime,
        atomic: bool,
        rehearsal: Rehearsal | None,
    ) -> list[Outcome]:
        items = [Item(submission) for submission in submissions]
        asked = Asked(actor, now, self.business_day(now))
        head = self._journal.head()
        with self._journal.cursor() as cursor:
            keys = self._decode(cursor, items, rehearsal)
            spoken_of = _draft(cursor, items, actor)
            _require_causes(items, head)
            stored = stored_keys(cursor, [item.key for item in items if item.pending])
            recognise(items, stored | _rehearsed_keys(rehearsal, items, now))
            known, looks = self._known(cursor, items, spoken_of)
        for fact in rehearsal.facts if rehearsal else ():
            known.apply(fact)
        decide_groups(items, known, asked)
        culprit = next((item.refused for item in items if item.refused), None)
        if atomic and culprit is not None:
            withhold(items, culprit)
        fresh = [item for item in items if item.pending]
        if rehearsal is None:
            self._append(fresh, looks, keys, head, now)
        else:
            _rehearse(fresh, rehearsal, now)
        settle_twins(items)
        return [item.outcome for item in items if item.outcome is not None]

    def _decode(self, cursor: Cursor[Any], items: Sequence[Item], rehearsal: Rehearsal | None) -> Keys:
        """Turns submissions into facts without plain personal text, or refuses them; the keys it took."""
        references = [item.submission.refers_to for item in items if item.submission.refers_to is not None]
        targets = stored_keys(cursor, references)
        for item in items:
            _decode_one(item, targets, rehearsal)
        return encrypt(cursor, items, self._vault, rehearsal)

    def _append(self, fresh: list[Item], looks: set[Look], keys: Keys, head: int, now: dt.datetime) -> None:
        drafts = [item.draft for item in fresh if item.draft is not None]
        if not drafts:
            return
        watched = list(_bounded(looks))
        if self._vault is not None and keys.ciphers:
            watched.append(ERASURES)
            with self._journal.cursor() as cursor:
                if not self._vault.keep(cursor, keys, subjects_of(fresh)):
                    raise ConditionFailed
        condition = Condition(tuple(watched), after=head) if watched else None
        for item, result in zip(
            fresh, self._journal.append_each(drafts, now=now, condition=condition), strict=True
        ):
            if isinstance(result, Refusal):
                item.outcome = Refused(result)
            else:
                item.outcome = result

    def _known(
        self, cursor: Cursor[Any], items: Sequence[Item], spoken_of: dict[int, Record]
    ) -> tuple[Known, set[Look]]:
        """What the rules of the pending items must know, and the boundary that must not move meanwhile."""
        facts = [item.fact for item in items if item.pending and item.fact is not None]
        about = {position for fact in facts for position in positions_named(fact)}
        voided = [
            spoken_of[fact.position]
            for fact in facts
            if isinstance(fact, FactVoided) and fact.position in spoken_of
        ]
        looks = {look for fact in facts for look in boundary(fact)}
        taken = {takes_client(item.submission, item.fact) for item in items if item.pending}
        looks |= {Look(CLIENTS, f"customer:{customer}") for customer in taken - {None}}
        looks |= {look for record in voided for look in boundary(decode(record.type, record.data))}
        records = {record.position: record for record in looked_at(cursor, looks)}
        records.update((position, spoken_of[position]) for position in about if position in spoken_of)
        known = Known()
        known.fold(_told(records.values()))
        known.actors = {record.position: record.actor for record in records.values()}
        known.days = {
            each.position: self.business_day(each.recorded_at if each.type == PROPOSED else each.occurred_at)
            for each in records.values()
            if each.type in DAYED
        }
        self._meet(cursor, facts)
        known.employees |= self._people
        known.branches |= self._branches
        return known, looks

    def _meet(self, cursor: Cursor[Any], facts: Iterable[Fact]) -> None:
        """Remembers which of the people and branches named exist; ids that exist go on existing."""
        people = {value for fact in facts for _, value in people_named(fact)} - self._people
        branches = {value for fact in facts for _, value in branches_named(fact)} - self._branches
        looks = [Look(("employee_hired",), f"employee:{person}") for person in people]
        looks += [Look(("branch_opened",), f"branch:{branch}") for branch in branches]
        met = Known()
        met.fold(_told(looked_at(cursor, looks)))
        self._people |= met.employees
        self._branches |= met.branches


def _draft(cursor: Cursor[Any], items: Sequence[Item], actor: str) -> dict[int, Record]:
    """Turns facts into drafts, or refuses them; the records they speak of, by position."""
    spoken_of = {
        record.position: record
        for record in at_positions(
            cursor,
            {at for item in items if item.fact is not None for at in positions_named(item.fact)},
        )
    }
    for item in items:
        if item.pending and item.fact is not None:
            about = spoken_of.get(getattr(item.fact, "position", 0))
            try:
                item.draft = drafted(item.submission, item.fact, actor, about.tags if about else ())
            except Refusal as refusal:
                item.outcome = Refused(refusal)
    return spoken_of


def _decode_one(item: Item, targets: dict[tuple[str, str], StoredKey], rehearsal: Rehearsal | None) -> None:
    reference = item.submission.refers_to
    target = targets.get(reference) if reference else None
    if reference and target is None:
        if rehearsal is not None and reference in rehearsal.keys:
            item.outcome = Stored(0, False, item.submission.occurred_at)
        else:
            item.outcome = Refused(
                UnknownFact(
                    field="refers_to",
                    detail=f"No fact with source {reference[0]!r} and key {reference[1]!r} is stored.",
                    remedy="Record that fact first, or mend source and key.",
                )
            )
        return
    try:
        item.fact = decoded(item.submission, target.position if target else None)
    except Refusal as refusal:
        item.outcome = Refused(refusal)


def _require_causes(items: Sequence[Item], head: int) -> None:
    """Refuses what names a cause that is no stored fact."""
    for item in items:
        cause = item.submission.causation
        if item.pending and cause is not None and not 0 < cause <= head:
            item.outcome = Refused(
                UnknownFact(
                    field="causation",
                    detail=f"No fact stands at position {cause}.",
                    remedy="Record the cause first, or leave it out.",
                )
            )


def _rehearse(fresh: Sequence[Item], rehearsal: Rehearsal, now: dt.datetime) -> None:
    for item in fresh:
        if item.fact is not None and item.draft is not None:
            rehearsal.keys[item.key] = item.draft.content_hash
            if boundary(item.fact) or isinstance(item.fact, UNDECIDED):
                rehearsal.facts.append(item.fact)
            item.outcome = Stored(0, False, now)


def _rehearsed_keys(
    rehearsal: Rehearsal | None, items: Sequence[Item], now: dt.datetime
) -> dict[tuple[str, str], StoredKey]:
    keys = rehearsal.keys if rehearsal else {}
    return {item.key: StoredKey(0, keys[item.key], now) for item in items if item.key in keys}


def _bounded(looks: set[Look]) -> set[Look]:
    """`looks` themselves, or their types alone where they are many."""
    return looks if len(looks) <= PRECISE_LOOKS else {Look(look.types, "") for look in looks}


def _told(records: Iterable[Record]) -> list[tuple[int, Fact, tuple[str, ...]]]:
    return [(record.position, decode(record.type, record.data), record.tags) for record in records]
