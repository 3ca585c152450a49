"""The arithmetic of pay is that of fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.plan.arithmetic import difference, is_below, product, ratio, summed
from domain.plan.exact import Setting
from domain.plan.sizes import Each

NUMBERS = st.fractions(max_denominator=10_000) | st.integers(-100_000, 100_000).map(Fraction)
OF_ANY_TYPE = (
    NUMBERS | NUMBERS.map(lambda number: Setting("rate", number)) | st.lists(NUMBERS, max_size=3).map(Each)
)


@given(OF_ANY_TYPE, OF_ANY_TYPE)
def test_it_says_what_the_operators_say(left: Fraction, right: Fraction) -> None:
    """Of numbers from parameters and sums of sizes too; what comes out is a plain fraction."""
    assert (product(left, right), difference(left, right)) == (left * right, left - right)
    assert is_below(left, right) is (left < right)
    if right:
        assert ratio(left, right) == left / right
    assert {type(found) for found in (product(left, right), difference(left, right))} == {Fraction}


@given(st.lists(NUMBERS))
def test_a_sum_is_exact_and_reduced(numbers: list[Fraction]) -> None:
    found, wanted = summed(numbers), sum(numbers, Fraction(0))
    assert (found.numerator, found.denominator) == (wanted.numerator, wanted.denominator)
