"""The addresses of groups: branches and teams."""

from litestar import Response, delete, get, patch, post, put

from api.scim import groups, schemas
from api.scim.answering import (
    Search,
    answer_one,
    is_known,
    require_version,
    search_of,
)
from api.scim.asking import OPT, Asked, Resource, Told, Write, listed, people_of, read, record, shown_group
from api.scim.errors import ScimError, answer
from api.scim.patching import Patch, patched
from api.scim.people import Known, People
from api.watching import shows


@get("/Groups", opt=OPT)
async def list_groups(request: Asked, people: Told) -> Response[bytes]:
    """The branches and teams that pass a filter, page by page."""
    return await listed(request, people, search_of(request), "Group")


@post("/Groups/.search", opt=OPT, status_code=200)
async def search_groups(request: Asked, people: Told, writing: Write) -> Response[bytes]:
    """The same, asked in a body."""
    return await listed(request, people, await read(request, writing, Search), "Group")


@post("/Groups", opt=OPT)
async def create_group(request: Asked, people: Told, writing: Write) -> Response[bytes]:
    """A team, with its members. 409 where a branch or team is called so."""
    said = await read(request, writing, Resource)
    known = await people.known()
    place = groups.new_team(said, known)
    facts = [groups.kept_as(place), *groups.facts_of_members(place, said, known, known.today)]
    await record(request, people, writing, facts, f"Groups/{place.id}")
    return await _group(request, people, place.id, 201)


@get("/Groups/{id:str}", opt=OPT)
async def read_group(request: Asked, people: Told, id: str) -> Response[bytes]:
    """A branch or team."""
    return await _group(request, people, id)


@put("/Groups/{id:str}", opt=OPT)
async def replace_group(request: Asked, people: Told, writing: Write, id: str) -> Response[bytes]:
    """A branch or team as the body says: who is added moves there today."""
    said = await read(request, writing, Resource)
    known, place = await _place(people, id)
    require_version(request, shown_group(request, known, place))
    facts = groups.facts_of_change(place, said, known, known.today)
    await record(request, people, writing, facts, f"Groups/{id}")
    return await _group(request, people, id)


@patch("/Groups/{id:str}", opt=OPT)
async def patch_group(request: Asked, people: Told, writing: Write, id: str) -> Response[bytes]:
    """A branch or team after the operations of a patch: all of them, as one batch of facts, or none."""
    said = await read(request, writing, Patch)
    known, place = await _place(people, id)
    require_version(request, shown_group(request, known, place))
    made = patched({"members": [], **groups.resource_of(place, known)}, said, schemas.KEPT_OF_GROUPS)
    facts = groups.facts_of_change(place, made, known, known.today)
    await record(request, people, writing, facts, f"Groups/{id}")
    return await _group(request, people, id)


@delete("/Groups/{id:str}", opt=OPT)
async def delete_group(request: Asked, people: Told, writing: Write, id: str) -> None:
    """Nobody is in a team any more. A branch ends by a merge only."""
    known, place = await _place(people, id)
    require_version(request, shown_group(request, known, place))
    shows(request, ())
    facts = groups.facts_of_removal(place, known, known.today)
    await record(request, people, writing, facts, f"Groups/{id}")


async def _group(request: Asked, people: People, id: str, status: int = 200) -> Response[bytes]:
    known, place = await _place(people, id)
    resource = shown_group(request, known, place)
    shows(request, people_of(resource))
    if request.method == "GET" and is_known(request, resource):
        return answer(None, 304, {"ETag": resource["meta"]["version"]})
    return answer_one(resource, search_of(request), status)


async def _place(people: People, id: str) -> tuple[Known, groups.Place]:
    known = await people.known()
    place = groups.places(known).get(id)
    if place is None:
        raise ScimError(404, f"There is no group {id[:100]!r}.")
    return known, place
