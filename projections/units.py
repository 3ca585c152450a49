"""The units of the firm: its branches with their departments, and how many people work in each."""

import datetime as dt
from collections import Counter
from collections.abc import Collection

import msgspec

from projections import roster
from projections.spans import Cursor


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """A department of a branch. people: who work there on the day."""

    department: str
    people: int


class BranchUnits(msgspec.Struct, frozen=True, kw_only=True):
    """A branch. title: its name for people. people: who work there on the day, in a department or in none."""

    branch: str
    title: str
    people: int
    departments: tuple[Department, ...]


def units(
    cursor: Cursor, day: dt.date, known_at: int | None = None, within: Collection[str] | None = None
) -> list[BranchUnits]:
    """Every branch that is open by `day`, by id, with the departments in which somebody works then.

    within: of these people only; of everybody if None.
    """
    here = roster.here(cursor, day, known_at=known_at)
    counted = Counter(
        (posting.branch, posting.department)
        for employee, posting in here.items()
        if within is None or employee in within
    )
    titles = {each.branch: each.title for each in roster.branches(cursor, known_at) if each.opened_on <= day}
    titles |= {branch: branch for branch, _ in counted if branch is not None and branch not in titles}
    return [
        BranchUnits(
            branch=branch,
            title=title,
            people=sum(number for (each, _), number in counted.items() if each == branch),
            departments=tuple(
                Department(department=department, people=number)
                for (each, department), number in sorted(counted.items(), key=str)
                if each == branch and department is not None
            ),
        )
        for branch, title in sorted(titles.items())
    ]
