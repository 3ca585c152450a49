"""The trail for auditors over HTTP: who did what, when, to whom, page by page or as one file."""

import csv
import datetime as dt
import io
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream
from psycopg import Cursor

from api.accepting import accepted
from api.audit import PAGE_FACTS, people_of
from api.caller import Caller
from api.payroll_files import harmless
from api.reading import YEARS, AtLeast, Reading
from api.telling import Language, told
from api.watching import shows
from domain.facts.registry import decode, fact_type
from domain.journal.read import LAST, head, position_as_of
from domain.journal.record import Record, instant_text
from domain.refusals import BadField
from projections.opening import opening
from projections.titles import Titles, titles
from projections.trail import Found, Wanted, trail, voids

Format = Literal["json", "csv", "ndjson"]
Form = Literal["text", "csv", "ndjson"]

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
}
FormatAsked = Annotated[
    Format | None, QueryParameter(description="json: a page; csv, ndjson: all of it. Or ask by Accept.")
]
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
    """Entries in order of position. next_after: pass it as `after` for the next page; null at the end.

    With `newest` it is next_upto instead, to be passed as `upto`. What is narrowed by source or by the day on
    which it happened may come in pages that are not full, the last one too.
    """

    entries: list[TrailEntry]
    next_after: int | None
    next_upto: int | None = None


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
    source: Annotated[str | None, QueryParameter(description="Said by this source.")] = None,
    key: Annotated[str | None, QueryParameter(description="Under this id at its source.")] = None,
    from_: Annotated[
        dt.date | None, QueryParameter(name="from", description="Recorded on this business day or later.")
    ] = None,
    until: Annotated[
        dt.date | None, QueryParameter(description="Recorded on this business day or before.")
    ] = None,
    happened_from: Annotated[
        dt.date | None, QueryParameter(description="Happened on this business day or later.")
    ] = None,
    happened_until: Annotated[
        dt.date | None, QueryParameter(description="Happened on this business day or before.")
    ] = None,
    after: Annotated[int, QueryParameter(ge=0, description="Only facts beyond this position.")] = 0,
    upto: Annotated[int | None, QueryParameter(ge=0, description="Only facts up to this position.")] = None,
    newest: Annotated[bool, QueryParameter(description="The last ones first, as JSON.")] = False,
    limit: Annotated[int, QueryParameter(ge=1, le=PAGE_FACTS, description="Facts a page, as JSON.")] = 100,
    lang: Annotated[Language, QueryParameter(description="Language of the lines.")] = "en",
    format: FormatAsked = None,
    at_least: AtLeast = None,
) -> Response[TrailPage]:
    """Everything that was done, refused attempts and readings of personal data too, in order of position.

    A file has all that is recorded when it is asked for; it ends there, however much comes meanwhile.
    """
    await reading.after(at_least, request)
    form: Format = format or accepted(request.headers.get("accept"), MEDIA_TYPES, "json")
    anywhen = asked(
        employee, actor, type, after, upto, source=source, key=key, newest=newest and form == "json"
    )
    recorded, happened = Days(from_, until), Days(happened_from, happened_until)
    wanted = await reading.ask(lambda cursor: within_days(cursor, anywhen, recorded, happened))
    if form == "json":
        found, cancelled, called = await reading.ask(lambda cursor: page(cursor, wanted, limit))
        shows(request, people_of(found.records))
        behind = None if found.looked_to is None else wanted.behind(found.looked_to)
        return Response(
            TrailPage(
                entries=entries(found.records, cancelled, lang, called),
                next_after=behind.after if behind and not newest else None,
                next_upto=behind.upto if behind and newest else None,
            )
        )
    name = f"trail-{wanted.after}-{wanted.upto}.{form}"
    return Stream(  # type: ignore[return-value]
        _file(reading, wanted, form, lang),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class Days(NamedTuple):
    """From a day to another, both counting; None for as far as there is anything."""

    first: dt.date | None = None
    last: dt.date | None = None


def asked(
    employee: str | None,
    actor: str | None,
    types: Sequence[str] | None,
    after: int,
    upto: int | None,
    **more: Any,
) -> Wanted:
    """The part of the trail that is asked for, whenever it was recorded. more: further fields of it.

    Raises: UnknownFactType.
    """
    for name in types or ():
        fact_type(name)
    upto = LAST if upto is None else min(upto, LAST)
    return Wanted(
        employee=employee, actor=actor, types=tuple(types or ()), after=min(after, LAST), upto=upto, **more
    )


def within_days(cursor: Cursor[Any], wanted: Wanted, recorded: Days, happened: Days) -> Wanted:
    """`wanted`, but only what was recorded on the one days and happened on the others, and by now.

    Raises: BadField.
    """
    end = head(cursor)
    for days, field in ((recorded, "until"), (happened, "happened_until")):
        _require_days(days, field)
    zone = ZoneInfo(opening(cursor, end).fact.zone)
    after, upto = wanted.after, min(wanted.upto, end)
    if recorded.first is not None:
        begins_at = dt.datetime.combine(recorded.first, dt.time(), zone)
        after = max(after, position_as_of(cursor, begins_at - INSTANT))
    if recorded.last is not None:
        ends_at = dt.datetime.combine(recorded.last, dt.time.max, zone)
        upto = min(upto, position_as_of(cursor, ends_at))
    return msgspec.structs.replace(
        wanted,
        after=after,
        upto=upto,
        happened_from=happened.first and dt.datetime.combine(happened.first, dt.time(), zone),
        happened_until=happened.last and dt.datetime.combine(happened.last, dt.time.max, zone) + INSTANT,
    )


def _require_days(days: Days, field: str) -> None:
    for day in days:
        if day is not None and day.year not in YEARS:
            raise BadField(
                field=field, detail=f"{day} is beyond the years 1900 to 2999.", remedy="Give another day."
            )
    if days.first is not None and days.last is not None and days.last < days.first:
        raise BadField(
            field=field, detail=f"{days.last} is before {days.first}.", remedy="Give the days in their order."
        )


def page(cursor: Cursor[Any], wanted: Wanted, limit: int) -> tuple[Found, dict[int, int], Titles]:
    """The next `limit` facts, those of them that were voided, and what the ids in them are called now."""
    found = trail(cursor, wanted, limit)
    return found, voids(cursor, [record.position for record in found.records]), titles(cursor)


def entries(
    records: Iterable[Record], cancelled: dict[int, int], language: Language, called: Titles
) -> list[TrailEntry]:
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
            line=told(decode(record.type, record.data), language, called),
            voided_at=cancelled.get(record.position),
        )
        for record in records
    ]


def file_page(
    cursor: Cursor[Any], wanted: Wanted, form: Form, language: Language
) -> tuple[bytes, int | None]:
    """The next lines of a file, and the position after which the following ones come; None at the end."""
    found, cancelled, called = page(cursor, wanted, PAGE_FACTS)
    return written(entries(found.records, cancelled, language, called), form), found.looked_to


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
