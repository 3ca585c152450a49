"""Numbers about many people: intervals, correlation, change, against values worked out elsewhere."""

from fractions import Fraction

import pytest

from domain.plan.insight import change, correlation, mean_interval, root, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (10, 20, "0.2993", "0.7007"),
        (0, 10, "0.0000", "0.2775"),
        (10, 10, "0.7225", "1.0000"),
        (1, 2, "0.0945", "0.9055"),
    ],
)
def test_the_interval_of_a_share(part: int, whole: int, low: str, high: str) -> None:
    """Wilson's interval, worked out by hand to four digits."""
    found = wilson(Fraction(part), Fraction(whole))
    assert found is not None
    assert [f"{float(limit):.4f}" for limit in found] == [low, high]


def test_no_share_has_no_interval() -> None:
    assert wilson(Fraction(3), Fraction(2)) is None
    assert wilson(Fraction(0), Fraction(0)) is None


def test_the_interval_of_a_mean_is_around_it() -> None:
    """1, 2, 3: mean 2, deviation 1, so 2 ± 1.96/√3."""
    found = mean_interval([Fraction(1), Fraction(2), Fraction(3)])
    assert found is not None
    assert f"{float(found.low):.4f} {float(found.high):.4f}" == "0.8684 3.1316"
    assert mean_interval([Fraction(1)]) is None


def test_correlation_of_what_goes_together_and_against() -> None:
    up = [(Fraction(x), Fraction(3 * x + 1)) for x in range(5)]
    assert correlation(up) == 1
    assert correlation([(x, -y) for x, y in up]) == -1
    assert correlation([(x, Fraction(7)) for x, _ in up]) is None


def test_change_is_a_share_of_what_was() -> None:
    assert change(Fraction(15, 100), Fraction(8, 100)) == Fraction(-7, 15)
    assert change(Fraction(0), Fraction(1)) is None


def test_the_root_of_squares_is_exact() -> None:
    assert root(Fraction(9, 16)) == Fraction(3, 4)
