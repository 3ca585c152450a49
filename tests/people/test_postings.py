"""Who works where on which day, and who is away."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from random_rosters import DAYS, PEOPLE, histories

from domain.people.roster import (
    Career,
    ChangeKind,
    Leave,
    RosterChange,
    headcount,
    leave_days,
    posting,
    postings,
    starts_on,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2025-{text}")


def change(position: int, kind: ChangeKind, on: str, employee: str = "E1", **fields: Any) -> RosterChange:
    return RosterChange(position=position, employee=employee, kind=kind, effective_on=day(on), **fields)


CAREER = [
    change(1, "hired", "01-10", branch="SH", post="seller", employment="contract", manager="M1"),
    change(2, "mentored", "01-20", mentor="E9"),
    change(3, "transferred", "03-01", branch="BJ", team="BJ-1"),
    change(4, "promoted", "05-15", post="assistant sales supervisor"),
    change(5, "left", "06-30", cause="family"),
    change(6, "hired", "09-01", branch="GZ", post="seller", employment="agency"),
]


@pytest.mark.parametrize(
    ("on", "branch", "post", "mentor"),
    [
        ("01-10", "SH", "seller", None),
        ("01-20", "SH", "seller", "E9"),
        ("02-28", "SH", "seller", "E9"),
        ("03-01", "BJ", "seller", "E9"),
        ("05-15", "BJ", "assistant sales supervisor", "E9"),
        ("06-30", "BJ", "assistant sales supervisor", "E9"),
        ("09-01", "GZ", "seller", None),
    ],
)
def test_a_posting_as_of_a_day(on: str, branch: str, post: str, mentor: str | None) -> None:
    """What a change leaves out stays; a new hire starts afresh."""
    held = posting(CAREER, day(on))
    assert held is not None
    assert (held.branch, held.post, held.mentor) == (branch, post, mentor)


@pytest.mark.parametrize("on", ["01-09", "07-01", "08-31"])
def test_nobody_works_here_before_the_hire_and_after_the_last_day(on: str) -> None:
    assert posting(CAREER, day(on)) is None


def test_the_last_day_is_known_once_it_is_announced() -> None:
    held, again = posting(CAREER, day("05-01")), posting(CAREER, day("09-30"))
    assert held is not None and again is not None
    assert (held.hired_on, held.left_on) == (day("01-10"), day("06-30"))
    assert (again.hired_on, again.left_on) == (day("09-01"), None)


@pytest.mark.rule("R23")
def test_a_promotion_within_three_months_is_a_change_like_any_other() -> None:
    changes = [CAREER[0], change(2, "promoted", "03-31", post="assistant sales supervisor")]
    before, after = posting(changes, day("03-30")), posting(changes, day("03-31"))
    assert [held.post for held in (before, after) if held] == ["seller", "assistant sales supervisor"]


def test_the_order_in_which_changes_come_means_nothing() -> None:
    for on in ("02-01", "04-01", "06-01", "10-01"):
        assert posting(CAREER[::-1], day(on)) == posting(CAREER, day(on))


def test_of_two_changes_on_one_day_the_later_fact_holds() -> None:
    changes = [
        CAREER[0],
        change(9, "transferred", "02-01", branch="GZ"),
        change(8, "transferred", "02-01", branch="BJ"),
    ]
    held = posting(changes, day("02-01"))
    assert held is not None and held.branch == "GZ"


def test_who_returns_the_day_after_leaving_works_here() -> None:
    changes = [CAREER[0], change(2, "hired", "03-01", branch="BJ"), change(3, "left", "02-28", cause="other")]
    held = posting(changes, day("03-01"))
    assert held is not None and held.branch == "BJ"


@pytest.mark.parametrize(
    ("first", "last", "branch"),
    [("06-01", "06-30", "BJ"), ("06-15", "07-31", "BJ"), ("07-01", "07-31", None), ("06-01", "09-30", "GZ")],
)
def test_the_last_posting_of_a_period(first: str, last: str, branch: str | None) -> None:
    held = Career(CAREER).last(day(first), day(last))
    assert (held.branch if held else None) == branch


@given(histories())
def test_a_career_is_what_the_changes_up_to_each_day_make(told: list[RosterChange]) -> None:
    """Of a stretch of days a posting is worked out once; the last day of work is that announced by then."""
    for employee in PEOPLE:
        own = [each for each in told if each.employee == employee]
        career = Career(own)
        for on in DAYS:
            here, upto = career.on(on), [each for each in own if starts_on(each) <= on]
            later = sorted(c.effective_on for c in own if c.kind == "left" and c.effective_on >= on)
            last = posting(upto, on)
            assert (here is None) == (last is None)
            if here is not None and last is not None:
                assert here.left_on == (later[0] if later else None)
                assert (here.branch, here.mentor, here.hired_on) == (last.branch, last.mentor, last.hired_on)


def test_a_headcount_as_of_a_day() -> None:
    changes = [*CAREER, *(change(20 + n, "hired", "02-01", f"S{n}", branch="SH") for n in range(3))]
    assert headcount(postings(changes, day("02-01")).values(), lambda who: who.branch) == {"SH": 4}
    assert headcount(postings(changes, day("07-01")).values(), lambda who: who.branch) == {"SH": 3}


def leave(first: str, last: str, kind: str = "annual", minutes: int | None = None) -> Leave:
    return Leave(
        position=1, employee="E1", kind=kind, from_on=day(first), until_on=day(last), minutes=minutes
    )


@pytest.mark.parametrize(
    ("leaves", "days"),
    [
        ([], 0),
        ([leave("03-05", "03-05")], 1),
        ([leave("03-05", "03-07")], 3),
        ([leave("03-05", "03-07"), leave("03-07", "03-08", "sick")], 4),
        ([leave("02-20", "03-01")], 1),
        ([leave("03-31", "04-09")], 1),
        ([leave("02-01", "04-30")], 31),
        ([leave("04-01", "04-02")], 0),
        ([leave("03-05", "03-05", minutes=120)], 0),
    ],
)
def test_leave_days_of_march(leaves: list[Leave], days: int) -> None:
    """Both end days count, a day covered twice counts once, and hours off are no day off."""
    assert leave_days(leaves, day("03-01"), day("03-31")) == days


def test_only_the_wanted_kinds_of_leave_count() -> None:
    leaves = [leave("03-05", "03-06"), leave("03-10", "03-10", "sick")]
    assert leave_days(leaves, day("03-01"), day("03-31"), ["sick"]) == 1
