"""The JSON Schema of plan documents, for editors, from the structs that read them.

Draft 7, which editors of YAML know best. It finds part of what `meritbook plan check` finds, never more: what
lies between fields, such as weights that sum to 100 %, no schema can say.
"""

import inspect
from typing import Any

from msgspec import inspect as types

from domain.facts.registry import CREDITED
from domain.plan.components import KINDS, RULES
from domain.plan.document import Plan
from domain.plan.fields import Noun, Title
from domain.plan.measure_text import APART, MeasureText
from domain.plan.measure_text import KINDS as MEASURED
from domain.plan.measures import WORDS, FactMeasure
from domain.plan.parse import OWN_FIELDS
from domain.plan.reading import is_derived

Json = dict[str, Any]

_DIGITS = r"[-−]?(\d+|\d{1,3}([,_]\d{3})+)(\.\d+)?"
_PARAMETER: Json = {
    "type": "object",
    "description": "The number of this parameter, which a branch, team or person may have set otherwise.",
    "properties": {"parameter": {"type": "string"}},
    "required": ["parameter"],
    "additionalProperties": False,
}
_BARE: Json = {"type": "integer"}
_DAY = r"^(\d{4}-\d{2}-\d{2}|\d{8}|\d{4}-?W\d{2}(-?\d)?)$"
NUMBERS: dict[str, Json] = {
    "amount": {
        "description": "Money in major units: 50, 50.00 CNY; with a point and no currency in quotes.",
        "anyOf": [_BARE, {"type": "string", "pattern": rf"^\s*{_DIGITS}\s*([A-Z]{{3}})?\s*$"}, _PARAMETER],
    },
    "percentage": {
        "description": "A percentage with its sign: 60 %.",
        "anyOf": [{"type": "string", "pattern": rf"^\s*{_DIGITS}\s*[%％]\s*$"}, _PARAMETER],
    },
    "level": {
        "description": 'A number, percentage or amount: 20, "8.5", 15 %, 50000 CNY.',
        "anyOf": [
            _BARE,
            {"type": "string", "pattern": rf"^\s*{_DIGITS}\s*([%％]|[A-Z]{{3}})?\s*$"},
            _PARAMETER,
        ],
    },
    "whole": {
        "description": "A whole number: 30.",
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": rf"^\s*{_DIGITS}\s*([A-Z]{{3}})?\s*$"},
            _PARAMETER,
        ],
    },
}
NAMED = {
    "measures": "Name of a measure.",
    "targets": "Name of a target.",
    "components": "Id of a component.",
    "milestones": "Id of a milestone.",
    "boards": "Id of a board.",
    "cascade": "Id of a goal.",
}
_TEXT: Json = {"type": "string", "pattern": r"\S"}
_WHERE: Json = {
    "type": "object",
    "description": "Which facts count: {channel: [douyin, referral]}, {quantity: {at_least: 2}}.",
    "minProperties": 1,
}
_WORTH: Json = {
    "type": "object",
    "description": "What words are worth: {by: kind, words: {chief physician: 180 %}, others: 100 %}.",
    "properties": {
        "by": {"type": "string", "pattern": r"^(" + "|".join(WORDS) + r"|attributes\..+)$"},
        "words": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"$ref": "#/definitions/level"},
        },
        "others": {"$ref": "#/definitions/level"},
    },
    "required": ["by", "words"],
    "additionalProperties": False,
}
_WINDOW: Json = {
    "description": "Which days it looks at; the period when absent.",
    "anyOf": [
        {"enum": ["period", "quarter", "year", "ever"]},
        *(
            {
                "type": "object",
                "properties": {name: {"type": "integer", "minimum": 1}},
                "required": [name],
                "additionalProperties": False,
            }
            for name in ("days_since_hire", "last_periods")
        ),
    ],
}


def _title(description: str, **more: Json) -> Json:
    pair: Json = {
        "type": "object",
        "properties": {"en": _TEXT, "zh": _TEXT, **more},
        "required": ["en", "zh"],
        "additionalProperties": False,
    }
    return {"description": description, "anyOf": [_TEXT, pair]}


def plan_schema() -> Json:
    """What a plan document may look like, field by field."""
    definitions: dict[str, Json] = {name: dict(schema) for name, schema in NUMBERS.items()}
    definitions["Title"] = _title("What it is called, in English and Chinese; one text stands for both.")
    definitions["Noun"] = _title("As a title; `one` is English for exactly one of them.", one=_TEXT)
    definitions["Measure"] = {}
    definitions["Measure"] = _measure(definitions)
    definitions |= {"Component": {}, "Rule": {}}
    definitions["Component"] = _component(definitions)
    definitions["Rule"] = _rule(definitions)
    plan = _struct(Plan, definitions)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Meritbook plan",
        **plan,
        "definitions": dict(sorted(definitions.items())),
    }


