"""What every reader of files gives: rows of named cells, and records that it could not read."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

Cell = str | dt.datetime
"""Text as the file has it, or a day and time where the file knows that it is one. Never a float."""

MAX_LINE_BYTES = 1 << 20
MAX_COLUMNS = 1_000


class Row(NamedTuple):
    """One record of a file. line: where it starts, counted from 1 as a text editor or Excel does."""

    line: int
    cells: Mapping[str, Cell]


class BadRow(NamedTuple):
    """A record that could not be read, and the line it starts on."""

    line: int
    detail: str
    remedy: str


class Table(Protocol):
    """An open file of records.

    encoding: how the text was written; empty where the format leaves no choice.
    """

    encoding: str

    @property
    def columns(self) -> Sequence[str] | None:
        """Names from the header; None where each record names its own members."""
        ...

    def rows(self) -> Iterator[Row | BadRow]:
        """The records in their order, each read when it is asked for; a blank one is left out."""
        ...

    def progress(self) -> float:
        """The share of the file that has been read, 0 to 1."""
        ...


class Unusable(Exception):
    """A file or mapping as a whole cannot be used.

    place: the file, with the place in it where there is one. remedy: what the author can do.
    """

    def __init__(self, place: str | Path, detail: str, remedy: str) -> None:
        super().__init__(f"{place}: {detail} {remedy}".rstrip())
        self.place = str(place)
        self.detail = detail
        self.remedy = remedy


def header_names(place: str, cells: Sequence[str]) -> list[str]:
    """The column names of a header, as many as it has cells; a cell without a name is a column nobody reads.

    Raises: Unusable for no names, too many, or one that stands twice.
    """
    names = [name.strip("\ufeff \t\u3000\xa0\r\n") for name in cells]
    if not any(names):
        raise Unusable(place, "There are no column names.", "Let `header_row` name the row that has them.")
    if len(names) > MAX_COLUMNS:
        raise Unusable(place, f"There are {len(names)} columns.", f"At most {MAX_COLUMNS} are read.")
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise Unusable(
            place, f"Columns stand twice: {', '.join(sorted(twice))}.", "Rename one of each in the file."
        )
    return names
