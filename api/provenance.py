"""What became of a fact, for those who check it: its hashes, causes and voids, and who was paid by it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.audit import people_of
from api.caller import Caller
from api.connectors.correcting import beside
from api.problems import NotFound
from api.reading import View
from api.telling import Language
from api.trail_pages import TrailEntry, entries
from api.watching import shows
from domain.journal.lookup import StoredKey, at_positions, stored_keys
from domain.journal.merkle import leaf_hash
from domain.journal.read import head
from domain.journal.record import Record, record_line
from projections.provenance import Settled, settled, speaking_of
from projections.titles import titles
from projections.trail import voids


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """A fact with all that hangs together with it.

    fact: as the trail tells it. key: its id at its source. leaf: its leaf in the Merkle tree, SHA-256 in
    hexadecimal; content_hash: SHA-256 of what the sender said, by which a repeated delivery is recognised.
    causation: what caused it. about: what it voids or confirms. said_of_it: what voids or confirms it.
    replaces, replaced_by: what stood in its place under the same key before a correction, and after one.
    settled: the closes that took it into account.
    """

    fact: TrailEntry
    key: str
    leaf: str
    content_hash: str
    causation: TrailEntry | None
    about: TrailEntry | None
    said_of_it: list[TrailEntry]
    replaces: TrailEntry | None
    replaced_by: TrailEntry | None
    settled: list[Settled]


@get(
    "/facts/{position:int}/provenance",
    summary="What became of a fact",
    tags=["audit"],
    opt={"action": "read_trail", "personal": "people", "reach": "all"},
)
async def read_provenance(
    request: Request[Any, Caller, State],
    view: NamedDependency[View],
    position: Annotated[int, PathParameter(description="1, 2, 3 …")],
    lang: Annotated[Language, QueryParameter(description="Language of the lines.")] = "en",
) -> Provenance:
    """Its hashes, what caused it, what voided or replaced it, and in which closed months it was settled."""

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[Provenance, list[Record]]:
        upto = head(cursor) if known_at is None else known_at
        records = at_positions(cursor, [position]) if 0 < position <= upto else []
        if not records:
            raise NotFound(
                field="position", detail=f"No fact stands at {position}.", remedy="Take a smaller one."
            )
        return provenance(cursor, records[0], upto, lang)

    found, records = await view.ask(question)
    shows(request, people_of(records))
    return found


def provenance(
    cursor: Cursor[Any], record: Record, upto: int, language: Language
) -> tuple[Provenance, list[Record]]:
    """What hangs together with `record`, as known at position `upto`; and all records that are told."""
    speaking = speaking_of(cursor, record.position, upto)
    earlier, later = beside(record.source, record.key)
    stored = stored_keys(cursor, [each for each in (earlier, later) if each is not None])
    content = stored_keys(cursor, [(record.source, record.key)])[record.source, record.key].content_hash
    places = {
        "causation": record.causation,
        "about": _about(record),
        "replaces": _position(stored, earlier),
        "replaced_by": _position(stored, later),
    }
    wanted = {at for at in places.values() if at is not None and at <= upto}
    beside_it = at_positions(cursor, sorted(wanted))
    told = _told(cursor, [record, *speaking, *beside_it], upto, language)
    found = Provenance(
        fact=told[record.position],
        key=record.key,
        leaf=leaf_hash(record_line(record)).hex(),
        content_hash=content.hex(),
        said_of_it=[told[each.position] for each in speaking],
        settled=settled(cursor, record.position, upto),
        **{name: told.get(at) if at is not None else None for name, at in places.items()},
    )
    return found, [record, *speaking, *beside_it]


def _told(
    cursor: Cursor[Any], records: Sequence[Record], upto: int, language: Language
) -> dict[int, TrailEntry]:
    cancelled = voids(cursor, [record.position for record in records])
    known = {position: by for position, by in cancelled.items() if by <= upto}
    return {entry.position: entry for entry in entries(records, known, language, titles(cursor))}


def _about(record: Record) -> int | None:
    """The position of the fact that this one speaks of."""
    for tag in record.tags:
        if tag.startswith("fact:"):
            return int(tag.removeprefix("fact:"))
    return None


def _position(stored: Mapping[tuple[str, str], StoredKey], key: tuple[str, str] | None) -> int | None:
    found = stored.get(key) if key else None
    return found.position if found else None
