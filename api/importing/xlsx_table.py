"""Sheets of Excel workbooks."""

import datetime as dt
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from api.importing.rows import BadRow, Cell, Row, Unusable, header_names

MAX_UNPACKED = 1 << 30
EXCEL_DIGITS = 15
"""Excel keeps this many significant digits of a number; what is longer has lost its end."""
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"})


class XlsxTable:
    """One sheet of a workbook, read row by row; of formulas the value that Excel saved last."""

    encoding = ""
    columns: list[str]

    def __init__(self, path: Path, *, sheet: str | None, header_row: int) -> None:
        self._path, self._book = path, _workbook(path)
        names = self._book.sheetnames
        if sheet is not None and sheet not in names:
            raise Unusable(
                path, f"It has no sheet {sheet!r}.", f"State one of {', '.join(names)} as `sheet`."
            )
        page = self._book[sheet or names[0]]
        self._line, self._last = header_row, max(page.max_row or 1, 1)
        page.reset_dimensions()
        self._cells = page.iter_rows(min_row=header_row, values_only=True)
        head = [_header_text(value) for value in next(self._cells, ())]
        self.columns = header_names(f"{path} [{page.title}] row {header_row}", head)

    def progress(self) -> float:
        """The share of the sheet's rows that has been read."""
        return min(1.0, self._line / self._last)

    def close(self) -> None:
        """Lets go of the file."""
        self._book.close()

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows below the header."""
        for values in self._read():
            self._line += 1
            if any(value is not None and value != "" for value in values):
                yield self._row(values)

    def _read(self) -> Iterator[Sequence[object]]:
        try:
            yield from self._cells
        except (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, ValueError, EOFError) as error:
            place = f"{self._path} row {self._line + 1}"
            raise Unusable(place, f"The workbook is damaged: {error}.", "Save it again in Excel.") from None

    def _row(self, values: Sequence[object]) -> Row | BadRow:
        width = len(self.columns)
        given = (*values[:width], *(None,) * (width - len(values)))
        cells: dict[str, Cell] = {}
        for name, value in zip(self.columns, given, strict=True):
            try:
                cells[name] = cell_of(value)
            except ValueError as error:
                return BadRow(
                    self._line, f"Column {name}: {error}", "Mend the cell and save the workbook again."
                )
        return Row(self._line, cells)


def _workbook(path: Path) -> Any:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise Unusable(
                path, f"Unpacked it would take {unpacked} bytes.", "Split the workbook, or save it as CSV."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other programs leave out styles, which mean nothing here
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise Unusable(
            path, f"It is no Excel workbook: {error}.", "Save it as .xlsx, or as CSV UTF-8."
        ) from None


def _header_text(value: object) -> str:
    return "" if value is None else str(value)


def cell_of(value: object) -> Cell:
    """The value of a cell without floats.

    Raises: ValueError for an error value and for a number that Excel has cut short.
    """
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            if value in _ERRORS:
                raise ValueError(f"The formula gives {value}.")
            return value
        case int() | float():
            return _number_text(value)
        case dt.datetime():
            return value
        case dt.date():
            return dt.datetime.combine(value, dt.time())
        case dt.time():
            return value.isoformat("seconds")
        case _:
            raise ValueError(f"A value of the kind {type(value).__name__} cannot be read.")


def _number_text(value: int | float) -> str:
    """What Excel shows: 12.5 for 12.5, 7 for 7.0, 0.3 for the nearest binary fraction to it."""
    if isinstance(value, int) and abs(value) < 10**EXCEL_DIGITS:
        return str(value)
    if abs(value) >= 10**EXCEL_DIGITS:
        raise ValueError(
            f"The number has more than the {EXCEL_DIGITS} digits that Excel keeps; write it as text."
        )
    number = Decimal(format(value, f".{EXCEL_DIGITS}g"))
    return format(number.normalize() if number else Decimal(0), "f")
