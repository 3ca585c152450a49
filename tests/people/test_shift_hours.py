"""How long shifts are, and what is overtime beside them."""

import datetime as dt
from collections.abc import Sequence

import pytest

from domain.facts.shifts import ShiftPatternSet, ShiftSpan
from domain.people.shifts import (
    OvertimeDay,
    Pattern,
    Shift,
    clocked,
    overtime,
    overtime_runs,
    pattern_of,
    pattern_on,
)

HOUR = 60


def pattern(*spans: tuple[str, str, str], on: str = "2025-01-01", position: int = 1) -> Pattern:
    fact = ShiftPatternSet(
        pattern="S",
        title="S",
        spans=[ShiftSpan(from_time=since, until_time=until, activity=what) for since, until, what in spans],
        effective_on=dt.date.fromisoformat(on),
    )
    return pattern_of(position, fact)


PROTECTED = pattern(("07:30", "12:00", "visits"), ("13:30", "17:30", "desk"))
FLEXIBLE = pattern(("07:00", "12:00", "visits"), ("13:30", "17:30", "visits"))


@pytest.mark.rule("R12")
def test_the_protected_day_of_a_newcomer_has_eight_hours_and_a_half() -> None:
    """And so have its two mentoring days, which differ in what is done."""
    mentoring = pattern(("07:30", "12:00", "mentoring"), ("13:30", "17:30", "training"))
    assert PROTECTED.minutes == mentoring.minutes == 8 * HOUR + 30
    assert [span.activity for span in PROTECTED.spans] == ["visits", "desk"]


@pytest.mark.rule("R13")
def test_overtime_is_measured_against_the_shift_and_never_a_constant() -> None:
    """9.5 h are half an hour over the flexible 9 h, and an hour over the protected 8.5 h."""
    worked = 9 * HOUR + 30
    assert FLEXIBLE.minutes == 9 * HOUR
    assert overtime(FLEXIBLE.minutes, worked) == 30
    assert overtime(PROTECTED.minutes, worked) == 60
    assert overtime(FLEXIBLE.minutes, 8 * HOUR) == 0
    assert overtime(None, worked) is None
    assert overtime(FLEXIBLE.minutes, None) is None


@pytest.mark.rule("R14")
@pytest.mark.parametrize(
    ("minutes", "fires"),
    [
        ((126, 126, 126), True),
        ((120, 126, 126), False),
        ((126, 126, None, 126), False),
        ((126, 126, 0, 126), False),
        ((121, 121, 121, 121), True),
        ((126, 126), False),
    ],
)
def test_more_than_two_hours_on_three_days_on_end_fires(minutes: Sequence[int | None], fires: bool) -> None:
    """2.1/2.1/2.1 h does, 2.0/2.1/2.1 h does not, a broken run does not."""
    days = [
        OvertimeDay(day=dt.date(2025, 3, 3 + number), minutes=each, assigned_minutes=540, worked_minutes=540)
        for number, each in enumerate(minutes)
        if each is not None
    ]
    runs = overtime_runs(reversed(days), 120, 3)
    assert [[each.minutes for each in run] for run in runs] == ([list(minutes)] if fires else [])


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        (("21:00-01:00", "01:30-07:00"), [(21, 25), (25.5, 31)]),
        (("08:00-08:00",), [(8, 32)]),
        (("08:00-12:00", "12:00-16:00"), [(8, 12), (12, 16)]),
        (("00:00-06:00",), [(0, 6)]),
        (("23:00-23:30", "00:30-07:00"), [(23, 23.5), (24.5, 31)]),
    ],
)
def test_a_shift_goes_on_past_midnight(spans: tuple[str, ...], expected: list[tuple[float, float]]) -> None:
    made = pattern(*((*span.split("-"), "ward") for span in spans))  # type: ignore[misc]
    assert list(clocked(made.spans)) == [(since * HOUR, until * HOUR) for since, until in expected]
    shift = Shift(dt.date(2025, 3, 3), made)
    assert shift.ends - shift.begins == dt.timedelta(hours=expected[-1][1] - expected[0][0])


def test_the_hours_of_a_shift_are_those_of_its_day() -> None:
    """So that new hours do not change what was overtime before."""
    later = pattern(("08:00", "12:00", "visits"), on="2025-03-10", position=2)
    mended = pattern(("09:00", "12:00", "visits"), on="2025-03-10", position=3)
    told = [later, PROTECTED, mended]
    found = [pattern_on(told, "S", dt.date(2025, *day)) for day in ((1, 1), (3, 9), (3, 10))]
    assert [each and each.position for each in found] == [1, 1, 3]
    assert pattern_on(told, "S", dt.date(2024, 12, 31)) is None
