"""xAPI 1.0.3: statements told again, one by its id or those that fit, in the form that is asked for."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import HeaderParameter, QueryParameter
from psycopg import Cursor

from api import cursors
from api.connectors import activities, documents
from api.connectors.agents import agent_of
from api.connectors.attachments import kept, mixed
from api.connectors.forms import BadStatement, require_iri
from api.connectors.http import require_client
from api.connectors.speaking import OPT, Asked, own_connectors, require_version
from api.connectors.statement_form import uuid
from api.connectors.statement_list import MOST, Listed, Place, Wanted, listed
from api.connectors.statement_parts import IDS, activities_of, canonical, understood
from api.connectors.statement_store import Said, StatementStore
from api.importing.json_table import parsed
from api.ops import Ledger
from api.problems import NotFound
from api.reading import Reading, instant
from api.watching import shows
from domain.journal.vault import Vault
from projections import roster

Format = Literal["ids", "exact", "canonical"]


def wanted(
    agent: Annotated[str | None, QueryParameter(description="By or about this agent, as JSON.")] = None,
    verb: Annotated[str | None, QueryParameter(description="With this verb.")] = None,
    activity: Annotated[str | None, QueryParameter(description="About this activity.")] = None,
    registration: Annotated[str | None, QueryParameter(description="Of this registration, a UUID.")] = None,
    related_activities: Annotated[
        bool, QueryParameter(description="The activity may also stand around it, or in a statement within.")
    ] = False,
    related_agents: Annotated[
        bool, QueryParameter(description="The agent may also vouch, teach, or stand in a statement within.")
    ] = False,
    since: Annotated[str | None, QueryParameter(description="Stored after this instant.")] = None,
    until: Annotated[str | None, QueryParameter(description="Stored at this instant or before.")] = None,
    ascending: Annotated[bool, QueryParameter(description="The first stored first.")] = False,
) -> Wanted:
    """Which statements are asked for.

    Raises: BadStatement.
    """
    for iri, name in ((verb, "verb"), (activity, "activity")):
        if iri is not None:
            require_iri(iri, name)
    if registration is not None:
        uuid(registration, "registration")
    return Wanted(
        agent=agent_of(agent),
        verb=verb,
        activity=activity,
        registration=registration and registration.lower(),
        since=None if since is None else instant(since, "since"),
        until=None if until is None else instant(until, "until"),
        ascending=ascending,
        related_activities=related_activities,
        related_agents=related_agents,
    )


@get(
    "/statements",
    summary="Statements",
    tags=["learning"],
    opt={**OPT, "personal": "people", "reach": "all"},
    dependencies={"wanted": Provide(wanted, sync_to_thread=False)},
)
async def read_statements(
    request: Asked,
    reading: NamedDependency[Reading],
    ledger: NamedDependency[Ledger],
    wanted: NamedDependency[Wanted],
    statement_id: Annotated[
        str | None, QueryParameter(name="statementId", description="Of a statement that is not voided.")
    ] = None,
    voided_id: Annotated[
        str | None, QueryParameter(name="voidedStatementId", description="Of a voided statement.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=0, le=MOST, description="At most so many; 0: 500.")] = 0,
    format: Annotated[
        Format,
        QueryParameter(description="ids: by ids alone. canonical: as activities are known, in one language."),
    ] = "exact",
    attachments: Annotated[bool, QueryParameter(description="As multipart/mixed, with their files.")] = False,
    after: Annotated[str | None, QueryParameter(description="Where `more` of a page goes on.")] = None,
    accept_language: Annotated[
        str, HeaderParameter(name="Accept-Language", description="The language of the canonical form.")
    ] = "",
) -> Response[dict[str, Any]]:
    """One statement, or a list of those that fit, the last stored first, with `more`.

    A page may hold few and still name more. A statement that names one that fits is told, too.
    """
    require_version(request)
    shown = Shown(request, reading, ledger.vault, attachments, format, accept_language)
    named, store = statement_id or voided_id, StatementStore(ledger.vault)
    if (statement_id and voided_id) or (named and (limit or after or wanted != Wanted())):
        raise BadStatement(
            field="statementId",
            detail="A statement is asked for by its id alone.",
            remedy="Ask with statementId or voidedStatementId, with format or attachments at most.",
        )
    if named:
        uuid(named, "statementId" if statement_id else "voidedStatementId")
        return await _one(shown, store, named.lower(), voided_id is not None)
    place = None if after is None else cursors.read_struct(after, Place)
    return await _list(shown, store, wanted, place, limit or MOST)


class Shown(NamedTuple):
    """Who asks, of what, whether for the files of statements, too, and in which form and language."""

    request: Asked
    reading: Reading
    vault: Vault
    attachments: bool
    format: Format
    language: str

    def formed(self, cursor: Cursor[Any], connectors: Sequence[str], texts: Sequence[str]) -> list[bytes]:
        """Statements in the form that is asked for."""
        if self.format == "exact":
            return [text.encode() for text in texts]
        told = [_object(text) for text in texts]
        shape = IDS
        if self.format == "canonical":
            ids = {each for said in told for each in understood(said, _activity_ids, set())}
            shape = canonical(activities.known(cursor, self.vault, connectors, ids), self.language)
        return [activities.written(understood(said, shape.of, said)) for said in told]

    async def told(self, body: bytes, statements: Sequence[str]) -> Response[dict[str, Any]]:
        """An answer about these statements."""
        if not self.attachments:
            return Response(msgspec.Raw(body))  # type: ignore[arg-type]
        files = await self.reading.ask(partial(kept, vault=self.vault, statements=statements))
        media_type, said = mixed(body, files)
        return Response(said, media_type=media_type)  # type: ignore[arg-type]


def _activity_ids(said: dict[str, Any]) -> set[str]:
    return {each["id"] for each in activities_of(said, related=True)}


def _object(text: str) -> dict[str, Any]:
    said = parsed(text)
    assert isinstance(said, dict)
    return said


async def _one(shown: Shown, store: StatementStore, id: str, voided: bool) -> Response[dict[str, Any]]:
    request, reading = shown.request, shown.reading

    def question(cursor: Any) -> tuple[Said | None, list[str], list[bytes]]:
        found = store.said(cursor, id)
        if found is None or found.text is None or (found.voided_by is not None) != voided:
            return None, [], []
        require_client(documents.connector(cursor, found.connector), request.auth)
        formed = shown.formed(cursor, [found.connector], [found.text])
        return found, _people(cursor, found.about), formed

    found, people, formed = await reading.ask(question)
    if found is None:
        raise NotFound(
            field="statementId",
            detail=f"No {'voided ' if voided else ''}statement {id[:64]!r} can be told.",
            remedy="Ask for one that was sent; a voided one with voidedStatementId.",
        )
    if people:
        shows(request, people)
    return await shown.told(formed[0], [id])


async def _list(
    shown: Shown, store: StatementStore, wanted: Wanted, place: Place | None, limit: int
) -> Response[dict[str, Any]]:
    """A page of what the caller's own connectors were sent."""
    request, reading = shown.request, shown.reading

    def question(cursor: Any) -> tuple[Listed, list[str], list[bytes]]:
        own = own_connectors(cursor, request.auth)
        page = listed(cursor, store, own, wanted, place, limit)
        return page, _people(cursor, page.people), shown.formed(cursor, own, page.texts)

    page, people, formed = await reading.ask(question)
    shows(request, people)
    more = ""
    if page.last is not None:
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        more = f"/xapi/statements?{urlencode([*asked, ('after', cursors.written(page.last))])}"
    body = b'{"statements":[%s],"more":%s}' % (b",".join(formed), msgspec.json.encode(more))
    return await shown.told(body, page.ids)


def _people(cursor: Any, about: Iterable[str]) -> list[str]:
    """Those of whom statements speak who have worked here."""
    named = [each.removeprefix("employee:") for each in about]
    return sorted({change.employee for change in roster.changes(cursor, named, None)})


HANDLERS = (read_statements,)
