"""Erasing somebody, and seeing to it that no restored copy of the database brings them back.

A home lists its erasures in `erasures.ndjson`. Whenever a ledger is opened, the list, the journal and the
keys are brought to agree: what one of them knows to be erased is erased in all.
"""

import datetime as dt
import hashlib
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from api.intake import Intake, Refused, Submission
from domain.facts.erasure import SubjectErased
from domain.facts.personal import subject_of
from domain.facts.registry import decode
from domain.journal.append import Journal
from domain.journal.query import Selector
from domain.journal.read import LAST, matching
from domain.journal.record import Record, record_line

log = logging.getLogger("meritbook")

OWN_NAME = "meritbook"
"""Whose name stands at what is told again without the proposal that it was approved by."""

# Rows that are missing altogether must not be made anew either.
STILL_THERE = """
select subject from unnest(%(subjects)s::text[]) as gone (subject)
where not exists (select from subject_key k where k.subject = gone.subject and k.wrapped is null)"""

DESTROY = "select destroy_subject_key(%(subject)s, %(position)s)"


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """A subject_erased as the home remembers it. ledger: SHA-256 of the ledger's first record."""

    ledger: str
    position: int
    source: str
    key: str
    occurred_at: dt.datetime
    actor: str
    fact: SubjectErased

    @property
    def subject(self) -> str:
        """Who was erased."""
        return subject_of(self.fact) or ""


def erasure_file(home: Path) -> Path:
    """Where a home lists its erasures."""
    return home / "erasures.ndjson"


def settle_erasures(journal: Journal, intake: Intake, home: Path) -> None:
    """Erases in the list, the journal and the keys whatever one of them knows to be erased.

    A ledger whose database was restored from before an erasure is mended by it: the key goes at once, and the
    fact is written again as soon as the rules let it pass.
    """
    first = journal.at(1)
    if first is None:
        return
    ledger = hashlib.sha256(record_line(first)).hexdigest()
    listed = {each.key: each for each in _read(home) if each.ledger == ledger}
    with journal.cursor() as cursor:
        records = matching(cursor, (Selector(("subject_erased",)),), 0, LAST)
        told = {record.key: _erasure(ledger, record) for record in records}
        known = {each.subject: each.position for each in (listed | told).values()}
        alive = cursor.execute(STILL_THERE, {"subjects": list(known)}).fetchall() if known else []
        for (subject,) in alive:
            cursor.execute(DESTROY, {"subject": subject, "position": known[subject]})
    _tell([each for key, each in listed.items() if key not in told], intake)
    note_erasures(home, [each for key, each in told.items() if key not in listed])


def note_erasures(home: Path, erasures: Sequence[Erasure]) -> None:
    """Adds to the list of a home; it is on the disk when this returns."""
    if not erasures:
        return
    home.mkdir(parents=True, exist_ok=True)
    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in erasures)
    if erasure_file(home).exists() and not erasure_file(home).read_bytes().endswith(b"\n"):
        lines = b"\n" + lines  # a crash cut the last one off
    descriptor = os.open(erasure_file(home), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())


def _tell(forgotten: Sequence[Erasure], intake: Intake) -> None:
    """Writes again what a restored journal has forgotten."""
    for each in forgotten:
        submission = Submission(
            type=each.fact.TYPE,
            source=each.source,
            key=each.key,
            occurred_at=each.occurred_at,
            data=msgspec.json.encode(each.fact),
        )
        # No earlier than when it was decided: the tolerance for clocks is a day.
        now = max(each.occurred_at, dt.datetime.now(dt.UTC))
        [outcome] = intake.submit([submission], actor=each.actor, now=now, atomic=True)
        if isinstance(outcome, Refused) and each.fact.proposal is not None:
            # The proposal is forgotten, too: this service tells it on the word of who approved it.
            said = msgspec.json.encode(msgspec.structs.replace(each.fact, proposal=None))
            again = msgspec.structs.replace(submission, data=said)
            [outcome] = intake.submit([again], actor=OWN_NAME, now=now, atomic=True)
        if isinstance(outcome, Refused):
            log.warning("erasure_not_told_again %s %s", each.subject, outcome.refusal.kind)


def _read(home: Path) -> list[Erasure]:
    file = erasure_file(home)
    if not file.exists():
        return []
    found: list[Erasure] = []
    for line in file.read_bytes().split(b"\n"):
        # A line that was cut off by a crash is no loss: the journal has what it was to say.
        with suppress(msgspec.DecodeError):
            found.append(msgspec.json.decode(line, type=Erasure))
    return found


def _erasure(ledger: str, record: Record) -> Erasure:
    fact = decode(record.type, record.data)
    assert isinstance(fact, SubjectErased), "no other type is asked for"
    return Erasure(
        ledger=ledger,
        position=record.position,
        source=record.source,
        key=record.key,
        occurred_at=record.occurred_at,
        actor=record.actor,
        fact=fact,
    )
