"""Quarantine: refused records, kept until somebody mends, releases or discards them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
import structlog
from psycopg import Cursor, sql

from api.connectors import sealing
from api.connectors.wrong import WrongInRecord
from api.problems import NotFound
from domain.journal.cipher import Cipher
from domain.journal.vault import Vault
from projections.rows import columns

log = structlog.get_logger("meritbook")

MOST_HELD = 10_000
"""Entries of one connector that wait for somebody; what comes beyond them is refused and not kept."""
MOST_BYTES = 256 * 1024
"""Of one record."""
MOST_WRONG = 20

State = Literal["held", "released", "corrected", "discarded"]
SETTLED = ("released", "corrected")
"""States of which a repeat delivery is as good as stored."""

AGAIN = """
update quarantine set times = times + 1, last_at = %(now)s
where entry = %(entry)s
returning state, positions"""

HELD = "select count(*) from quarantine where connector = %(connector)s and state = 'held'"

PUT = """
insert into quarantine (
    entry, connector, key, kind, field, digest, record, why, about, first_at, last_at
) values (
    %(entry)s, %(connector)s, %(key)s, %(kind)s, %(field)s, %(digest)s, %(record)s, %(why)s, %(about)s,
    %(now)s, %(now)s
) on conflict (entry) do update set times = quarantine.times + 1, last_at = excluded.last_at"""

PAGE = """
select {columns} from quarantine
where (%(connector)s::text is null or connector = %(connector)s)
    and (%(state)s::text is null or state = %(state)s)
    and (%(kind)s::text is null or kind = %(kind)s)
    and (first_at, entry) > (%(first_at)s, %(entry)s)
order by first_at, entry
limit %(limit)s"""

ONE = "select {columns}, record, why, about, digest from quarantine where entry = %(entry)s"

MEND = """
update quarantine set record = %(record)s, mended = true where entry = %(entry)s and state = 'held'"""

WHY = "update quarantine set why = %(why)s, kind = %(kind)s, field = %(field)s where entry = %(entry)s"

SETTLE = """
update quarantine set state = %(state)s, positions = %(positions)s, settled_position = %(position)s
where entry = %(entry)s and state = 'held'"""

FORGET = "delete from quarantine where last_at < %(before)s returning state"

COUNTS = "select connector, state, count(*) from quarantine group by 1, 2 order by 1, 2"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A record in quarantine. form: json, the cells of a row, a fact, or a statement. text: as JSON.

    shared: what was found in the body that the record came in.
    """

    form: Literal["json", "cells", "fact", "statement"]
    text: str
    shared: dict[str, str] = {}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was refused, without what it says.

    kind, field: of the refusal. key: of the record, as far as it could be read. times: how often it was sent.
    positions: of the facts that it gave at last. settled_position: of the fact that says who settled it.
    """

    entry: str
    connector: str
    key: str
    kind: str
    field: str
    times: int
    first_at: dt.datetime
    last_at: dt.datetime
    mended: bool
    state: State
    positions: list[int]
    settled_position: int | None


class OpenEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry with what it says and what is wrong with it. about: of whom it speaks, if it could be read."""

    entry: Entry
    kept: Kept
    why: list[WrongInRecord]
    about: list[str]
    digest: str


class Refusing(NamedTuple):
    """A record that was just refused, and why."""

    kept: Kept
    key: str
    why: Sequence[WrongInRecord]
    about: Sequence[str]


class Found(NamedTuple):
    """The entry of a record: one that waits, or one that was settled before."""

    entry: str
    state: State
    positions: list[int]


