"""Statements of learning systems, kept encrypted: recognised when they come again, and told again."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import msgspec
from psycopg import Cursor
from psycopg.sql import SQL

from api.connectors import sealing
from api.connectors.agents import agent_digest, identified
from api.connectors.statements import Statement
from domain.journal.vault import Vault

LAST_OF_AN_AGENT = 50

State = Literal["received", "recorded", "not_mapped", "quarantined", "voiding"]

STANDING = """
select statement, connector, digest, state, positions, voided_by from xapi_statement
where statement = any(%(ids)s)"""

PUT = """
insert into xapi_statement (statement, connector, digest, said, stored_at, state, voids, agent, voided_by)
values (
    %(id)s, %(connector)s, %(digest)s, %(said)s, %(now)s, 'received', %(voids)s, %(agent)s,
    (select min(statement) from xapi_statement where voids = %(id)s)
) on conflict (statement) do nothing"""

SETTLE = """
update xapi_statement set state = %(state)s, positions = %(positions)s, about = %(about)s
where statement = %(id)s"""

VOID = """
update xapi_statement set voided_by = %(by)s
where statement = %(id)s and voided_by is null and voids is null"""

SAID = "select connector, said, about, voided_by from xapi_statement where statement = %(id)s"

PAGE = """
select statement, connector, said, about, stored_at from xapi_statement
where connector = any(%(connectors)s) and said is not null and voided_by is null
    and (%(since)s::timestamptz is null or stored_at > %(since)s)
    and (%(until)s::timestamptz is null or stored_at <= %(until)s)
    and (%(at)s::timestamptz is null or (stored_at, statement) {beyond} (%(at)s, %(id)s))
order by stored_at {order}, statement {order} limit %(limit)s"""

BY_AGENT = """
select statement, said from xapi_statement
where agent = %(agent)s and connector = %(connector)s and said is not null and voided_by is null
order by stored_at desc, statement limit %(limit)s"""

COUNTS = "select state, count(*) from xapi_statement where connector = %(connector)s group by 1 order by 1"

NOT_MAPPED = """
select statement, stored_at, said from xapi_statement
where connector = %(connector)s and state = 'not_mapped' and said is not null
order by stored_at desc, statement limit %(limit)s"""

_JSON = msgspec.json.Encoder(decimal_format="number", order="deterministic")


class Standing(NamedTuple):
    """What is known of a statement."""

    id: str
    connector: str
    digest: str
    state: State
    positions: list[int]
    voided_by: str | None


class Said(NamedTuple):
    """A statement as it is told again. text: None once somebody it speaks of was erased."""

    connector: str
    text: str | None
    about: list[str]
    voided_by: str | None


class Kept(NamedTuple):
    """A statement as it is kept. said: encrypted."""

    id: str
    connector: str
    said: str
    about: list[str]
    stored_at: dt.datetime


class After(Protocol):
    """After which statement a page goes on."""

    @property
    def stored_at(self) -> dt.datetime:
        """When it was stored."""
        ...

    @property
    def id(self) -> str:
        """Its id."""
        ...


class NotMapped(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that no rule of the mapping makes a fact of."""

    statement: str
    stored_at: dt.datetime
    verb: str
    activity: str


