"""How the value of one field is read from the cells of a row, and what is said when it cannot be."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
from msgspec import inspect

from api.importing import cells, dates, shift_spans
from api.importing.mapping import Since, Value
from api.importing.rows import Cell
from domain.facts.base import ConfidentialMinor, EmployeeId, Fact, Score
from domain.facts.currencies import RateText
from domain.facts.shifts import ShiftSpan

Cells = Mapping[str, Cell]
Kind = Literal[
    "text",
    "texts",
    "id",
    "whole",
    "wholes",
    "hours",
    "decimal",
    "day",
    "money",
    "money text",
    "share",
    "flag",
    "spans",
]
Part = dict[str, "Said"]
Said: TypeAlias = str | int | bool | list[str] | list[int] | list[dict[str, str]] | list[Part]
"""What cells say: lists are of texts, numbers, hours of a shift, or parts that have fields of their own."""

_LISTS: dict[type[inspect.Type], Kind] = {
    inspect.StrType: "texts",
    inspect.LiteralType: "texts",
    inspect.IntType: "wholes",
}
_SHOWN = 40
_REMEDIES: dict[Kind, str] = {
    "text": "Mend the cell.",
    "texts": "Write them with a comma or a semicolon between.",
    "id": "Format the column as text in the source, and export it again.",
    "whole": "Write a whole number.",
    "wholes": "Write whole numbers with a comma or a semicolon between.",
    "hours": "Write hours such as 1.5 that are whole minutes.",
    "decimal": "Write a plain number such as 8.5.",
    "day": "Write the day as the mapping says, or add how it is written to `formats`.",
    "money": "Write the amount in major units, such as 1234.50.",
    "money text": "Write the amount in major units, such as 1234.50.",
    "share": "Write 60 %, or say in the mapping `as: percent` of 60 and `as: fraction` of 0.6.",
    "flag": "Write yes or no.",
    "spans": "Write the hours of the shift such as 08:00-12:00 ward, 12:30-16:30 ward.",
}


class BadCell(Exception):
    """A cell that cannot be read as its field asks."""

    def __init__(self, column: str, shown: str, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.column, self.shown, self.detail, self.remedy = column, shown, detail, remedy


class Field(NamedTuple):
    """A field and the way to read it. read: gives None for an empty cell, and raises BadCell."""

    columns: tuple[str, ...]
    read: Callable[[Cells], Said | None]


class Usual(NamedTuple):
    """What the fields of one rule have in common: patterns of days, and the day on which it happened."""

    formats: tuple[str, ...]
    day: Callable[[Cells], dt.date]


class When(NamedTuple):
    """How an instant is written: patterns, the zone of what has no offset, the time of what has none."""

    formats: tuple[str, ...]
    zone: ZoneInfo
    at: dt.time


def short(text: str) -> str:
    """`text` on one line, cut to what a table of faults can show."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def shown(columns: tuple[str, ...], row: Cells) -> str:
    """What the cells of `columns` hold, shortly."""
    try:
        return short(" ".join(cells.text(row.get(column, "")) for column in columns))
    except BadCell as bad:
        return bad.shown


def kinds_of(fact_type: type[msgspec.Struct]) -> dict[str, Kind | None]:
    """How each field of a fact, or of a part of one, is read; None for one that no single cell can give."""
    return {name: _kind(name, kind) for name, kind in _types(fact_type).items()}


def parts_of(fact_type: type[Fact], name: str) -> type[msgspec.Struct] | None:
    """What each member of a list in a fact is made of; None for a field that is no list of such parts."""
    match _told(_types(fact_type)[name]):
        case inspect.ListType(item_type=inspect.StructType(cls=part)) if part is not ShiftSpan:
            return part
        case _:
            return None


def required_of(fact_type: type[Fact]) -> set[str]:
    """The fields that a fact cannot do without."""
    info = inspect.type_info(fact_type)
    assert isinstance(info, inspect.StructType)
    return {field.name for field in info.fields if field.required}


def field(value: Value, kind: Kind, usual: Usual) -> Field:
    """The way to read `value` as `kind`."""
    columns = (value.column,) if value.column is not None else tuple(value.columns or ())
    money_columns = (value.money.column,) if isinstance(value.money, Value) and value.money.column else ()
    convert = _converter(kind, value, tuple(value.formats) if value.formats else usual.formats)
    blamed = columns[0] if columns else ""

    def read(row: Cells) -> Said | None:
        cell = _cell(value, columns, row, usual.day)
        if cell == "":
            return None
        try:
            return convert(cell, row)
        except (ValueError, OverflowError) as error:
            raise BadCell(blamed, short(cells.text(cell)), _sentence(error), _REMEDIES[kind]) from None

    return Field(columns + money_columns, read)


def parts(readers: Sequence[Mapping[str, Field]]) -> Field:
    """The way to read a list of parts; one with no cell filled is left out, and so is an empty list."""
    columns = tuple(column for reader in readers for field in reader.values() for column in field.columns)

    def read(row: Cells) -> list[Part] | None:
        found: list[Part] = []
        for reader in readers:
            told = {name: field.read(row) for name, field in reader.items()}
            if any(told[name] is not None for name, field in reader.items() if field.columns):
                found.append({name: said for name, said in told.items() if said is not None})
        return found or None

    return Field(columns, read)


