"""What every address of SCIM does: reads a body, lists what is asked for, records what changes."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.di import NamedDependency

from api.bodies import read_body, require_sound
from api.caller import Caller
from api.intake import Refused, Submission
from api.ops import now
from api.roles import MAY_RECORD
from api.scim import groups, users
from api.scim.answering import (
    ASKED,
    Search,
    answer_list,
    base_of,
    located,
)
from api.scim.errors import MEDIA_TYPE, ScimError
from api.scim.paths import GROUP
from api.scim.people import SOURCE, Known, People, Person
from api.watching import shows
from api.writing import Writing
from domain.facts.base import Fact
from domain.facts.governance import FactVoided
from domain.refusals import Withheld

"""The source of the facts that a directory brings."""

OPT: dict[str, Any] = {"action": "provision", "personal": "people", "reach": "all", "asks": ASKED}

Asked = Request[Any, Caller, State]
Told = NamedDependency[People]
Write = NamedDependency[Writing]
Resource = dict[str, Any]


async def listed(request: Asked, people: People, search: Search, *kinds: str) -> Response[bytes]:
    """A page of the resources of some kinds."""
    known = await people.known()
    there = groups.places(known)
    full = "members" not in [each.lower() for each in search.excluded_attributes]
    found: list[Resource] = []
    if "User" in kinds:
        kept = (known.people[id] for id in sorted(known.people))
        found += [users.resource_of(each, known) for each in kept if not each.removed]
    if "Group" in kinds:
        found += [groups.resource_of(each, known, with_members=full) for each in there.values()]

    def finished(resource: Resource) -> Resource:
        if GROUP in resource["schemas"]:
            return located(resource, "Group", base_of(request), {})
        return shown_user(request, known, known.people[resource["id"]])

    made, page = answer_list(found, search, finished)
    shows(request, {id for each in page for id in people_of(each)})
    return made


def people_of(resource: Resource) -> list[str]:
    """Whom a resource shows."""
    if GROUP in resource["schemas"]:
        return [member["value"] for member in resource.get("members", ())]
    return [resource["id"]]


def shown_user(request: Asked, known: Known, person: Person) -> Resource:
    """A person as they are shown."""
    meta = {"created": person.created_at, "lastModified": person.changed_at}
    return located(users.resource_of(person, known), "User", base_of(request), meta)


def shown_group(request: Asked, known: Known, place: groups.Place) -> Resource:
    """A branch or team as it is shown."""
    return located(groups.resource_of(place, known), "Group", base_of(request), {})


async def record(request: Asked, people: People, writing: Writing, facts: Sequence[Fact], what: str) -> None:
    """Writes facts, all or none, and waits until they are counted; none is no change.

    Raises: Refusal.
    """
    if not facts:
        return
    caller, at, change = request.auth, now(), uuid4().hex
    for fact in facts:
        caller.require_record(fact.TYPE)
    submissions = [
        Submission(
            type=fact.TYPE,
            source=SOURCE,
            key=f"{what}/{change}/{number}",
            occurred_at=at,
            data={k: v for k, v in msgspec.to_builtins(fact).items() if v is not None},
            reach=MAY_RECORD[caller.role] if isinstance(fact, FactVoided) else None,
        )
        for number, fact in enumerate(facts)
    ]
    outcomes = await asyncio.to_thread(partial(writing.many, submissions, caller.actor, atomic=True))
    refused = [outcome.refusal for outcome in outcomes if isinstance(outcome, Refused)]
    if refused:
        raise next((each for each in refused if not isinstance(each, Withheld)), refused[0])
    last = max(outcome.position for outcome in outcomes if not isinstance(outcome, Refused))
    await people.reading.after(last, request)


async def read(request: Asked, writing: Writing, kind: Any) -> Any:
    """The body of a request.

    Raises: ScimError, Refusal.
    """
    media_type = request.headers.get("content-type", MEDIA_TYPE).partition(";")[0].strip().lower()
    if media_type not in (MEDIA_TYPE, "application/json"):
        raise ScimError(415, f"Send {MEDIA_TYPE}.")
    body = await read_body(request, writing.batch_bytes)
    require_sound(body)
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ScimError(400, f"The body cannot be read: {error}.", "invalidSyntax") from None
