"""A mapping made ready to run: its names checked against the fact types, its cells given their readers."""

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from api.importing import cells, dates, fields
from api.importing.fields import Cells, Field, Kind, When
from api.importing.mapping import (
    CellTest,
    Conditions,
    FactRule,
    Instant,
    Key,
    Mapping,
    MappingInvalid,
    Problem,
    Value,
)
from api.importing.splitting import PartReader
from domain.facts.base import Fact
from domain.facts.registry import FACT_TYPES
from domain.money import CURRENCIES

APART = ("attributes", "credits")
"""The fields that a rule gives beside its data, as they are made of several cells."""


class KeyReader(NamedTuple):
    """What the key of a row is made of. hashed: of the columns' text, with the number of its occurrence."""

    columns: tuple[str, ...]
    hashed: bool


class Target(NamedTuple):
    """How the source and key of another fact are read from a row."""

    source: str
    columns: tuple[str, ...]
    suffix: str


class FactMaker(NamedTuple):
    """One fact that a row may give, ready to be made. occurred_columns: where `occurred_at` is read from."""

    type: str
    suffix: str
    key: KeyReader
    applies: Callable[[Cells], bool]
    occurred_columns: tuple[str, ...]
    occurred_at: Callable[[Cells], dt.datetime]
    fields: AnyMapping[str, Field]
    attributes: AnyMapping[str, Field]
    credits: tuple[PartReader, ...]
    required: frozenset[str]
    target: Target | None


class Compiled(NamedTuple):
    """A mapping ready to run. columns: every column that it reads."""

    mapping: Mapping
    ignores: Callable[[Cells], bool]
    makers: tuple[FactMaker, ...]
    columns: frozenset[str]


class _Faults(list[Problem]):
    """The problems found so far."""

    def say(self, path: str, message: str, remedy: str) -> None:
        """Adds one more."""
        self.append(Problem(path, message, remedy))


def compiled(mapping: Mapping, file: Path) -> Compiled:
    """`mapping` ready to run.

    Raises: MappingInvalid with every fault.
    """
    faults = _Faults()
    if not mapping.facts:
        faults.say("facts", "No fact is made of a row.", "List one at least.")
    if mapping.header_row < 1:
        faults.say("header_row", f"There is no row {mapping.header_row}.", "Count rows from 1.")
    if mapping.delimiter is not None and len(mapping.delimiter) != 1:
        faults.say("delimiter", "A delimiter is one character.", 'Write "," or ";" or "\\t".')
    _check_formats("dates", mapping.dates.formats, faults)
    when = _when("dates", mapping.dates.formats, mapping.dates.zone, mapping.dates.at, faults)
    row_key = _key(mapping.key, "key", faults)
    makers = [
        _maker(rule, f"facts[{index}]", row_key, when, mapping, faults)
        for index, rule in enumerate(mapping.facts)
    ]
    suffixes = [maker.suffix for maker in makers if maker]
    for suffix in sorted({suffix for suffix in suffixes if suffixes.count(suffix) > 1}):
        faults.say("facts", f"Several facts end their keys with {suffix!r}.", "Give each another `suffix`.")
    if faults:
        raise MappingInvalid(file, faults)
    ready = tuple(maker for maker in makers if maker)
    return Compiled(mapping, _any_of(mapping.ignore), ready, frozenset(_columns(mapping, ready)))


