"""Out of quarantine: records that pass the same intake again, and those that nobody wants; with a trail."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import msgspec
from psycopg_pool import ConnectionPool

from api.connectors import documents, statements
from api.connectors.correcting import aimed, at_end_of_line, corrections
from api.connectors.keeping import refused_fact
from api.connectors.quarantine import Kept, OpenEntry, Quarantine
from api.connectors.statement_store import StatementStore
from api.connectors.taking import take
from api.connectors.wrong import WrongInRecord, held, wrong
from api.importing.json_paths import JsonCells
from api.importing.json_table import NotJson, parsed, records
from api.importing.rows import BadRow, Row
from api.intake import Intake, Outcome, Refused, Stored, Submission
from api.ops import SOURCE
from domain.facts.connecting import QuarantineSettled
from domain.refusals import BadField, KeyReused, NotNow, Refusal

Permit = Callable[[Submission], Submission | Refusal]
Way = Literal["released", "corrected"]


class StillRefused(Refusal):
    """The record is refused as before, so it stays in quarantine."""


class AlreadySettled(NotNow):
    """Somebody has released or discarded the record."""


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """How an entry was settled. positions: of the facts that it gave. position: of the fact that says so."""

    entry: str
    settled_as: Literal["released", "corrected", "discarded"]
    positions: list[int]
    position: int


class _Sent(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    data: dict[str, object]
    causation: int | None = None
    refers_to: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Releasing:
    """Settles entries on somebody's behalf. permit: says whether they may write a fact."""

    quarantine: Quarantine
    intake: Intake
    pool: ConnectionPool[Any]
    now: Callable[[], dt.datetime]
    actor: str
    permit: Permit = lambda submission: submission

    def release(
        self, entry: str, reason: str, *, text: str | None = None, correct: bool = False
    ) -> Settlement:
        """Lets the record, or `text` in its place, pass the intake by the mapping that is in use now.

        correct: what stands under its key is voided, and the record is written in its place.
        Raises: NotFound, AlreadySettled, StillRefused, BadField and the Refusals of the intake.
        """
        opened = self._held(entry)
        if text is not None:
            opened = self._mended(opened, text)
        self._require_not_voided(opened)
        positions = self._taken(opened, reason, correct)
        return self._settled(opened, "corrected" if correct else "released", reason, positions)

    def discard(self, entry: str, reason: str) -> Settlement:
        """Lets the record go; the same one again will be refused and not be held.

        Raises: NotFound, AlreadySettled and the Refusals of the intake.
        """
        return self._settled(self._held(entry), "discarded", reason, [])

    def _held(self, entry: str) -> OpenEntry:
        with self.pool.connection() as connection, connection.cursor() as cursor:
            opened = self.quarantine.one(cursor, entry)
        if opened.entry.state != "held":
            raise AlreadySettled(
                field="entry",
                detail=f"It was {opened.entry.state} at position {opened.entry.settled_position}.",
                remedy="Correct the facts that it gave, or have the record sent anew.",
            )
        return opened

    def _require_not_voided(self, opened: OpenEntry) -> None:
        """Raises: StillRefused for a statement that its learning system has voided since."""
        if opened.kept.form == "statement":
            with self.pool.connection() as connection, connection.cursor() as cursor:
                said = StatementStore(self.quarantine.vault).said(cursor, opened.entry.key)
            if said is not None and said.voided_by is not None:
                raise StillRefused(
                    field="record", detail="Its learning system has voided it.", remedy="Discard it."
                )

    def _mended(self, opened: OpenEntry, text: str) -> OpenEntry:
        try:
            parsed(text)
        except NotJson as error:
            raise BadField(field="record", detail=str(error), remedy="Send the record as JSON.") from None
        kept = msgspec.structs.replace(opened.kept, text=text)
        with self.pool.connection() as connection, connection.cursor() as cursor:
            self.quarantine.mend(cursor, opened, kept)
        entry = msgspec.structs.replace(opened.entry, mended=True)
        return msgspec.structs.replace(opened, kept=kept, entry=entry)

    def _taken(self, opened: OpenEntry, reason: str, correct: bool) -> list[int]:
        """Positions of the facts that the record gives.

        Raises: StillRefused with what is wrong now, which the entry says from then on.
        """
        if opened.kept.form == "fact":
            outcomes, why = self._fact(opened.kept, reason, correct)
        else:
            outcomes, why = self._record(opened, reason, correct)
        stored = [outcome.position for outcome in outcomes if isinstance(outcome, Stored)]
        if not why and not stored:
            why = [
                WrongInRecord(
                    kind="passed-over",
                    detail="The mapping passes it over, so it gives no fact.",
                    remedy="Discard it, or mend the mapping or the record.",
                )
            ]
        if why:
            with self.pool.connection() as connection, connection.cursor() as cursor:
                self.quarantine.still_wrong(cursor, opened.entry, why)
            first = why[0]
            place = ".".join(filter(None, ("record", first.path or first.field)))
            raise StillRefused(field=place, detail=first.detail, remedy=first.remedy)
        return list(dict.fromkeys(stored))

    def _record(
        self, opened: OpenEntry, reason: str, correct: bool
    ) -> tuple[Sequence[Outcome], list[WrongInRecord]]:
        name = opened.entry.connector
        with self.pool.connection() as connection, connection.cursor() as cursor:
            connector = documents.connector(cursor, name)
        row = row_of(opened.kept, opened.entry.first_at)
        if any(maker.key.hashed for maker in connector.mapping.makers):
            raise BadField(
                field="entry",
                detail="Rows of this mapping have no id of their own; this one cannot be told from others.",
                remedy="Mend it in its file and bring the whole file again; then discard the entry.",
            )
        [told] = take([row], connector.mapping, name, partial(self._submit, reason=reason, correct=correct))
        return told.outcomes, [held(wrong(fault)) for fault in told.faults]

    def _fact(self, kept: Kept, reason: str, correct: bool) -> tuple[Sequence[Outcome], list[WrongInRecord]]:
        try:
            sent = msgspec.json.decode(kept.text, type=_Sent)
        except msgspec.MsgspecError as error:
            raise BadField(
                field="record", detail=f"{error}.", remedy="Send a fact as POST /v1/facts takes it."
            ) from None
        target = sent.refers_to
        submission = Submission(
            type=sent.type,
            source=sent.source,
            key=sent.key,
            occurred_at=sent.occurred_at,
            data=sent.data,
            causation=sent.causation,
            refers_to=(target["source"], target["key"]) if target else None,
        )
        outcomes = self._submit([submission], reason=reason, correct=correct)
        refusal = next((each.refusal for each in outcomes if isinstance(each, Refused)), None)
        if refusal is None:
            return outcomes, []
        found = refused_fact(submission, refusal)
        why = (
            found.why
            if found
            else [
                WrongInRecord(
                    kind=refusal.kind, detail=refusal.detail, remedy=refusal.remedy, field=refusal.field
                )
            ]
        )
        return [], list(why)

    def _submit(self, submissions: Sequence[Submission], *, reason: str, correct: bool) -> list[Outcome]:
        """What became of each of `submissions`, whether or not others had to be voided for them."""
        now = self.now()
        permitted = [self.permit(each) for each in submissions]
        refusal = next((each for each in permitted if isinstance(each, Refusal)), None)
        if refusal is not None:
            return [Refused(refusal) for _ in submissions]
        permitted_ones = [each for each in permitted if isinstance(each, Submission)]
        with self.pool.connection() as connection, connection.cursor() as cursor:
            brought = at_end_of_line(cursor, permitted_ones) if correct else aimed(cursor, permitted_ones)
        outcomes = self.intake.submit(brought, actor=self.actor, now=now, atomic=True)
        reused = any(isinstance(each, Refused) and isinstance(each.refusal, KeyReused) for each in outcomes)
        if correct and reused:
            with self.pool.connection() as connection, connection.cursor() as cursor:
                brought = corrections(cursor, permitted_ones, reason, now)
            outcomes = self.intake.submit(brought, actor=self.actor, now=now, atomic=True)
        culprit = next((each for each in outcomes if isinstance(each, Refused)), None)
        if culprit is not None:
            return [culprit for _ in submissions]
        return outcomes[len(outcomes) - len(submissions) :]

    def _settled(
        self,
        opened: OpenEntry,
        way: Literal["released", "corrected", "discarded"],
        reason: str,
        given: list[int],
    ) -> Settlement:
        entry = opened.entry
        fact = QuarantineSettled(
            entry=entry.entry,
            connector=entry.connector,
            settled_as=way,
            kind=entry.kind,
            mended=entry.mended,
            received_digest=opened.digest,
            reason=reason,
            positions=given[:200] or None,
        )
        key = f"quarantine-settled/{entry.entry}"
        submission = Submission.of(fact, source=SOURCE, key=key, occurred_at=self.now())
        [outcome] = self.intake.submit([submission], actor=self.actor, now=self.now(), atomic=True)
        if isinstance(outcome, Refused):
            raise outcome.refusal
        with self.pool.connection() as connection, connection.cursor() as cursor:
            self.quarantine.settle(cursor, entry.entry, way, given, outcome.position)
            if opened.kept.form == "statement" and given:
                StatementStore(self.quarantine.vault).settle(
                    cursor, entry.key, "recorded", given, opened.about
                )
        return Settlement(entry=entry.entry, settled_as=way, positions=given, position=outcome.position)


def row_of(kept: Kept, at: dt.datetime) -> Row | BadRow:
    """The record as its mapping reads it. at: when it came.

    Raises: BadStatement.
    """
    if kept.form == "cells":
        return Row(1, msgspec.json.decode(kept.text, type=dict[str, str]))
    if kept.form == "statement":
        told = parsed(kept.text)
        assert isinstance(told, dict), "statements are checked before they are kept"
        return statements.row(statements.statement(told, told.get("id", "")).said, at)
    [row] = records([parsed(kept.text)], None)
    if isinstance(row, BadRow):
        return row
    assert isinstance(row.cells, JsonCells)
    return Row(1, JsonCells(row.cells.record, None, dict(kept.shared)))
