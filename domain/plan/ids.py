"""Whether the named items of a list all have names of their own."""

from collections.abc import Iterator

from domain.plan.components.base import Fault


def repeated(path: str, ids: list[str]) -> Iterator[Fault]:
    """Each of `ids`, those of the items at `path`, that one before it has."""
    for index, name in enumerate(ids):
        if name in ids[:index]:
            first = f"{path}[{ids.index(name)}]"
            yield Fault(f"{path}[{index}].id", f"{first} is called `{name}` too.", "Give each its own id.")