def instant(columns: tuple[str, ...], when: When) -> Callable[[Cells], dt.datetime]:
    """The way to read when something happened; what it gives raises BadCell."""

    def read(row: Cells) -> dt.datetime:
        cell = row.get(columns[0], "") if len(columns) == 1 else _joined(columns, " ", row)
        if isinstance(cell, str):
            cell = cells.text(cell)
        if cell == "":
            raise BadCell(columns[0], "", "When it happened is empty.", "Fill the cell.")
        try:
            return dates.instant(cell, when.formats, when.zone, when.at)
        except (ValueError, OverflowError) as error:
            raise BadCell(columns[0], short(cells.text(cell)), _sentence(error), _REMEDIES["day"]) from None

    return read


def _sentence(error: Exception) -> str:
    said = str(error).rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."


def _types(fact_type: type[msgspec.Struct]) -> dict[str, inspect.Type]:
    info = inspect.type_info(fact_type)
    assert isinstance(info, inspect.StructType)
    return {field.name: field.type for field in info.fields}


def _kind(name: str, kind: inspect.Type) -> Kind | None:
    if name == "amount_minor":
        return "money"
    kind = _told(kind)
    match kind:
        case inspect.StrType(pattern=pattern) if pattern == _pattern(EmployeeId):
            return "id"
        case inspect.StrType(pattern=pattern) if pattern in (_pattern(Score), _pattern(RateText)):
            return "decimal"
        case inspect.StrType(pattern=pattern) if pattern == _pattern(ConfidentialMinor):
            return "money text"
        case inspect.StrType() | inspect.LiteralType():
            return "text"
        case inspect.BoolType():
            return "flag"
        case inspect.IntType():
            return "whole"
        case inspect.DateType():
            return "day"
        case inspect.ListType(item_type=inspect.StructType(cls=spans)) if spans is ShiftSpan:
            return "spans"
        case inspect.ListType(item_type=item):
            return _LISTS.get(type(_bare(item)))
        case _:
            return None


def _told(kind: inspect.Type) -> inspect.Type:
    """What a field holds where it is told at all."""
    kind = _bare(kind)
    if isinstance(kind, inspect.UnionType):
        kind = _bare(next(member for member in kind.types if not isinstance(member, inspect.NoneType)))
    return kind


def _bare(kind: inspect.Type) -> inspect.Type:
    """`kind` without what only its schema says."""
    return kind.type if isinstance(kind, inspect.Metadata) else kind


def _pattern(annotated: object) -> str | None:
    kind = _bare(inspect.type_info(annotated))
    return kind.pattern if isinstance(kind, inspect.StrType) else None


def _cell(
    value: Value, columns: tuple[str, ...], row: Cells, day: Callable[[Cells], dt.date] | None = None
) -> Cell:
    if value.const is not None:
        return value.const
    cell = row.get(columns[0], "") if len(columns) == 1 else _joined(columns, value.join, row)
    if isinstance(cell, str):
        cell = cells.text(cell)
    if cell == "" and value.default is not None:
        return value.default
    if value.map is None or cell == "":
        return cell
    text = cells.text(cell)
    if text in value.map:
        means = value.map[text]
        return means if isinstance(means, str) else _on_its_day(means, columns[0], text, day, row)
    if value.otherwise == "refuse":
        known = ", ".join(value.map)
        remedy = f"Add it to `map` in the mapping, which has {short(known)}, or mend the cell."
        raise BadCell(columns[0], short(text), "The mapping has no word for it.", remedy)
    return cell if value.otherwise == "keep" else ""


def _on_its_day(
    means: list[Since], column: str, text: str, day: Callable[[Cells], dt.date] | None, row: Cells
) -> str:
    """What `text` means on the day on which it happened."""
    assert day is not None, "compiling refuses days where nothing happened on one"
    on = day(row).isoformat()
    so_far = [each.is_ for each in means if each.from_ <= on]
    if not so_far:
        remedy = f"The mapping knows it from {means[0].from_} on; say what it was before, or mend the record."
        raise BadCell(column, short(text), f"The mapping has no word for it on {on}.", remedy)
    return so_far[-1]


def _joined(columns: tuple[str, ...], join: str, row: Cells) -> str:
    return join.join(text for column in columns if (text := cells.text(row.get(column, ""))))


def _converter(kind: Kind, value: Value, formats: tuple[str, ...]) -> Callable[[Cell, Cells], Said]:
    match kind:
        case "text":
            return lambda cell, row: cells.text(cell)
        case "texts":
            return lambda cell, row: cells.members(cells.text(cell))
        case "wholes":
            return lambda cell, row: [cells.whole(text) for text in cells.members(cells.text(cell))]
        case "id":
            return lambda cell, row: cells.identity(cell)
        case "whole":
            return lambda cell, row: cells.whole(cell)
        case "hours":
            return lambda cell, row: cells.minutes_of_hours(cell)
        case "decimal":
            return lambda cell, row: cells.decimal(cell)
        case "day":
            return lambda cell, row: dates.moment(cell, formats).day.isoformat()
        case "share":
            return lambda cell, row: cells.share(cell, value.as_)
        case "flag":
            return lambda cell, row: cells.flag(cell)
        case "spans":
            return lambda cell, row: shift_spans.spans(cells.text(cell))
        case "money" if value.as_ == "minor":
            return lambda cell, row: cells.whole(cell)
        case "money":
            currency = currency_reader(value)
            return lambda cell, row: cells.money(cell, currency(row))
        case "money text":
            of_text = currency_reader(value)
            return lambda cell, row: str(cells.money(cell, of_text(row)))


def currency_reader(value: Value) -> Callable[[Cells], str]:
    """The way to tell the currency of an amount."""
    if not isinstance(value.money, Value):
        stated = value.money or ""
        return lambda row: stated
    source = value.money
    columns = (source.column,) if source.column else ()
    return lambda row: cells.text(_cell(source, columns, row)).upper()