def _measure(definitions: dict[str, Json]) -> Json:
    found = _struct(MeasureText, definitions)
    found["description"] = "A number over the facts of one person; one field says of which kind."
    forms = {"where": _WHERE, "window": _WINDOW, "worth": _WORTH}
    found["properties"] |= {name: _optional(form) for name, form in forms.items()}
    found["properties"]["ratio"] = _optional(
        {"type": "string", "pattern": "^[^/]+/[^/]+$", "description": "Two measures: deals / clients."}
    )
    return found | {"anyOf": [{"required": [name]} for name in (*MEASURED, *APART)]}


def _component(definitions: dict[str, Json]) -> Json:
    for kind, struct in KINDS.items():
        definitions[f"{kind}_component"] = _kind(kind, struct, definitions)
    return _one_of("A rule of pay; its kind says which fields it has.", list(KINDS), "component")


def _rule(definitions: dict[str, Json]) -> Json:
    for kind, struct in RULES.items():
        found = _kind(kind, struct, definitions)
        found["properties"] = {n: part for n, part in found["properties"].items() if n not in OWN_FIELDS}
        found["required"] = [name for name in found["required"] if name not in OWN_FIELDS]
        definitions[f"{kind}_rule"] = found
    return _one_of("A rule of pay inside of another, without a name of its own.", list(RULES), "rule")


def _kind(kind: str, struct: type, definitions: dict[str, Json]) -> Json:
    found = _struct(struct, definitions)
    found["properties"] = {"kind": {"const": kind}, **found["properties"]}
    return found


def _one_of(description: str, kinds: list[str], what: str) -> Json:
    return {
        "type": "object",
        "description": description,
        "properties": {"kind": {"enum": kinds}},
        "required": ["kind"],
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"$ref": f"#/definitions/{kind}_{what}"},
            }
            for kind in kinds
        ],
    }


def _struct(struct: type, definitions: dict[str, Json]) -> Json:
    """An object with the fields of `struct`; one that may be left out may be null as well."""
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    fields = [field for field in info.fields if not is_derived(field.type)]
    schemas = {field.encode_name: _schema(field.type, definitions) for field in fields}
    return {
        "type": "object",
        "description": inspect.cleandoc(struct.__doc__ or ""),
        "properties": {
            field.encode_name: schemas[field.encode_name]
            if field.required
            else _optional(schemas[field.encode_name])
            for field in fields
        },
        "required": [field.encode_name for field in fields if field.required],
        "additionalProperties": False,
    }


def _schema(kind: types.Type, definitions: dict[str, Json]) -> Json:
    """How a value of `kind` is written."""
    match kind:
        case types.Metadata():
            return _annotated(kind, definitions)
        case types.UnionType(types=options):
            if any(isinstance(option, types.StructType) and option.cls is FactMeasure for option in options):
                return _reference("Measure")
            [option] = [option for option in options if not isinstance(option, types.NoneType)]
            return _schema(option, definitions)
        case types.StructType(cls=cls):
            if cls not in (Title, Noun) and cls.__name__ not in definitions:
                definitions[cls.__name__] = {}
                definitions[cls.__name__] = _struct(cls, definitions)
            return _reference(cls.__name__)
        case types.DictType(key_type=key, value_type=value):
            names = _schema(key, definitions)
            return {
                "type": "object",
                "propertyNames": names,
                "additionalProperties": _schema(value, definitions),
            }
        case types.VarTupleType(item_type=item):
            return {"type": "array", "items": _schema(item, definitions)}
        case types.LiteralType(values=values):
            return {"enum": list(values)}
        case types.DateType():
            return {"type": "string", "pattern": _DAY, "description": "A day: 2025-01-01."}
        case types.BoolType():
            return {"type": "boolean"}
        case types.IntType():
            return {"type": "integer"}
        case types.StrType(pattern=str(pattern)):
            return {"type": "string", "pattern": pattern.replace(r"\Z", "$")}
        case types.StrType():
            return _TEXT
        case _:
            return {}


def _annotated(kind: types.Metadata, definitions: dict[str, Json]) -> Json:
    extra: dict[str, str] = kind.extra if isinstance(kind.extra, dict) else {}
    if "number" in extra:
        return _reference(extra["number"])
    if extra.get("names") == "facts":
        return {"enum": sorted(CREDITED), "description": "A type of fact that is credited."}
    found = _schema(kind.type, definitions)
    return found | {"description": NAMED[extra["names"]]} if extra.get("names") in NAMED else found


def _optional(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _reference(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}
