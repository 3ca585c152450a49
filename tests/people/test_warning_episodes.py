"""Warnings: how long one lasts, and how right a rule would have been about who left."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from domain.people.warnings import Observed, backtest, episodes
from domain.period import Period

FIRST = Period.parse("2025-W10")


def weeks(values: Sequence[int]) -> list[tuple[Period, Observed]]:
    found, week = list[tuple[Period, Observed]](), FIRST
    for value in values:
        found.append((week, {"stress": Fraction(value)}))
        week = week.next()
    return found


def high(observed: Observed) -> bool:
    return (observed["stress"] or 0) >= 8


def test_an_episode_begins_when_the_conditions_have_been_met_often_enough() -> None:
    """Twice in a row: weeks 2 and 3 raise it, week 4 goes on, week 5 ends it; week 6 alone does not."""
    [found] = episodes(weeks([1, 8, 9, 8, 7, 8]), high, periods=2)
    assert [str(found.first), str(found.raised), str(found.last)] == ["2025-W11", "2025-W12", "2025-W13"]
    assert (found.periods, found.is_open) == (3, False)


def test_the_last_episode_is_open_while_its_cause_lasts() -> None:
    first, second = episodes(weeks([8, 1, 8]), high, periods=1)
    assert (first.is_open, second.is_open) == (False, True)


@given(st.lists(st.integers(0, 10), max_size=40), st.integers(1, 4))
def test_episodes_are_the_runs_that_are_long_enough(values: list[int], periods: int) -> None:
    runs = "".join("x" if value >= 8 else " " for value in values).split()
    assert [each.periods for each in episodes(weeks(values), high, periods)] == [
        len(run) for run in runs if len(run) >= periods
    ]


def test_a_backtest_counts_who_was_named_in_time() -> None:
    """A warned 30 days ahead and again 5, B 61 days ahead, C never, D stays: of 3 leavers one in time."""
    last = dt.date(2025, 6, 30)
    raised = {
        "A": [last - dt.timedelta(30), last - dt.timedelta(5)],
        "B": [last - dt.timedelta(61)],
        "D": [last],
    }
    found = backtest(raised, {"A": last, "B": last, "C": last}, within_days=60)
    assert (found.fired, found.warned, found.right, found.missed) == (4, 3, 1, 2)
    assert (found.precision, found.recall) == (Fraction(1, 3), Fraction(1, 3))
    assert found.lead_days == 30


def test_a_warning_on_the_last_day_or_at_the_end_of_the_horizon_is_in_time() -> None:
    last = dt.date(2025, 6, 30)
    raised = {"A": [last], "B": [last - dt.timedelta(60)]}
    found = backtest(raised, dict.fromkeys("AB", last), within_days=60)
    assert (found.right, found.lead_days) == (2, Fraction(30))


def test_nobody_is_no_share() -> None:
    found = backtest({}, {}, within_days=60)
    assert (found.precision, found.recall, found.lead_days) == (None, None, None)
