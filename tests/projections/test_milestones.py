"""Milestones of newcomers: reached in time, the gap, the days left, and what was changed for one person."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import TargetChanged
from projections import milestones
from projections.milestones import MilestoneProgress

HIRED = dt.date(2025, 3, 3)
PLAN = """
population: {tenure_months: {until: 3}}
measures:
  hospitals: {distinct: visit_recorded, of: customer}
  trials: {count: trial_held}
milestones:
  - {id: ten, title: Ten hospitals, measure: hospitals, reaches: 10, within_days: 30}
  - {id: trial, title: A trial, measure: trials, reaches: 1, within_days: 60}
"""


@pytest.fixture
def newcomer(book: Book) -> Book:
    """N1 was hired on 3 March; E1 is no newcomer."""
    book.adopt(PLAN)
    book.hire("N1", hired_on=HIRED)
    return book


def after(days: int) -> dt.date:
    return HIRED + dt.timedelta(days=days)


def visited(book: Book, number: int, on: dt.date, start: int = 0) -> None:
    book.visit(*(f"H{n}" for n in range(start, start + number)), employee="N1", on=on)


def found(book: Book, day: dt.date, name: str = "ten", known_at: int | None = None) -> MilestoneProgress:
    with book.cursor() as cursor:
        told = milestones.milestones(cursor, day, ["N1"], known_at)
    return next(progress for progress in told if progress.milestone == name)


@pytest.mark.rule("R4")
def test_the_gap_and_the_days_left_are_shown(newcomer: Book) -> None:
    """7 of 10 hospitals on day 18: gap 3, 12 days left."""
    visited(newcomer, 7, after(5))
    told = found(newcomer, after(18))
    assert (told.done, told.needed, told.gap, told.days_left, told.state) == ("7", "10", "3", 12, "open")


@pytest.mark.rule("R3")
@pytest.mark.parametrize(("day", "state"), [(29, "attained"), (30, "attained"), (31, "missed")])
def test_day_30_counts_and_day_31_does_not(newcomer: Book, day: int, state: str) -> None:
    """The tenth hospital on day 30 is in time."""
    visited(newcomer, 9, after(5))
    visited(newcomer, 1, after(day), start=9)
    told = found(newcomer, after(40))
    assert (told.state, told.attained_on) == (state, after(day) if state == "attained" else None)


@pytest.mark.rule("R3")
def test_two_visits_to_one_hospital_count_once(newcomer: Book) -> None:
    """H0 on day 3 and again on day 9: one hospital, nine to go."""
    visited(newcomer, 1, after(3))
    visited(newcomer, 1, after(9))
    told = found(newcomer, after(10))
    assert (told.done, told.gap) == ("1", "9")


@pytest.mark.rule("R10")
def test_a_changed_milestone_shows_both_paces_and_can_be_reversed(newcomer: Book) -> None:
    """Ten in 30 days become 8 in 20: 0.40 a day instead of 0.33; voiding the change puts the old one back."""
    visited(newcomer, 8, after(5))
    changed = newcomer.tell(
        TargetChanged(
            employee="N1", target="ten", value="8", within_days=20, effective_from=after(7),
            reason="stress 8.5", approver="hr",
        )
    )  # fmt: skip
    told = found(newcomer, after(10))
    assert (told.needed, told.last_day, told.state) == ("8", after(20), "attained")
    assert (told.pace, told.standard_pace) == ("2/5", "1/3")
    newcomer.void(changed)
    back = found(newcomer, after(10))
    assert (back.needed, back.state, back.pace, back.standard_pace) == ("10", "open", "1/3", None)
    assert found(newcomer, after(10), known_at=changed).needed == "8"


def test_all_newcomers_at_once(newcomer: Book) -> None:
    """Everybody whose plan has milestones and who has started; nobody else."""
    newcomer.hire("N2", hired_on=after(20))
    with newcomer.cursor() as cursor:
        told = milestones.milestones(cursor, after(10))
    assert [(progress.employee, progress.milestone) for progress in told] == [("N1", "ten"), ("N1", "trial")]
    assert [progress.done for progress in told] == ["0", "0"]
