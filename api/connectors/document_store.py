"""Documents of learning systems, kept encrypted: the state of a learner in an activity, and profiles.

A change is written only over what it was worked out from; who was overtaken looks again.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from psycopg import Cursor

from api.connectors import sealing
from api.connectors.agents import agent_digest
from domain.journal.vault import Vault
from domain.refusals import BadField, Contended
from projections import roster

Resource = Literal["state", "activity_profile", "agent_profile"]

MOST_OF_AN_OWNER = 1_000
"""Documents of one activity, one agent, or of both together."""
TRIES = 5

READ = """
select content, media_type, etag, stored_at from xapi_document where document = %(document)s"""

ADD = """
insert into xapi_document (document, connector, resource, owner, registration, agent, about, named, content,
    media_type, etag, stored_at)
values (%(document)s, %(connector)s, %(resource)s, %(owner)s, %(registration)s, %(agent)s, %(about)s,
    %(named)s, %(content)s, %(media_type)s, %(etag)s, %(stored_at)s)
on conflict (document) do nothing"""

REPLACE = """
update xapi_document set content = %(content)s, media_type = %(media_type)s, etag = %(etag)s,
    stored_at = %(stored_at)s, about = %(about)s
where document = %(document)s and etag = %(before)s"""

REMOVE = "delete from xapi_document where document = %(document)s and etag = %(before)s"

REMOVE_ALL = """
delete from xapi_document
where owner = %(owner)s and (%(registration)s::text is null or registration = %(registration)s)"""

NAMED = """
select named from xapi_document
where owner = %(owner)s and (%(registration)s::text is null or registration = %(registration)s)
    and (%(since)s::timestamptz is null or stored_at > %(since)s)
