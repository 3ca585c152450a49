"""The journal for those who check it: records by position, and pages of them."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.problems import NotFound
from api.reading import Reading
from api.watching import shows
from domain.facts.registry import fact_type
from domain.journal.lookup import at_positions
from domain.journal.query import Selector
from domain.journal.read import matching
from domain.journal.record import Record, record_line
from domain.refusals import BadField

PAGE_FACTS = 1000
OF_PERSON = "employee:"


class FactRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it stands in the journal: the canonical JSON of its record, byte for byte.

    data: the fact, as docs/facts describes its type. Instants are UTC with microseconds.
    """

    actor: str
    data: dict[str, object]
    key: str
    occurred_at: str
    position: int
    recorded_at: str
    source: str
    tags: list[str]
    type: str
    causation: int | None = None


class FactPage(msgspec.Struct, frozen=True, kw_only=True):
    """Facts in order of position. next_after: pass it as `after` for the following page; null at the end."""

    facts: list[FactRecord]
    next_after: int | None


@get(
    "/facts",
    summary="Facts in order of position",
    tags=["facts"],
    opt={"action": "read_facts", "personal": "people", "reach": "all"},
)
async def read_facts(
    reading: NamedDependency[Reading],
    request: Request[Any, Caller, State],
    after: Annotated[int, QueryParameter(ge=0, description="Only facts beyond this position.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_FACTS, description="Facts a page.")] = 100,
    type: Annotated[
        list[str] | None, QueryParameter(description="Of these types only; may be repeated.")
    ] = None,
    tag: Annotated[
        list[str] | None,
        QueryParameter(description="With all of these tags, such as employee:E1007; may be repeated."),
    ] = None,
) -> Response[FactPage]:
    """One page; the cursor is a position, so pages neither skip nor repeat while facts arrive."""
    for name in type or ():
        fact_type(name)
    for name in tag or ():
        if not name.isprintable():
            raise BadField(field="tag", detail=f"{name!r} is no tag.", remedy="Write it as employee:E1007.")
    query = (Selector(tuple(type or ()), tuple(tag or ())),)

    def question(cursor: Cursor[Any]) -> list[Record]:
        return matching(cursor, query, after, limit)

    records = await reading.ask(question)
    shows(request, people_of(records))
    return Response(_page(records, limit), media_type="application/json")  # type: ignore[arg-type]


@get(
    "/facts/{position:int}",
    summary="The fact at a position",
    tags=["facts"],
    opt={"action": "read_facts", "personal": "people", "reach": "all"},
)
async def read_fact(
    reading: NamedDependency[Reading],
    request: Request[Any, Caller, State],
    position: Annotated[int, PathParameter(description="1, 2, 3 …")],
) -> Response[FactRecord]:
    """The canonical JSON of the record: one line of an export and one leaf of the Merkle tree."""

    def question(cursor: Cursor[Any]) -> list[Record]:
        return at_positions(cursor, [position])

    records = await reading.ask(question) if 0 < position < 2**63 else []
    if not records:
        raise NotFound(
            field="position", detail=f"No fact stands at {position}.", remedy="Take a smaller one."
        )
    shows(request, people_of(records))
    return Response(record_line(records[0]), media_type="application/json")  # type: ignore[arg-type]


def people_of(records: Iterable[Record]) -> set[str]:
    """The people whom `records` are about."""
    return {
        tag.removeprefix(OF_PERSON) for record in records for tag in record.tags if tag.startswith(OF_PERSON)
    }


def _page(records: list[Record], limit: int) -> bytes:
    lines = [msgspec.Raw(record_line(record)) for record in records]
    next_after = records[-1].position if len(records) == limit else None
    return msgspec.json.encode({"facts": lines, "next_after": next_after})
