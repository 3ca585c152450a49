"""Paths in a plan document: `targets.clients.value`, `components[0].rate`, `components.per_client.rate`."""

import re
from collections.abc import Mapping
from typing import Final, cast

NOWHERE: Final = object()
"""What a path leads to that leads nowhere."""

_PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[\d{1,6}\])*\Z")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def found_at(document: object, path: str) -> object:
    """What stands at `path` of a document, or NOWHERE; an item of a list is named by its index or its id."""
    if not _PATH.match(path):
        return NOWHERE
    found = document
    for index, name in _STEP.findall(path):
        found = _item(found, int(index)) if index else _member(found, name)
    return found


def _item(found: object, index: int) -> object:
    items = cast(list[object], found) if isinstance(found, list | tuple) else []
    return items[index] if index < len(items) else NOWHERE


def _member(found: object, name: str) -> object:
    if isinstance(found, Mapping):
        return cast(Mapping[object, object], found).get(name, NOWHERE)
    items = cast(list[object], found) if isinstance(found, list | tuple) else []
    return next((item for item in items if _member_id(item) == name), NOWHERE)


def _member_id(item: object) -> object:
    return cast(Mapping[object, object], item).get("id") if isinstance(item, Mapping) else None
