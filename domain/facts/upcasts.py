"""How a fact that was written under a tag of former times is read: as one of a tag of today."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import msgspec


class Upcast(NamedTuple):
    """A tag that is not written any more. into: the one after it. read_as: the same fact, said in its fields.

    read_as is pure and gets the decoded data; it may leave out a field and never add what was not known.
    """

    into: str
    read_as: Callable[[dict[str, object]], dict[str, object]]


UPCASTS: dict[str, Upcast] = {}
"""By the former tag. None so far: no meaning has changed. A chain of them is followed to its end."""


def read_as_now(tag: str, data: bytes | str) -> tuple[str, bytes]:
    """The tag and the data by which a fact of the former type `tag` is read today."""
    said: dict[str, object] = msgspec.json.decode(data)
    while (upcast := UPCASTS.get(tag)) is not None:
        tag, said = upcast.into, upcast.read_as(said)
    return tag, msgspec.json.encode(said)


def tag_now(tag: str) -> str:
    """The tag of today for `tag`, which may be one."""
    while tag in UPCASTS:
        tag = UPCASTS[tag].into
    return tag


def with_former(tags: Iterable[str]) -> list[str]:
    """`tags` and the former ones whose facts are read as theirs."""
    wanted = list(tags)
    return wanted + [former for former in UPCASTS if former not in wanted and tag_now(former) in wanted]
