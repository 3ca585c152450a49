"""A fact as it stands in the journal, and its canonical bytes.

The canonical JSON of a record is one line of an export and one leaf of the Merkle tree.
"""

import datetime as dt
import hashlib
import re
from typing import NamedTuple

import msgspec

from domain.facts.base import Fact
from domain.facts.governance import PlanAdopted
from domain.facts.registry import tags_of
from domain.journal.canonical import canonical, require_canonical
from domain.refusals import BadField, BadInstant

EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
MOST_CARRIED = 200
_CARRIED = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}\Z")


class _Said(msgspec.Struct, frozen=True):
    """What a content hash is taken of: fields in the order of their names, which is the canonical one."""

    causation: int | None
    data: msgspec.Raw
    key: str
    occurred_at: dt.datetime | str
    source: str
    type: str


_IN_ORDER = msgspec.json.Encoder()


class Draft(NamedTuple):
    """A fact on its way into the journal: all of its record but position and time of recording.

    source, key: who says it and under which id; together they are the idempotency key, for ever.
    data: canonical JSON of the fact. content_hash: SHA-256 of what the sender said.
    """

    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    actor: str
    causation: int | None
    data: bytes
    tags: tuple[str, ...]
    content_hash: bytes


class Record(NamedTuple):
    """A fact of the journal.

    position: 1, 2, 3 … without a gap. recorded_at: never before its predecessor's.
    """

    position: int
    recorded_at: dt.datetime
    type: str
    source: str
    key: str
    occurred_at: dt.datetime
    actor: str
    causation: int | None
    data: bytes
    tags: tuple[str, ...]


def instant_text(instant: dt.datetime) -> str:
    """`instant` in UTC with microseconds: 2025-03-01T08:30:00.000000Z."""
    text: str = msgspec.to_builtins(instant.astimezone(dt.UTC))
    return text if "." in text else f"{text[:-1]}.000000Z"


def draft(
    fact: Fact,
    *,
    source: str,
    key: str,
    occurred_at: dt.datetime,
    actor: str,
    causation: int | None = None,
    inherited_tags: tuple[str, ...] = (),
) -> Draft:
    """`fact` made ready for the journal.

    inherited_tags: those of the fact that this one is about, so that a void is found beside what it voids.
    Raises: BadInstant for an instant without zone or before 1990; BadField for a bad source, key or actor.
    """
    if not (_is_carried(source) and _is_carried(key) and _is_carried(actor)):
        given = ("source", source), ("key", key), ("actor", actor)
        field = next(field for field, text in given if not _is_carried(text))
        raise BadField(
            field=field, detail=f"{field} must be 1 to 200 printable characters.", remedy="Mend it."
        )
    if occurred_at.tzinfo is None:
        raise BadInstant(
            field="occurred_at",
            detail="The instant has no zone.",
            remedy="Write it with one: 2025-03-01T08:30:00+08:00.",
        )
    if occurred_at < EARLIEST:
        raise BadInstant(
            field="occurred_at", detail=f"{occurred_at} is before 1990.", remedy="Mend the date."
        )
    if isinstance(fact, PlanAdopted):
        require_canonical(fact.document, "data.document")
    data, tags = canonical(fact), tags_of(fact)
    happened_at = occurred_at.astimezone(dt.UTC)
    if inherited_tags:
        tags += tuple(tag for tag in inherited_tags if tag not in tags)
    said = content_hash(fact.TYPE, source, key, happened_at, causation, data)
    return Draft(fact.TYPE, source, key, happened_at, actor, causation, data, tags, said)


def _is_carried(text: str) -> bool:
    if text.isprintable():  # which is quickly asked, and stricter
        return 0 < len(text) <= MOST_CARRIED
    return _CARRIED.match(text) is not None


def content_hash(
    type: str, source: str, key: str, occurred_at: dt.datetime, causation: int | None, data: bytes
) -> bytes:
    """SHA-256 of what the sender said: not of who carried it, nor of when and where it was written down."""
    # An instant in UTC that has microseconds is written as `instant_text` writes it.
    is_plain = occurred_at.microsecond and occurred_at.tzinfo is dt.UTC
    happened_at = occurred_at if is_plain else instant_text(occurred_at)
    said = _Said(causation, msgspec.Raw(data), key, happened_at, source, type)
    return hashlib.sha256(_IN_ORDER.encode(said)).digest()


def record_line(record: Record) -> bytes:
    """The canonical JSON of `record`, without a line end."""
    return canonical(
        {
            "actor": record.actor,
            "causation": record.causation,
            "data": msgspec.Raw(record.data),
            "key": record.key,
            "occurred_at": instant_text(record.occurred_at),
            "position": record.position,
            "recorded_at": instant_text(record.recorded_at),
            "source": record.source,
            "tags": list(record.tags),
            "type": record.type,
        }
    )
