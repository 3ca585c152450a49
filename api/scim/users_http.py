"""The addresses of users: people who work here, or have."""

from litestar import Response, delete, get, patch, post, put

from api.scim import schemas, users
from api.scim.answering import (
    Search,
    answer_one,
    is_known,
    require_version,
    search_of,
)
from api.scim.asking import OPT, Asked, Resource, Told, Write, listed, read, record, shown_user
from api.scim.errors import ScimError, answer
from api.scim.patching import Patch, patched
from api.scim.people import Known, People, Person
from api.watching import shows
from api.writing import Writing


@get("/Users", opt=OPT)
async def list_users(request: Asked, people: Told) -> Response[bytes]:
    """The people that pass a filter, page by page."""
    return await listed(request, people, search_of(request), "User")


@post("/Users/.search", opt=OPT, status_code=200)
async def search_users(request: Asked, people: Told, writing: Write) -> Response[bytes]:
    """The same, asked in a body."""
    return await listed(request, people, await read(request, writing, Search), "User")


@post("/Users", opt=OPT)
async def create_user(request: Asked, people: Told, writing: Write) -> Response[bytes]:
    """A person is hired today; whom the directory had removed comes back. 409 where there is one already."""
    said = await read(request, writing, Resource)
    wanted = users.wanted_of(said, True)
    id = users.new_id(wanted)
    async with people.changing():
        known = await people.known()
        person = known.people.get(id)
        _require_unused(known, wanted, None if person is None or not person.removed else id)
        if person is None:
            facts = [*users.facts_of_hire(id, wanted, known.today), users.entry_of(id, wanted)]
        elif person.removed:
            facts = users.facts_of_change(person, wanted, known.today)
        else:
            raise ScimError(409, f"There is a user {id!r}.", "uniqueness")
        await record(request, people, writing, facts, f"Users/{id}")
    return await _user(request, people, id, 201)


@get("/Users/{id:str}", opt=OPT)
async def read_user(request: Asked, people: Told, id: str) -> Response[bytes]:
    """A person."""
    return await _user(request, people, id)


@put("/Users/{id:str}", opt=OPT)
async def replace_user(request: Asked, people: Told, writing: Write, id: str) -> Response[bytes]:
    """A person as the body says; what it leaves out is kept no more, but for `active`."""
    said = await read(request, writing, Resource)
    async with people.changing():
        known, person = await _person(people, id)
        require_version(request, shown_user(request, known, person))
        await _change_user(request, people, writing, known, person, said)
    return await _user(request, people, id)


@patch("/Users/{id:str}", opt=OPT)
async def patch_user(request: Asked, people: Told, writing: Write, id: str) -> Response[bytes]:
    """A person after the operations of a patch: all of them, as one batch of facts, or none."""
    said = await read(request, writing, Patch)
    async with people.changing():
        known, person = await _person(people, id)
        require_version(request, shown_user(request, known, person))
        after = patched(users.resource_of(person, known), said, schemas.KEPT_OF_USERS)
        await _change_user(request, people, writing, known, person, after)
    return await _user(request, people, id)


@delete("/Users/{id:str}", opt=OPT)
async def delete_user(request: Asked, people: Told, writing: Write, id: str) -> None:
    """A person has left today, and the directory keeps them no more; the ledger keeps what was."""
    known, person = await _person(people, id)
    require_version(request, shown_user(request, known, person))
    shows(request, ())
    facts = users.facts_of_removal(person, known.today)
    await record(request, people, writing, facts, f"Users/{id}")


async def _user(request: Asked, people: People, id: str, status: int = 200) -> Response[bytes]:
    known, person = await _person(people, id)
    shows(request, [id])
    resource = shown_user(request, known, person)
    if request.method == "GET" and is_known(request, resource):
        return answer(None, 304, {"ETag": resource["meta"]["version"]})
    return answer_one(resource, search_of(request), status)


async def _person(people: People, id: str) -> tuple[Known, Person]:
    known = await people.known()
    person = known.people.get(id)
    if person is None or person.removed:
        raise ScimError(404, f"There is no user {id[:64]!r}.")
    return known, person


async def _change_user(
    request: Asked, people: People, writing: Writing, known: Known, person: Person, said: Resource
) -> None:
    wanted = users.wanted_of(said, person.active)
    _require_unused(known, wanted, person.employee)
    facts = users.facts_of_change(person, wanted, known.today)
    await record(request, people, writing, facts, f"Users/{person.employee}")


def _require_unused(known: Known, wanted: users.Wanted, own: str | None) -> None:
    """Checks that nobody else signs in by this name.

    Raises: ScimError (uniqueness).
    """
    name = wanted.user_name.lower()
    for each in known.people.values():
        if each.employee != own and not each.removed and each.user_name.lower() == name:
            raise ScimError(409, f"userName {wanted.user_name!r} is {each.employee!r}'s.", "uniqueness")
