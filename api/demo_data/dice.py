"""Chance that falls the same way every time, on every machine."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws, named by what they are for. Only `random()` is used, the one that Python promises to keep."""

    def __init__(self, *name: object) -> None:
        self._source = random.Random("/".join(str(part) for part in ("huikang", *name)))

    def share(self) -> float:
        """A number from 0 up to 1."""
        return self._source.random()

    def between(self, least: int, most: int) -> int:
        """A whole number; both ends may come."""
        return least + int(self._source.random() * (most - least + 1))

    def hits(self, share: float) -> bool:
        """True in `share` of all throws."""
        return self._source.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.between(0, len(choices) - 1)]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of `choices`, as often as its weight says."""
        left = self._source.random() * sum(weight for _, weight in choices)
        for choice, weight in choices:
            left -= weight
            if left < 0:
                return choice
        return choices[-1][0]

    def some(self, choices: Sequence[T], number: int) -> list[T]:
        """So many different ones of `choices`, or all where there are fewer."""
        rest, drawn = list(choices), list[T]()
        while rest and len(drawn) < number:
            drawn.append(rest.pop(self.between(0, len(rest) - 1)))
        return drawn
