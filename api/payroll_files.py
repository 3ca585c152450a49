"""A payroll run as the files that payroll takes: CSV, XLSX, Parquet, JSON. One run, one set of bytes."""

import csv
import datetime as dt
import io
import re
from typing import Literal, get_args
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec

from projections.payroll import PayrollRow, PayrollRun

Format = Literal["csv", "xlsx", "parquet", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}

COLUMNS = PayrollRow.__struct_fields__

_MADE_AT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_SAVED_AT = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
"""openpyxl writes the time of saving, whatever the properties say."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WHOLE = ("amount_minor", "known_at", "closed_position", "line", "payable_minor")


def payroll_file(run: PayrollRun, form: Format) -> bytes:
    """`run` in the given form: a row per line of a statement, by employee; JSON has the totals too."""
    match form:
        case "json":
            return msgspec.json.encode(run)
        case "csv":
            return _csv(run)
        case "xlsx":
            return _xlsx(run)
        case "parquet":
            return _parquet(run)


def file_name(run: PayrollRun, form: Format) -> str:
    """What to call the file."""
    return f"payroll-{run.period}{'' if run.state == 'closed' else '-open'}.{form}"


def _csv(run: PayrollRun) -> bytes:
    """UTF-8 with a mark that spreadsheets recognise it by."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([harmless(value) for value in msgspec.structs.astuple(row)] for row in run.rows)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(run: PayrollRun) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _MADE_AT.replace(tzinfo=None)
    sheet = book.create_sheet(run.period)
    sheet.append(list(COLUMNS))
    for row in run.rows:
        sheet.append([harmless(value) for value in msgspec.structs.astuple(row)])
    made = io.BytesIO()
    book.save(made)
    return _undated(made.getvalue())


def _parquet(run: PayrollRun) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, pa.type_for_alias(parquet_kind(name))) for name in COLUMNS])
    rows = [msgspec.structs.asdict(row) for row in run.rows]
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    return sink.getvalue().to_pybytes()


def parquet_kind(column: str) -> str:
    """The type of a column in Parquet."""
    return "int64" if column in _WHOLE else "bool" if column == "held" else "string"


def harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets a quote in front; digits stay as they are.

    Yes and no are written as JSON does.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if (
        isinstance(value, str)
        and value.startswith(_FORMULA)
        and not value.lstrip("-").replace(".", "").isdigit()
    ):
        return f"'{value}"
    return value


def _undated(archive: bytes) -> bytes:
    """The same zip file without the time of its making."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as source, ZipFile(made, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = _SAVED_AT.sub(rb"\g<1>2000-01-01T00:00:00Z", source.read(name))
            target.writestr(ZipInfo(name, date_time=_MADE_AT.timetuple()[:6]), content, ZIP_DEFLATED)
    return made.getvalue()
