"""What the AsyncAPI document says of a message, and whether a message that was sent is so."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import fastjsonschema

from api.asyncapi import asyncapi

DOCUMENT = asyncapi()


@cache
def _valid(message: str) -> Callable[[Any], Any]:
    """Judges the payload of a message; references lead to the document's own schemas."""
    payload = DOCUMENT["components"]["messages"][message]["payload"]
    whole = {**payload, "components": {"schemas": DOCUMENT["components"]["schemas"]}}
    return fastjsonschema.compile(with_known_classes(whole), use_default=False)


def with_known_classes(said: Any) -> Any:
    """`said` without the classes of Unicode that JSON Schema has and Python's expressions do not know."""
    return json.loads(json.dumps(said).replace(r"\\p{L}\\p{N}_", r"\\w"))


def require_announced(message: str, said: Any) -> None:
    """Checks that a message of this name may say so.

    Raises: JsonSchemaValueException.
    """
    _valid(message)(said)
