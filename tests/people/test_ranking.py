"""Boards: who comes first, who shares a place, and in which order they stand."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people.ranking import Entry, Place, movement, ranking


def at(hour: int) -> dt.datetime:
    return dt.datetime(2025, 3, 10, hour, tzinfo=dt.UTC)


def order(*entries: Entry, lowest_first: bool = False) -> list[tuple[int | None, str]]:
    return [(place.place, place.employee) for place in ranking(entries, lowest_first)]


@pytest.mark.rule("R76")
def test_one_board_a_measure() -> None:
    """Zhang's 12 % are second on close rate; Li's 25 clients are first on follow-ups."""
    close_rate = [
        Entry("zhang", Fraction(12, 100)),
        Entry("li", Fraction(10, 100)),
        Entry("wang", Fraction(3, 20)),
    ]
    clients = [Entry("zhang", Fraction(20)), Entry("li", Fraction(25)), Entry("wang", Fraction(18))]
    assert order(*close_rate)[1] == (2, "zhang")
    assert order(*clients)[0] == (1, "li")


@pytest.mark.rule("R76")
def test_equal_values_share_a_place_and_leave_the_next_one_empty() -> None:
    given = [Entry(name, Fraction(value)) for name, value in (("a", 9), ("b", 7), ("c", 7), ("d", 5))]
    assert order(*given) == [(1, "a"), (2, "b"), (2, "c"), (4, "d")]
    assert [place.tied for place in ranking(given)] == [False, True, True, False]


@pytest.mark.rule("R76")
def test_within_a_place_the_earlier_stands_first_and_then_the_id_decides() -> None:
    given = [
        Entry("a", Fraction(7), at(17)),
        Entry("b", Fraction(7), at(9)),
        Entry("d", Fraction(7)),
        Entry("c", Fraction(14, 2), at(17)),
    ]
    assert order(*given) == [(1, "b"), (1, "a"), (1, "c"), (1, "d")]


def test_the_lowest_may_come_first_and_keeps_the_order_within_a_place() -> None:
    given = [Entry("a", Fraction(3)), Entry("b", Fraction(1), at(17)), Entry("c", Fraction(1), at(9))]
    assert order(*given, lowest_first=True) == [(1, "c"), (1, "b"), (3, "a")]


@pytest.mark.parametrize("lowest_first", [False, True])
def test_who_was_not_measured_has_no_place(lowest_first: bool) -> None:
    given = [Entry("b", None), Entry("c", Fraction(0)), Entry("a", None)]
    assert order(*given, lowest_first=lowest_first) == [(1, "c"), (None, "a"), (None, "b")]


entries = st.lists(
    st.builds(
        Entry,
        st.text("abcdef", min_size=1, max_size=3),
        st.none() | st.fractions(-3, 3, max_denominator=4),
        st.none() | st.integers(0, 23).map(at),
    ),
    unique_by=lambda entry: entry.employee,
    max_size=20,
)


@given(entries, st.booleans())
def test_a_ranking_is_total_and_does_not_depend_on_the_order_given(
    given: list[Entry], lowest_first: bool
) -> None:
    found = ranking(given, lowest_first)
    assert sorted(place.employee for place in found) == sorted(entry.employee for entry in given)
    assert ranking(given[::-1], lowest_first) == found
    for place in found:
        if place.value is not None:
            assert place.place == 1 + sum(_better(other, place, lowest_first) for other in found)


def _better(other: Place, place: Place, lowest_first: bool) -> bool:
    if other.value is None or place.value is None:
        return False
    return other.value < place.value if lowest_first else other.value > place.value


@pytest.mark.rule("R76")
@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [(2, 1, "up"), (1, 2, "down"), (2, 2, "same"), (None, 3, "new"), (1, None, None), (None, None, None)],
)
def test_a_place_moves_up_or_down_or_is_new(
    before: int | None, now: int | None, expected: str | None
) -> None:
    assert movement(before, now) == expected
