"""The addresses of documents by xAPI 1.0.3, and what is known of agents and activities."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from psycopg import Cursor

from api.connectors import activities
from api.connectors import xapi_documents as documents
from api.connectors.agents import agent_of
from api.connectors.bodies import DOCUMENT_BODY
from api.connectors.forms import require_iri
from api.connectors.speaking import Asked, own_connectors, require_version
from api.connectors.xapi_documents import (
    CHANGES,
    READS,
    ActivityId,
    AgentAsked,
    Conditions,
    IfMatchTag,
    IfNoneMatchTag,
    Place,
    ProfileId,
    ProfileIdIfAny,
    Registration,
    Since,
    StateId,
    StateIdIfAny,
    place_of,
)
from api.described import operation_with
from api.ops import Ledger
from api.reading import Reading
from api.watching import shows
from api.writing import Writing


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An agent under every name it is known by here."""

    objectType: Literal["Person"]
    name: list[str] = []
    mbox: list[str] = []
    mbox_sha1sum: list[str] = []
    openid: list[str] = []
    account: list[dict[str, Any]] = []


class Activity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An activity, and what statements told of it."""

    objectType: Literal["Activity"]
    id: str
    definition: dict[str, Any] = {}


def state(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    activity: ActivityId,
    agent: AgentAsked,
    registration: Registration = None,
) -> Place:
    """Where a learner's documents in an activity stand."""
    where = {"activity": activity, "agent": agent, "registration": registration}
    return place_of(request, reading, ledger, "state", **where)


def activity_profile(
    request: Asked, reading: NamedDependency[Reading], ledger: NamedDependency[Ledger], activity: ActivityId
) -> Place:
    """Where an activity's documents stand."""
    return place_of(request, reading, ledger, "activity_profile", activity=activity)


def agent_profile(
    request: Asked, reading: NamedDependency[Reading], ledger: NamedDependency[Ledger], agent: AgentAsked
) -> Place:
    """Where an agent's documents stand."""
    return place_of(request, reading, ledger, "agent_profile", agent=agent)


def state_id(state_id: StateId) -> str:
    """Which state."""
    return state_id


def state_id_if_any(state_id: StateIdIfAny = None) -> str | None:
    """Which state, or all of them."""
    return state_id


def profile_id(profile_id: ProfileId) -> str:
    """Which profile."""
    return profile_id


def profile_id_if_any(profile_id: ProfileIdIfAny = None) -> str | None:
    """Which profile, or all of them."""
    return profile_id


def conditions(if_match: IfMatchTag = None, if_none_match: IfNoneMatchTag = None) -> Conditions:
    """What a change is meant for."""
    return Conditions(if_match, if_none_match, False)


class Kept(NamedTuple):
    """A resource of documents. is_shared: a change of one says what it is meant for."""

    path: str
    noun: str
    place: Callable[..., Place]
    id: Callable[..., str]
    id_if_any: Callable[..., str | None]
    is_shared: bool = True


RESOURCES = (
    Kept("/activities/state", "a state", state, state_id, state_id_if_any, is_shared=False),
    Kept("/activities/profile", "a profile of an activity", activity_profile, profile_id, profile_id_if_any),
    Kept("/agents/profile", "a profile of an agent", agent_profile, profile_id, profile_id_if_any),
)


def handlers_of(kept: Kept) -> list[HTTPRouteHandler]:
    """The four addresses of a resource of documents."""

    def given(**others: Callable[..., Any]) -> dict[str, Provide]:
        found = {"place": kept.place, **others}
        return {name: Provide(each, sync_to_thread=False) for name, each in found.items()}

    changing = given(id=kept.id, conditions=conditions)
    sent = operation_with(DOCUMENT_BODY)

    @put(kept.path, summary=f"Keep {kept.noun}", tags=["learning"], opt=CHANGES, operation_class=sent,
         dependencies=changing, status_code=204)  # fmt: skip
    async def keep_document(
        place: NamedDependency[Place],
        id: NamedDependency[str],
        conditions: NamedDependency[Conditions],
        writing: NamedDependency[Writing],
    ) -> None:
        """A document in place of the one there is; a profile says which it is meant for: else 400 or 409."""
        meant = conditions._replace(strict=kept.is_shared)
        await documents.put(place, id, meant, writing.fact_bytes)

    @post(kept.path, summary=f"Merge {kept.noun}", tags=["learning"], opt=CHANGES, operation_class=sent,
          dependencies=changing, status_code=204)  # fmt: skip
    async def merge_document(
        place: NamedDependency[Place],
        id: NamedDependency[str],
        conditions: NamedDependency[Conditions],
        writing: NamedDependency[Writing],
    ) -> None:
        """Lays the members of a JSON object over those of the document; kept as it is where there is none."""
        await documents.merge(place, id, conditions, writing.fact_bytes)

    @get(kept.path, summary=f"Read {kept.noun}, or their ids", tags=["learning"], opt=READS,
         dependencies=given(id=kept.id_if_any))  # fmt: skip
    async def read_document(
        place: NamedDependency[Place], id: NamedDependency[str | None], since: Since = None
    ) -> Response[dict[str, Any]]:
        """The document as it was sent; without an id those that there are, 1,000 at most."""
        return await documents.told(place, id, since)

    removed = kept.id if kept.is_shared else kept.id_if_any

    @delete(kept.path, summary=f"Remove {kept.noun}", tags=["learning"], opt=CHANGES,
            dependencies=given(id=removed, conditions=conditions))  # fmt: skip
    async def remove_document(
        place: NamedDependency[Place],
        id: NamedDependency[str | None],
        conditions: NamedDependency[Conditions],
    ) -> None:
        """One document, be it there or not; of states, without an id, all of an activity and an agent."""
        await documents.remove(place, id, conditions)

    return [keep_document, merge_document, read_document, remove_document]


@get("/agents", summary="An agent's names", tags=["learning"], opt=READS)
async def read_agent(
    request: Asked, reading: NamedDependency[Reading], ledger: NamedDependency[Ledger], agent: AgentAsked
) -> Person:
    """A Person with what was asked, and what statements call it: which two ids are one agent is not known."""
    require_version(request)
    asked = agent_of(agent) or {}
    names, people = await reading.ask(partial(documents.called, ledger.vault, request.auth, asked))
    shows(request, people)
    ids = {name: [said] for name, said in asked.items()}
    return msgspec.convert({"objectType": "Person", "name": names, **ids}, Person)


@get("/activities", summary="An activity", tags=["learning"], opt={**READS, "personal": "none"})
async def read_activity(
    request: Asked, reading: NamedDependency[Reading], ledger: NamedDependency[Ledger], activity: ActivityId
) -> Response[Activity]:
    """Whatever statements told of it, in every language in which they did."""
    require_version(request)
    require_iri(activity, "activityId")

    def question(cursor: Cursor[Any]) -> dict[str, Any]:
        own = own_connectors(cursor, request.auth)
        return activities.known(cursor, ledger.vault, own, [activity]).get(activity, {})

    told = Activity(objectType="Activity", id=activity, definition=await reading.ask(question))
    return Response(activities.written(told), media_type="application/json")  # type: ignore[arg-type]


HANDLERS = (*(each for kept in RESOURCES for each in handlers_of(kept)), read_agent, read_activity)
