"""A batch of drafts on its way into the journal: duplicates told apart, then written in one go."""

import datetime as dt
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from domain.journal.lookup import cold_keys
from domain.journal.record import Draft
from domain.refusals import KeyReused, Refusal

COPY_FROM = 250
"""A batch of this size and more is copied; a smaller one goes in a single round trip."""

OPEN = "select head, recorded_at, known from journal_open(%(claims)s::json, %(told_at)s)"

APPEND = "select head, recorded_at, known from journal_append(%(claims)s::json, %(batch)s::json, %(told_at)s)"

COPY = """
copy journal (
    position, type, source, key, content_hash, tags, occurred_at, recorded_at, actor, causation, data
) from stdin with (format binary)"""

# On the wire json is its text, an instant a number of microseconds, and a list of tags bytes that we lay out
# ourselves, all of which is at hand in a fraction of the time that adapting them takes.
COPIED_TYPES = "int8 text text text bytea bytea int8 int8 text int8 bytea".split()

WIRE_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_LIST_OF_TEXT = struct.Struct("!iiiii")
_LENGTH = struct.Struct("!i")
_TEXT_OID = 25

NOTIFY = "select pg_notify('journal_' || current_schema(), '')"


class Receipt(NamedTuple):
    """Where a fact stands. hit: it stood there before this delivery."""

    position: int
    hit: bool
    recorded_at: dt.datetime


Answer = Receipt | Refusal


Key = tuple[str, str]
"""Source and key: the idempotency key."""


class Said(NamedTuple):
    """What was said under a key, and where it stands."""

    content_hash: bytes
    receipt: Receipt


class Opening(NamedTuple):
    """What the journal says under its lock. known: those of the claimed keys that it holds.

    cold: positions of those that are known, too, but stand in cold storage.
    """

    head: int
    recorded_at: dt.datetime
    known: dict[Key, Said]
    cold: tuple[int, ...] = ()


class Batch:
    """Drafts, those of them that are fresh, and where everything said under their keys stands.

    fresh: for each key not met yet, the index of the first draft that bears it.
    """

    def __init__(self, drafts: Sequence[Draft]) -> None:
        self._drafts = drafts
        self._first: dict[Key, int] = {}
        for index, draft in enumerate(drafts):
            self._first.setdefault((draft.source, draft.key), index)
        self._said: dict[Key, Said] = {}
        self._written: list[Answer] = []
        self.fresh = self._first

    def require_consistent(self) -> None:
        """Checks every draft against what is said under its key, in the journal or earlier in the batch.

        Raises: KeyReused
        """
        if not self._said and len(self._first) == len(self._drafts):
            return
        for draft in self._drafts:
            key = draft.source, draft.key
            if said := self._said.get(key):
                if said.content_hash != draft.content_hash:
                    raise _reused(draft, f"position {said.receipt.position}")
            elif self._drafts[self._first[key]].content_hash != draft.content_hash:
                raise _reused(draft, f"item {self._first[key] + 1} of the same batch")

    def claims(self) -> bytes:
        """The fresh keys by their source, as `journal_open` takes them."""
        keys: dict[str, list[str]] = {}
        for source, key in self.fresh:
            keys.setdefault(source, []).append(key)
        return msgspec.json.encode(keys)

    def rows(self) -> bytes:
        """The fresh drafts, as `journal_append` takes them."""
        return msgspec.json.encode([_row(self._drafts[index]) for index in self.fresh.values()])

    def given(self, told_at: dt.datetime) -> dict[str, object]:
        """The parameters of APPEND."""
        return {"claims": self.claims().decode(), "batch": self.rows().decode(), "told_at": told_at}

    def recognise(self, opening: Opening) -> None:
        """Takes out what the journal knows."""
        if opening.known:
            self._said |= opening.known
            self.fresh = {key: index for key, index in self.fresh.items() if key not in opening.known}

    def number(self, opening: Opening) -> None:
        """Notes the positions at which the fresh drafts were written."""
        if len(self.fresh) == len(self._drafts):
            places = range(opening.head + 1, opening.head + 1 + len(self._drafts))
            self._written = [Receipt(position, False, opening.recorded_at) for position in places]
            return
        for position, (key, index) in enumerate(self.fresh.items(), opening.head + 1):
            receipt = Receipt(position, False, opening.recorded_at)
            self._said[key] = Said(self._drafts[index].content_hash, receipt)

    def answers(self) -> list[Answer]:
        """What became of every draft; a second of the same content is a redelivery of the first."""
        return self._written or [self._answer(index, draft) for index, draft in enumerate(self._drafts)]

    def _answer(self, index: int, draft: Draft) -> Answer:
        key = draft.source, draft.key
        content_hash, receipt = self._said[key]
        if content_hash != draft.content_hash:
            return _reused(draft, f"position {receipt.position}")
        return receipt if receipt.hit or self._first[key] == index else receipt._replace(hit=True)

    def copy(self, cursor: Cursor[Any], opening: Opening) -> None:
        """Writes the fresh drafts behind the opening's head."""
        with cursor.copy(COPY) as copy:
            copy.set_types(COPIED_TYPES)
            write, drafts, recorded_at = copy.write_row, self._drafts, on_wire(opening.recorded_at)
            for position, index in enumerate(self.fresh.values(), opening.head + 1):
                type, source, key, occurred_at, actor, causation, data, tags, content_hash = drafts[index]
                said = type, source, key, content_hash, _list_on_wire(tags), on_wire(occurred_at)
                write((position, *said, recorded_at, actor, causation, data))


