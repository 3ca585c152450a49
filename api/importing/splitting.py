"""How the credits of a fact are read from the cells of a row: who has which part of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from api.importing import cells
from api.importing.fields import BadCell, Cells, Field
from api.importing.json_paths import JsonCells

_PLACE = re.compile(r"credits(?:\[(\d+)\](?:\.(\w+))?)?\Z")


class PartReader(NamedTuple):
    """How one part is read: employee, role, and a share or a fixed amount, of which a cell may be empty.

    each: the path to a list, every member of which is such a part.
    """

    fields: Mapping[str, Field]
    each: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All that it reads."""
        return tuple(column for field in self.fields.values() for column in field.columns)

    def is_filled(self, row: Cells) -> bool:
        """Whether `row` names somebody, or gives something to nobody."""
        named = ("employee", "share", "amount_minor")
        told = (column for name in named if name in self.fields for column in self.fields[name].columns[:1])
        return any(cells.text(row.get(column, "")) for column in told)


def read(
    readers: Sequence[PartReader], row: Cells, faults: list[tuple[str, BadCell]]
) -> list[dict[str, object]]:
    """The parts that `row` fills, in the order of the mapping; what cannot be read is added to `faults`."""
    found: list[dict[str, object]] = []
    try:
        filled = list(_filled(readers, row))
    except BadCell as bad:
        faults.append(("credits", bad))
        return []
    for number, (reader, seen) in enumerate(filled):
        part: dict[str, object] = {}
        for name, field in reader.fields.items():
            try:
                value = field.read(seen)
                if value is None and name in ("employee", "role"):
                    remedy = "Fill the cell, or empty those of the part."
                    raise BadCell((field.columns or ("",))[0], "", f"A part has no {name}.", remedy)
            except BadCell as bad:
                faults.append((f"credits[{number}].{name}", bad))
            else:
                if value is not None:
                    part[name] = value
        found.append(part)
    return found


def blamed(readers: Sequence[PartReader], row: Cells, place: str) -> tuple[str, ...] | None:
    """The columns behind `place` of a fact made of `row`; None for what is no place of its credits.

    Of all parts, it is the columns of their shares and amounts.
    """
    match = _PLACE.match(place)
    if match is None:
        return None
    index, name = match.groups()
    filled = list(_filled(readers, row))
    if index is None or int(index) >= len(filled):
        sizes = (r.fields[name] for r, _ in filled for name in ("share", "amount_minor") if name in r.fields)
        return tuple(dict.fromkeys(column for field in sizes for column in field.columns))
    part, _ = filled[int(index)]
    return part.fields[name].columns if name in part.fields else part.columns


def _filled(readers: Sequence[PartReader], row: Cells) -> Iterator[tuple[PartReader, Cells]]:
    """The parts that `row` fills, each with the row as that part sees it."""
    for reader in readers:
        each = row.parts(reader.each) if reader.each and isinstance(row, JsonCells) else [row]
        yield from ((reader, seen) for seen in each if reader.is_filled(seen))
