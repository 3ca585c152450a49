"""The addresses of documents by xAPI 1.0.3, and what is known of agents and activities."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.connectors import xapi_documents as documents
from api.connectors.agents import agent_of
from api.connectors.bodies import DOCUMENT_BODY
from api.connectors.forms import require_iri
from api.connectors.speaking import Asked, require_version
from api.connectors.xapi_documents import (
    CHANGES,
    READS,
    ActivityId,
    AgentAsked,
    Conditions,
    IfMatchTag,
    IfNoneMatchTag,
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
from api.writing import Writing

_SENT = operation_with(DOCUMENT_BODY)


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An agent under every name it is known by here: the one that was asked."""

    objectType: Literal["Person"]
    name: list[str] = []
    mbox: list[str] = []
    mbox_sha1sum: list[str] = []
    openid: list[str] = []
    account: list[dict[str, Any]] = []


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """An activity by its id; definitions stand in the statements that bring them."""

    objectType: str = "Activity"
    id: str


@put("/activities/state", summary="Keep a state", tags=["learning"], opt=CHANGES, operation_class=_SENT,
     status_code=204)  # fmt: skip
async def put_state(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    writing: NamedDependency[Writing],
    activity: ActivityId,
    agent: AgentAsked,
    state_id: StateId,
    registration: Registration = None,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """A document about a learner in an activity, such as a bookmark, in place of the one there is."""
    where = {"activity": activity, "agent": agent, "registration": registration}
    place = place_of(request, reading, ledger, "state", **where)
    await documents.put(place, state_id, Conditions(if_match, if_none_match, False), writing.fact_bytes)


@post("/activities/state", summary="Merge a state", tags=["learning"], opt=CHANGES, operation_class=_SENT,
      status_code=204)  # fmt: skip
async def merge_state(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    writing: NamedDependency[Writing],
    activity: ActivityId,
    agent: AgentAsked,
    state_id: StateId,
    registration: Registration = None,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """Lays the members of a JSON object over those of the document there is; kept as it is where none is."""
    where = {"activity": activity, "agent": agent, "registration": registration}
    place = place_of(request, reading, ledger, "state", **where)
    await documents.merge(place, state_id, Conditions(if_match, if_none_match, False), writing.fact_bytes)


@get("/activities/state", summary="A state, or their ids", tags=["learning"], opt=READS)
async def read_state(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    activity: ActivityId,
    agent: AgentAsked,
    state_id: StateIdIfAny = None,
    registration: Registration = None,
    since: Since = None,
) -> Response[dict[str, Any]]:
    """The document as it was sent; without an id those of an activity and an agent, 1,000 at most."""
    where = {"activity": activity, "agent": agent, "registration": registration}
    return await documents.told(place_of(request, reading, ledger, "state", **where), state_id, since)


@delete("/activities/state", summary="Remove a state", tags=["learning"], opt=CHANGES)
async def remove_state(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    activity: ActivityId,
    agent: AgentAsked,
    state_id: StateIdIfAny = None,
    registration: Registration = None,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """One document, or without an id all of an activity and an agent."""
    where = {"activity": activity, "agent": agent, "registration": registration}
    place = place_of(request, reading, ledger, "state", **where)
    await documents.remove(place, state_id, Conditions(if_match, if_none_match, False))


@put("/activities/profile", summary="Keep a profile of an activity", tags=["learning"], opt=CHANGES,
     operation_class=_SENT, status_code=204)  # fmt: skip
async def put_activity_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    writing: NamedDependency[Writing],
    activity: ActivityId,
    profile_id: ProfileId,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """A new document, or with If-Match in place of the one that was read: else 409."""
    place = place_of(request, reading, ledger, "activity_profile", activity=activity)
    await documents.put(place, profile_id, Conditions(if_match, if_none_match, True), writing.fact_bytes)


@post("/activities/profile", summary="Merge a profile of an activity", tags=["learning"], opt=CHANGES,
      operation_class=_SENT, status_code=204)  # fmt: skip
async def merge_activity_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    writing: NamedDependency[Writing],
    activity: ActivityId,
    profile_id: ProfileId,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """Lays the members of a JSON object over those of the document there is; kept as it is where none is."""
    place = place_of(request, reading, ledger, "activity_profile", activity=activity)
    await documents.merge(place, profile_id, Conditions(if_match, if_none_match, False), writing.fact_bytes)


@get("/activities/profile", summary="A profile of an activity, or their ids", tags=["learning"], opt=READS)
async def read_activity_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    activity: ActivityId,
    profile_id: ProfileIdIfAny = None,
    since: Since = None,
) -> Response[dict[str, Any]]:
    """The document as it was sent; without an id those of an activity, 1,000 at most."""
    place = place_of(request, reading, ledger, "activity_profile", activity=activity)
    return await documents.told(place, profile_id, since)


@delete("/activities/profile", summary="Remove a profile of an activity", tags=["learning"], opt=CHANGES)
async def remove_activity_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    activity: ActivityId,
    profile_id: ProfileId,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """One document; one that is not there is as good as removed."""
    place = place_of(request, reading, ledger, "activity_profile", activity=activity)
    await documents.remove(place, profile_id, Conditions(if_match, if_none_match, False))


@put("/agents/profile", summary="Keep a profile of an agent", tags=["learning"], opt=CHANGES,
     operation_class=_SENT, status_code=204)  # fmt: skip
async def put_agent_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    writing: NamedDependency[Writing],
    agent: AgentAsked,
    profile_id: ProfileId,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """A new document, or with If-Match in place of the one that was read: else 409."""
    place = place_of(request, reading, ledger, "agent_profile", agent=agent)
    await documents.put(place, profile_id, Conditions(if_match, if_none_match, True), writing.fact_bytes)


@post("/agents/profile", summary="Merge a profile of an agent", tags=["learning"], opt=CHANGES,
      operation_class=_SENT, status_code=204)  # fmt: skip
async def merge_agent_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    writing: NamedDependency[Writing],
    agent: AgentAsked,
    profile_id: ProfileId,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """Lays the members of a JSON object over those of the document there is; kept as it is where none is."""
    place = place_of(request, reading, ledger, "agent_profile", agent=agent)
    await documents.merge(place, profile_id, Conditions(if_match, if_none_match, False), writing.fact_bytes)


@get("/agents/profile", summary="A profile of an agent, or their ids", tags=["learning"], opt=READS)
async def read_agent_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    agent: AgentAsked,
    profile_id: ProfileIdIfAny = None,
    since: Since = None,
) -> Response[dict[str, Any]]:
    """The document as it was sent; without an id those of an agent, 1,000 at most."""
    place = place_of(request, reading, ledger, "agent_profile", agent=agent)
    return await documents.told(place, profile_id, since)


@delete("/agents/profile", summary="Remove a profile of an agent", tags=["learning"], opt=CHANGES)
async def remove_agent_profile(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    agent: AgentAsked,
    profile_id: ProfileId,
    if_match: IfMatchTag = None,
    if_none_match: IfNoneMatchTag = None,
) -> None:
    """One document; one that is not there is as good as removed."""
    place = place_of(request, reading, ledger, "agent_profile", agent=agent)
    await documents.remove(place, profile_id, Conditions(if_match, if_none_match, False))


@get("/agents", summary="An agent's names", tags=["learning"], opt={**READS, "personal": "none"})
async def read_agent(
    request: Asked, agent: Annotated[str, QueryParameter(description="The agent, as JSON.")]
) -> Person:
    """A Person with what was asked: that two names are one agent is known to nobody here."""
    require_version(request)
    names = {name: [said] for name, said in (agent_of(agent) or {}).items()}
    return msgspec.convert({"objectType": "Person", **names}, Person)


@get("/activities", summary="An activity", tags=["learning"], opt={**READS, "personal": "none"})
async def read_activity(request: Asked, activity: ActivityId) -> Activity:
    """Its id: what it is called stands in the statements that say so."""
    require_version(request)
    require_iri(activity, "activityId")
    return Activity(id=activity)


HANDLERS = (
    put_state,
    merge_state,
    read_state,
    remove_state,
    put_activity_profile,
    merge_activity_profile,
    read_activity_profile,
    remove_activity_profile,
    put_agent_profile,
    merge_agent_profile,
    read_agent_profile,
    remove_agent_profile,
    read_agent,
    read_activity,
)
