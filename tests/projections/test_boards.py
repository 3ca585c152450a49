"""Who comes first: by any measure, over any period, in any cohort."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import BoardDisplayChosen
from domain.period import Period
from domain.plan.document import Months, Population
from projections import boards
from projections.boards import Ranked
from projections.display import displayed

MARCH = Period.parse("2025-03")
PLAN = """
boards:
  - {id: close_rate, title: Close rate, measure: close_rate}
  - {id: followers, title: Follow-ups, measure: followed, size: 2}
  - {id: star, title: Star of the week, measure: revenue, period: week}
  - {id: quiet, title: Fewest, measure: clients, first: lowest}
"""


@pytest.fixture
def firm(book: Book) -> Book:
    """Zhang closes 3 of 25 followed, Li 2 of 25, Wang 1 of 5; E1 follows nobody."""
    book.adopt(PLAN)
    for employee, followed, deals in (("Zhang", 25, 3), ("Li", 25, 2), ("Wang", 5, 1)):
        book.hire(employee)
        book.follow(*(f"C{n}" for n in range(followed)), employee=employee)
        for number in range(deals):
            book.sell(f"{employee}-{number}", employee=employee)
    return book


def ranked(book: Book, name: str, period: str = "2025-03", **asked: object) -> Ranked:
    with book.cursor() as cursor:
        found = boards.board(cursor, name, Period.parse(period), **asked)  # pyright: ignore
    assert found is not None
    return found


def places(board: Ranked) -> list[tuple[int | None, str, str | None]]:
    return [(place.place, place.employee, place.value) for place in board.places]


@pytest.mark.rule("R76")
def test_zhang_is_second_on_close_rate(firm: Book) -> None:
    """12 % is second behind 20 %; whoever followed nobody has no place."""
    assert places(ranked(firm, "close_rate")) == [
        (1, "Wang", "1/5"), (2, "Zhang", "3/25"), (3, "Li", "2/25"), (None, "E1", None),
    ]  # fmt: skip


@pytest.mark.rule("R76")
def test_equal_values_share_a_place_and_the_earlier_stands_first(firm: Book) -> None:
    """Li and Zhang both follow 25; that one of them called a client again does not make that one later."""
    firm.follow("C24", employee="Zhang", on=20)
    board = ranked(firm, "followers")
    assert (board.people, places(board)) == (4, [(1, "Li", "25"), (1, "Zhang", "25")])
    assert all(place.tied and place.reached_at for place in board.places)
    firm.follow("C25", employee="Zhang", on=9)
    firm.follow("C25", employee="Li", on=10)
    assert [place.employee for place in ranked(firm, "followers").places] == ["Zhang", "Li"]


def test_lowest_first(firm: Book) -> None:
    """Where less is better, the least comes first; of those with nothing the id decides."""
    firm.register("N1", employee="E1")
    expected = [(1, "Li", "0"), (1, "Wang", "0"), (1, "Zhang", "0"), (4, "E1", "1")]
    assert places(ranked(firm, "quiet")) == expected


@pytest.mark.rule("R76")
@pytest.mark.parametrize(
    ("period", "until", "expected"),
    [
        ("2025-W10", None, "3000"),
        ("2025-W11", None, "0"),
        ("2025-03", None, "3000"),
        ("2025-Q1", None, "3000"),
        ("2025", None, "3000"),
        ("2025-03", dt.date(2025, 3, 2), "0"),
    ],
)
def test_any_period_up_to_any_day(firm: Book, period: str, until: dt.date | None, expected: str) -> None:
    """The deals of Monday 3 March count in their week, month, quarter and year, and not before that day."""
    first = ranked(firm, "star", period, until=until).places[0]
    assert first.value == expected


def test_a_cohort_is_ranked_among_itself(firm: Book) -> None:
    """A branch, a team or newcomers alone."""
    firm.hire("New", branch="BJ", hired_on=dt.date(2025, 2, 17))
    firm.sell("new", 990_000, employee="New")
    assert ranked(firm, "star").places[0].employee == "New"
    assert "New" not in people(ranked(firm, "star", cohort=Population(branch=("SH",))))
    newcomers = Population(tenure_months=Months(until=3))
    assert people(ranked(firm, "star", cohort=newcomers)) == ["New"]


def people(board: Ranked) -> list[str]:
    return [place.employee for place in board.places]


def test_an_unknown_board_is_none(firm: Book) -> None:
    """No plan has it, or not the one that was asked for."""
    with firm.cursor() as cursor:
        assert boards.board(cursor, "nothing", MARCH) is None
        assert boards.board(cursor, "star", MARCH, plan="other") is None


@pytest.mark.rule("R76")
def test_places_tell_how_they_moved_since_the_period_before(firm: Book) -> None:
    """In February Li led and Wang sold nothing; E1 came in between, who sells nothing in March."""
    firm.sell("feb", 900_000, employee="Li", on=dt.date(2025, 2, 3))
    firm.sell("feb-2", 500_000, employee="E1", on=dt.date(2025, 2, 3))
    found = ranked(firm, "star", moved=True)
    assert [(each.employee, each.before, each.place, each.movement) for each in found.places] == [
        ("Zhang", 3, 1, "up"), ("Li", 1, 2, "down"), ("Wang", 3, 3, "same"), ("E1", 2, 4, "down"),
    ]  # fmt: skip
    firm.hire("New", hired_on=dt.date(2025, 3, 3))
    firm.sell("mar", 990_000, employee="New")
    assert [(each.employee, each.movement) for each in ranked(firm, "star", moved=True).places][:2] == [
        ("New", "new"), ("Zhang", "up"),
    ]  # fmt: skip
    assert all(each.movement is None for each in ranked(firm, "star").places)


def test_somebody_who_is_not_shown_by_name_keeps_the_place(firm: Book) -> None:
    """The last choice holds, and a void takes it back."""
    at = firm.tell(BoardDisplayChosen(employee="Zhang", display="anonymous"))
    board = ranked(firm, "close_rate")

    def shown(sees: str | None = None) -> list[tuple[int | None, str, str | None, bool]]:
        with firm.cursor() as cursor:
            found = displayed(cursor, board, lambda who: who == sees)
        return [(each.place, each.employee, each.branch, each.anonymous) for each in found.places][:2]

    assert shown() == [(1, "Wang", "SH", False), (2, f"anonymous-{at}", None, True)]
    assert shown("Zhang")[1] == (2, "Zhang", "SH", False)
    named = firm.tell(BoardDisplayChosen(employee="Zhang", display="named"))
    assert shown()[1] == (2, "Zhang", "SH", False)
    firm.void(named)
    assert shown()[1][1] == f"anonymous-{at}"
    firm.void(at)
    assert shown()[1][1] == "Zhang"
