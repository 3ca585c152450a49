"""NDJSON files: one JSON object a line; members of members are columns named with dots."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from api.importing.encodings import byte_lines, encoding_of
from api.importing.rows import MAX_COLUMNS, MAX_LINE_BYTES, BadRow, Cell, Row

MAX_DEPTH = 8
_MEND = "Mend the line, or export the file again."


class NdjsonTable:
    """An NDJSON file. Numbers are taken as the text they are written as, so 8.50 stays 8.50."""

    columns: None = None

    def __init__(self, file: BinaryIO, path: Path, *, encoding: str | None) -> None:
        self.encoding = encoding_of(path, encoding)
        self._file, self._size = file, max(path.stat().st_size, 1)

    def progress(self) -> float:
        """The share of the file's bytes that has been read."""
        return min(1.0, self._file.tell() / self._size)

    def rows(self) -> Iterator[Row | BadRow]:
        """The objects in their order."""
        for number, raw in enumerate(byte_lines(self._file), 1):
            if raw is None:
                yield BadRow(number, f"The line is longer than {MAX_LINE_BYTES} bytes.", _MEND)
            elif raw.strip(b"\xef\xbb\xbf \t\r\n"):
                yield self._row(number, raw)

    def _row(self, number: int, raw: bytes) -> Row | BadRow:
        try:
            text = raw.decode(self.encoding).strip("\ufeff \t\r\n")
            value = json.loads(
                text,
                parse_float=str,
                parse_int=str,
                parse_constant=_no_constant,
                object_pairs_hook=_members,
            )
            if not isinstance(value, dict):
                raise ValueError("The line holds no JSON object.")
            cells: dict[str, Cell] = {}
            _flatten(value, "", 0, cells)
            return Row(number, cells)
        except UnicodeDecodeError as error:
            return BadRow(
                number, f"Byte {error.start + 1} of the line is not {self.encoding.upper()} text.", _MEND
            )
        except RecursionError:
            return BadRow(number, f"Objects lie within each other deeper than {MAX_DEPTH} levels.", _MEND)
        except json.JSONDecodeError as error:
            return BadRow(
                number, f"The line is not JSON from character {error.pos + 1} on: {error.msg}.", _MEND
            )
        except ValueError as error:
            return BadRow(number, str(error), _MEND)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number that can be recorded.")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The member {twice!r} stands twice.")
    return members


def _flatten(value: object, path: str, depth: int, cells: dict[str, Cell]) -> None:
    if depth > MAX_DEPTH:
        raise ValueError(f"Objects lie within each other deeper than {MAX_DEPTH} levels.")
    match value:
        case dict():
            members = value.items()
        case list():
            members = enumerate(value)
        case _:
            if path in cells:
                raise ValueError(f"The member {path!r} stands twice.")
            if len(cells) >= MAX_COLUMNS:
                raise ValueError(f"The line has more than {MAX_COLUMNS} members.")
            cells[path] = _text(value)
            return
    for name, member in members:
        _flatten(member, f"{path}.{name}" if path else str(name), depth + 1, cells)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            text = str(value)
            if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
                raise ValueError("The text holds a NUL or half a character.")
            return text
