"""Percentiles among peers, and the market at a percentile, in exact numbers."""

import datetime as dt
from fractions import Fraction

import pytest

from domain.people.market import Survey, furthest_behind, market_range, paid_at, percentiles, survey_for

SURVEY = Survey(
    position=1,
    post="seller",
    branch=None,
    surveyed_on=dt.date(2025, 1, 1),
    surveyed_by="survey",
    currency="CNY",
    percents=[25, 50, 75],
    amounts_minor=[8_000, 10_000, 15_000],
)


def test_the_one_above_eighteen_of_twenty_others_is_at_90_percent() -> None:
    found = percentiles({f"E{number}": Fraction(number) for number in range(21)})
    assert (found["E0"], found["E18"], found["E20"]) == (0, Fraction(9, 10), 1)


def test_those_who_are_level_count_half() -> None:
    values = dict(zip("abcde", map(Fraction, (1, 2, 2, 2, 3)), strict=True))
    found = percentiles(values)
    assert (found["a"], found["b"], found["c"], found["e"]) == (0, Fraction(1, 2), Fraction(1, 2), 1)
    assert percentiles({"a": Fraction(1)}) == {}


@pytest.mark.parametrize(
    ("percent", "minor", "at"), [(10, 8_000, 25), (25, 8_000, 25), (60, 12_000, 60), (99, 15_000, 75)]
)
def test_the_market_between_and_beyond_its_figures(percent: int, minor: int, at: int) -> None:
    assert paid_at(SURVEY, Fraction(percent, 100)) == (minor, Fraction(at, 100))
    assert market_range(SURVEY, Fraction(60, 100))[:2] == (10_000, 14_000)


def test_the_last_survey_of_the_branch_goes_before_that_of_everywhere() -> None:
    def at(position: int, branch: str | None) -> Survey:
        changed = {"position": position, "branch": branch}
        return Survey(**({name: getattr(SURVEY, name) for name in SURVEY.__struct_fields__} | changed))

    told = [at(1, "SH"), at(2, "SH"), at(3, None)]
    found = [
        survey_for(told, post, branch)
        for post, branch in (("seller", "SH"), ("seller", "BJ"), ("nurse", "SH"))
    ]
    assert [each and each.position for each in found] == [2, 3, None]


def test_who_lies_furthest_behind_comes_first() -> None:
    gaps = {"a": Fraction(1, 2), "b": None, "c": Fraction(13, 20), "d": Fraction(-1)}
    assert list(furthest_behind(gaps)) == ["c", "a", "d", "b"]
