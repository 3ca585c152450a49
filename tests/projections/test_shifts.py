"""Shifts read back: after swaps, beside what was worked, as of any position."""

import datetime as dt

import pytest
from book import Book
from given import LEDGER

from domain.facts.overtime import OvertimeRecorded
from domain.facts.shifts import (
    ShiftAssigned,
    ShiftPatternSet,
    ShiftRulesSet,
    ShiftSpan,
    ShiftWorked,
    SwapApproved,
    SwapAsked,
    SwapConsented,
    SwapRefused,
)
from projections import hours, replay, shifts, swaps

MARCH = (dt.date(2025, 3, 1), dt.date(2025, 3, 31))


def day(number: int) -> dt.date:
    return dt.date(2025, 3, number)


def pattern(book: Book, name: str, *clocks: str, night: bool = False, on: str = "2025-01-01") -> int:
    ends = [clock.split("-") for clock in clocks]
    spans = [ShiftSpan(from_time=since, until_time=until, activity="ward") for since, until in ends]
    begins = dt.date.fromisoformat(on)
    return book.tell(ShiftPatternSet(pattern=name, title=name, spans=spans, effective_on=begins, night=night))


def assign(book: Book, name: str, *on: int, employee: str = "E1") -> list[int]:
    return [book.tell(ShiftAssigned(employee=employee, on=day(each), pattern=name)) for each in on]


def work(book: Book, minutes: int, *on: int, employee: str = "E1") -> list[int]:
    return [book.tell(ShiftWorked(employee=employee, on=day(each), minutes=minutes)) for each in on]


def swap(book: Book) -> tuple[int, int, int]:
    """E1's early shift of 3 March for E2's night of the 4th: asked, consented and approved."""
    asked = SwapAsked(
        swap="S1",
        employee="E1",
        on=day(3),
        pattern="E",
        colleague="E2",
        colleague_on=day(4),
        colleague_pattern="N",
    )
    approved = SwapApproved(swap="S1", employee="E1", colleague="E2", approver="head")
    return book.tell(asked), book.tell(SwapConsented(swap="S1", employee="E2")), book.tell(approved)


@pytest.fixture
def ward(book: Book) -> Book:
    """Two nurses, an early shift of 8 h and a night of 9.5 h."""
    book.hire("E2")
    pattern(book, "E", "07:00-15:00")
    pattern(book, "N", "21:00-01:00", "01:30-07:00", night=True)
    assign(book, "E", 3)
    assign(book, "N", 4, employee="E2")
    return book


def rota(book: Book, known_at: int | None = None) -> dict[str, dict[int, str]]:
    with book.cursor() as cursor:
        held = shifts.duties(cursor, *MARCH, known_at=known_at)
    return {
        employee: {each.day: duty.pattern for each, duty in own.items()} for employee, own in held.items()
    }


def state(book: Book, known_at: int | None = None) -> list[str]:
    with book.cursor() as cursor:
        return [each.state for each in swaps.swaps(cursor, ["E2"], known_at)]


def test_a_swap_moves_both_shifts_once_approved_and_its_void_moves_them_back(
    ward: Book, ledger_dsn: str
) -> None:
    """At each position as it was known there; replayed, the rows are the same."""
    before = {"E1": {3: "E"}, "E2": {4: "N"}}
    after = {"E1": {4: "N"}, "E2": {3: "E"}}
    start = ward.journal.head()
    asked, consented, approved = swap(ward)
    late = ward.void(approved)
    refused = ward.tell(SwapRefused(swap="S1", employee="E2", reason="ill"))
    known = [start, asked, consented, approved, late, refused, None]
    assert [rota(ward, at) for at in known] == [before, before, before, after, before, before, before]
    expected = [[], ["asked"], ["consented"], ["approved"], ["consented"], ["refused"], ["refused"]]
    assert [state(ward, at) for at in known] == expected
    with ward.cursor() as cursor:
        nights = [hours.of_person(cursor, "E1", *MARCH, at).nights for at in (start, approved, late)]
    assert nights == [0, 1, 0]
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert [found.rows[table] for table in shifts.TABLES] == [2, 0, 2, 0, 1, 3]


def test_what_was_worked_stands_beside_the_shift_of_the_day_after_swaps(ward: Book) -> None:
    """Several hours of a day add up; without a shift, overtime is unknown; new hours hold from their day."""
    swap(ward)
    pattern(ward, "N", "22:00-06:00", night=True, on="2025-03-05")
    assign(ward, "N", 5)
    work(ward, 300, 4, 4, 6)
    [mistaken] = work(ward, 500, 5)
    known_at = ward.journal.head()
    ward.void(mistaken)
    work(ward, 490, 5)
    with ward.cursor() as cursor:
        now = hours.of_person(cursor, "E1", *MARCH)
        then = hours.of_person(cursor, "E1", *MARCH, known_at)
    told = {
        each.day.day: (each.pattern, each.minutes, each.worked_minutes, each.overtime_minutes)
        for each in now.days
    }
    assert told == {4: ("N", 570, 600, 30), 5: ("N", 480, 490, 10), 6: (None, None, 300, None)}
    assert (now.nights, now.assigned_minutes, now.worked_minutes, now.overtime_minutes) == (2, 1050, 1390, 40)
    assert [each.swap for each in now.days] == ["S1", None, None]
    assert then.overtime_minutes == 50