order by stored_at, document limit %(most)s"""

COUNT = "select count(*) from xapi_document where owner = %(owner)s"

ABOUT = "select distinct unnest(about) from xapi_statement where agent = %(agent)s"


class Owner(NamedTuple):
    """Whose documents: of a resource of one connector, those of an activity, of an agent, or of both.

    agent: by what they are identified.
    """

    connector: str
    resource: Resource
    activity: str | None = None
    agent: dict[str, Any] | None = None


class Named(NamedTuple):
    """Which document of its owner. registration: of states alone."""

    id: str
    registration: str | None = None


class Document(NamedTuple):
    """A document as it was sent."""

    media_type: str
    content: bytes
    stored_at: dt.datetime

    @property
    def etag(self) -> str:
        """The tag of its bytes, which the standard says how to make."""
        return f'"{self._sha1}"'

    @property
    def _sha1(self) -> str:
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


class DocumentStore:
    """The documents of one ledger."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def read(self, cursor: Cursor[Any], owner: Owner, named: Named) -> Document | None:
        """One of them."""
        return self._read(cursor, owner.connector, self._key(cursor, owner, named))

    def ids(
        self, cursor: Cursor[Any], owner: Owner, registration: str | None, since: dt.datetime | None
    ) -> list[str]:
        """The ids of an owner's, those that were stored first before others."""
        asked = {"owner": self._owner(cursor, owner), "registration": registration, "since": since}
        rows = cursor.execute(NAMED, asked | {"most": MOST_OF_AN_OWNER}).fetchall()
        cipher, at = sealing.cipher(cursor, self._vault), self._place(owner.connector, "", "named")
        return [cipher.decrypt(named, at) for (named,) in rows]

    def change(
        self,
        cursor: Cursor[Any],
        owner: Owner,
        named: Named,
        after: Callable[[Document | None], Document | None],
    ) -> None:
        """Writes what `after` makes of the document as it stands; None takes it away.

        Raises: what `after` raises; BadField where the owner has too many; Contended.
        """
        key = self._key(cursor, owner, named)
        for _ in range(TRIES):
            before = self._read(cursor, owner.connector, key)
            wanted = after(before)
            if wanted is None:
                if before is None or self._removed(cursor, key, before):
                    return
            elif self._written(cursor, key, owner, named, before, wanted):
                return
        raise Contended(field="", detail="Others kept writing this document.", remedy="Send it again.")

    def remove_all(self, cursor: Cursor[Any], owner: Owner, registration: str | None) -> None:
        """Takes away all of an owner's, or those of one registration."""
        cursor.execute(REMOVE_ALL, {"owner": self._owner(cursor, owner), "registration": registration})

    def people(self, cursor: Cursor[Any], owner: Owner) -> list[str]:
        """Who of those that work or worked here the owner is, as far as that is known."""
        if owner.agent is None:
            return []
        agent = agent_digest(cursor, self._vault, owner.connector, owner.agent)
        said = {row[0].removeprefix("employee:") for row in cursor.execute(ABOUT, {"agent": agent})}
        account = owner.agent.get("account", {})
        mbox = str(owner.agent.get("mbox", "")).removeprefix("mailto:").partition("@")[0]
        said |= {str(account.get("name", "")) if isinstance(account, dict) else "", mbox} - {""}
        return sorted({change.employee for change in roster.changes(cursor, sorted(said), None)})

    def _read(self, cursor: Cursor[Any], connector: str, key: str) -> Document | None:
        row = cursor.execute(READ, {"document": key}).fetchone()
        if row is None:
            return None
        content, media_type, _, stored_at = row
        text = sealing.cipher(cursor, self._vault).decrypt(content, self._place(connector, key, "content"))
        return Document(media_type, base64.b64decode(text), stored_at)

    def _removed(self, cursor: Cursor[Any], key: str, before: Document) -> bool:
        return cursor.execute(REMOVE, {"document": key, "before": before.etag.strip('"')}).rowcount == 1

    def _written(
        self,
        cursor: Cursor[Any],
        key: str,
        owner: Owner,
        named: Named,
        before: Document | None,
        wanted: Document,
    ) -> bool:
        """Whether it was still as it was read."""
        cipher, connector = sealing.cipher(cursor, self._vault), owner.connector
        owned = self._owner(cursor, owner)
        told: dict[str, Any] = {
            "document": key,
            "content": cipher.encrypt(
                base64.b64encode(wanted.content).decode(), self._place(connector, key, "content")
            ),
            "media_type": wanted.media_type,
            "etag": wanted.etag.strip('"'),
            "stored_at": wanted.stored_at,
            "about": [f"employee:{each}" for each in self.people(cursor, owner)],
        }
        if before is not None:
            return cursor.execute(REPLACE, told | {"before": before.etag.strip('"')}).rowcount == 1
        row = cursor.execute(COUNT, {"owner": owned}).fetchone()
        if row is not None and row[0] >= MOST_OF_AN_OWNER:
            raise BadField(
                field="agent" if owner.agent else "activityId",
                detail=f"It has {MOST_OF_AN_OWNER} documents here already.",
                remedy="Delete those that nobody needs.",
            )
        told |= {"connector": connector, "resource": owner.resource, "owner": owned}
        told["registration"] = named.registration
        told["agent"] = owner.agent and agent_digest(cursor, self._vault, connector, owner.agent)
        told["named"] = cipher.encrypt(named.id, self._place(connector, "", "named"))
        return cursor.execute(ADD, told).rowcount == 1

    def _owner(self, cursor: Cursor[Any], owner: Owner) -> str:
        said = [owner.resource, owner.activity, owner.agent]
        at = self._place(owner.connector, "", "owner")
        return sealing.recognised(cursor, self._vault, at, said)

    def _key(self, cursor: Cursor[Any], owner: Owner, named: Named) -> str:
        said = [owner.resource, owner.activity, owner.agent, named.registration, named.id]
        at = self._place(owner.connector, "", "document")
        return sealing.recognised(cursor, self._vault, at, said)

    def _place(self, connector: str, key: str, field: str) -> sealing.Place:
        return sealing.place("xapi_document", connector, key, field)