def _maker(
    rule: FactRule, path: str, row_key: KeyReader, usual: When, mapping: Mapping, faults: _Faults
) -> FactMaker | None:
    fact_type = FACT_TYPES.get(rule.type)
    if fact_type is None:
        faults.say(f"{path}.type", f"{rule.type!r} is no type of fact.", _did_you_mean(rule.type, FACT_TYPES))
        return None
    required = fields.required_of(fact_type)
    given = _fields(rule, fact_type, path, usual, faults)
    if rule.attributes and "attributes" not in fields.kinds_of(fact_type):
        faults.say(
            f"{path}.attributes",
            f"{rule.type} has no attributes.",
            "Use activity_recorded, or leave them out.",
        )
    if rule.refers_to is not None:
        if "position" not in required:
            faults.say(f"{path}.refers_to", f"{rule.type} refers to no other fact.", "Leave it out.")
        required -= {"position"}
    # A misspelt name is told above; what it was to give need not be told as missing too.
    missing = required - set(given) if all(name in given for name in rule.data) else set[str]()
    for name in sorted(missing):
        remedy = "Name the column it comes from, or `{const: …}`."
        faults.say(f"{path}.data.{name}", f"{rule.type} needs {name}, and nothing gives it.", remedy)
    instant = (
        rule.occurred_at if isinstance(rule.occurred_at, Instant) else Instant(columns=[rule.occurred_at])
    )
    when = usual
    if instant.formats or instant.zone or instant.at:
        _check_formats(f"{path}.occurred_at", instant.formats or (), faults)
        own = mapping.dates
        when = _when(
            f"{path}.occurred_at",
            instant.formats or own.formats,
            instant.zone or own.zone,
            instant.at or own.at,
            faults,
        )
    columns = tuple(instant.columns)
    if not columns:
        faults.say(
            f"{path}.occurred_at", "No column is named.", "Name the column that says when it happened."
        )
        return None
    return FactMaker(
        type=rule.type,
        suffix=rule.suffix or rule.type,
        key=row_key if rule.key is None else _key(rule.key, f"{path}.key", faults),
        applies=_all_of(rule.when),
        occurred_columns=columns,
        occurred_at=fields.instant(columns, when),
        fields=given,
        attributes=_attributes(rule, path, usual, faults),
        credits=_credits(rule, fact_type, path, usual, faults),
        required=frozenset(required),
        target=_target(rule),
    )


def _fields(
    rule: FactRule, fact_type: type[Fact], path: str, usual: When, faults: _Faults
) -> dict[str, Field]:
    kinds = fields.kinds_of(fact_type)
    given: dict[str, Field] = {}
    for name, written in rule.data.items():
        place = f"{path}.data.{name}"
        value = Value(column=written) if isinstance(written, str) else written
        if name not in kinds:
            faults.say(place, f"{rule.type} has no field {name!r}.", _did_you_mean(name, kinds))
        elif (kind := kinds[name]) is None:
            remedy = f"Give them under `{name}` beside `data`." if name in APART else "Leave it out."
            faults.say(place, f"{name} cannot be read from a cell.", remedy)
        else:
            found = _field(value, kind, place, usual, faults)
            if found is not None:
                given[name] = found
                if kind == "money" and "currency" not in rule.data:
                    currency = fields.currency_reader(value)
                    given["currency"] = Field(found.columns, lambda row, read=currency: read(row))
    return given


def _field(value: Value, kind: Kind, place: str, usual: When, faults: _Faults) -> Field | None:
    ways = [value.column is not None, value.columns is not None, value.const is not None]
    if sum(ways) != 1:
        faults.say(
            place, "It must come from exactly one of `column`, `columns`, `const`.", "Keep one of them."
        )
        return None
    if value.as_ == "hours":
        if kind != "whole":
            faults.say(place, "Hours can be read only into minutes.", "Leave `as` out.")
        kind = "hours"
    elif value.as_ is not None and kind != "share":
        faults.say(place, "Percentages and fractions are read only into shares.", "Leave `as` out.")
    is_money = kind in ("money", "money text")
    if is_money != (value.money is not None):
        if is_money:
            remedy = "Write `{column: …, money: CNY}`."
            faults.say(place, "An amount in major units needs its currency.", remedy)
        else:
            faults.say(place, "`money` stands only at amounts of money.", "Leave it out.")
        return None
    if isinstance(value.money, str) and value.money not in CURRENCIES:
        remedy = f"Use one of {', '.join(sorted(CURRENCIES))}."
        faults.say(place, f"{value.money!r} is not a currency that the ledger knows.", remedy)
    formats = tuple(value.formats) if value.formats else usual.formats
    _check_formats(place, value.formats or (), faults)
    return fields.field(value, kind, formats)


