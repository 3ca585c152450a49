"""The names of SCIM's attributes, which know no case, and what stands under them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def steps(path: str) -> list[str]:
    """The names on the way to an attribute; the extension is a step of its own, the core schema is none."""
    for schema in (CORE, ENTERPRISE, GROUP):
        if path.lower().startswith(schema.lower()) and path[len(schema) : len(schema) + 1] in ("", ":", "."):
            rest = path[len(schema) + 1 :]
            return ([ENTERPRISE] if schema == ENTERPRISE else []) + (rest.split(".") if rest else [])
    return path.split(".")


def key_of(node: Mapping[str, Any], name: str) -> str | None:
    """How `node` writes the attribute `name`, if it has it."""
    return next((key for key in node if key.lower() == name.lower()), None)


def found_at(node: object, names: Sequence[str]) -> Iterator[object]:
    """What stands under `names`; of a list each of its values."""
    if isinstance(node, list):
        for each in cast("list[object]", node):
            yield from found_at(each, names)
    elif not names:
        if node is not None:
            yield node
    elif isinstance(node, Mapping):
        held = cast("Mapping[str, Any]", node)
        key = key_of(held, names[0])
        if key is not None:
            yield from found_at(held[key], names[1:])
