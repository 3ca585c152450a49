"""Whole periods for auditors: a manifest, and its files, to be had again byte for byte and piece by piece."""

from typing import Annotated, Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter

from api.accepting import accepted
from api.answers import NotModified
from api.bulk.building import Building, Built, Wanted
from api.bulk.forms import MEDIA_TYPES, Form
from api.bulk.sending import FileAnswer, part_asked
from api.ops import ENGINE
from api.people import Asked
from api.reading import PeriodInPath, Reading, View, counted_position, month
from api.watching import shows
from domain.period import Period
from projections.late import closed_periods

FormAsked = Annotated[Form | None, QueryParameter(description="Or ask by Accept; NDJSON if neither says.")]
RangeSaid = Annotated[str | None, HeaderParameter(name="Range", description="Go on, as `bytes=1048576-`.")]
IfRangeSaid = Annotated[
    str | None,
    HeaderParameter(name="If-Range", description="The ETag of what you have."),
]


class ExportFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an export. sha256: of its bytes, in hexadecimal; it is its ETag, too."""

    name: str
    address: str
    rows: int
    bytes: int
    sha256: str


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a period as known at a position: asked again for that, they are the same, byte for byte.

    state: whether the month was closed then, and its results are final. engine: what computed them.
    """

    period: str
    known_at: int
    state: Literal["open", "closed"]
    engine: str
    format: Form
    files: tuple[ExportFile, ...]


@get(
    "/exports/{period:str}",
    summary="The files of a month and their digests",
    tags=["audit"],
    opt={"action": "read_facts", "personal": "none", "reach": "all"},
)
async def read_export(
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    building: NamedDependency[Building],
    period: PeriodInPath,
    format: Annotated[Form, QueryParameter(description="The form of the files.")] = "ndjson",
) -> Export:
    """Builds the files, which takes as long as the month is large, and keeps them a while for downloading.

    Ask for the files at the `address` that it gives: it names the position, so that nothing changes between.
    """
    asked, known_at = month(period), await _known_at(view, reading)
    files = list[ExportFile]()
    for wanted in files_of(asked, known_at, format):
        built = await building.built(wanted)
        address = f"/v1/exports/{asked}/{wanted.table}?format={format}&known_at={known_at}"
        files.append(
            ExportFile(
                name=wanted.name, address=address, rows=built.rows, bytes=built.bytes, sha256=built.sha256
            )
        )
    closed = await reading.ask(lambda cursor: {each.period for each in closed_periods(cursor, known_at)})
    return Export(
        period=str(asked),
        known_at=known_at,
        state="closed" if asked in closed else "open",
        engine=ENGINE,
        format=format,
        files=tuple(files),
    )


@get(
    "/exports/{period:str}/facts",
    summary="The facts of a month as a file",
    tags=["audit"],
    opt={"action": "read_facts", "personal": "people", "reach": "all"},
    media_type=MEDIA_TYPES["ndjson"],
)
async def download_facts(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    building: NamedDependency[Building],
    period: PeriodInPath,
    format: FormAsked = None,
    range_said: RangeSaid = None,
    if_range: IfRangeSaid = None,
) -> Response[bytes]:
    """What happened in the month, by position, and the voids of it: in NDJSON the lines that are sealed.

    Texts about people are as the journal has them, encrypted. A part is had with `Range`.
    """
    form: Form = format or accepted(request.headers.get("accept"), MEDIA_TYPES, "ndjson")
    wanted = Wanted("facts", month(period), await _known_at(view, reading), form)
    return _answer(request, wanted, await building.built(wanted), range_said, if_range)


@get(
    "/exports/{period:str}/results",
    summary="What a month pays, as a file",
    tags=["audit"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
    media_type=MEDIA_TYPES["ndjson"],
)
async def download_results(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    building: NamedDependency[Building],
    period: PeriodInPath,
    format: FormAsked = None,
    range_said: RangeSaid = None,
    if_range: IfRangeSaid = None,
) -> Response[bytes]:
    """A row for each line of each statement, as of the payroll run, without names. `Range` as for facts."""
    form: Form = format or accepted(request.headers.get("accept"), MEDIA_TYPES, "ndjson")
    wanted = Wanted("results", month(period), await _known_at(view, reading), form)
    return _answer(request, wanted, await building.built(wanted), range_said, if_range)


def files_of(period: Period, known_at: int, form: Form) -> tuple[Wanted, ...]:
    """The files of an export, in the order in which they are built."""
    return tuple(Wanted(table, period, known_at, form) for table in ("facts", "results"))


async def _known_at(view: View, reading: Reading) -> int:
    """The position that is asked about; for now, the one that is counted."""
    return await reading.ask(counted_position) if view.known_at is None else view.known_at


def _answer(
    request: Asked, wanted: Wanted, built: Built, range_said: str | None, if_range: str | None
) -> Response[bytes]:
    tag = f'"{built.sha256}"'
    headers = {
        "ETag": tag,
        "Vary": "Accept",
        "Accept-Ranges": "bytes",
        "Known-At": str(wanted.known_at),
        "Content-Disposition": f'attachment; filename="{wanted.name}"',
    }
    if tag in request.headers.get("if-none-match", ""):
        shows(request, ())
        raise NotModified(headers)
    goes_on = range_said is not None and if_range in (None, tag)
    part = part_asked(range_said or "", built.bytes) if goes_on else None
    return FileAnswer(built, part, media_type=MEDIA_TYPES[wanted.form], headers=headers)


HANDLERS = [read_export, download_facts, download_results]
