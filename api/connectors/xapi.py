"""xAPI 1.0.3 for learning systems: the statements resource and `about`."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated
from uuid import uuid4

import msgspec
from litestar import Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.bodies import not_json, read_body, require_sound
from api.connectors.attachments import MIXED, Attached, keep, parts_of, require_attached
from api.connectors.bodies import STATEMENT_BODY, STATEMENTS_BODY
from api.connectors.forms import BadStatement
from api.connectors.http import require_client
from api.connectors.learning import Learning
from api.connectors.quarantine import Quarantine
from api.connectors.speaking import OPT, VERSION, Asked, answer_bad_request, connector_of, require_version
from api.connectors.statement_store import StatementStore
from api.connectors.statements import Statement, statement
from api.connectors.xapi_reading import HANDLERS as READING
from api.connectors.xapi_resources import HANDLERS as RESOURCES
from api.described import operation_with
from api.facts import permitted
from api.importing.json_table import NotJson, parsed
from api.intake import Outcome, Submission
from api.ops import now
from api.problems import WrongMediaType
from api.reading import Reading
from api.writing import Writing
from domain.refusals import BadField

MOST_STATEMENTS = 5_000


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What this learning record store speaks. extensions: what it does not offer."""

    version: list[str]
    extensions: dict[str, str]


@get("/about", summary="What is spoken here", tags=["learning"], opt={"open": True})
async def read_about() -> About:
    """Versions of xAPI, what is offered, and what is not."""
    offered = "statements, activities/state, activities/profile, agents/profile, agents, activities"
    return About(
        version=[VERSION],
        extensions={
            "urn:meritbook:offered": offered,
            "urn:meritbook:not-offered": "OAuth 1.0, keys of signatures without a certificate, "
            "agents under several names",
        },
    )


@put(
    "/statements",
    summary="Send one statement",
    tags=["learning"],
    opt={**OPT, "personal": "none", "reach": "rows"},
    operation_class=operation_with(STATEMENT_BODY),
    status_code=204,
)
async def put_statement(
    request: Asked,
    writing: NamedDependency[Writing],
    reading: NamedDependency[Reading],
    quarantine: NamedDependency[Quarantine],
    statement_id: Annotated[str, QueryParameter(name="statementId", description="Its id, a UUID.")],
) -> None:
    """204: it is kept, and recorded if the mapping makes a fact of it; the same again changes nothing.

    409: another statement stands under its id.
    """
    require_version(request)
    most = writing.batch_bytes if MIXED in request.headers.get("content-type", "") else writing.fact_bytes
    async with writing.room.taken(most):
        said, brought = await _read(request, most)
    own = said.get("id", statement_id) if isinstance(said, dict) else statement_id
    if str(own).lower() != statement_id.lower():
        raise BadStatement(field="id", detail="It is not the id of the address.", remedy="Send the same one.")
    told = [statement(said, statement_id.lower())]
    await _take(request, writing, reading, quarantine, told, brought)


@post(
    "/statements",
    summary="Send statements",
    tags=["learning"],
    opt={**OPT, "personal": "none", "reach": "rows"},
    operation_class=operation_with(STATEMENTS_BODY),
    status_code=200,
)
async def post_statements(
    request: Asked,
    writing: NamedDependency[Writing],
    reading: NamedDependency[Reading],
    quarantine: NamedDependency[Quarantine],
) -> list[str]:
    """The ids of one statement or of a list, kept together or not at all; one without an id is given one."""
    require_version(request)
    async with writing.room.taken(writing.batch_bytes):
        said, brought = await _read(request, writing.batch_bytes)
        items = said if isinstance(said, list) else [said]
        if len(items) > MOST_STATEMENTS:
            raise BadStatement(
                field="", detail=f"More than {MOST_STATEMENTS} statements.", remedy="Send fewer at a time."
            )
        told = [_numbered(each, f"[{index}]" if said is items else "") for index, each in enumerate(items)]
        ids = [each.id for each in told]
        if len(set(ids)) < len(ids):
            raise BadStatement(field="id", detail="Two of them have the same id.", remedy="Send each once.")
        await _take(request, writing, reading, quarantine, told, brought)
    return ids


def _numbered(said: object, place: str) -> Statement:
    id = said.get("id", uuid4()) if isinstance(said, dict) else uuid4()
    return statement(said, str(id).lower(), place)


async def _take(
    request: Asked,
    writing: Writing,
    reading: Reading,
    quarantine: Quarantine,
    told: Sequence[Statement],
    brought: Sequence[Attached],
) -> None:
    require_attached(told, brought)
    caller, base = request.auth, str(request.base_url).rstrip("/")

    def submit(submissions: Sequence[Submission]) -> list[Outcome]:
        return writing.many([permitted(each, caller) for each in submissions], caller.actor, atomic=False)

    def work() -> None:
        connector = reading.ask_here(partial(connector_of, caller=caller))
        require_client(connector, caller)
        at = now()
        store = StatementStore(quarantine.vault)
        learning = Learning(
            connector=connector, reading=reading, store=store, quarantine=quarantine, submit=submit
        )
        account = {"homePage": base, "name": caller.name}
        added = {
            "version": "1.0.0",
            "timestamp": at.isoformat(),
            "stored": at.isoformat(),
            "authority": {"objectType": "Agent", "account": account},
        }
        learning.take(told, added, at)
        if brought:  # who is not answered sends them again
            keeping = partial(keep, vault=quarantine.vault, connector=connector.name)
            reading.ask_here(partial(keeping, told=told, brought=brought))

    await asyncio.to_thread(work)


async def _read(request: Asked, limit_bytes: int) -> tuple[object, list[Attached]]:
    """What is said, and the files that come along."""
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in ("application/json", MIXED):
        raise WrongMediaType(
            field="Content-Type",
            detail=f"{media_type!r} is not read here.",
            remedy=f"Send application/json, or {MIXED} with attachments.",
        )
    body, brought = await read_body(request, limit_bytes), list[Attached]()
    if media_type == MIXED:
        body, brought = parts_of(content_type, body)
    require_sound(body)
    try:
        return parsed(body.decode()), brought
    except NotJson as error:
        raise not_json(error) from None


HANDLERS = (put_statement, post_statements, *READING, read_about)


def xapi_router() -> Router:
    """The addresses of the standard."""
    return Router(
        "/xapi",
        route_handlers=[*HANDLERS, *RESOURCES],
        exception_handlers={BadField: answer_bad_request, WrongMediaType: answer_bad_request},
    )
