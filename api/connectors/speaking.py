"""What every request of a learning system has to say by xAPI 1.0.3, and for which connector it counts."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import State
from psycopg import Cursor

from api.caller import Caller
from api.connectors import documents
from api.connectors.documents import Connector
from api.connectors.forms import BadStatement
from api.problem_answers import answer_refusal
from api.problems import NotFound
from domain.refusals import Malformed, Refusal

Asked = Request[Any, Caller, State]
VERSION = "1.0.3"
OPT = {"action": "record", "basic": True}


def require_version(request: Asked) -> None:
    """Raises: BadStatement where the version is not said, or not spoken here."""
    version = request.headers.get("x-experience-api-version", "")
    if version != "1.0" and not version.startswith("1.0."):
        raise BadStatement(
            field="X-Experience-API-Version",
            detail=f"{version[:20]!r} is not spoken here.",
            remedy=f"Send the header X-Experience-API-Version: {VERSION}.",
        )


def answer_bad_request(request: Asked, refusal: Refusal) -> Response[bytes]:
    """What is wrong with a question or a kind of body: 400 by the standard, as anything malformed."""
    told = {"field": refusal.field, "detail": refusal.detail, "remedy": refusal.remedy}
    return answer_refusal(request, Malformed(**told))


def own_connectors(cursor: Cursor[Any], caller: Caller) -> list[str]:
    """The connectors for statements of which a caller may read."""
    found = [each for each in documents.connectors(cursor) if each.format == "xapi"]
    clients = {each.name: each.mapping.mapping.clients for each in found}
    return [name for name, named in clients.items() if not named or caller.name in named]


def connector_of(cursor: Cursor[Any], caller: Caller) -> Connector:
    """The connector for statements that takes them from this caller.

    Raises: NotFound.
    """
    found = [each for each in documents.connectors(cursor) if each.format == "xapi"]
    named = [each for each in found if caller.name in each.mapping.mapping.clients]
    open_to_all = [each for each in found if not each.mapping.mapping.clients]
    fitting = named or open_to_all
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(each.name for each in fitting)
    raise NotFound(
        field="",
        detail=f"Several connectors take statements from {caller.name}: {names}."
        if fitting
        else f"No connector takes statements from {caller.name}.",
        remedy="Add a mapping with `format: xapi`; where there are several, name the token under `clients`.",
    )
