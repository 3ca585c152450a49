"""Lists of statements as xAPI 1.0.3 asks for them: by agent, verb, activity and time, page by page.

Statements are encrypted, so a page reads so many and keeps those that fit: it may hold few, or none, and
still name a next one.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.connectors.statement_parts import activities_of, agents_of, understood
from api.connectors.statement_store import StatementStore

MOST = 500
READ_AT_ONCE = 2_000
"""So many are decrypted for one page, however few fit."""
MOST_REFERENCES = 5
"""So far a statement that names another that names another is followed."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """After which statement a list goes on."""

    stored_at: dt.datetime
    id: str


class Wanted(NamedTuple):
    """Which statements.

    since, until: by when they were stored, the first excluded, the last included. related_agents,
    related_activities: who or what may also stand around them, or in a statement within.
    """

    agent: dict[str, Any] | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    ascending: bool = False
    related_activities: bool = False
    related_agents: bool = False

    @property
    def asks(self) -> bool:
        """Whether not all statements fit, whenever they were stored."""
        return any((self.agent, self.verb, self.activity, self.registration))

    def fits(self, said: dict[str, Any]) -> bool:
        """Whether a statement is one of them."""
        return (
            (self.verb is None or said["verb"]["id"] == self.verb)
            and (self.registration is None or _registration(said) == self.registration)
            and (
                self.activity is None
                or any(each["id"] == self.activity for each in activities_of(said, self.related_activities))
            )
            and (self.agent is None or self.agent in agents_of(said, self.related_agents))
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
        if text is not None and _fits(cursor, store, connectors, wanted, text):
            texts.append(text)
            ids.append(row.id)
            people |= {each.removeprefix("employee:") for each in row.about}
        if len(texts) == limit:
            break
    read_all = len(rows) < READ_AT_ONCE and (not rows or last == Place(rows[-1].stored_at, rows[-1].id))
    return Listed(ids, texts, people, None if read_all else last)


def _fits(
    cursor: Cursor[Any], store: StatementStore, connectors: Collection[str], wanted: Wanted, text: str
) -> bool:
    """Whether a statement fits, or names one that does, be that voided."""
    for _ in range(MOST_REFERENCES):
        said = msgspec.json.decode(text, type=dict[str, Any])
        if understood(said, wanted.fits, False):
            return True
        if not wanted.asks or not understood(said, _names_another, False):
            return False
        named = store.said(cursor, said["object"]["id"].lower())
        if named is None or named.text is None or named.connector not in connectors:
            return False
        text = named.text
    return False


def _names_another(said: dict[str, Any]) -> bool:
    return said["object"].get("objectType") == "StatementRef"


def _registration(said: dict[str, Any]) -> str | None:
    found = said.get("context", {}).get("registration")
    return found.lower() if isinstance(found, str) else None