def open_batch(cursor: Cursor[Any], batch: Batch, told_at: dt.datetime) -> Opening:
    """Takes the journal's lock for the transaction, and asks for the fresh keys."""
    row = cursor.execute(
        OPEN, {"claims": batch.claims().decode(), "told_at": told_at}, prepare=True
    ).fetchone()
    return _looked_up(cursor, opening(row))


def append_batch(cursor: Cursor[Any], batch: Batch, told_at: dt.datetime) -> Opening:
    """Writes the fresh drafts, or nothing if one of their keys is known."""
    return _looked_up(cursor, opening(cursor.execute(APPEND, batch.given(told_at), prepare=True).fetchone()))


def opening(row: Sequence[Any] | None) -> Opening:
    """What OPEN or APPEND answered."""
    assert row is not None, "the function always answers"
    head, recorded_at, told = row
    rows = told or ()
    known = {(source, key): _known(*where) for source, key, *where in rows if where[1] is not None}
    return Opening(head, recorded_at, known, tuple(at for _, _, at, said, _ in rows if said is None))


def _looked_up(cursor: Cursor[Any], opened: Opening) -> Opening:
    """`opened`, with what is known from cold storage.

    Raises: ColdFileUnusable
    """
    if not opened.cold:
        return opened
    found = {
        key: Said(stored.content_hash, Receipt(stored.position, True, stored.recorded_at))
        for key, stored in cold_keys(cursor, opened.cold).items()
    }
    return opened._replace(known=opened.known | found, cold=())


def on_wire(instant: dt.datetime) -> int:
    """Microseconds, as the server counts them."""
    return (instant - WIRE_EPOCH) // _MICROSECOND


def _list_on_wire(texts: Sequence[str]) -> bytes:
    """A text[] in the binary format: dimensions, nulls or none, type, length, first index; then its items."""
    if not texts:
        return _LIST_OF_TEXT.pack(0, 0, _TEXT_OID, 0, 0)[:12]
    pack, parts = _LENGTH.pack, [_LIST_OF_TEXT.pack(1, 0, _TEXT_OID, len(texts), 1)]
    for text in texts:
        item = text.encode()
        parts += pack(len(item)), item
    return b"".join(parts)


def _known(position: int, content_hash: str, recorded_at: str) -> Said:
    return Said(bytes.fromhex(content_hash), Receipt(position, True, dt.datetime.fromisoformat(recorded_at)))


def _row(draft: Draft) -> dict[str, object]:
    return {
        "type": draft.type,
        "source": draft.source,
        "key": draft.key,
        "content_hash": draft.content_hash,
        "tags": draft.tags,
        "occurred_at": draft.occurred_at,
        "actor": draft.actor,
        "causation": draft.causation,
        "data": msgspec.Raw(draft.data),
    }


def _reused(draft: Draft, where: str) -> KeyReused:
    return KeyReused(
        field="key",
        detail=f"Source {draft.source!r} used the key {draft.key!r} before, for other content: {where}.",
        remedy="If the first was wrong, void it and send this under a new key; if not, send it unchanged.",
    )
