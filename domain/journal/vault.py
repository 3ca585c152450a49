"""The keys of all subjects: found, made, kept, and lost for ever when a subject is erased.

The table `subject_key` has the last word each time: what is remembered here only saves the unwrapping.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from psycopg import Cursor

from domain.facts.base import Fact
from domain.facts.personal import (
    as_sent,
    is_token,
    of_one_length,
    personal_texts,
    require_plain,
    subject_of,
    with_texts,
)
from domain.facts.registry import FACT_TYPES
from domain.facts.upcasts import tag_now
from domain.journal.append import Journal
from domain.journal.cipher import Cipher, Place, Undecipherable, new_key
from domain.journal.lookup import at_positions
from domain.journal.master import KeysUnavailable, MasterKey, Masters
from domain.refusals import AlreadyErased

REMEMBERED = 100_000
"""Ciphers kept in memory, about 1 kB each; when there are more, all are forgotten."""

READ_TEXTS = 200_000
"""Texts kept in memory as they were read, of names about 500 bytes each; of more, all are forgotten."""

SHORT = 100
"""Longer texts, such as notes, are read each time."""

FRESH_SECONDS = 1.0
"""For so long may a key be used without a look whether it still exists."""

FINGERPRINT = "select fingerprint from master_key"

ERASED_SO_FAR = "select count(*) from subject_key where wrapped is null"

# One statement sees one state of both tables, also while the master key is changed.
KEYS = """
select subject, wrapped, erased_position, (select fingerprint from master_key)
from subject_key where subject = any(%(subjects)s)"""

KEEP = "select keep_subject_keys(%(subjects)s, %(keys)s, %(wrapped_by)s, %(probe)s)"

PROBE = "ledger:probe"
LEFT_OUT = -1

IS_ERASED = "select wrapped is null from subject_key where subject = %(subject)s"

_T = TypeVar("_T")

IDENTITIES = "select position, type, source, key from journal where position = any(%(positions)s)"


class Keys(NamedTuple):
    """The keys of some subjects. fresh: those made just now, which count once `Vault.keep` has kept them.

    erased: at which position a subject was erased.
    """

    ciphers: Mapping[str, Cipher]
    erased: Mapping[str, int]
    fresh: Mapping[str, bytes]


class Stored(NamedTuple):
    """Encrypted text as it stands at `position` of the journal."""

    position: int
    subject: str
    field: str
    text: str


class Vault:
    """The keys of one ledger. Safe to share between threads."""

    def __init__(self, ledger: str, masters: Masters) -> None:
        self._ledger, self._masters = ledger, masters
        self._held: dict[str, MasterKey] = {}
        self._remembered: dict[str, tuple[bytes, Cipher]] = {}
        self._read: dict[Stored, str] = {}
        self._erasures = 0
        self._fresh_until = 0.0
        self._lock = threading.Lock()

    def require(self, journal: Journal) -> None:
        """Checks that personal data can be written and read; a ledger without a master key is given one.

        Raises: KeysUnavailable.
        """
        with journal.cursor() as cursor:
            self.master(cursor)

    def master(self, cursor: Cursor[Any]) -> MasterKey:
        """The master key of this ledger; a new one if it has none yet and none is at hand.

        Raises: KeysUnavailable, naming the remedy, rather than put another over keys that are in use.
        """
        return _as_it_is_now(lambda: self._master(cursor))

    def look(self, cursor: Cursor[Any], subjects: Collection[str]) -> Keys:
        """The keys of `subjects`, with new ones for those who have none.

        Raises: KeysUnavailable.
        """
        return _as_it_is_now(lambda: self._looked(cursor, subjects))

    def _master(self, cursor: Cursor[Any]) -> MasterKey:
        row = cursor.execute(FINGERPRINT).fetchone()
        if row is None:
            return next(iter(self._masters.held()), None) or self._masters.make()
        return self._named(row[0])

    def _looked(self, cursor: Cursor[Any], subjects: Collection[str]) -> Keys:
        looked_at = time.monotonic()
        erasures = self.erasures(cursor)
        rows = cursor.execute(KEYS, {"subjects": list(subjects)}).fetchall()
        with self._lock:
            if len(self._remembered) > REMEMBERED:
                self._remembered.clear()
            self._forget_unless(erasures)
            self._fresh_until = looked_at + FRESH_SECONDS
            ciphers = {
                subject: self._cipher(subject, wrapped, fingerprint)
                for subject, wrapped, _, fingerprint in rows
                if wrapped is not None
            }
        erased = {subject: position for subject, _, position, _ in rows if position is not None}
        fresh = {
            subject: new_key() for subject in subjects if subject not in ciphers and subject not in erased
        }
        ciphers |= {subject: Cipher(key) for subject, key in fresh.items()}
        return Keys(ciphers, erased, fresh)

    def remembered(self, subject: str) -> Cipher | None:
        """The key of `subject`, if it was seen to exist within the last second; asks nobody."""
        if time.monotonic() > self._fresh_until:
            return None
        held = self._remembered.get(subject)
        return held[1] if held else None

    def keep(self, cursor: Cursor[Any], keys: Keys, subjects: Iterable[str]) -> bool:
        """Keeps the fresh ones of `subjects`; False if others were first, so that one has to look again.

        Raises: KeysUnavailable.
        """
        fresh = {subject: keys.fresh[subject] for subject in subjects if subject in keys.fresh}
        if not fresh:
            return True
        master = self.master(cursor)
        wrapped = {subject: master.wrap(key, self._ledger, subject) for subject, key in fresh.items()}
        given = {
            "subjects": list(fresh),
            "keys": list(wrapped.values()),
            "wrapped_by": master.fingerprint,
            "probe": master.wrap(new_key(), self._ledger, PROBE),
        }
        row = cursor.execute(KEEP, given).fetchone()
        assert row is not None, "the function always answers"
        if row[0] == LEFT_OUT:
            raise self._left_out()
        if row[0] != len(fresh):
            return False
        with self._lock:
            self._remembered |= {subject: (wrapped[subject], keys.ciphers[subject]) for subject in fresh}
        return True

    def reveal(self, cursor: Cursor[Any], stored: Iterable[Stored]) -> dict[Stored, str | None]:
        """What the encrypted texts say; None for a subject who was erased. Plain text says itself.

        Raises: KeysUnavailable; Undecipherable for text that was altered.
        """
        asked = list(stored)
        said: dict[Stored, str | None] = {each: each.text for each in asked if not is_token(each.text)}
        tokens = [each for each in asked if is_token(each.text)]
        if not tokens:
            return said
        erasures = self.erasures(cursor)
        with self._lock:
            self._forget_unless(erasures)
            said |= {each: text for each in tokens if (text := self._read.get(each)) is not None}
        if unread := [each for each in tokens if each not in said]:
            said |= self._decrypted(cursor, unread, erasures)
        return said

    def erasures(self, cursor: Cursor[Any]) -> int:
        """How many subjects were erased so far: what was read before counts while they are no more."""
        found = cursor.execute(ERASED_SO_FAR).fetchone()
        assert found is not None, "an aggregate always answers"
        return int(found[0])

    def _forget_unless(self, erasures: int) -> None:
        """Forgets keys and texts if other subjects are erased than when they were read; under the lock."""
        if erasures != self._erasures:
            self._remembered.clear()
            self._read.clear()
            self._erasures = erasures

    def _decrypted(
        self, cursor: Cursor[Any], tokens: Sequence[Stored], erasures: int
    ) -> dict[Stored, str | None]:
        """What `tokens` say by the keys there are now, kept for those who read them next."""
        said: dict[Stored, str | None] = {}
        keys = self.look(cursor, {each.subject for each in tokens})
        positions = {"positions": list({each.position for each in tokens})}
        identities = {
            position: (type, source, key)
            for position, type, source, key in cursor.execute(IDENTITIES, positions)
        }
        if lacking := [at for at in positions["positions"] if at not in identities]:
            identities |= {
                each.position: (each.type, each.source, each.key) for each in at_positions(cursor, lacking)
            }
        for each in tokens:
            if each.subject in keys.fresh:
                raise self._left_out()
            cipher = keys.ciphers.get(each.subject)
            place = Place(*identities[each.position], each.field)
            text = cipher.decrypt(each.text, place) if cipher else None
            said[each] = text and as_sent(FACT_TYPES[tag_now(place.type)], each.field, text)
        self._keep_read(said, erasures)
        return said

    def _keep_read(self, said: Mapping[Stored, str | None], erasures: int) -> None:
        """Keeps what was read before so many subjects were erased, unless more are by now."""
        short = {each: text for each, text in said.items() if text is not None and len(text) <= SHORT}
        with self._lock:
            if erasures != self._erasures:
                return
            if len(self._read) + len(short) > READ_TEXTS:
                self._read.clear()
            if len(short) <= READ_TEXTS:
                self._read |= short

    def is_erased(self, cursor: Cursor[Any], subject: str) -> bool:
        """Whether the key of `subject` was destroyed."""
        row = cursor.execute(IS_ERASED, {"subject": subject}).fetchone()
        return row == (True,)

    def _cipher(self, subject: str, wrapped: bytes, fingerprint: str) -> Cipher:
        before = self._remembered.get(subject)
        if before is not None and before[0] == wrapped:
            return before[1]
        cipher = Cipher(self._named(fingerprint).unwrap(wrapped, self._ledger, subject))
        self._remembered[subject] = (wrapped, cipher)
        return cipher

    def _left_out(self) -> KeysUnavailable:
        return KeysUnavailable(
            field="",
            detail=f"The ledger {self._ledger} was restored without its keys of personal data.",
            remedy="Bring them: meritbook keys import FILE. If they are lost: meritbook keys abandon.",
        )

    def _named(self, fingerprint: str) -> MasterKey:
        if fingerprint not in self._held:  # it was changed, perhaps by another process
            self._held = {each.fingerprint: each for each in self._masters.held()}
        found = self._held.get(fingerprint)
        if found is None:
            raise KeysUnavailable(
                field="",
                detail=f"Personal data of the ledger {self._ledger} needs the master key {fingerprint}, "
                "which is not here.",
                remedy="Put it back into the home as master.key, or set MERITBOOK_MASTER_KEY_FILE or "
                "MERITBOOK_MASTER_KEY. Results can be read and recomputed without it.",
            )
        return found


def _as_it_is_now(ask: Callable[[], _T]) -> _T:
    """What `ask` finds; asked anew if a key is missing, until the same one is missing twice.

    Between the question to the database and the look at the files the master key may be changed, and the one
    that the answer names be destroyed.
    Raises: KeysUnavailable.
    """
    lacking = ""
    while True:
        try:
            return ask()
        except KeysUnavailable as missing:
            if missing.detail == lacking:
                raise
            lacking = missing.detail


def encrypted(fact: Fact, source: str, key: str, cipher: Cipher) -> Fact:
    """`fact` as it is stored: its personal data as tokens.

    Raises: BadField when a text looks like a token already.
    """
    texts = personal_texts(fact)
    require_plain(texts)
    return with_texts(
        fact,
        {
            field: cipher.encrypt(text, Place(fact.TYPE, source, key, field))
            for field, text in of_one_length(fact, texts).items()
        },
    )


def require_not_erased(fact: Fact, keys: Keys) -> None:
    """Checks that nothing personal is said about somebody who was erased.

    Raises: AlreadyErased.
    """
    subject = subject_of(fact)
    position = keys.erased.get(subject or "")
    if position is not None:
        raise AlreadyErased(
            field=f"data.{next(iter(personal_texts(fact)), '')}",
            detail=f"{subject} was erased at position {position}; nothing personal is taken again.",
            remedy="Leave the field out, or send it under a new id if the person came back.",
        )


__all__ = ["Keys", "KeysUnavailable", "Stored", "Undecipherable", "Vault", "encrypted", "require_not_erased"]
