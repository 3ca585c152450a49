"""JSON Schemas of what the code declares as types: of facts for one, in the words of JSON Schema."""

import inspect
from typing import Any

import msgspec

from domain.facts.base import Fact

Json = dict[str, Any]


def schema_of(fact: type[Fact]) -> Json:
    """The JSON Schema of a fact's data, in the words of JSON Schema rather than of Python."""
    components = msgspec.json.schema_components([fact], schema_hook=free_form, ref_template="#/$defs/{name}")
    definitions = components[1]
    own = definitions.pop(fact.__name__)
    own["title"] = fact.TYPE
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | own
    if definitions:
        schema["$defs"] = definitions
    return portable(schema)


def free_form(kind: type) -> Json:
    """What stands in a schema for a value whose shape the type does not say."""
    if kind is not object:
        raise TypeError(f"{kind} has no place in a fact")
    return {"description": "Any JSON without floats."}


def portable(value: Any) -> Any:
    """`value` with its regular expressions and docstrings written as JSON Schema expects them."""
    match value:
        case dict():
            changed = {name: portable(member) for name, member in value.items()}
            if "x-plain" in changed:  # stored text may be encrypted, sent text never is
                changed["pattern"] = changed.pop("x-plain")
            if isinstance(pattern := changed.get("pattern"), str):
                changed["pattern"] = pattern.replace(r"\Z", "$").replace(r"\w", r"\p{L}\p{N}_")
            if isinstance(description := changed.get("description"), str):
                changed["description"] = inspect.cleandoc(description)
            return changed
        case list():
            return [portable(member) for member in value]
        case _:
            return value
