"""A sum that keeps its summands: the size of each deal, order or client, for pay by each one's own size."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Self


class Each(Fraction):
    """A sum that still knows its summands, in rising order."""

    sizes: tuple[Fraction, ...]

    def __new__(cls, sizes: Iterable[Fraction]) -> Self:
        held = tuple(sorted(size for size in sizes if size))
        self = super().__new__(cls, sum(held, Fraction(0)))
        self.sizes = held
        return self

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Each, (self.sizes,)


def more_of(value: Fraction | None, times: int, by: Fraction) -> Fraction:
    """`value` after `times` more of `by`: as many more sizes of an `each`."""
    return Each((*value.sizes, *[by] * times)) if isinstance(value, Each) else (value or 0) + times * by
