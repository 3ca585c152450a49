"""What SCIM's answers share: locations and versions, the attributes that are asked for, and pages."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote

import msgspec
from litestar import Request, Response

from api.scim.errors import ScimError, answer
from api.scim.filtering import holds, read_filter
from api.scim.paths import ENTERPRISE, found_at, key_of, steps
from api.scim.schemas import MOST_RESULTS

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USUAL_RESULTS = 100
ASKED = ("attributes", "excludedAttributes", "filter", "startIndex", "count", "sortBy", "sortOrder")
"""What the query of a list may say; of a single resource, the first two."""

_ALWAYS = frozenset({"id", "schemas"})

Resource = dict[str, Any]


class Search(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a list is to be of."""

    filter: str | None = None
    attributes: list[str] = []
    excluded_attributes: list[str] = []
    start_index: int = 1
    count: int = USUAL_RESULTS
    sort_by: str | None = None
    sort_order: str = "ascending"


def base_of(request: Request[Any, Any, Any]) -> str:
    """Where this service's resources are found, as the client reached it."""
    return f"{request.base_url}scim/v2"


def search_of(request: Request[Any, Any, Any]) -> Search:
    """What the query of a request asks for.

    Raises: ScimError.
    """
    said: Resource = dict(request.query_params)
    for name in ("attributes", "excludedAttributes"):
        if name in said:
            said[name] = [each.strip() for each in said[name].split(",") if each.strip()]
    try:
        return msgspec.convert(said, Search, strict=False)
    except msgspec.ValidationError as error:
        raise ScimError(400, f"The query cannot be read: {error}.", "invalidValue") from None


def located(resource: Resource, kind: str, base: str, meta: Mapping[str, Any]) -> Resource:
    """A resource with its version and its locations."""
    version = hashlib.sha256(msgspec.json.encode(resource)).hexdigest()[:20]
    made = {**resource}
    made["meta"] = {
        "resourceType": kind,
        **meta,
        "location": f"{base}/{kind}s/{quote(resource['id'], safe=':@~')}",
        "version": f'W/"{version}"',
    }
    if "members" in made:
        made["members"] = [_referring(each, base) for each in made["members"]]
    work = made.get(ENTERPRISE)
    if work is not None and "manager" in work:
        made[ENTERPRISE] = work | {"manager": _referring(work["manager"], base)}
    return made


def _referring(user: Resource, base: str) -> Resource:
    """What names a user by `value`, with the user's location."""
    return user | {"$ref": f"{base}/Users/{quote(user['value'])}"}


def answer_one(resource: Resource, search: Search, status: int = 200) -> Response[bytes]:
    """A resource, with what is asked of it."""
    meta = resource["meta"]
    headers = {"ETag": meta["version"], "Content-Location": meta["location"]}
    if status == 201:
        headers["Location"] = meta["location"]
    return answer(chosen(resource, search), status, headers)


def require_version(request: Request[Any, Any, Any], resource: Resource) -> None:
    """Checks that a change was meant for the version that there is.

    Raises: ScimError (412).
    """
    asked = request.headers.get("if-match")
    if asked is not None and asked.strip() != "*" and resource["meta"]["version"] not in asked:
        raise ScimError(412, "The resource has changed since it was read; read it again.")


def is_known(request: Request[Any, Any, Any], resource: Resource) -> bool:
    """Whether the client says that it has this very version."""
    return resource["meta"]["version"] in request.headers.get("if-none-match", "")


def answer_list(
    found: Sequence[Resource], search: Search, finished: Callable[[Resource], Resource]
) -> tuple[Response[bytes], list[Resource]]:
    """A page of what passes the filter, and its resources. finished: adds what a filter does not look at.

    Raises: ScimError.
    """
    test = read_filter(search.filter) if search.filter else None
    passing = [each for each in found if test is None or holds(test, each)]
    if search.sort_by is not None:
        passing.sort(key=_sorting(search.sort_by), reverse=search.sort_order.lower() == "descending")
    start = max(search.start_index, 1)
    page = passing[start - 1 :][: min(max(search.count, 0), MOST_RESULTS)]
    body: Resource = {"schemas": [LIST], "totalResults": len(passing), "startIndex": start}
    body["itemsPerPage"] = len(page)
    if page:
        body["Resources"] = [chosen(finished(each), search) for each in page]
    return answer(body), page


def chosen(resource: Resource, search: Search) -> Resource:
    """A resource with the attributes that are asked for; without them all that are not left out."""
    if search.attributes and search.excluded_attributes:
        raise ScimError(400, "attributes and excludedAttributes are given at once.", "invalidValue")
    if search.attributes:
        made = {name: value for name, value in resource.items() if name in _ALWAYS}
        for path in search.attributes:
            _copy(resource, made, steps(path))
        return made
    made = {**resource}
    for path in search.excluded_attributes:
        _leave_out(made, steps(path))
    return made


def _copy(source: Mapping[str, Any], made: Resource, names: Sequence[str]) -> None:
    key = key_of(source, names[0])
    if key is None:
        return
    value = source[key]
    if len(names) == 1 or not isinstance(value, dict):
        made[key] = value
        return
    inner = made.setdefault(key, {})
    _copy(cast("Resource", value), inner, names[1:])


def _leave_out(made: Resource, names: Sequence[str]) -> None:
    key = key_of(made, names[0])
    if key is None or key in _ALWAYS:
        return
    if len(names) == 1:
        del made[key]
    elif isinstance(made[key], dict):
        made[key] = {**made[key]}
        _leave_out(made[key], names[1:])


def _sorting(path: str) -> Callable[[Resource], tuple[bool, str]]:
    def by(resource: Resource) -> tuple[bool, str]:
        value = next(found_at(resource, steps(path)), None)
        return value is None, str(value).lower()

    return by
