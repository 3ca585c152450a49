"""The others on a board that pays: kept from question to question, and always as if measured anew."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from book import Book

from domain.facts.people import EmployeeTransferred
from domain.facts.selling import ComplianceScored
from domain.period import Period
from projections import kept, measures, policy
from projections.hints import hints
from projections.kept_boards import KeptBoards
from projections.spans import Cursor

PAYS_BY_PLACE = """
population: {branch: [SH]}
measures:
  sold: {sum: deal_closed, of: amount, less: deal_reversed}
  scored: {average: compliance_scored, of: score, confirmed_by: production}
boards:
  - {id: most, title: Most, measure: sold}
  - {id: least, title: Least, measure: scored, first: lowest}
components:
  - {id: most, title: Most, kind: rank, board: most, pays: [1000, 300]}
  - {id: least, title: Least, kind: rank, board: least, pays: [500]}
"""
PEOPLE = [f"E{number}" for number in range(1, 7)]
DAY = dt.date(2025, 3, 20)
MARCH = Period.parse("2025-03")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Whom kept boards measured, each time."""
    found: list[set[str]] = []
    evaluate = measures.evaluate

    def counted(cursor: Cursor, named: Any, opened: Any, known_at: int | None) -> Any:
        found.append({employee for days in opened.values() for employee in days})
        return evaluate(cursor, named, opened, known_at)

    monkeypatch.setattr(kept.measures, "evaluate", counted)
    return found


def firm(book: Book) -> None:
    """Six sellers under a plan with two boards that pay, who have sold something."""
    book.adopt(PAYS_BY_PLACE)
    for number, employee in enumerate(PEOPLE):
        if employee != "E1":
            book.hire(employee)
        book.sell(f"D{number}", 100_000 * number, employee)


def test_hints_are_the_same_whether_the_others_are_kept_or_measured_anew(book: Book) -> None:
    """After deals, reversals, scores, confirmations, voids and moves, forwards and back in what was known."""
    firm(book)
    chance, shared, told = random.Random(5), KeptBoards(), [book.journal.head()]
    scores = [
        book.tell(ComplianceScored(employee=employee, score=str(90 - number)), number)
        for number, employee in enumerate(PEOPLE * 2, start=1)
    ]
    confirmed = [book.confirm(score, "production") for score in scores[::2]]

    def told_of(employee: str) -> list[Callable[[], int]]:
        key, day = f"X{len(told)}", chance.randrange(1, 25)
        return [
            lambda: book.sell(key, chance.randrange(1, 9) * 100_000, employee, day),
            lambda: book.take_back("D1", 50_000, employee, day),
            lambda: book.confirm(chance.choice(scores), "production"),
            lambda: book.void(confirmed.pop() if confirmed else scores.pop()),
            lambda: book.void(chance.choice(told[1:])) if len(told) > 1 else book.sell(key, 1, employee),
            lambda: book.tell(
                EmployeeTransferred(employee=employee, effective_on=DAY, branch=chance.choice(["SH", "BJ"]))
            ),
        ]

    for _ in range(30):
        done = chance.choices(told_of(chance.choice(PEOPLE)), [6, 2, 3, 2, 3, 1])[0]()
        told.append(done)
        with book.cursor() as cursor:
            [version] = policy.plans_in_force(cursor, DAY, book.journal.head())
            for known_at in (done, chance.choice(told)):
                asked, anew = (version.parsed(), MARCH, DAY, known_at), KeptBoards()
                for employee in PEOPLE:
                    found = shared.contested(cursor, *asked, employee, now=True)
                    assert found == anew.contested(cursor, *asked, employee)
    with book.cursor() as cursor:
        for employee in PEOPLE:
            assert hints(cursor, employee, DAY, None, shared) == hints(cursor, employee, DAY)


def test_only_those_whom_new_facts_are_about_are_measured_again(book: Book, measured: list[set[str]]) -> None:
    """A deal costs one person on one board, a transfer one person, a deal of another month nobody."""
    firm(book)
    shared = KeptBoards()

    def asked() -> list[set[str]]:
        measured.clear()
        with book.cursor() as cursor:
            [version] = policy.plans_in_force(cursor, DAY, book.journal.head())
            about = (version.parsed(), MARCH, DAY, book.journal.head())
            places = shared.contested(cursor, *about, "E1", now=True)
        assert places.keys() == {"most", "least"}
        return measured

    assert asked() == [{*PEOPLE}, {*PEOPLE}]
    assert asked() == []
    book.sell("D9", employee="E4", on=9)
    assert asked() == [{"E4"}]
    book.sell("D10", employee="E5", on=dt.date(2025, 4, 2))
    assert asked() == []
    book.tell(EmployeeTransferred(employee="E6", effective_on=DAY, branch="BJ"))
    assert asked() == []
    book.tell(EmployeeTransferred(employee="E6", effective_on=DAY, branch="SH"))
    assert asked() == [{"E6"}, {"E6"}]
