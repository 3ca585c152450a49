"""The arithmetic of fractions that pay is made of: what the operators give, at half their cost.

The operators of `Fraction` look at the types of both sides and reduce twice. Where both sides are known to be
fractions, a product of integers and one reduction say the same. Results are plain fractions, whatever was put
in.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

NOTHING = Fraction(0)
ALL = Fraction(1)


def product(left: Fraction, right: Fraction) -> Fraction:
    """`left` × `right`."""
    top, bottom = left.as_integer_ratio()
    times, parts = right.as_integer_ratio()
    return Fraction(top * times, bottom * parts)


def product_of_three(left: Fraction, middle: Fraction, right: Fraction) -> Fraction:
    """`left` × `middle` × `right`, reduced once."""
    top, bottom = left.as_integer_ratio()
    times, parts = middle.as_integer_ratio()
    more, pieces = right.as_integer_ratio()
    return Fraction(top * times * more, bottom * parts * pieces)


def ratio(of: Fraction, to: Fraction) -> Fraction:
    """`of` / `to`.

    Raises: ZeroDivisionError.
    """
    top, bottom = of.as_integer_ratio()
    times, parts = to.as_integer_ratio()
    return Fraction(top * parts, bottom * times)


def difference(left: Fraction, right: Fraction) -> Fraction:
    """`left` − `right`."""
    top, bottom = left.as_integer_ratio()
    less, parts = right.as_integer_ratio()
    return (
        Fraction(top - less, bottom)
        if bottom == parts
        else Fraction(top * parts - less * bottom, bottom * parts)
    )


def is_below(left: Fraction, right: Fraction) -> bool:
    """Whether `left` < `right`."""
    top, bottom = left.as_integer_ratio()
    other, parts = right.as_integer_ratio()
    return top * parts < other * bottom


def summed(numbers: Iterable[Fraction]) -> Fraction:
    """The sum of `numbers`, reduced once."""
    top, bottom = 0, 1
    for number in numbers:
        more, parts = number.as_integer_ratio()
        if parts != bottom:
            common = lcm(bottom, parts)
            top, more, bottom = top * (common // bottom), more * (common // parts), common
        top += more
    return Fraction(top, bottom)
