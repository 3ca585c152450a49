"""Honours are facts that carry their evidence."""

import datetime as dt

import pytest
from book import Book

from domain.facts.governance import HonourAwarded
from domain.period import Period
from projections.honours import honours, winners

PLAN = """
boards:
  - {id: star_of_the_week, title: Star of the week, measure: followed, period: week}
  - id: newcomer_of_the_month
    title: Newcomer of the month
    measure: clients
    population: {tenure_months: {until: 3}}
"""


def awarded(book: Book, board: str, period: str) -> list[HonourAwarded]:
    with book.cursor() as cursor:
        found = winners(cursor, board, Period.parse(period))
    assert found is not None
    return found


@pytest.mark.rule("R77")
def test_the_star_of_the_week_is_a_fact_with_its_evidence(book: Book) -> None:
    """E2 follows three clients in the week from 3 March; E1 two, and more only in the week after."""
    book.adopt(PLAN)
    book.hire("E2")
    book.follow("C1", "C2", employee="E1", on=4)
    evidence = book.follow("C1", "C2", "C3", employee="E2", on=5)
    book.follow("C3", "C4", "C5", employee="E1", on=10)
    [star] = awarded(book, "star_of_the_week", "2025-W10")
    assert (star.employee, star.value, star.place, star.evidence) == ("E2", "3", 1, evidence)
    position = book.tell(star)
    with book.cursor() as cursor:
        assert [(honour.position, honour.employee) for honour in honours(cursor, ["E2"])] == [
            (position, "E2")
        ]
    book.void(position)
    with book.cursor() as cursor:
        assert honours(cursor) == []
        assert len(honours(cursor, known_at=position)) == 1
    assert [honour.employee for honour in awarded(book, "star_of_the_week", "2025-W11")] == ["E1"]


@pytest.mark.rule("R77")
def test_newcomers_who_share_the_first_place_share_the_honour(book: Book) -> None:
    book.adopt(PLAN)
    for newcomer in ("N1", "N2"):
        book.hire(newcomer, hired_on=dt.date(2025, 2, 10))
        book.register(f"{newcomer}-C", employee=newcomer)
    book.register("C1", "C2", "C3", employee="E1")
    assert [honour.employee for honour in awarded(book, "newcomer_of_the_month", "2025-03")] == ["N1", "N2"]


def test_nobody_is_honoured_for_a_board_that_no_plan_has(book: Book) -> None:
    book.adopt(PLAN)
    with book.cursor() as cursor:
        assert winners(cursor, "slowest", Period.parse("2025-03")) is None
