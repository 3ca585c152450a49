"""How many people a unit will lack, in exact numbers."""

import datetime as dt
from fractions import Fraction

import pytest

from domain.people.roster import Posting, RosterChange, postings
from domain.people.staffing import Ahead, Counted, expected_heads, leaving, to_hire

DAY = dt.date(2025, 6, 30)


def ahead(*months: tuple[int, int]) -> list[Ahead]:
    """Months with so many heads announced and probations that end; thirty posts."""
    return [Ahead(DAY, 30, heads, probations) for heads, probations in months]


def moved(position: int, employee: str, kind: str, on: str, branch: str | None = None) -> RosterChange:
    said = {"branch": branch, "cause": "pay" if kind == "left" else None}
    day = dt.date.fromisoformat(on)
    return RosterChange(position=position, employee=employee, kind=kind, effective_on=day, **said)  # type: ignore[arg-type]


def test_a_tenth_of_those_here_leaves_each_month_and_a_quarter_of_probations_fails() -> None:
    found = expected_heads(20, ahead((20, 0), (22, 4), (21, 0)), Fraction(1, 10), Fraction(1, 4))
    second = Fraction(18) * Fraction(9, 10) + 2 - 1
    assert found == [18, second, second * Fraction(9, 10) - 1]
    assert expected_heads(1, ahead((1, 4)), Fraction(0), Fraction(1)) == [0], "nobody is below none"


@pytest.mark.parametrize(
    ("heads", "hired"), [("27", 3), ("27.5", 3), ("27.501", 2), ("29.999", 0), ("29.5", 1), ("31", 0)]
)
def test_people_are_hired_to_the_nearest_whole_one_and_never_below_none(heads: str, hired: int) -> None:
    assert to_hire(30, Fraction(heads)) == hired


def test_the_rate_counts_who_left_of_the_months_that_people_were_there() -> None:
    """A is there all the time, B leaves as the last month begins, C comes then; D's probation was ended."""
    moves = [
        moved(1, "A", "hired", "2024-01-01", "SH"),
        moved(2, "B", "hired", "2024-01-01", "SH"),
        moved(3, "B", "left", "2025-05-30"),
        moved(4, "C", "hired", "2025-05-30", "SH"),
        moved(5, "D", "hired", "2025-04-29", "SH"),
        moved(6, "D", "left", "2025-05-15"),
        moved(7, "E", "hired", "2024-01-01", "BJ"),
    ]

    def here(day: dt.date) -> dict[str, Posting]:
        return postings(moves, day)

    assert leaving(here, DAY, ["SH"], ["D"]) == {"SH": Counted(1, 12 + 12 + 1 + 1)}
    assert leaving(here, DAY, ["SH", "BJ"]) == {"SH": Counted(2, 26), "BJ": Counted(0, 12)}
    assert Counted(0, 0).share is None
