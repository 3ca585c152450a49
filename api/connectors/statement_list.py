"""Lists of statements as xAPI 1.0.3 asks for them: by agent, verb, activity and time, page by page.

Statements are encrypted, so a page reads so many and keeps those that fit: it may hold few, or none, and
still name a next one.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.connectors.agents import identified
from api.connectors.statement_store import StatementStore

MOST = 500
READ_AT_ONCE = 2_000
"""So many are decrypted for one page, however few fit."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """After which statement a list goes on."""

    stored_at: dt.datetime
    id: str


class Wanted(NamedTuple):
    """Which statements. since, until: by when they were stored, the first excluded, the last included."""

    agent: dict[str, Any] | None
    verb: str | None
    activity: str | None
    registration: str | None
    since: dt.datetime | None
    until: dt.datetime | None
    ascending: bool

    def fits(self, said: dict[str, Any]) -> bool:
        """Whether a statement is one of them."""
        about = said.get("object", {})
        return (
            (self.verb is None or said.get("verb", {}).get("id") == self.verb)
            and (self.activity is None or (_is_activity(about) and about.get("id") == self.activity))
            and (self.registration is None or _registration(said) == self.registration)
            and (self.agent is None or self.agent in (identified(said.get("actor")), identified(about)))
        )


class Listed(NamedTuple):
    """A page. ids: of its statements. people: whom it speaks of. last: where the next one goes on, if any."""

    ids: list[str]
    texts: list[str]
    people: set[str]
    last: Place | None


def listed(
    cursor: Cursor[Any],
    store: StatementStore,
    connectors: Collection[str],
    wanted: Wanted,
    after: Place | None,
    limit: int,
) -> Listed:
    """The next page of what is wanted of these connectors; nothing voided, and of nobody who was erased."""
    ids, texts, people, last = list[str](), list[str](), set[str](), after
    rows = store.page(cursor, connectors, wanted.since, wanted.until, after, READ_AT_ONCE, wanted.ascending)
    for row in rows:
        last = Place(row.stored_at, row.id)
        text = store.clear(cursor, row)
        if text is not None and wanted.fits(msgspec.json.decode(text, type=dict[str, Any])):
            texts.append(text)
            ids.append(row.id)
            people |= {each.removeprefix("employee:") for each in row.about}
        if len(texts) == limit:
            break
    read_all = len(rows) < READ_AT_ONCE and (not rows or last == Place(rows[-1].stored_at, rows[-1].id))
    return Listed(ids, texts, people, None if read_all else last)


def _is_activity(about: dict[str, Any]) -> bool:
    return about.get("objectType", "Activity") == "Activity"


def _registration(said: dict[str, Any]) -> str | None:
    found = said.get("context", {}).get("registration")
    return found.lower() if isinstance(found, str) else None
