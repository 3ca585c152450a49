"""A workbook of one sheet, the same bytes whenever it is written.

openpyxl makes the book around the sheet; the cells are written here, as it takes 9 µs for each of them and a
payroll run has two million.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MADE_AT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_SAVED_AT = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
"""openpyxl writes the time of saving, whatever the properties say."""

_SHEET = "xl/worksheets/sheet1.xml"
_SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ROWS_AT_ONCE = 1_000

Value = str | int | None


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """The XLSX file of a sheet with a heading and `rows`."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(_around(title))) as around, ZipFile(made, "w") as book:
        for name in around.namelist():
            if name != _SHEET:
                content = _SAVED_AT.sub(rb"\g<1>2000-01-01T00:00:00Z", around.read(name))
                book.writestr(_entry(name), content)
        _write(book, _SHEET, _sheet(chain([columns], rows), len(columns)))
    return made.getvalue()


def _around(title: str) -> bytes:
    """The same book with nothing in its sheet."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = _MADE_AT.replace(tzinfo=None)
    book.create_sheet(title)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _sheet(rows: Iterable[Sequence[Value]], width: int) -> Iterator[str]:
    """The sheet, row by row."""
    letters = [_letters(number) for number in range(width)]
    texts: dict[str, str] = {}
    yield f"{_HEAD}<worksheet {_SPACE}><sheetData>"
    for number, row in enumerate(rows, start=1):
        cells = [f'<row r="{number}">']
        for letter, value in zip(letters, row, strict=True):
            if value is None:
                continue
            if isinstance(value, str):
                text = texts.get(value)
                if text is None:
                    text = texts[value] = _escaped(value)
                cells.append(
                    f'<c r="{letter}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
                )
            else:
                cells.append(f'<c r="{letter}{number}"><v>{value}</v></c>')
        cells.append("</row>")
        yield "".join(cells)
    yield "</sheetData></worksheet>"


def _escaped(text: str) -> str:
    """`text` as XML; what XML cannot hold is left out."""
    said = _NOT_IN_XML.sub("", text)
    return said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _letters(number: int) -> str:
    """The name of a column, counted from 0: A … Z, AA …"""
    more, letter = divmod(number, 26)
    return (_letters(more - 1) if more else "") + chr(ord("A") + letter)


def _write(book: ZipFile, name: str, parts: Iterator[str]) -> None:
    with book.open(_entry(name), "w") as target:
        while some := list(islice(parts, _ROWS_AT_ONCE)):
            target.write("".join(some).encode())


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, date_time=_MADE_AT.timetuple()[:6])
    entry.compress_type = ZIP_DEFLATED
    return entry
