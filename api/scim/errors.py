"""What SCIM says when it says no: errors in its own format, refusals of the ledger among them."""

from typing import Any, Literal

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from api.problems import NotFound, Unauthenticated, status_of
from api.watching import note_answer
from domain.refusals import NotAllowed, NotNow, Refusal

MEDIA_TYPE = "application/scim+json"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

Kind = Literal[
    "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget",
    "invalidValue", "invalidVers",
]  # fmt: skip


class ScimError(Exception):
    """A request that SCIM refuses. kind: its `scimType`, where the standard has one."""

    def __init__(self, status: int, detail: str, kind: Kind | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.kind: Kind | None = kind


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """`body` as SCIM's JSON."""
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def answer_error(_: Request[Any, Any, Any], error: ScimError) -> Response[bytes]:
    """The answer to what SCIM refuses."""
    return _answer(error.status, error.detail, error.kind)


def answer_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    """The answer to what the ledger refuses: the same rules as everywhere, told in SCIM's words."""
    note_answer(request, refusal)
    status = status_of(type(refusal))
    kind: Kind | None = None
    if isinstance(refusal, NotNow) and status == 409:
        kind = "uniqueness"
    if status in (400, 422):
        status, kind = 400, "invalidValue"
    said = f"{refusal.detail} {refusal.remedy}".strip()
    where = refusal.field.removeprefix("data.")
    told = (
        said
        if isinstance(refusal, Unauthenticated | NotAllowed | NotFound) or not where
        else f"{where}: {said}"
    )
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return _answer(status, told, kind, headers)


def answer_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The answer to what the framework refuses, such as a method that an address does not have."""
    return _answer(error.status_code, error.detail, None, error.headers)


def _answer(
    status: int, detail: str, kind: Kind | None, headers: dict[str, str] | None = None
) -> Response[bytes]:
    said = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return answer(said | ({"scimType": kind} if kind else {}), status, headers)
