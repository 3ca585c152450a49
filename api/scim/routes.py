"""The addresses of SCIM under /scim/v2."""

from litestar import Response, Router, get, post, route
from litestar.di import Provide
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException

from api.scim import groups_http, schemas, users_http
from api.scim.answering import (
    LIST,
    Search,
    base_of,
)
from api.scim.asking import OPT, Asked, Resource, Told, Write, listed, read
from api.scim.errors import ScimError, answer, answer_error, answer_http, answer_refusal
from api.scim.people import People
from domain.refusals import Refusal


@post("/.search", opt=OPT, status_code=200)
async def search_all(request: Asked, people: Told, writing: Write) -> Response[bytes]:
    """People, branches and teams that pass a filter, page by page."""
    return await listed(request, people, await read(request, writing, Search), "User", "Group")


@get("/ServiceProviderConfig", opt=OPT | {"personal": "none"})
async def read_config(request: Asked) -> Response[bytes]:
    """Which features there are."""
    return answer(schemas.service_provider_config(base_of(request)))


@get(["/ResourceTypes", "/ResourceTypes/{name:str}"], opt=OPT | {"personal": "none"})
async def read_resource_types(request: Asked, name: str | None = None) -> Response[bytes]:
    """The kinds of resource, or one."""
    return _described(request, schemas.resource_types(base_of(request)), name)


@get(["/Schemas", "/Schemas/{name:str}"], opt=OPT | {"personal": "none"})
async def read_schemas(request: Asked, people: Told, name: str | None = None) -> Response[bytes]:
    """The attributes that are kept, of all kinds or of one."""
    branches = sorted((await people.known()).branches)
    return _described(request, schemas.schemas(base_of(request), branches), name)


@route(
    ["/Bulk", "/Me"],
    http_method=[HttpMethod.GET, HttpMethod.POST],
    opt=OPT | {"personal": "none"},
)
async def not_supported() -> None:
    """What the standard has and this service has not."""
    raise ScimError(501, "This service does not support that; see /ServiceProviderConfig.")


@get("/{rest:path}", opt=OPT | {"personal": "none"})
async def nothing_here(rest: str) -> None:
    """Any other address."""
    raise ScimError(404, f"There is nothing at {rest[:100]!r}.")


def scim_router(people: People) -> Router:
    """The addresses; not in the OpenAPI document, as SCIM describes itself at /Schemas and /ResourceTypes."""
    return Router(
        "/scim/v2",
        route_handlers=[
            users_http.list_users, users_http.search_users, users_http.create_user, users_http.read_user,
            users_http.replace_user, users_http.patch_user, users_http.delete_user,
            groups_http.list_groups, groups_http.search_groups, groups_http.create_group,
            groups_http.read_group, groups_http.replace_group, groups_http.patch_group,
            groups_http.delete_group,
            search_all, read_config, read_resource_types, read_schemas, not_supported, nothing_here,
        ],
        exception_handlers={
            ScimError: answer_error, Refusal: answer_refusal, HTTPException: answer_http,
        },
        include_in_schema=False,
        dependencies={"people": Provide(lambda: people, sync_to_thread=False)},
    )  # fmt: skip


def _described(request: Asked, told: list[Resource], name: str | None) -> Response[bytes]:
    if "filter" in request.query_params:
        raise ScimError(403, "What describes the service is not filtered.")
    if name is None:
        body = {"schemas": [LIST], "totalResults": len(told), "startIndex": 1, "itemsPerPage": len(told)}
        return answer(body | {"Resources": told})
    found = next((each for each in told if each["id"] == name), None)
    if found is None:
        raise ScimError(404, f"There is no {name[:100]!r}.")
    return answer(found)