class StatementStore:
    """The statements of one ledger."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def standing(self, cursor: Cursor[Any], ids: Sequence[str]) -> dict[str, Standing]:
        """What is known of these statements."""
        return {row[0]: Standing(*row) for row in cursor.execute(STANDING, {"ids": list(ids)})}

    def digest(self, cursor: Cursor[Any], connector: str, told: Statement) -> str:
        """By which the same statement is recognised."""
        cipher = sealing.cipher(cursor, self._vault)
        at = sealing.place("xapi_statement", connector, told.id, "compared")
        return sealing.digest(cipher.encrypt(_JSON.encode(told.compared).decode(), at))

    def put(
        self,
        cursor: Cursor[Any],
        connector: str,
        told: Statement,
        digest: str,
        added: Mapping[str, Any],
        now: dt.datetime,
    ) -> None:
        """Keeps a statement with what its receiver adds to it."""
        cipher = sealing.cipher(cursor, self._vault)
        text = _JSON.encode({**added, **told.said} | _kept_of(added)).decode()
        token = cipher.encrypt(text, sealing.place("xapi_statement", connector, told.id, "said"))
        said = {"id": told.id, "connector": connector, "digest": digest, "said": token, "now": now}
        actor = identified(told.said.get("actor"))
        agent = actor and agent_digest(cursor, self._vault, connector, actor)
        cursor.execute(PUT, {**said, "voids": told.voids, "agent": agent})

    def settle(
        self, cursor: Cursor[Any], id: str, state: State, positions: Sequence[int], about: Sequence[str]
    ) -> None:
        """Says what became of a statement."""
        said = {"id": id, "state": state, "positions": list(positions), "about": list(about)}
        cursor.execute(SETTLE, said)

    def void(self, cursor: Cursor[Any], id: str, by: str) -> None:
        """Marks a statement as voided by another."""
        cursor.execute(VOID, {"id": id, "by": by})

    def said(self, cursor: Cursor[Any], id: str) -> Said | None:
        """A statement as it is told again."""
        row = cursor.execute(SAID, {"id": id}).fetchone()
        if row is None:
            return None
        connector, token, about, voided_by = row
        return Said(connector, self._clear(cursor, connector, id, token), about, voided_by)

    def page(
        self,
        cursor: Cursor[Any],
        connectors: Collection[str],
        since: dt.datetime | None,
        until: dt.datetime | None,
        after: After | None,
        limit: int,
        ascending: bool,
    ) -> list[Kept]:
        """The next statements of these connectors in the order in which they were stored, or against it."""
        asked = {"connectors": list(connectors), "since": since, "until": until, "limit": limit}
        asked |= {"at": after and after.stored_at, "id": after and after.id}
        order = {"beyond": SQL(">" if ascending else "<"), "order": SQL("asc" if ascending else "desc")}
        rows = cursor.execute(SQL(PAGE).format(**order), asked, prepare=False).fetchall()
        return [Kept(*row) for row in rows]

    def clear(self, cursor: Cursor[Any], kept: Kept) -> str | None:
        """The text of a statement; None once somebody it speaks of was erased."""
        return self._clear(cursor, kept.connector, kept.id, kept.said)

    def actors(self, cursor: Cursor[Any], connector: str, agent: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The actors of the last statements by an agent, as they were told."""
        asked = {"agent": agent_digest(cursor, self._vault, connector, dict(agent)), "connector": connector}
        rows = cursor.execute(BY_AGENT, asked | {"limit": LAST_OF_AN_AGENT}).fetchall()
        texts = [self._clear(cursor, connector, id, token) for id, token in rows]
        return [msgspec.json.decode(text)["actor"] for text in texts if text is not None]

    def counts(self, cursor: Cursor[Any], connector: str) -> dict[str, int]:
        """How many statements a connector has, by what became of them."""
        return dict(cursor.execute(COUNTS, {"connector": connector}).fetchall())

    def not_mapped(self, cursor: Cursor[Any], connector: str, limit: int) -> list[NotMapped]:
        """The last statements that no rule made a fact of: what they are about, not whom."""
        rows = cursor.execute(NOT_MAPPED, {"connector": connector, "limit": limit}).fetchall()
        found: list[NotMapped] = []
        for id, stored_at, token in rows:
            told = msgspec.json.decode(self._clear(cursor, connector, id, token) or "{}")
            activity = str(told.get("object", {}).get("id", ""))
            verb = told.get("verb", {}).get("id", "")
            found.append(NotMapped(statement=id, stored_at=stored_at, verb=verb, activity=activity))
        return found

    def _clear(self, cursor: Cursor[Any], connector: str, id: str, token: str | None) -> str | None:
        if token is None:
            return None
        at = sealing.place("xapi_statement", connector, id, "said")
        return sealing.cipher(cursor, self._vault).decrypt(token, at)


def _kept_of(added: Mapping[str, Any]) -> dict[str, Any]:
    """What its receiver says of a statement, whatever its sender said of it."""
    return {name: added[name] for name in ("stored", "authority")}
