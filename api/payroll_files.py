"""A payroll run as the files that payroll takes: CSV, XLSX, Parquet, JSON. One run, one set of bytes."""

import csv
import io
from typing import Literal, get_args

import msgspec

from api.workbook import Value, workbook
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
    rows = ([harmless(value) for value in msgspec.structs.astuple(row)] for row in run.rows)
    return workbook(run.period, COLUMNS, rows)


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


def harmless(value: Value) -> Value:
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
