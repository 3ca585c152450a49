"""Who holds whose work on which days: what runs of days say is what each day says by itself."""

import datetime as dt
from functools import partial
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_rosters import DAYS, PEOPLE, histories, posted

from domain.people.roster import RosterChange
from domain.people.ties import Relation, Tie, holds, ties

END = dt.date.max


@given(changes=histories(), relation=st.sampled_from(get_args(Relation)))
def test_ties_say_what_each_day_says(changes: list[RosterChange], relation: Relation) -> None:
    """And never the same person twice on one day, so that nothing is counted twice."""
    found = ties(relation, changes)
    for holder in PEOPLE:
        told = [
            (t.employee, day)
            for t in found.of(holder, DAYS[0], DAYS[-1])
            for day in DAYS
            if t.within(day, day)
        ]
        due = [
            (employee, day)
            for employee in PEOPLE
            for day in DAYS
            if holds(relation, holder, employee, posted(changes, day))
        ]
        assert sorted(told) == due


def change(kind: str, employee: str, on: int, **said: str | None) -> RosterChange:
    day = dt.date(2025, 3, on)
    return RosterChange(position=on, employee=employee, kind=kind, effective_on=day, **said)  # type: ignore[arg-type]


HIRE = partial(change, "hired")


@pytest.mark.parametrize(
    ("changes", "head"),
    [
        (
            [HIRE("H", 1), HIRE("M", 1, manager="H"), HIRE("E", 1, manager="M")],
            {"M": (1, None), "E": (1, None)},
        ),
        (
            [HIRE("H", 1), HIRE("M", 5, manager="H"), HIRE("E", 2, manager="M")],
            {"M": (5, None), "E": (5, None)},
        ),
        (
            [HIRE("H", 1), HIRE("M", 1, manager="H"), HIRE("E", 1, manager="M"), change("left", "M", 9)],
            {"M": (1, 9), "E": (1, 9)},
        ),
        (
            [
                HIRE("H", 1),
                HIRE("E", 1, manager="H"),
                change("promoted", "E", 9, post="lead"),
                change("left", "E", 20),
            ],
            {"E": (1, 20)},
        ),
        ([HIRE("H", 1, manager="E"), HIRE("E", 1, manager="H")], {"E": (1, None)}),
        ([HIRE("H", 1, manager="H")], {}),
    ],
    ids=[
        "two levels",
        "a manager who comes later",
        "a manager who leaves",
        "a promotion",
        "a circle",
        "oneself",
    ],
)
def test_whom_the_head_holds(changes: list[RosterChange], head: dict[str, tuple[int, int | None]]) -> None:
    """Both the holder and everybody in between are to be here; a promotion changes nothing."""
    due = [
        Tie(who, dt.date(2025, 3, first), dt.date(2025, 3, last) if last else END)
        for who, (first, last) in head.items()
    ]
    assert sorted(ties("reports", changes).of("H", dt.date.min, END)) == sorted(due)
