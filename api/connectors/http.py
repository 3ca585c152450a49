"""Connectors over HTTP: those in use, and records in."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.bodies import not_json, read_body, require_sound
from api.caller import Caller
from api.connectors import documents
from api.connectors.bodies import RECORDS_BODY
from api.connectors.correcting import aimed
from api.connectors.documents import Connector
from api.connectors.keeping import refusing
from api.connectors.quarantine import Found, Quarantine
from api.connectors.receipts import ConnectorReceipt, receipt
from api.connectors.statement_store import NotMapped, StatementStore
from api.connectors.taking import Told, take
from api.described import operation_with
from api.facts import permitted
from api.importing.json_table import NotJson, parsed, records
from api.intake import Outcome, Refused, Rehearsal, Submission
from api.ops import now
from api.problems import WrongMediaType
from api.reading import Reading, View
from api.watching import note_refusal
from api.writing import Writing
from domain.refusals import BadField, NotAllowed, Refusal
from projections import connectors as read_model
from projections.connectors import Version

Asked = Request[Any, Caller, State]
ConnectorInPath = Annotated[str, PathParameter(description="Name of a connector.")]


class ConnectorInUse(msgspec.Struct, frozen=True, kw_only=True):
    """A connector and its mapping. position: of the fact that set it. facts: the types that it makes."""

    connector: str
    source: str
    format: str
    note: str
    facts: list[str]
    quarantine: str
    position: int
    document_hash: str
    set_by: str
    document: dict[str, object]


class ConnectorReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a connector stands. quarantine, statements: how many, by state; not_mapped: the last hundred."""

    connector: str
    quarantine: dict[str, int]
    statements: dict[str, int]
    not_mapped: list[NotMapped]


MOST_TOLD = 100


