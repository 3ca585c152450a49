"""The roster: what changed for whom, leave and branches, as known at any position."""

import datetime as dt

from book import HIRED, Book

from domain.facts.people import (
    EmployeeHired,
    EmployeeLeft,
    EmployeePromoted,
    EmployeeTransferred,
    LeaveTaken,
    MentorAssigned,
)
from domain.people.roster import Leave, RosterChange
from projections import roster
from projections.kept_roster import Kept

MARCH = dt.date(2025, 3, 1)


def test_every_change_becomes_one_row(book: Book) -> None:
    """Under the names that postings are folded from; what a fact leaves out stays open."""
    hired = book.tell(EmployeeHired(employee="E2", hired_on=MARCH, branch="SH", post="nurse", name="王芳"))
    moved = book.tell(EmployeeTransferred(employee="E2", effective_on=MARCH, team="T1", manager="E1"))
    promoted = book.tell(EmployeePromoted(employee="E2", effective_on=MARCH, post="head nurse"))
    mentored = book.tell(MentorAssigned(employee="E2", effective_on=MARCH, mentor="E1"))
    left = book.tell(EmployeeLeft(employee="E2", left_on=MARCH, cause="family", reason="moves away"))
    row = {"employee": "E2", "effective_on": MARCH}
    with book.cursor() as cursor:
        assert roster.changes(cursor, ["E2"]) == [
            RosterChange(
                position=hired,
                kind="hired",
                name="王芳",
                branch="SH",
                post="nurse",
                employment="contract",
                **row,
            ),
            RosterChange(position=moved, kind="transferred", team="T1", manager="E1", **row),
            RosterChange(position=promoted, kind="promoted", post="head nurse", **row),
            RosterChange(position=mentored, kind="mentored", mentor="E1", **row),
            RosterChange(position=left, kind="left", cause="family", **row),
        ]


def test_a_roster_is_asked_for_some_or_for_all(book: Book) -> None:
    book.hire("E3")
    book.hire("E2")
    with book.cursor() as cursor:
        assert [change.employee for change in roster.changes(cursor)] == ["E1", "E2", "E3"]
        assert [change.employee for change in roster.changes(cursor, ["E3", "E1"])] == ["E1", "E3"]
        assert roster.changes(cursor, []) == []


def test_a_voided_change_was_known_until_its_void(book: Book) -> None:
    hired = book.hire("E2")
    void = book.void(hired)
    with book.cursor() as cursor:
        known = {at: len(roster.changes(cursor, ["E2"], at)) for at in (hired - 1, hired, void - 1, void)}
        assert known == {hired - 1: 0, hired: 1, void - 1: 1, void: 0}
        assert roster.changes(cursor, ["E2"]) == []


def test_leave_is_listed_by_its_first_day(book: Book) -> None:
    later = book.tell(
        LeaveTaken(employee="E1", kind="annual", from_on=dt.date(2025, 3, 10), until_on=dt.date(2025, 3, 12))
    )
    earlier = book.tell(LeaveTaken(employee="E1", kind="sick", from_on=MARCH, until_on=MARCH, minutes=90))
    with book.cursor() as cursor:
        assert roster.leave(cursor, ["E1"]) == [
            Leave(position=earlier, employee="E1", kind="sick", from_on=MARCH, until_on=MARCH, minutes=90),
            Leave(
                position=later,
                employee="E1",
                kind="annual",
                from_on=dt.date(2025, 3, 10),
                until_on=dt.date(2025, 3, 12),
            ),
        ]
        assert roster.leave(cursor, ["E2"]) == []
        assert [leave.position for leave in roster.leave(cursor, known_at=later)] == [later]


def test_branches_have_a_title_and_a_day(book: Book) -> None:
    with book.cursor() as cursor:
        assert roster.branches(cursor) == [
            roster.Branch(position=2, branch="SH", title="Shanghai", opened_on=HIRED)
        ]
        assert roster.branches(cursor, known_at=1) == []


def test_a_kept_roster_is_the_one_that_would_be_read(book: Book) -> None:
    """Also after a hire and a void, and of a position before them; what is kept is read once."""
    kept = Kept()
    with book.cursor() as cursor, kept.used():
        first = roster.here(cursor, MARCH)
        assert roster.here(cursor, MARCH) is first and [*first] == ["E1"]
    hired = book.hire("E2")
    with book.cursor() as cursor, kept.used():
        assert [*roster.here(cursor, MARCH)] == ["E1", "E2"]
        assert [*roster.here(cursor, MARCH, known_at=hired - 1)] == ["E1"]
        assert [*roster.here(cursor, MARCH, ["E2"])] == ["E2"]
    book.void(hired)
    with book.cursor() as cursor:
        read = roster.changes(cursor), roster.standings(cursor, MARCH)
        with kept.used():
            assert (roster.changes(cursor), roster.standings(cursor, MARCH)) == read
            assert [*roster.here(cursor, MARCH, known_at=hired)] == ["E1", "E2"]


def test_a_roster_of_the_past_is_the_same_from_that_of_now_as_read_anew(book: Book) -> None:
    """After hires, a move, a leaving and what was taken back, as known at every position."""
    for employee in ("E1", "E2", "E3"):
        book.hire(employee)
    moved = book.tell(EmployeeTransferred(employee="E1", branch="BJ", effective_on=dt.date(2025, 2, 1)))
    book.tell(EmployeeLeft(employee="E2", left_on=dt.date(2025, 2, 28), cause="pay"))
    book.void(moved)
    book.hire("E4")
    kept = Kept()
    with book.cursor() as cursor:

        def known(kept: Kept, known_at: int | None) -> list[object]:
            with kept.used():
                found = roster.told(cursor, None, known_at)
            return [dict(found.moves), dict(found.here(dt.date(2025, 2, 15))), [*found.moves]]

        known(kept, None)
        for known_at in range(book.journal.head(), 0, -1):
            assert known(kept, known_at) == known(Kept(), known_at)
