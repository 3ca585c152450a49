"""Which facts take the people and posts of a branch into another one."""

import datetime as dt

from domain.facts.governance import BranchMerged
from domain.people.establishment import PostsChange
from domain.people.merging import posts, transfers
from domain.people.roster import RosterChange

ON = dt.date(2025, 4, 1)
MERGED = BranchMerged(branch="TJ", into="BJ", effective_on=ON, reason="one campus")


def move(position: int, employee: str, kind: str, on: str, branch: str | None = None) -> RosterChange:
    said = {"branch": branch, "cause": "pay" if kind == "left" else None}
    day = dt.date.fromisoformat(on)
    return RosterChange(position=position, employee=employee, kind=kind, effective_on=day, **said)  # type: ignore[arg-type]


def test_who_is_there_or_will_come_moves_once_and_nobody_else() -> None:
    """A is there and promoted later, B left, C comes in May, D moves away and comes back, E is elsewhere."""
    moves = [
        move(1, "A", "hired", "2024-01-01", "TJ"),
        move(2, "A", "promoted", "2025-05-01"),
        move(3, "B", "hired", "2024-01-01", "TJ"),
        move(4, "B", "left", "2025-03-31"),
        move(5, "C", "hired", "2025-05-01", "TJ"),
        move(6, "D", "hired", "2024-01-01", "TJ"),
        move(7, "D", "transferred", "2025-05-01", "SH"),
        move(8, "D", "transferred", "2025-06-01", "TJ"),
        move(9, "E", "hired", "2024-01-01", "SH"),
    ]
    made = transfers(MERGED, moves)
    told = [(each.employee, each.effective_on.isoformat(), each.branch) for each in made]
    assert told == [
        ("A", "2025-04-01", "BJ"),
        ("C", "2025-05-01", "BJ"),
        ("D", "2025-04-01", "BJ"),
        ("D", "2025-06-01", "BJ"),
    ]
    moved = [
        RosterChange(
            position=number,
            employee=each.employee,
            kind="transferred",
            effective_on=each.effective_on,
            branch=each.branch,
        )
        for number, each in enumerate(made, start=10)
    ]
    assert transfers(MERGED, [*moves, *moved]) == [], "done again, nobody moves again"


def test_posts_are_added_up_on_the_day_and_whenever_they_change() -> None:
    def change(position: int, branch: str, number: int, on: str, department: str = "ICU") -> PostsChange:
        return PostsChange(
            position=position,
            branch=branch,
            department=department,
            post=None,
            employment="contract",
            posts=number,
            effective_on=dt.date.fromisoformat(on),
        )

    told = [
        change(1, "TJ", 3, "2025-01-01"),
        change(2, "BJ", 10, "2025-01-01"),
        change(3, "TJ", 5, "2025-06-01"),
        change(4, "BJ", 7, "2025-01-01", "ward"),
    ]
    made = [(each.branch, each.posts, each.effective_on.month) for each in posts(MERGED, told)]
    assert made == [("BJ", 13, 4), ("TJ", 0, 4), ("BJ", 15, 6), ("TJ", 0, 6)]
