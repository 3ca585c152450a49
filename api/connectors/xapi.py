"""xAPI 1.0.3 for learning systems: the statements resource and `about`; no state and no profiles."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import cursors
from api.bodies import not_json, read_body, require_sound
from api.caller import Caller
from api.connectors import documents
from api.connectors.bodies import STATEMENT_BODY, STATEMENTS_BODY
from api.connectors.documents import Connector
from api.connectors.http import require_client
from api.connectors.learning import Learning
from api.connectors.quarantine import Quarantine
from api.connectors.statement_list import MOST, Listed, Place, Wanted, agent_of, listed
from api.connectors.statement_store import Said, StatementStore
from api.connectors.statements import BadStatement, Statement, statement
from api.described import operation_with
from api.facts import permitted
from api.importing.json_table import NotJson, parsed
from api.intake import Outcome, Submission
from api.ops import Ledger, now
from api.problems import NotFound, WrongMediaType
from api.reading import Reading, instant
from api.watching import shows
from api.writing import Writing
from projections import roster

Asked = Request[Any, Caller, State]
VERSION = "1.0.3"
MOST_STATEMENTS = 5_000
_OPT = {"action": "record", "basic": True}


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What this learning record store speaks. extensions: what it does not offer."""

    version: list[str]
    extensions: dict[str, str]


@get("/about", summary="What is spoken here", tags=["learning"], opt={"open": True})
async def read_about() -> About:
    """Versions of xAPI. State, activity profiles and agent profiles are not offered."""
    offered = "PUT and POST /xapi/statements; GET by id, and lists"
    return About(
        version=[VERSION],
        extensions={
            "urn:meritbook:offered": offered,
            "urn:meritbook:not-offered": "state, profiles, attachments, related_agents, related_activities",
        },
    )


