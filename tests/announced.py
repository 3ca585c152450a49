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
    # Python's expressions do not know the classes of Unicode that JSON Schema has.
    written = json.dumps(whole).replace(r"\\p{L}\\p{N}_", r"\\w")
    return fastjsonschema.compile(json.loads(written), use_default=False)


def require_announced(message: str, said: Any) -> None:
    """Checks that a message of this name may say so.

    Raises: JsonSchemaValueException.
    """
    _valid(message)(said)
