"""Rows written as the firm's systems write them: CSV, XLSX and NDJSON, the same bytes every time."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import openpyxl

Row = Mapping[str, object]
Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]

_NEVER = (2025, 1, 1, 0, 0, 0)
_WRITTEN_AT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


class Delivery(NamedTuple):
    """What had arrived when a month was closed: file names and their bytes."""

    month: int
    files: dict[str, bytes]


def csv_bytes(
    columns: Sequence[str], rows: Sequence[Row], encoding: Encoding, raw: Sequence[str] = ()
) -> bytes:
    """A CSV file with Windows line ends, as Excel saves it. raw: lines put below the rows as they are."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    for line in raw:
        text.write(line + "\r\n")
    return text.getvalue().encode(encoding)


def ndjson_bytes(rows: Sequence[Row], raw: Sequence[str] = ()) -> bytes:
    """An NDJSON file. raw: lines put below the rows as they are."""
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    return "".join(f"{line}\n" for line in (*lines, *raw)).encode()


def xlsx_bytes(title: str, above: Sequence[str], columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """A workbook with one sheet. above: lines over the header. Days become date cells."""
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(title)
    for line in above:
        page.append([line])
    page.append(list(columns))
    for row in rows:
        page.append([_cell(row.get(column)) for column in columns])
    saved = io.BytesIO()
    book.save(saved)
    return _without_clock(saved)


def _cell(value: object) -> object:
    return dt.datetime(value.year, value.month, value.day) if isinstance(value, dt.date) else value  # noqa: DTZ001


def _without_clock(saved: io.BytesIO) -> bytes:
    """The same workbook without the time of its saving; not packed, as that differs between machines."""
    frozen = io.BytesIO()
    with zipfile.ZipFile(saved) as before, zipfile.ZipFile(frozen, "w") as after:
        for name in sorted(before.namelist()):
            content = before.read(name)
            if name == "docProps/core.xml":
                content = _WRITTEN_AT.sub(rb"\g<1>2025-01-01T00:00:00Z", content)
            after.writestr(zipfile.ZipInfo(name, _NEVER), content)
    return frozen.getvalue()
