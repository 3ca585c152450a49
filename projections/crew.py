"""Work that is shared out: others make parts of a result, each with a cursor of its own on the ledger."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar

from projections.spans import Cursor

SHARES_OF_EACH = 2
"""So many shares has each pair of hands, so that whoever is quick, or left, takes over from the others."""

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")


class Crew(Protocol):
    """Those who make the parts."""

    @property
    def hands(self) -> int:
        """How many parts are made at the same time."""
        ...

    def made(
        self,
        make: Callable[[Cursor, _Part], _Made],
        parts: Sequence[_Part],
        on_progress: Callable[[float], None] | None = None,
    ) -> Iterator[_Made]:
        """What `make` makes of each of `parts`, in their order, whoever makes it.

        make: a function of a module, so that it can be named to another process; it only reads, for a part
        may be begun more than once. on_progress: told the share that is done.
        """
        ...


class Shared(NamedTuple):
    """Who makes the parts of a result, and who is told the share that they have made."""

    crew: Crew
    on_progress: Callable[[float], None] | None = None


def shares(people: Sequence[str], hands: int, most: int) -> list[list[str]]:
    """`people` in parts for so many hands, in their order and of almost the same size, none above `most`."""
    parts = max(min(hands * SHARES_OF_EACH, len(people)), -(-len(people) // most))
    ends = [len(people) * number // parts for number in range(parts + 1)] if parts else [0]
    return [list(people[start:end]) for start, end in pairwise(ends)]
