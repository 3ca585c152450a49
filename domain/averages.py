"""Averages of exact numbers."""

from collections.abc import Iterable
from fractions import Fraction


def mean(values: Iterable[Fraction | int]) -> Fraction | None:
    """The sum by the number of `values`; None of none."""
    held = [Fraction(value) for value in values]
    return sum(held, Fraction(0)) / len(held) if held else None


def median(values: Iterable[Fraction | int]) -> Fraction | None:
    """The middle one of `values`, or halfway between the two middle ones; None of none."""
    held = sorted(Fraction(value) for value in values)
    middle = len(held) // 2
    if not held:
        return None
    return held[middle] if len(held) % 2 else (held[middle - 1] + held[middle]) / 2
