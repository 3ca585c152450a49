"""The trail for auditors over HTTP: who did what, when, to whom, page by page or as one file."""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream
from psycopg import Cursor

from api.audit import PAGE_FACTS, people_of
from api.caller import Caller
from api.payroll_files import harmless
from api.reading import AtLeast, Reading
from api.telling import Language, told
from api.watching import shows
from domain.facts.registry import decode, fact_type
from domain.journal.read import LAST, head, position_as_of
from domain.journal.record import Record, instant_text
from domain.refusals import BadField
from projections.opening import opening
from projections.trail import Wanted, trail, voids

Format = Literal["json", "csv", "ndjson"]
Form = Literal["text", "csv", "ndjson"]

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}
INSTANT = dt.timedelta(microseconds=1)


class TrailEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as an auditor reads it. subjects: what it is about. line: what it says.

    voided_at: position of the void that cancelled it; null while it counts.
    """

    position: int
    recorded_at: str
    occurred_at: str
    actor: str
    type: str
    source: str
    subjects: list[str]
    line: str
    voided_at: int | None


class TrailPage(msgspec.Struct, frozen=True, kw_only=True):
    """Entries in order of position. next_after: pass it as `after` for the next page; null at the end."""

    entries: list[TrailEntry]
    next_after: int | None


@get(
    "/audit/trail",
    summary="Who did what",
    tags=["audit"],
    opt={"action": "read_trail", "personal": "people", "reach": "all"},
)
async def read_trail(
    request: Request[Any, Caller, State],
    reading: NamedDependency[Reading],
    employee: Annotated[str | None, QueryParameter(description="About this person.")] = None,
    actor: Annotated[str | None, QueryParameter(description="Delivered by this token or command.")] = None,
    type: Annotated[
        list[str] | None, QueryParameter(description="Of these types only; may be repeated.")
    ] = None,
    from_: Annotated[
        dt.date | None, QueryParameter(name="from", description="Recorded on this business day or later.")
    ] = None,
    until: Annotated[
        dt.date | None, QueryParameter(description="Recorded on this business day or before.")
    ] = None,
    after: Annotated[int, QueryParameter(ge=0, description="Only facts beyond this position.")] = 0,
    upto: Annotated[int | None, QueryParameter(ge=0, description="Only facts up to this position.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_FACTS, description="Facts a page, as JSON.")] = 100,
    lang: Annotated[Language, QueryParameter(description="Language of the lines.")] = "en",
    format: Annotated[Format, QueryParameter(description="json: a page. csv, ndjson: all of it.")] = "json",
    at_least: AtLeast = None,
) -> Response[TrailPage]:
    """Everything that was done, refused attempts and readings of personal data too, in order of position.

    A file has all that is recorded when it is asked for; it ends there, however much comes meanwhile.
    """
    await reading.after(at_least, request)
    anywhen = asked(employee, actor, type, after, upto)
    wanted = await reading.ask(lambda cursor: within_days(cursor, anywhen, from_, until))
    if format == "json":
        records, cancelled = await reading.ask(lambda cursor: page(cursor, wanted, limit))
        shows(request, people_of(records))
        found = TrailPage(
            entries=entries(records, cancelled, lang),
            next_after=records[-1].position if len(records) == limit else None,
        )
        return Response(found)
    name = f"trail-{wanted.after}-{wanted.upto}.{format}"
    return Stream(  # type: ignore[return-value]
        _file(reading, wanted, format, lang),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def asked(
    employee: str | None, actor: str | None, types: Sequence[str] | None, after: int, upto: int | None
) -> Wanted:
    """The part of the trail that is asked for, whenever it was recorded.

    Raises: UnknownFactType.
    """
    for name in types or ():
        fact_type(name)
    upto = LAST if upto is None else min(upto, LAST)
    return Wanted(employee=employee, actor=actor, types=tuple(types or ()), after=min(after, LAST), upto=upto)


def within_days(cursor: Cursor[Any], wanted: Wanted, first: dt.date | None, last: dt.date | None) -> Wanted:
    """`wanted`, but only what was recorded from `first` to `last`, both counting, and by now.

    Raises: BadField.
    """
    end = head(cursor)
    if first is not None and last is not None and last < first:
        raise BadField(
            field="until", detail=f"{last} is before {first}.", remedy="Give the days in their order."
        )
    zone = ZoneInfo(opening(cursor, end).fact.zone)
    after, upto = wanted.after, min(wanted.upto, end)
    if first is not None:
        after = max(after, position_as_of(cursor, dt.datetime.combine(first, dt.time(), zone) - INSTANT))
    if last is not None:
        ends_at = dt.datetime.combine(last, dt.time.max, zone)
        upto = min(upto, position_as_of(cursor, ends_at))
    return msgspec.structs.replace(wanted, after=after, upto=upto)


def page(cursor: Cursor[Any], wanted: Wanted, limit: int) -> tuple[list[Record], dict[int, int]]:
    """The next `limit` facts, and those of them that were voided."""
    records = trail(cursor, wanted, limit)
    return records, voids(cursor, [record.position for record in records])


def entries(records: Iterable[Record], cancelled: dict[int, int], language: Language) -> list[TrailEntry]:
    """`records` as an auditor reads them."""
    return [
        TrailEntry(
            position=record.position,
            recorded_at=instant_text(record.recorded_at),
            occurred_at=instant_text(record.occurred_at),
            actor=record.actor,
            type=record.type,
            source=record.source,
            subjects=list(record.tags),
            line=told(decode(record.type, record.data), language),
            voided_at=cancelled.get(record.position),
        )
        for record in records
    ]


def file_page(
    cursor: Cursor[Any], wanted: Wanted, form: Form, language: Language
) -> tuple[bytes, int | None]:
    """The next lines of a file, and the position after which the following ones come; None at the end."""
    records, cancelled = page(cursor, wanted, PAGE_FACTS)
    after = records[-1].position if len(records) == PAGE_FACTS else None
    return written(entries(records, cancelled, language), form), after


def heading(form: Form) -> bytes:
    """What a file begins with; a mark by which spreadsheets recognise UTF-8, and the columns of a CSV."""
    return b"\xef\xbb\xbf" + _csv_line(TrailEntry.__struct_fields__) if form == "csv" else b""


def written(found: Iterable[TrailEntry], form: Form) -> bytes:
    """`found` as lines of a file, or for people to read."""
    match form:
        case "csv":
            return b"".join(_csv_line(_cells(entry)) for entry in found)
        case "ndjson":
            return b"".join(msgspec.json.encode(entry) + b"\n" for entry in found)
        case "text":
            return "".join(_text_line(entry) for entry in found).encode()


async def _file(reading: Reading, wanted: Wanted, form: Form, language: Language) -> AsyncIterator[bytes]:
    yield heading(form)
    after: int | None = wanted.after
    while after is not None:
        wanted = msgspec.structs.replace(wanted, after=after)
        lines, after = await reading.ask(partial(file_page, wanted=wanted, form=form, language=language))
        yield lines


def _cells(entry: TrailEntry) -> list[object]:
    values = msgspec.structs.asdict(entry) | {"subjects": " ".join(entry.subjects)}
    return [harmless(value) for value in values.values()]


def _text_line(entry: TrailEntry) -> str:
    void = f"  (void: {entry.voided_at})" if entry.voided_at else ""
    return f"{entry.position:>9}  {entry.recorded_at[:19]}Z  {entry.actor}: {entry.line}{void}\n"


def _csv_line(cells: Iterable[object]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()
