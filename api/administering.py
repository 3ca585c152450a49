"""What an administrator does over HTTP: what they may give, and how what they ask for is read."""

from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.openapi.spec import Example, OpenAPIMediaType, RequestBody, Schema

from api import lists
from api.bodies import not_json, place, read_body, require_sound
from api.described import list_of, object_of
from api.roles import ROLES, SCOPES, Role
from domain.refusals import BadField, NotAllowed

BODY_BYTES = 64 * 1024
AT_THE_MACHINE: frozenset[Role] = frozenset({"hr_head"})
"""Roles that may do what administrators may not: whoever could give them would have all of it."""

_Asked = TypeVar("_Asked")


def require_may_give(role: str, command: str) -> None:
    """Lets an administrator give a role over HTTP.

    command: what gives it at the machine. Raises: NotAllowed.
    """
    if role in AT_THE_MACHINE:
        raise NotAllowed(
            field="role",
            detail=f"The role {role} may do what administrators may not, so it is not given from here.",
            remedy=f"On the machine of the service: {command}",
        )


async def asked_for(
    request: Request[Any, Any, Any], decoder: msgspec.json.Decoder[_Asked], limit_bytes: int = BODY_BYTES
) -> _Asked:
    """What the body of `request` asks for.

    Raises: BadField, Malformed.
    """
    body = await read_body(request, limit_bytes)
    require_sound(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(field=field, detail=f"{message}.", remedy="See /schema/openapi.json.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None


_NAME = Schema(type="string", min_length=1, max_length=64)  # type: ignore[arg-type]
_TOKEN_NAME = Schema(type="string", min_length=1, max_length=200)  # type: ignore[arg-type]
_TEXT_OR_NULL = Schema(type=["string", "null"])  # type: ignore[list-item]
_ROLE = Schema(type="string", enum=list(ROLES))  # type: ignore[arg-type]
_SCOPE = Schema(type="string", enum=list(SCOPES), description="By the role if absent.")  # type: ignore[arg-type]
_BRANCHES = list_of(Schema(type="string"), lists.BRANCHES_OF_A_CALLER)  # type: ignore[arg-type]
_DAYS = Schema(type="integer", minimum=1, maximum=3660, description="Never expires without.")  # type: ignore[arg-type]
_CHANGE = Schema(type="string", enum=["lock", "unlock", "reset", "remove"])  # type: ignore[arg-type]
_YES = Schema(type="boolean", description="With `reset`: take the second factor away too.")  # type: ignore[arg-type]
_REACH = {"employee": _TEXT_OR_NULL, "scope": _SCOPE, "branches": _BRANCHES}


def _body(schema: Schema, summary: str, value: dict[str, object]) -> RequestBody:
    shown = OpenAPIMediaType(schema=schema, examples={"usual": Example(summary=summary, value=value)})
    return RequestBody(required=True, content={"application/json": shown})


TOKEN_BODY = _body(
    object_of({"role": _ROLE, "name": _TOKEN_NAME}, {**_REACH, "days": _DAYS}, "A token that is wanted."),
    "A token for a program, for a year",
    {"role": "integration", "name": "crm", "days": 365},
)
ACCOUNT_BODY = _body(
    object_of({"name": _NAME, "role": _ROLE}, _REACH, "An account that is wanted."),
    "An account of a manager",
    {"name": "wang.li", "role": "manager", "employee": "E1007"},
)
ACCOUNT_CHANGE_BODY = _body(
    object_of({"change": _CHANGE}, {"second_factor": _YES}, "What is to be done with an account."),
    "Somebody lost their telephone",
    {"change": "reset", "second_factor": True},
)
_FILE = Schema(type="string", content_encoding="base64")  # type: ignore[arg-type]
_MAPPING = Schema(type="string", description="YAML; docs/howto/import.md says what stands in it.")  # type: ignore[arg-type]
IMPORT_BODY = _body(
    object_of({"file": _NAME, "content": _FILE, "mapping": _MAPPING}, {}, "A file to be tried."),
    "People of a firm",
    {
        "file": "people.csv",
        "content": "aWQsbmFtZSxoaXJlZApFMSxXYW5nIEZhbmcsMjAyNC0wNi0wMwo=",
        "mapping": "source: people\nfacts:\n  - type: employee_hired\n    …",
    },
)
