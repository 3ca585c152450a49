"""A mapping made ready to run: its names checked against the fact types, its cells given their readers."""

import datetime as dt
import difflib
from collections.abc import Callable, Iterable
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from api.importing import fields
from api.importing.checking import Faults, check_days, check_formats, check_paths, own_when, when_of
from api.importing.conditions import all_of, any_of
from api.importing.fields import Cells, Field, Kind, Usual, When
from api.importing.mapping import (
    FactRule,
    Instant,
    Key,
    Mapping,
    MappingInvalid,
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


def compiled(mapping: Mapping, file: Path) -> Compiled:
    """`mapping` ready to run.

    Raises: MappingInvalid with every fault.
    """
    faults = Faults()
    if not mapping.facts and mapping.format != "facts":
        faults.say("facts", "No fact is made of a row.", "List one at least.")
    if mapping.header_row < 1:
        faults.say("header_row", f"There is no row {mapping.header_row}.", "Count rows from 1.")
    if mapping.delimiter is not None and len(mapping.delimiter) != 1:
        faults.say("delimiter", "A delimiter is one character.", 'Write "," or ";" or "\\t".')
    check_formats("dates", mapping.dates.formats, faults)
    when = when_of("dates", mapping.dates.formats, mapping.dates.zone, mapping.dates.at, faults)
    row_key = KeyReader((), False) if mapping.format == "facts" else _key(mapping.key, "key", faults)
    makers = [
        _maker(rule, f"facts[{index}]", row_key, when, mapping, faults)
        for index, rule in enumerate(mapping.facts)
    ]
    ready = tuple(maker for maker in makers if maker)
    columns = frozenset(_columns(mapping, ready))
    inner = {column for maker in ready for part in maker.credits if part.each for column in part.columns}
    check_paths(mapping, columns, inner, faults)
    suffixes = [maker.suffix for maker in ready]
    for suffix in sorted({suffix for suffix in suffixes if suffixes.count(suffix) > 1}):
        faults.say("facts", f"Several facts end their keys with {suffix!r}.", "Give each another `suffix`.")
    if faults:
        raise MappingInvalid(file, faults)
    return Compiled(mapping, any_of(mapping.ignore), ready, columns)


def _maker(
    rule: FactRule, path: str, row_key: KeyReader, when: When, mapping: Mapping, faults: Faults
) -> FactMaker | None:
    fact_type = FACT_TYPES.get(rule.type)
    if fact_type is None:
        faults.say(
            f"{path}.type", f"{rule.type!r} is not a type of fact.", _did_you_mean(rule.type, FACT_TYPES)
        )
        return None
    instant = (
        rule.occurred_at if isinstance(rule.occurred_at, Instant) else Instant(columns=[rule.occurred_at])
    )
    columns = tuple(instant.columns)
    if not columns or "" in columns:
        remedy = "Name the column that says when it happened."
        faults.say(f"{path}.occurred_at", "No column is named.", remedy)
        return None
    occurred_at = fields.instant(columns, own_when(instant, f"{path}.occurred_at", when, mapping, faults))
    usual = Usual(when.formats, lambda row: occurred_at(row).date())
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
    return FactMaker(
        type=rule.type,
        suffix=rule.suffix or rule.type,
        key=row_key if rule.key is None else _key(rule.key, f"{path}.key", faults),
        applies=all_of(rule.when),
        occurred_columns=columns,
        occurred_at=occurred_at,
        fields=given,
        attributes=_attributes(rule, path, usual, faults),
        credits=_credits(rule, fact_type, path, usual, faults),
        required=frozenset(required),
        target=_target(rule),
    )


def _fields(
    rule: FactRule, fact_type: type[Fact], path: str, usual: Usual, faults: Faults
) -> dict[str, Field]:
    kinds = fields.kinds_of(fact_type)
    given: dict[str, Field] = {}
    for name, written in rule.data.items():
        place = f"{path}.data.{name}"
        if name not in kinds:
            faults.say(place, f"{rule.type} has no field {name!r}.", _did_you_mean(name, kinds))
            continue
        if isinstance(written, list):
            given[name] = _parts(written, fields.parts_of(fact_type, name), place, usual, faults)
            continue
        value = _value(written)
        if (kind := kinds[name]) is None:
            remedy = "Write the list of its parts." if fields.parts_of(fact_type, name) else "Leave it out."
            remedy = f"Give them under `{name}` beside `data`." if name in APART else remedy
            faults.say(place, f"{name} cannot be read from a cell.", remedy)
        else:
            found = _field(value, kind, place, usual, faults)
            if found is not None:
                given[name] = found
                if kind == "money" and "currency" not in rule.data:
                    given["currency"] = _currency_of(found, value)
    return given


def _value(written: str | Value) -> Value:
    """What stands in a mapping; a text alone names the column."""
    return Value(column=written) if isinstance(written, str) else written


def _currency_of(amount: Field, value: Value) -> Field:
    """The currency of an amount, told only where there is one."""
    currency = fields.currency_reader(value)
    return Field(amount.columns, lambda row: None if amount.read(row) is None else currency(row))


def _parts(
    written: list[dict[str, str | Value]],
    part: type[msgspec.Struct] | None,
    path: str,
    usual: Usual,
    faults: Faults,
) -> Field:
    """The way to read a list of parts, each as it is written for it."""
    readers: list[dict[str, Field]] = []
    if part is None:
        faults.say(path, "It has no parts.", "Name the column that it comes from.")
        return fields.parts(readers)
    kinds = fields.kinds_of(part)
    for number, told in enumerate(written):
        reader: dict[str, Field] = {}
        for name, of in told.items():
            place, kind = f"{path}[{number}].{name}", kinds.get(name)
            if kind is None:
                faults.say(place, f"A part of it has no {name!r} in a cell.", _did_you_mean(name, kinds))
                continue
            if found := _field(_value(of), kind, place, usual, faults):
                reader[name] = found
        readers.append(reader)
    return fields.parts(readers)


def _field(value: Value, kind: Kind, place: str, usual: Usual, faults: Faults) -> Field | None:
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
    elif value.as_ == "minor":
        if kind != "money":
            faults.say(place, "Only amounts have minor units.", "Leave `as` out.")
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
    check_formats(place, value.formats or (), faults)
    check_days(f"{place}.map", value, faults)
    return fields.field(value, kind, usual)


def _credits(
    rule: FactRule, fact_type: type[Fact], path: str, usual: Usual, faults: Faults
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
                value = _value(written)
                field = _field(value, kind, f"{place}.{name}", usual, faults)
                read |= {name: field} if field else {}
        found.append(PartReader(read, part.each))
    return tuple(found)


def _attributes(rule: FactRule, path: str, usual: Usual, faults: Faults) -> dict[str, Field]:
    given: dict[str, Field] = {}
    for name, written in rule.attributes.items():
        value = _value(written)
        found = _field(value, "text", f"{path}.attributes.{name}", usual, faults)
        if found is not None:
            given[name] = found
    return given


def _key(written: str | list[str] | Key, path: str, faults: Faults) -> KeyReader:
    match written:
        case "":
            faults.say(path, "No column is named.", "Name the column with the id of a row.")
            return KeyReader((), False)
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


def _columns(mapping: Mapping, makers: Iterable[FactMaker]) -> Iterable[str]:
    if mapping.records is not None:
        yield mapping.records
    for conditions in (*mapping.ignore, *(rule.when for rule in mapping.facts)):
        yield from conditions
    for maker in makers:
        yield from maker.key.columns + maker.occurred_columns + (maker.target.columns if maker.target else ())
        for found in (*maker.fields.values(), *maker.attributes.values(), *maker.credits):
            yield from found.columns
        yield from (part.each for part in maker.credits if part.each)


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(known))}."