@put(
    "/statements",
    summary="Send one statement",
    tags=["learning"],
    opt={**_OPT, "personal": "none", "reach": "rows"},
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
    _require_version(request)
    said = await _read(request, writing.fact_bytes)
    own = said.get("id", statement_id) if isinstance(said, dict) else statement_id
    if str(own).lower() != statement_id.lower():
        raise BadStatement(field="id", detail="It is not the id of the address.", remedy="Send the same one.")
    told = [statement(said, statement_id.lower())]
    await _take(request, writing, reading, quarantine, told)


@post(
    "/statements",
    summary="Send statements",
    tags=["learning"],
    opt={**_OPT, "personal": "none", "reach": "rows"},
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
    _require_version(request)
    async with writing.room.taken(writing.batch_bytes):
        said = await _read(request, writing.batch_bytes)
        items = said if isinstance(said, list) else [said]
        if len(items) > MOST_STATEMENTS:
            raise BadStatement(
                field="", detail=f"More than {MOST_STATEMENTS} statements.", remedy="Send fewer at a time."
            )
        told = [_numbered(each, f"[{index}]." if said is items else "") for index, each in enumerate(items)]
        ids = [each.id for each in told]
        if len(set(ids)) < len(ids):
            raise BadStatement(field="id", detail="Two of them have the same id.", remedy="Send each once.")
        await _take(request, writing, reading, quarantine, told)
    return ids


@get(
    "/statements",
    summary="Statements",
    tags=["learning"],
    opt={**_OPT, "personal": "people", "reach": "all"},
)
async def read_statements(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    statement_id: Annotated[
        str | None, QueryParameter(name="statementId", description="Of a statement that is not voided.")
    ] = None,
    voided_id: Annotated[
        str | None, QueryParameter(name="voidedStatementId", description="Of a voided statement.")
    ] = None,
    agent: Annotated[str | None, QueryParameter(description="By or about this agent, as JSON.")] = None,
    verb: Annotated[str | None, QueryParameter(description="With this verb.")] = None,
    activity: Annotated[str | None, QueryParameter(description="About this activity.")] = None,
    registration: Annotated[str | None, QueryParameter(description="Of this registration, a UUID.")] = None,
    since: Annotated[str | None, QueryParameter(description="Stored after this instant.")] = None,
    until: Annotated[str | None, QueryParameter(description="Stored at this instant or before.")] = None,
    ascending: Annotated[bool, QueryParameter(description="The first stored first.")] = False,
    limit: Annotated[int, QueryParameter(ge=0, le=MOST, description="At most so many; 0: 500.")] = 0,
    after: Annotated[str | None, QueryParameter(description="Where `more` of a page goes on.")] = None,
) -> Response[dict[str, Any]]:
    """One statement as it was sent, or a list of those that fit, the last stored first, with `more`.

    A page may hold few and still name more. Related agents and activities, and attachments, are not offered.
    """
    _require_version(request)
    named, store = statement_id or voided_id, StatementStore(ledger.vault)
    filters = (agent, verb, activity, registration, since, until, after)
    if (statement_id and voided_id) or (named and (ascending or limit or any(filters))):
        raise BadStatement(
            field="statementId",
            detail="A statement is asked for by its id alone.",
            remedy="Ask with statementId or voidedStatementId, and nothing beside.",
        )
    if named:
        return await _one(request, reading, store, named.lower(), voided_id is not None)
    wanted = Wanted(
        agent=agent_of(agent),
        verb=verb,
        activity=activity,
        registration=registration and registration.lower(),
        since=None if since is None else instant(since, "since"),
        until=None if until is None else instant(until, "until"),
        ascending=ascending,
    )
    place = None if after is None else cursors.read_struct(after, Place)
    return await _list(request, reading, store, wanted, place, limit or MOST)


async def _one(
    request: Asked, reading: Reading, store: StatementStore, id: str, voided: bool
) -> Response[dict[str, Any]]:
    def question(cursor: Any) -> tuple[Said | None, list[str]]:
        found = store.said(cursor, id)
        return found, _people(cursor, found.about if found else ())

    found, people = await reading.ask(question)
    if found is None or found.text is None or (found.voided_by is not None) != voided:
        raise NotFound(
            field="statementId",
            detail=f"No {'voided ' if voided else ''}statement {id[:64]!r} can be told.",
            remedy="Ask for one that was sent; a voided one with voidedStatementId.",
        )
    connector = await reading.ask(partial(documents.connector, name=found.connector))
    require_client(connector, request.auth)
    if people:
        shows(request, people)
    return _told(found.text.encode())


async def _list(
    request: Asked,
    reading: Reading,
    store: StatementStore,
    wanted: Wanted,
    place: Place | None,
    limit: int,
) -> Response[dict[str, Any]]:
    """A page of what the caller's own connectors were sent."""

    def question(cursor: Any) -> tuple[Listed, list[str]]:
        found = [each for each in documents.connectors(cursor) if each.format == "xapi"]
        clients = {each.name: each.mapping.mapping.clients for each in found}
        own = [name for name, named in clients.items() if not named or request.auth.name in named]
        page = listed(cursor, store, own, wanted, place, limit)
        return page, _people(cursor, page.people)

    page, people = await reading.ask(question)
    shows(request, people)
    more = ""
    if page.last is not None:
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        more = f"/xapi/statements?{urlencode([*asked, ('after', cursors.written(page.last))])}"
    texts = b",".join(text.encode() for text in page.texts)
    return _told(b'{"statements":[%s],"more":%s}' % (texts, msgspec.json.encode(more)))


def _people(cursor: Any, about: Iterable[str]) -> list[str]:
    """Those of whom statements speak who have worked here."""
    named = [each.removeprefix("employee:") for each in about]
    return sorted({change.employee for change in roster.changes(cursor, named, None)})


def _told(body: bytes) -> Response[dict[str, Any]]:
    return Response(
        msgspec.Raw(body),  # type: ignore[arg-type]
        headers={"X-Experience-API-Consistent-Through": now().isoformat()},
    )


def _numbered(said: object, place: str) -> Statement:
    id = said.get("id") if isinstance(said, dict) else None
    return statement(said, str(uuid4() if id is None else id).lower(), place)


async def _take(
    request: Asked,
    writing: Writing,
    reading: Reading,
    quarantine: Quarantine,
    told: Sequence[Statement],
) -> None:
    caller, base = request.auth, str(request.base_url).rstrip("/")

    def submit(submissions: Sequence[Submission]) -> list[Outcome]:
        return writing.many([permitted(each, caller) for each in submissions], caller.actor, atomic=False)

    def work() -> None:
        connector = reading.ask_here(partial(_connector, caller=caller))
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

    await asyncio.to_thread(work)


def _connector(cursor: Any, caller: Caller) -> Connector:
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


def _require_version(request: Asked) -> None:
    """Raises: BadStatement where the version is not said, or not spoken here."""
    version = request.headers.get("x-experience-api-version", "")
    if version != "1.0" and not version.startswith("1.0."):
        raise BadStatement(
            field="X-Experience-API-Version",
            detail=f"{version[:20]!r} is not spoken here.",
            remedy=f"Send the header X-Experience-API-Version: {VERSION}.",
        )


async def _read(request: Asked, limit_bytes: int) -> object:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise WrongMediaType(
            field="Content-Type",
            detail=f"{media_type!r} is not read here; attachments are not taken.",
            remedy="Send application/json.",
        )
    body = await read_body(request, limit_bytes)
    require_sound(body)
    try:
        return parsed(body.decode())
    except NotJson as error:
        raise not_json(error) from None


HANDLERS = (put_statement, post_statements, read_statements, read_about)


def xapi_router() -> Router:
    """The addresses of the standard."""
    return Router("/xapi", route_handlers=list(HANDLERS))
