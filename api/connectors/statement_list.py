"""Lists of statements as xAPI 1.0.3 asks for them: by agent, verb, activity and time, page by page.

Statements are encrypted, so a page reads so many and keeps those that fit: it may hold few, or none, and
still name a next one.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any, NamedTuple

import msgspec
from psycopg import Cursor

from api.connectors.statement_store import StatementStore
from api.connectors.statements import BadStatement

MOST = 500
READ_AT_ONCE = 2_000
"""So many are decrypted for one page, however few fit."""

OF_AN_AGENT = ("mbox", "mbox_sha1sum", "openid", "account")


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
            and (self.agent is None or self.agent in (_agent(said.get("actor")), _agent(about)))
        )


class Listed(NamedTuple):
    """A page. people: whom it speaks of. last: where the next one goes on; None at the end."""

    texts: list[str]
    people: set[str]
    last: Place | None


def agent_of(text: str | None) -> dict[str, Any] | None:
    """By what the agent of a query is recognised.

    Raises: BadStatement.
    """
    if text is None:
        return None
    try:
        found = _agent(msgspec.json.decode(text))
    except msgspec.DecodeError:
        found = None
    if found is None:
        raise BadStatement(
            field="agent",
            detail="It is no agent with one of mbox, mbox_sha1sum, openid or account.",
            remedy='Send JSON such as {"account": {"homePage": "https://lms.example", "name": "E1007"}}.',
        )
    return found


def listed(
    cursor: Cursor[Any],
    store: StatementStore,
    connectors: Collection[str],
    wanted: Wanted,
    after: Place | None,
    limit: int,
) -> Listed:
    """The next page of what is wanted of these connectors; nothing voided, and of nobody who was erased."""
    texts, people, last = list[str](), set[str](), after
    rows = store.page(cursor, connectors, wanted.since, wanted.until, after, READ_AT_ONCE, wanted.ascending)
    for row in rows:
        last = Place(row.stored_at, row.id)
        text = store.clear(cursor, row)
        if text is not None and wanted.fits(msgspec.json.decode(text, type=dict[str, Any])):
            texts.append(text)
            people |= {each.removeprefix("employee:") for each in row.about}
        if len(texts) == limit:
            break
    read_all = len(rows) < READ_AT_ONCE and (not rows or last == Place(rows[-1].stored_at, rows[-1].id))
    return Listed(texts, people, None if read_all else last)


def _is_activity(about: dict[str, Any]) -> bool:
    return about.get("objectType", "Activity") == "Activity"


def _registration(said: dict[str, Any]) -> str | None:
    found = said.get("context", {}).get("registration")
    return found.lower() if isinstance(found, str) else None


def _agent(said: object) -> dict[str, Any] | None:
    """What identifies an agent: one thing, whatever it is called."""
    if not isinstance(said, dict):
        return None
    found = {name: said[name] for name in OF_AN_AGENT if name in said}
    if "account" in found and isinstance(found["account"], dict):
        found["account"] = {name: found["account"].get(name) for name in ("homePage", "name")}
    return found if len(found) == 1 else None