def _credits(
    rule: FactRule, fact_type: type[Fact], path: str, usual: When, faults: _Faults
) -> tuple[PartReader, ...]:
    if rule.credits and "credits" not in fields.kinds_of(fact_type):
        faults.say(f"{path}.credits", f"{rule.type} has no credits.", "Leave them out.")
    found: list[PartReader] = []
    for number, part in enumerate(rule.credits):
        place = f"{path}.credits[{number}]"
        kinds: dict[str, Kind] = {"employee": "id", "role": "text", "share": "share", "amount_minor": "money"}
        if part.share is None and part.amount_minor is None:
            faults.say(place, "It does not say how much.", "Name a column under `share` or `amount_minor`.")
        read: dict[str, Field] = {}
        for name, kind in kinds.items():
            written: str | Value | None = getattr(part, name)
            if written is not None:
                value = Value(column=written) if isinstance(written, str) else written
                field = _field(value, kind, f"{place}.{name}", usual, faults)
                read |= {name: field} if field else {}
        found.append(PartReader(read))
    return tuple(found)


def _attributes(rule: FactRule, path: str, usual: When, faults: _Faults) -> dict[str, Field]:
    given: dict[str, Field] = {}
    for name, written in rule.attributes.items():
        value = Value(column=written) if isinstance(written, str) else written
        found = _field(value, "text", f"{path}.attributes.{name}", usual, faults)
        if found is not None:
            given[name] = found
    return given


def _key(written: str | list[str] | Key, path: str, faults: _Faults) -> KeyReader:
    match written:
        case str():
            return KeyReader((written,), False)
        case list():
            key = Key(columns=written)
        case Key():
            key = written
    if (key.columns is None) == (key.hash_of is None) or not (key.columns or key.hash_of):
        remedy = "Write `columns`, or `hash_of` where rows have no id of their own."
        faults.say(path, "It must name the columns of a key in exactly one way.", remedy)
    return KeyReader(tuple(key.columns or key.hash_of or ()), key.hash_of is not None)


def _target(rule: FactRule) -> Target | None:
    if rule.refers_to is None:
        return None
    key = rule.refers_to.key
    return Target(
        rule.refers_to.source, (key,) if isinstance(key, str) else tuple(key), rule.refers_to.suffix
    )


def _when(path: str, formats: Sequence[str], zone: str, at: str, faults: _Faults) -> When:
    try:
        place = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        faults.say(f"{path}.zone", f"{zone!r} is not a time zone.", "Write a name such as Asia/Shanghai.")
        place = ZoneInfo("UTC")
    try:
        time = dt.time.fromisoformat(at)
    except ValueError:
        faults.say(f"{path}.at", f"{at!r} is not a time of day.", 'Write one such as "12:00".')
        time = dt.time(12)
    return When(tuple(formats), place, time)


def _check_formats(path: str, formats: Iterable[str], faults: _Faults) -> None:
    for form in formats:
        if form != dates.EXCEL:
            try:
                dates.pattern(form)
            except ValueError as error:
                faults.say(
                    f"{path}.formats", f"{error}.", "Write it as Excel does: YYYY-MM-DD, D.M.YYYY, or excel."
                )


def _all_of(conditions: Conditions) -> Callable[[Cells], bool]:
    tests = [(column, _test(wanted)) for column, wanted in conditions.items()]
    return lambda row: all(test(cells.text(row.get(column, ""))) for column, test in tests)


def _any_of(alternatives: Sequence[Conditions]) -> Callable[[Cells], bool]:
    tests = [_all_of(conditions) for conditions in alternatives if conditions]
    return lambda row: any(test(row) for test in tests)


def _test(wanted: str | list[str] | CellTest) -> Callable[[str], bool]:
    match wanted:
        case str():
            return lambda text: text == wanted
        case list():
            allowed = frozenset(wanted)
            return lambda text: text in allowed
        case CellTest(filled=filled, not_=refused):
            never = frozenset(refused or ())
            return lambda text: (filled is None or bool(text) == filled) and text not in never


def _columns(mapping: Mapping, makers: Iterable[FactMaker]) -> Iterable[str]:
    for conditions in (*mapping.ignore, *(rule.when for rule in mapping.facts)):
        yield from conditions
    for maker in makers:
        yield from maker.key.columns + maker.occurred_columns + (maker.target.columns if maker.target else ())
        for found in (*maker.fields.values(), *maker.attributes.values(), *maker.credits):
            yield from found.columns


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(known))}."
