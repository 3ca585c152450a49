"""How many people gain or lose how much: bins of one width, at round amounts, none left out."""

from collections import Counter
from collections.abc import Iterable
from itertools import count

import msgspec

MOST_BINS = 12


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """So many people's pay changes by `from_minor` or more and less than `until_minor`, and not by 0."""

    from_minor: int
    until_minor: int
    people: int


def bins(changes: Iterable[int], most: int = MOST_BINS) -> tuple[Bin, ...]:
    """`changes` other than 0, counted in at most `most` bins that touch and reach to 0; one may be empty.

    All are 1, 2 or 5 times a power of ten wide, and 0 is an edge, so no bin holds losses and gains.
    """
    found = [change for change in changes if change]
    if not found:
        return ()
    low, high = min(*found, 0), max(*found, 0)
    width = next(width for width in _widths() if _numbers(low, high, width)[1] <= most)
    counted = Counter(change // width for change in found)
    first, size = _numbers(low, high, width)
    return tuple(
        Bin(from_minor=number * width, until_minor=(number + 1) * width, people=counted[number])
        for number in range(first, first + size)
    )


def _numbers(low: int, high: int, width: int) -> tuple[int, int]:
    """The number of the first bin, and how many there are."""
    first, last = low // width, high // width if high else -1
    return first, last - first + 1


def _widths() -> Iterable[int]:
    return (digit * 10**power for power in count() for digit in (1, 2, 5))