@get(
    "/connectors",
    summary="Connectors in use",
    tags=["connectors"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
)
async def read_connectors(view: NamedDependency[View]) -> list[ConnectorInUse]:
    """Each with the mapping by which its records become facts."""
    return [in_use(each) for each in await view.ask(read_model.in_use)]


@get(
    "/connectors/{name:str}/report",
    summary="What became of what a connector was sent",
    tags=["connectors"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
)
async def read_report(
    reading: NamedDependency[Reading], quarantine: NamedDependency[Quarantine], name: ConnectorInPath
) -> ConnectorReport:
    """Statements and entries in quarantine by how they stand, and the last statements that are not mapped."""

    def question(cursor: Cursor[Any]) -> ConnectorReport:
        documents.connector(cursor, name)
        store = StatementStore(quarantine.vault)
        return ConnectorReport(
            connector=name,
            quarantine=dict(quarantine.counts(cursor).get(name, {})),
            statements=store.counts(cursor, name),
            not_mapped=store.not_mapped(cursor, name, MOST_TOLD),
        )

    return await reading.ask(question)


@post(
    "/connectors/{name:str}",
    summary="Send records of another system",
    tags=["connectors"],
    opt={"action": "record", "personal": "none", "reach": "rows"},
    operation_class=operation_with(RECORDS_BODY),
)
async def take_records(
    request: Asked,
    writing: NamedDependency[Writing],
    reading: NamedDependency[Reading],
    quarantine: NamedDependency[Quarantine],
    name: ConnectorInPath,
    dry_run: Annotated[
        bool, QueryParameter(description="true: shows the facts and what is wrong, and stores nothing.")
    ] = False,
) -> Response[ConnectorReceipt]:
    """Turns records of any JSON, one or many, into facts by a mapping; a repeat delivery changes nothing.

    201: facts were stored. 200: all were stored before, or passed over. 207: some records were refused.
    202: all were refused and are kept in quarantine. 422: all were refused.
    """
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if not media_type.endswith(("/json", "+json")):
        raise WrongMediaType(
            field="Content-Type", detail=f"{media_type!r} is not read here.", remedy="Send application/json."
        )
    async with writing.room.taken(writing.batch_bytes):
        body = await read_body(request, writing.batch_bytes)
        answer, refused = await asyncio.to_thread(
            _take, writing, reading, quarantine, request.auth, name, body, dry_run
        )
    for refusal, times in refused:
        note_refusal(request, refusal, times)
    return Response(answer, status_code=answer.status)


def _take(
    writing: Writing,
    reading: Reading,
    quarantine: Quarantine,
    caller: Caller,
    name: str,
    body: bytes,
    dry_run: bool,
) -> tuple[ConnectorReceipt, list[tuple[Refusal, int]]]:
    """What became of the records in `body`, and to what the caller had no right, with how many times."""
    connector = reading.ask_here(partial(documents.connector, name=name))
    require_client(connector, caller)
    if connector.format != "json":
        raise BadField(
            field="connector",
            detail=f"{name} takes {connector.format or 'files'}, not JSON of any shape.",
            remedy="Send it as the guide to connectors says, or add a mapping with `format: json`.",
        )
    require_sound(body)
    not_allowed: dict[str, Refusal] = {}
    times = Counter[str]()
    rehearsal = Rehearsal() if dry_run else None

    def submit(submissions: Sequence[Submission]) -> list[Outcome]:
        brought = [permitted(each, caller) for each in reading.ask_here(partial(_aimed, submissions))]
        outcomes = writing.many(brought, caller.actor, atomic=False, rehearsal=rehearsal)
        for outcome in outcomes:
            if isinstance(outcome, Refused) and isinstance(outcome.refusal, NotAllowed):
                not_allowed[outcome.refusal.detail] = outcome.refusal
                times[outcome.refusal.detail] += 1
        return outcomes

    try:
        rows = list(records(parsed(body.decode()), connector.mapping.mapping.records))
    except NotJson as error:
        raise not_json(error) from None
    if not rows:
        raise BadField(
            field="",
            detail=f"The path {connector.mapping.mapping.records or '$'} finds no record in it.",
            remedy="Send the records where the mapping looks for them, or mend its `records`.",
        )
    told: list[Told] = take(rows, connector.mapping, name, submit)
    kept = {} if dry_run else reading.ask_here(partial(_kept, quarantine, connector, told))
    return receipt(connector, told, kept, dry_run), [
        (refusal, times[detail]) for detail, refusal in not_allowed.items()
    ]


def _kept(
    quarantine: Quarantine, connector: Connector, told: Sequence[Told], cursor: Cursor[Any]
) -> dict[int, Found]:
    """The entries of refused records, by their number; nothing for a connector that keeps none."""
    if connector.mapping.mapping.quarantine == "off":
        return {}
    refused = [
        (each.row.line, found)
        for each in told
        if each.faults and (found := refusing(each, connector.mapping)) is not None
    ]
    if not refused:
        return {}
    entries = quarantine.keep(cursor, connector.name, [found for _, found in refused], now())
    return {line: entry for (line, _), entry in zip(refused, entries, strict=True) if entry is not None}


def _aimed(submissions: Sequence[Submission], cursor: Cursor[Any]) -> list[Submission]:
    return aimed(cursor, submissions)


def require_client(connector: Connector, caller: Caller) -> None:
    """Lets in who may send to this connector.

    Raises: NotAllowed.
    """
    clients = connector.mapping.mapping.clients
    if clients and caller.name not in clients:
        raise NotAllowed(
            field="connector",
            detail=f"The connector {connector.name} takes no records from {caller.name}.",
            remedy="Send them with its own token, or add this one to `clients` in the mapping.",
        )


def in_use(version: Version) -> ConnectorInUse:
    """What is said of a connector in use."""
    ready = documents.ready(version)
    mapping = ready.mapping.mapping
    assert version.document is not None
    return ConnectorInUse(
        connector=version.connector,
        source=mapping.source,
        format=ready.format,
        note=mapping.note,
        facts=sorted({maker.type for maker in ready.mapping.makers}),
        quarantine=mapping.quarantine,
        position=version.position,
        document_hash=ready.document_hash,
        set_by=version.set_by,
        document=msgspec.json.decode(version.document),
    )
