"""Documents by xAPI 1.0.3: the state of a learner in an activity, profiles of activities and of agents.

A profile is shared, so a change of one names what it is meant for (If-Match, If-None-Match); a state is its
learner's alone, and the last one counts.
"""

import datetime as dt
from collections.abc import Callable
from email.utils import format_datetime
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response
from litestar.params import HeaderParameter, QueryParameter
from psycopg import Cursor

from api.bodies import read_body
from api.caller import Caller
from api.connectors.agents import agent_of
from api.connectors.document_store import Document, DocumentStore, Named, Owner, Resource
from api.connectors.forms import BadStatement, require_iri
from api.connectors.http import require_client
from api.connectors.speaking import OPT, Asked, connector_of, own_connectors, require_version
from api.connectors.statement_store import StatementStore
from api.connectors.statements import ID
from api.ops import Ledger, now
from api.problems import ChangedMeanwhile, NotFound
from api.reading import Reading, instant
from api.watching import shows
from domain.journal.vault import Vault
from domain.refusals import NotNow

MOST_ID = 2_000
JSON = "application/json"
CHANGES = {**OPT, "personal": "none", "reach": "rows"}
READS = {**OPT, "personal": "people", "reach": "all"}

ActivityId = Annotated[str, QueryParameter(name="activityId", description="IRI of the activity.")]
AgentAsked = Annotated[str, QueryParameter(name="agent", description="The agent, as JSON.")]
StateId = Annotated[str, QueryParameter(name="stateId", description="Id of the document.")]
StateIdIfAny = Annotated[
    str | None, QueryParameter(name="stateId", description="Id of the document; all of them if absent.")
]
ProfileId = Annotated[str, QueryParameter(name="profileId", description="Id of the document.")]
ProfileIdIfAny = Annotated[
    str | None, QueryParameter(name="profileId", description="Id of the document; their ids if absent.")
]
Registration = Annotated[
    str | None, QueryParameter(description="Of this registration, a UUID; of none if absent.")
]
Since = Annotated[str | None, QueryParameter(description="Ids of those stored after this instant.")]
IfMatchTag = Annotated[
    str | None, HeaderParameter(name="If-Match", description="The ETag of what was read: else 412.")
]
IfNoneMatchTag = Annotated[
    str | None, HeaderParameter(name="If-None-Match", description="`*`: 412 where there is one already.")
]


class DocumentConflict(NotNow):
    """There is such a document already, and the change does not say that it was read."""


class Conditions(NamedTuple):
    """What a change is meant for. strict: one that says nothing may not replace what is there."""

    if_match: str | None
    if_none_match: str | None
    strict: bool

    def require(self, found: Document | None) -> None:
        """Checks that `found` is what the change is meant for.

        Raises: ChangedMeanwhile, DocumentConflict.
        """
        if self.if_match is not None and not (found and _names(self.if_match, found.etag)):
            raise _changed("If-Match", "It is not, or no more, what the change is meant for.")
        if self.if_none_match is not None and found and _names(self.if_none_match, found.etag):
            raise _changed("If-None-Match", "There is such a document already.")
        if self.strict and self.if_match is None and self.if_none_match is None:
            if found is None:
                raise BadStatement(
                    field="If-None-Match",
                    detail="A profile is shared, and the change does not say what it is meant for.",
                    remedy="Send If-None-Match: * to make a new one, or its ETag as If-Match.",
                )
            raise DocumentConflict(
                field="If-Match",
                detail="There is such a document already, and the change does not say which it replaces.",
                remedy="Read it, and send its ETag as If-Match; or If-None-Match: * to make a new one only.",
            )


class Place(NamedTuple):
    """Where a document stands, as a request says it, and who asks."""

    request: Asked
    reading: Reading
    store: DocumentStore
    resource: Resource
    activity: str | None = None
    agent: str | None = None
    registration: str | None = None

    def owner(self, cursor: Cursor[Any]) -> Owner:
        """Whose documents are asked about.

        Raises: NotFound, NotAllowed, BadStatement.
        """
        if self.activity is not None:
            require_iri(self.activity, "activityId")
        if self.registration is not None and not ID.match(self.registration.lower()):
            raise BadStatement(field="registration", detail="It is no UUID.", remedy="Send a UUID.")
        connector = connector_of(cursor, self.request.auth)
        require_client(connector, self.request.auth)
        return Owner(connector.name, self.resource, self.activity, agent_of(self.agent))

    def named(self, id: str) -> Named:
        """Which document.

        Raises: BadStatement.
        """
        if not 0 < len(id) <= MOST_ID:
            field = "stateId" if self.resource == "state" else "profileId"
            raise BadStatement(
                field=field, detail=f"It has not 1 to {MOST_ID} characters.", remedy="Send an id."
            )
        return Named(id, self.registration and self.registration.lower())