class Quarantine:
    """The records of a ledger that wait for somebody.

    told: hears of each record its connector, and "kept", or "full" where there was no room.
    """

    def __init__(self, vault: Vault, days: int, told: Callable[[str, str], None] = lambda *_: None) -> None:
        self.vault, self._days, self._told = vault, days, told

    def keep(
        self, cursor: Cursor[Any], connector: str, refused: Sequence[Refusing], now: dt.datetime
    ) -> list[Found | None]:
        """The entry of each record; None where it is too large or too many wait already.

        Raises: KeysUnavailable.
        """
        self.forget(cursor, now)
        cipher = sealing.cipher(cursor, self.vault)
        row = cursor.execute(HELD, {"connector": connector}).fetchone()
        room = MOST_HELD - int(row[0] if row else 0)
        found: list[Found | None] = []
        for each in refused:
            entry = self._entry(cursor, cipher, connector, each, room > 0, now)
            room -= entry is not None
            self._told(connector, "kept" if entry else "full")
            found.append(entry)
        return found

    def _entry(
        self,
        cursor: Cursor[Any],
        cipher: Cipher,
        connector: str,
        refused: Refusing,
        has_room: bool,
        now: dt.datetime,
    ) -> Found | None:
        said = msgspec.json.encode(refused.kept).decode()
        if len(said) > MOST_BYTES:
            return None
        token = cipher.encrypt(said, sealing.place("quarantine", connector, refused.key, "record"))
        digest = sealing.digest(token)
        entry = digest[:32]
        before = cursor.execute(AGAIN, {"entry": entry, "now": now}).fetchone()
        if before is not None:
            return Found(entry, *before)
        if not has_room:
            return None
        cursor.execute(
            PUT,
            {
                "entry": entry,
                "connector": connector,
                "key": refused.key,
                "kind": refused.why[0].kind,
                "field": refused.why[0].field,
                "digest": digest,
                "record": token,
                "why": self._sealed_why(cipher, connector, refused.key, refused.why),
                "about": list(refused.about),
                "now": now,
            },
        )
        return Found(entry, "held", [])

    def page(
        self,
        cursor: Cursor[Any],
        limit: int,
        after: tuple[str, str] | None = None,
        **only: str | None,
    ) -> list[Entry]:
        """Entries in the order in which they came. only: connector, state, kind."""
        first_at, entry = after or ("-infinity", "")
        asked = {"connector": None, "state": None, "kind": None} | only
        query = sql.SQL(PAGE).format(columns=columns(Entry))
        rows = cursor.execute(query, {**asked, "first_at": first_at, "entry": entry, "limit": limit})
        return [Entry(**dict(zip(Entry.__struct_fields__, row, strict=True))) for row in rows]

    def one(self, cursor: Cursor[Any], entry: str) -> OpenEntry:
        """An entry with what it says.

        Raises: NotFound, KeysUnavailable.
        """
        row = cursor.execute(sql.SQL(ONE).format(columns=columns(Entry)), {"entry": entry}).fetchone()
        if row is None:
            raise NotFound(
                field="entry",
                detail=f"There is no {entry[:64]!r} in quarantine; what waits too long is forgotten.",
                remedy="GET /v1/quarantine lists what is there.",
            )
        fields = Entry.__struct_fields__
        found = Entry(**dict(zip(fields, row, strict=False)))
        record, why, about, digest = row[len(fields) :]
        cipher = sealing.cipher(cursor, self.vault)
        clear = [
            cipher.decrypt(token, sealing.place("quarantine", found.connector, found.key, field))
            for token, field in ((record, "record"), (why, "why"))
        ]
        return OpenEntry(
            entry=found, kept=_KEPT.decode(clear[0]), why=_WHY.decode(clear[1]), about=about, digest=digest
        )

    def mend(self, cursor: Cursor[Any], opened: OpenEntry, kept: Kept) -> None:
        """Puts another record in the place of the one that is held."""
        said = msgspec.json.encode(kept).decode()
        at = sealing.place("quarantine", opened.entry.connector, opened.entry.key, "record")
        token = sealing.cipher(cursor, self.vault).encrypt(said, at)
        cursor.execute(MEND, {"entry": opened.entry.entry, "record": token})

    def still_wrong(self, cursor: Cursor[Any], entry: Entry, why: Sequence[WrongInRecord]) -> None:
        """Says anew why an entry is refused."""
        cipher = sealing.cipher(cursor, self.vault)
        told = self._sealed_why(cipher, entry.connector, entry.key, why)
        said = {"entry": entry.entry, "why": told, "kind": why[0].kind, "field": why[0].field}
        cursor.execute(WHY, said)

    def settle(
        self, cursor: Cursor[Any], entry: str, state: State, positions: Sequence[int], position: int
    ) -> None:
        """Ends the waiting of an entry. position: of the fact that says who ended it."""
        said = {"entry": entry, "state": state, "positions": list(positions), "position": position}
        cursor.execute(SETTLE, said)

    def forget(self, cursor: Cursor[Any], now: dt.datetime) -> None:
        """Deletes what has waited, or has been settled, for too long."""
        before = {"before": now - dt.timedelta(days=self._days)}
        gone = [state for (state,) in cursor.execute(FORGET, before)]
        if gone:
            log.warning("quarantine_forgot", entries=len(gone), held=gone.count("held"))

    def counts(self, cursor: Cursor[Any]) -> Mapping[str, Mapping[str, int]]:
        """How many entries each connector has, by state."""
        found: dict[str, dict[str, int]] = {}
        for connector, state, number in cursor.execute(COUNTS):
            found.setdefault(connector, {})[state] = number
        return found

    def _sealed_why(self, cipher: Cipher, connector: str, key: str, why: Sequence[WrongInRecord]) -> str:
        said = msgspec.json.encode(list(why[:MOST_WRONG])).decode()
        return cipher.encrypt(said, sealing.place("quarantine", connector, key, "why"))


_KEPT = msgspec.json.Decoder(Kept)
_WHY = msgspec.json.Decoder(list[WrongInRecord])