@pytest.mark.rule("R14")
def test_three_days_on_end_of_more_than_two_hours_are_shown_with_their_numbers(ward: Book) -> None:
    """2.1 h each; the same work under a longer shift is less; recorded overtime stands in for a shift."""
    assign(ward, "E", 4, 5)
    work(ward, 606, 3, 4, 5)
    assign(ward, "E", 3, 5, employee="E2")
    worked = work(ward, 606, 3, 4, 5, employee="E2")
    ward.tell(OvertimeRecorded(employee="E1", kind="visit_count", minutes=126), 5)
    with ward.cursor() as cursor:
        [run] = hours.overtime_runs(cursor, day(5))
        assert hours.overtime_runs(cursor, day(4)) == []
        assert hours.overtime_runs(cursor, day(12)) == []
        assert [each.employee for each in hours.overtime_runs(cursor, day(11))] == ["E1"]
        two = hours.overtime_runs(cursor, day(5), days=1, more_than_minutes=125)
    assert (run.employee, run.from_on, run.until_on, run.minutes) == ("E1", day(3), day(5), 378)
    assert [(each.worked_minutes, each.assigned_minutes) for each in run.days] == [(606, 480)] * 3
    assert [each.reasons for each in run.days] == [(), (), ("visit_count",)]
    # The night of E2 on the 4th has 9.5 h, so that 10.1 h are 0.6 h more, and no run goes over it.
    assert [(each.employee, each.from_on.day) for each in two] == [("E1", 3), ("E2", 3), ("E2", 5)]
    ward.void(worked[1])
    ward.tell(OvertimeRecorded(employee="E2", kind="other", minutes=121), 4)
    with ward.cursor() as cursor:
        _, recorded = hours.overtime_runs(cursor, day(5))
    assert [each.minutes for each in recorded.days] == [126, 121, 126]


def test_rules_and_hours_in_force_are_the_last_that_have_begun(ward: Book) -> None:
    ward.tell(ShiftRulesSet(effective_on=day(1), nights_in_a_row=2))
    wrong = ward.tell(ShiftRulesSet(effective_on=day(10), nights_in_a_row=3))
    ward.tell(ShiftRulesSet(effective_on=day(2), branch="SH", department="ICU", rest_minutes=660))
    pattern(ward, "E", "06:00-14:00", on="2025-03-10")
    known_at = ward.journal.head()
    ward.void(wrong)
    with ward.cursor() as cursor:
        found = [shifts.in_force(cursor, day(each)) for each in (1, 9, 10)]
        then = shifts.in_force(cursor, day(10), known_at)
    assert [[each.nights_in_a_row for each in told.rules] for told in found] == [[2], [2, None], [2, None]]
    assert [each.nights_in_a_row for each in then.rules] == [3, None]
    assert [told.patterns[0].spans[0].from_time for told in found] == ["07:00", "07:00", "06:00"]


@pytest.mark.rule("R29")
def test_hours_count_by_how_the_unit_takes_attendance(ward: Book) -> None:
    """Without a visit of that client on that day, field hours are shown and not counted."""
    rules = ward.tell(ShiftRulesSet(effective_on=day(1), branch="SH", attendance="visits"))
    assign(ward, "E", 4)
    for on, customer in ((3, "C1"), (3, "C2"), (4, "C1")):
        ward.tell(ShiftWorked(employee="E1", on=day(on), minutes=300, customer=customer))
    ward.tell(ShiftWorked(employee="E1", on=day(4), minutes=200, project="P"))
    [visit] = ward.visit("C1", on=3)
    before = ward.journal.head()
    ward.visit("C1", on=4)
    ward.void(visit)
    after = ward.journal.head()
    ward.void(rules)
    ward.tell(ShiftRulesSet(effective_on=day(4), branch="SH", attendance="projects"))
    with ward.cursor() as cursor:
        told = [hours.of_person(cursor, "E1", *MARCH, at) for at in (before, after, None)]
        assert hours.overtime_runs(cursor, day(4), days=1, more_than_minutes=119, known_at=None) != []
        assert hours.overtime_runs(cursor, day(4), days=1, more_than_minutes=0, known_at=after) == []
    shown = [
        [(each.attendance, each.worked_minutes, each.uncounted_minutes) for each in found.days]
        for found in told
    ]
    assert shown == [
        [("visits", 300, 300), ("visits", 0, 500)],
        [("visits", 0, 600), ("visits", 300, 200)],
        [("shifts", 600, 0), ("projects", 200, 300)],
    ]
    assert [found.overtime_minutes for found in told] == [0, 0, 120]
