"""Keys in order of which many come and go: one more costs nearly the same however many there are."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, Generic, TypeVar

Key = tuple[int, int | Fraction, str]
"""By which somebody stands before others, and who it is."""

_Key = TypeVar("_Key", bound=tuple[Any, ...])

RUN = 512
"""So many keys lie in one list at the beginning; a list of more than twice as many is parted."""


class Ordered(Generic[_Key]):
    """Different keys, the least first."""

    def __init__(self, keys: Iterable[_Key] = ()) -> None:
        held = sorted(keys)
        self._runs = [held[start : start + RUN] for start in range(0, len(held), RUN)]
        self._lasts = [run[-1] for run in self._runs]

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def __iter__(self) -> Iterator[_Key]:
        for run in self._runs:
            yield from run

    def since(self, key: _Key) -> Iterator[_Key]:
        """Those that are not less than `key`."""
        at = bisect_left(self._lasts, key)
        for number, run in enumerate(self._runs[at:]):
            yield from run if number else run[bisect_left(run, key) :]

    def add(self, key: _Key) -> None:
        """Puts in `key`, which is not there."""
        at = min(bisect_left(self._lasts, key), len(self._runs) - 1)
        run = self._runs[at] if self._runs else []
        insort(run, key)
        if self._runs and len(run) <= 2 * RUN:
            self._lasts[at] = run[-1]
        else:
            self._replace(at, [run] if len(run) <= 2 * RUN else [run[:RUN], run[RUN:]])

    def remove(self, key: _Key) -> None:
        """Takes out `key`, which is there."""
        at = bisect_left(self._lasts, key)
        run = self._runs[at]
        del run[bisect_left(run, key)]
        if run:
            self._lasts[at] = run[-1]
        else:
            self._replace(at, [])

    def at(self, index: int) -> _Key:
        """The key that so many are less than."""
        for run in self._runs:
            if index < len(run):
                return run[index]
            index -= len(run)
        raise IndexError(index)

    def before(self, key: _Key) -> int:
        """How many are less than `key`."""
        at = bisect_left(self._lasts, key)
        within = bisect_left(self._runs[at], key) if at < len(self._runs) else 0
        return sum(map(len, self._runs[:at])) + within

    def _replace(self, at: int, runs: list[list[_Key]]) -> None:
        at = max(at, 0)
        self._runs[at : at + 1] = runs
        self._lasts[at : at + 1] = [run[-1] for run in runs]
