"""The forms of a table as a file, written batch by batch: one table, one set of bytes."""

import csv
import io
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, Protocol

from api.bulk.tables import Table, row_of
from api.payroll_files import harmless

Form = Literal["ndjson", "csv", "parquet"]

MEDIA_TYPES: Mapping[Form, str] = MappingProxyType(
    {"ndjson": "application/x-ndjson", "csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
)


class Sink(Protocol):
    """Where a file is written to."""

    def write(self, content: bytes, /) -> int:
        """Adds `content`."""
        ...


def write(form: Form, table: Table, batches: Iterable[list[bytes]], sink: Sink) -> int:
    """Writes the rows of `batches` in the given form; how many there are."""
    match form:
        case "ndjson":
            return _ndjson(batches, sink)
        case "csv":
            return _csv(table, batches, sink)
        case "parquet":
            return _parquet(table, batches, sink)


def _ndjson(batches: Iterable[list[bytes]], sink: Sink) -> int:
    rows = 0
    for lines in batches:
        sink.write(b"\n".join(lines) + b"\n")
        rows += len(lines)
    return rows


def _csv(table: Table, batches: Iterable[list[bytes]], sink: Sink) -> int:
    """UTF-8 with a mark that spreadsheets recognise it by."""
    rows, text = 0, io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow(table.columns)
    for lines in batches:
        writer.writerows([harmless(value) for value in row_of(table, line)] for line in lines)
        sink.write(text.getvalue().encode())
        text.seek(0)
        text.truncate()
        rows += len(lines)
    sink.write(text.getvalue().encode())
    return rows


def _parquet(table: Table, batches: Iterable[list[bytes]], sink: Sink) -> int:
    """A row group for each batch."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, pa.type_for_alias(kind)) for name, kind in table.columns.items()])
    rows, names = 0, list(table.columns)
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as writer:
        for lines in batches:
            found = [dict(zip(names, row_of(table, line), strict=True)) for line in lines]
            writer.write_table(pa.Table.from_pylist(found, schema=schema))
            rows += len(lines)
    return rows
