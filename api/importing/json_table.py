"""JSON of any shape: the records that a path finds in a file or in the body of a request."""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO

from api.importing.json_paths import JsonCells, found
from api.importing.rows import BadRow, Cell, Row, Unusable

MAX_BYTES = 64 * 1024 * 1024
MAX_RECORDS = 50_000
MAX_VALUES = 10_000
"""Values in one record; a path walks over all of them at most."""
MAX_DEPTH = 32

_LONG_NUMBER = 40
_SHORT_NUMBER = 18
_MEND = "Mend the record, or have its sender mend it."


class NotJson(Exception):
    """Text that is no JSON, or nested too deeply."""


def parsed(text: str) -> object:
    """The JSON in `text`, its numbers exact.

    Raises: NotJson.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(f"It is not JSON from character {error.pos + 1} on: {error.msg}.") from None
    except (ValueError, InvalidOperation) as error:
        raise NotJson(f"It is not JSON: {str(error)[:200]}.") from None
    except RecursionError:
        raise NotJson(f"It is nested deeper than {MAX_DEPTH} levels.") from None


def records(body: object, at: str | None) -> Iterator[Row | BadRow]:
    """The records that the path `at` finds in `body`, counted from 1; without one the body, or its members.

    Raises: NotJson when they are too many.
    """
    if at is not None:
        each = found(at, body, MAX_RECORDS)
        if len(each) == 1 and isinstance(each[0], list):
            each = each[0]
    else:
        each = body if isinstance(body, list) else [body]
    if len(each) > MAX_RECORDS:
        raise NotJson(f"It has more than {MAX_RECORDS} records.")
    shared: dict[str, Cell] = {}
    for number, record in enumerate(each, 1):
        trouble = _trouble(record)
        if trouble:
            yield BadRow(number, trouble, _MEND)
        else:
            yield Row(number, JsonCells(record, body, shared))


class JsonTable:
    """A JSON file, read whole."""

    columns: None = None
    encoding = "utf-8"

    def __init__(self, file: BinaryIO, path: Path, *, records: str | None) -> None:
        self._file, self._path, self._records, self._done = file, path, records, 0.0

    def progress(self) -> float:
        """0 until it is read, then 1."""
        return self._done

    def rows(self) -> Iterator[Row | BadRow]:
        """The records in their order.

        Raises: Unusable.
        """
        content = self._file.read(MAX_BYTES + 1)
        self._done = 1.0
        if len(content) > MAX_BYTES:
            raise Unusable(self._path, f"It has more than {MAX_BYTES} bytes.", "Export it in several files.")
        try:
            body = parsed(content.decode("utf-8-sig"))
            yield from records(body, self._records)
        except UnicodeDecodeError as error:
            raise Unusable(
                self._path, f"Byte {error.start + 1} is not UTF-8 text.", "Export it as UTF-8."
            ) from None
        except NotJson as error:
            raise Unusable(self._path, str(error), "Export it again.") from None


def _trouble(record: object) -> str:
    """What is wrong with a record as a whole; the walk is given up as soon as it is too long."""
    if not isinstance(record, dict):
        return "The record is no JSON object."
    values, level, depth = 0, list[object]([record]), 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            return f"The record is nested deeper than {MAX_DEPTH} levels."
        inner: list[object] = []
        for value in level:
            if isinstance(value, dict | list):
                values += len(value)
                if values > MAX_VALUES:
                    return f"The record has more than {MAX_VALUES} values."
                inner.extend(value.values() if isinstance(value, dict) else value)
        level = inner
    return ""


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice[:100]!r} stands twice in one object")
    return members


def _number(text: str) -> object:
    """A number exactly; one that is too long for any amount stays text."""
    return text if len(text) > _LONG_NUMBER else Decimal(text)


def _whole(text: str) -> object:
    return int(text) if len(text) <= _SHORT_NUMBER else _number(text)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


_DECODER = json.JSONDecoder(
    parse_float=_number, parse_int=_whole, parse_constant=_no_constant, object_pairs_hook=_members
)