def place_of(request: Asked, reading: Reading, ledger: Ledger, resource: Resource, **where: Any) -> Place:
    """Where a request says that its document stands.

    Raises: BadStatement.
    """
    require_version(request)
    return Place(request, reading, DocumentStore(ledger.vault), resource, **where)


async def told(place: Place, id: str | None, since: str | None) -> Response[Any]:
    """A document as it was sent, or the ids of those that there are.

    Raises: NotFound.
    """
    after = None if since is None else instant(since, "since")

    def question(cursor: Cursor[Any]) -> tuple[Document | None, list[str], list[str]]:
        owner = place.owner(cursor)
        people = place.store.people(cursor, owner)
        if id is not None:
            return place.store.read(cursor, owner, place.named(id)), [], people
        registration = place.registration and place.registration.lower()
        return None, place.store.ids(cursor, owner, registration, after), people

    found, ids, people = await place.reading.ask(question)
    shows(place.request, people)
    if id is None:
        return Response(ids)
    if found is None:
        raise NotFound(
            field="stateId" if place.resource == "state" else "profileId",
            detail=f"There is no document {id[:64]!r} here.",
            remedy="Ask without an id for those that there are.",
        )
    headers = {
        "Content-Type": found.media_type,  # as it was sent, with a charset or without
        "ETag": found.etag,
        "Last-Modified": format_datetime(found.stored_at.astimezone(dt.UTC), usegmt=True),
        # Whoever opens it in a browser is handed a file: it may be a page of anybody's making.
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "sandbox",
    }
    return Response(found.content, headers=headers)


def called(
    vault: Vault, caller: Caller, agent: dict[str, Any], cursor: Cursor[Any]
) -> tuple[list[str], list[str]]:
    """What statements to a caller's connectors call an agent, and who of those that work here it is."""
    names, people = dict[str, None](), set[str]()
    for connector in own_connectors(cursor, caller):
        people.update(DocumentStore(vault).people(cursor, Owner(connector, "agent_profile", agent=agent)))
        for actor in StatementStore(vault).actors(cursor, connector, agent):
            names.update({str(actor["name"]): None} if "name" in actor else {})
    return list(names), sorted(people)


async def put(place: Place, id: str, conditions: Conditions, limit_bytes: int) -> None:
    """Keeps what was sent, in place of what there is."""
    sent = await _sent(place.request, limit_bytes)

    def after(found: Document | None) -> Document:
        conditions.require(found)
        return sent

    await _change(place, id, after)


async def merge(place: Place, id: str, conditions: Conditions, limit_bytes: int) -> None:
    """Lays the members of what was sent over those of what there is; keeps it where there is nothing."""
    sent = await _sent(place.request, limit_bytes)

    def after(found: Document | None) -> Document:
        conditions.require(found)
        if found is None:
            if _is_json(sent):
                _members(sent, "that is sent")
            return sent
        content = msgspec.json.encode(_members(found, "that there is") | _members(sent, "that is sent"))
        return sent._replace(content=content)

    await _change(place, id, after)


async def remove(place: Place, id: str | None, conditions: Conditions) -> None:
    """Takes away one document, or all of its owner's."""

    def after(found: Document | None) -> None:
        conditions.require(found)

    def everything(cursor: Cursor[Any]) -> None:
        registration = place.registration and place.registration.lower()
        place.store.remove_all(cursor, place.owner(cursor), registration)

    if id is None:
        await place.reading.ask(everything)
    else:
        await _change(place, id, after)


async def _change(place: Place, id: str, after: Callable[[Document | None], Document | None]) -> None:
    named = place.named(id)
    await place.reading.ask(lambda cursor: place.store.change(cursor, place.owner(cursor), named, after))


async def _sent(request: Asked, limit_bytes: int) -> Document:
    media_type = request.headers.get("content-type", "application/octet-stream")[:200]
    return Document(media_type, await read_body(request, limit_bytes), now())


def _members(document: Document, which: str) -> dict[str, msgspec.Raw]:
    """What the members of a JSON object say, as it says it.

    Raises: BadStatement.
    """
    try:
        if not _is_json(document):
            raise msgspec.DecodeError
        return msgspec.json.decode(document.content, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadStatement(
            field="",
            detail=f"The document {which} is no JSON object, so nothing can be laid over anything.",
            remedy="Send it with PUT, which replaces all of it.",
        ) from None


def _is_json(document: Document) -> bool:
    return document.media_type.partition(";")[0].strip().lower() == JSON


def _names(said: str, tag: str) -> bool:
    return bool({each.strip().removeprefix("W/") for each in said.split(",")} & {"*", tag})


def _changed(field: str, detail: str) -> ChangedMeanwhile:
    return ChangedMeanwhile(field=field, detail=detail, remedy="Read it again, and decide anew.")
