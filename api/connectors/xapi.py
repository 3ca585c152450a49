"""xAPI 1.0.3 for learning systems: the statements resource and `about`."""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import msgspec
from litestar import Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import cursors
from api.bodies import not_json, read_body, require_sound
from api.connectors import documents
from api.connectors.agents import agent_of
from api.connectors.attachments import MIXED, Attached, keep, kept, mixed, parts_of, require_attached
from api.connectors.bodies import STATEMENT_BODY, STATEMENTS_BODY
from api.connectors.forms import BadStatement
from api.connectors.http import require_client
from api.connectors.learning import Learning
from api.connectors.quarantine import Quarantine
from api.connectors.speaking import OPT, VERSION, Asked, answer_bad_request, connector_of, require_version
from api.connectors.statement_list import MOST, Listed, Place, Wanted, listed
from api.connectors.statement_store import Said, StatementStore
from api.connectors.statements import Statement, statement
from api.connectors.xapi_resources import HANDLERS as RESOURCES
from api.described import operation_with
from api.facts import permitted
from api.importing.json_table import NotJson, parsed
from api.intake import Outcome, Submission
from api.ops import Ledger, now
from api.problems import NotFound, WrongMediaType
from api.reading import Reading, instant
from api.watching import shows
from api.writing import Writing
from domain.journal.vault import Vault
from domain.refusals import BadField
from projections import roster

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
            "urn:meritbook:not-offered": "related_agents, related_activities, format",
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


@get(
    "/statements",
    summary="Statements",
    tags=["learning"],
    opt={**OPT, "personal": "people", "reach": "all"},
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
    attachments: Annotated[bool, QueryParameter(description="As multipart/mixed, with their files.")] = False,
    after: Annotated[str | None, QueryParameter(description="Where `more` of a page goes on.")] = None,
) -> Response[dict[str, Any]]:
    """One statement as it was sent, or a list of those that fit, the last stored first, with `more`.

    A page may hold few and still name more. Related agents and activities are not offered.
    """
    require_version(request)
    shown = Shown(request, reading, ledger.vault, attachments)
    named, store = statement_id or voided_id, StatementStore(ledger.vault)
    filters = (agent, verb, activity, registration, since, until, after)
    if (statement_id and voided_id) or (named and (ascending or limit or any(filters))):
        raise BadStatement(
            field="statementId",
            detail="A statement is asked for by its id alone.",
            remedy="Ask with statementId or voidedStatementId, and nothing beside.",
        )
    if named:
        return await _one(shown, store, named.lower(), voided_id is not None)
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
    return await _list(shown, store, wanted, place, limit or MOST)


class Shown(NamedTuple):
    """Who asks, of what, and whether for the files of statements, too."""

    request: Asked
    reading: Reading
    vault: Vault
    attachments: bool

    async def told(self, body: bytes, statements: Sequence[str]) -> Response[dict[str, Any]]:
        """An answer about these statements."""
        if not self.attachments:
            return Response(msgspec.Raw(body))  # type: ignore[arg-type]
        files = await self.reading.ask(partial(kept, vault=self.vault, statements=statements))
        media_type, said = mixed(body, files)
        return Response(said, media_type=media_type)  # type: ignore[arg-type]


async def _one(shown: Shown, store: StatementStore, id: str, voided: bool) -> Response[dict[str, Any]]:
    request, reading = shown.request, shown.reading

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
    return await shown.told(found.text.encode(), [id])


async def _list(
    shown: Shown, store: StatementStore, wanted: Wanted, place: Place | None, limit: int
) -> Response[dict[str, Any]]:
    """A page of what the caller's own connectors were sent."""
    request, reading = shown.request, shown.reading

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
    body = b'{"statements":[%s],"more":%s}' % (texts, msgspec.json.encode(more))
    return await shown.told(body, page.ids)


def _people(cursor: Any, about: Iterable[str]) -> list[str]:
    """Those of whom statements speak who have worked here."""
    named = [each.removeprefix("employee:") for each in about]
    return sorted({change.employee for change in roster.changes(cursor, named, None)})


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


HANDLERS = (put_statement, post_statements, read_statements, read_about)


def xapi_router() -> Router:
    """The addresses of the standard."""
    return Router(
        "/xapi",
        route_handlers=[*HANDLERS, *RESOURCES],
        exception_handlers={BadField: answer_bad_request, WrongMediaType: answer_bad_request},
    )
