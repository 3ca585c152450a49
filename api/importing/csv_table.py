"""CSV files as firms' systems and Excel write them."""

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from api.importing.encodings import byte_lines, encoding_of
from api.importing.rows import MAX_LINE_BYTES, BadRow, Row, Unusable, header_names

DELIMITERS = (",", "\t", ";", "|")
MAX_LINES_OF_A_RECORD = 100
"""A cell may hold line breaks, but a quotation mark left open must not swallow the rest of the file."""
_NOT_CLOSED = "A quotation mark is opened and not closed."


class _Unreadable(Exception):
    """A line that stops the record it belongs to."""


class _Lines:
    """The lines of a file as text, counted; `again` goes back to the one after the record's first."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._raw = byte_lines(file)
        self._encoding = encoding
        self._record: list[bytes | None] = []
        self.line = 0

    def begin(self) -> int:
        """Starts a record; the line it will stand on."""
        self._record.clear()
        return self.line + 1

    def again(self) -> None:
        """Gives all lines of a failed record but the first once more; each may be a record of its own."""
        self._raw = itertools.chain(self._record[1:], self._raw)
        self.line -= len(self._record[1:])
        self._record = self._record[:1]

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = next(self._raw)
        self.line += 1
        self._record.append(raw)
        if len(self._record) > MAX_LINES_OF_A_RECORD:
            raise _Unreadable(_NOT_CLOSED)
        if raw is None:
            raise _Unreadable(f"The line is longer than {MAX_LINE_BYTES} bytes.")
        try:
            text = raw.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise _Unreadable(
                f"Byte {error.start + 1} of the line is not {self._encoding.upper()} text."
            ) from None
        if "\x00" in text:
            raise _Unreadable("The line holds a NUL.")
        return text


class CsvTable:
    """A CSV file; what stands above its header is left out."""

    columns: list[str]

    def __init__(
        self, file: BinaryIO, path: Path, *, encoding: str | None, delimiter: str | None, header_row: int
    ) -> None:
        self.encoding = encoding_of(path, encoding)
        self._path, self._file, self._size = path, file, max(path.stat().st_size, 1)
        self._lines = _Lines(file, self.encoding)
        header = [self._header_line() for _ in range(header_row)][-1]
        if header.lower().startswith("sep="):
            delimiter, header = header[4:5], self._header_line()
        self._delimiter = delimiter or max(DELIMITERS, key=header.count)
        cells = next(csv.reader([header], delimiter=self._delimiter), [])
        self.columns = header_names(f"{path}:{self._lines.line}", cells)

    def progress(self) -> float:
        """The share of the file's bytes that has been read."""
        return min(1.0, self._file.tell() / self._size)

    def rows(self) -> Iterator[Row | BadRow]:
        """The records below the header."""
        reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
        while True:
            first = self._lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _Unreadable) as error:
                self._lines.again()
                yield self._bad(first, str(error))
                reader = csv.reader(self._lines, delimiter=self._delimiter, strict=True)
                continue
            if any(cell.strip() for cell in cells):
                yield self._row(first, cells)

    def _row(self, line: int, cells: list[str]) -> Row | BadRow:
        width = len(self.columns)
        if len(cells) != width:
            return BadRow(
                line,
                f"{len(cells)} values where the header has {width} columns.",
                "Put quotation marks around a value that holds the delimiter; a short row may be cut off.",
            )
        return Row(line, dict(zip(self.columns, cells, strict=True)))

    def _bad(self, line: int, detail: str) -> BadRow:
        if "unexpected end" in detail or "field larger" in detail or "expected after" in detail:
            detail = _NOT_CLOSED
        return BadRow(line, detail, "Mend the line, or export the file again.")

    def _header_line(self) -> str:
        self._lines.begin()
        try:
            return next(self._lines).lstrip("\ufeff")
        except StopIteration:
            raise Unusable(self._path, "The file ends before its header.", "Export it again.") from None
        except _Unreadable as error:
            place = f"{self._path}:{self._lines.line}"
            raise Unusable(
                place, str(error), "State the right `encoding`, or export the file again."
            ) from None
