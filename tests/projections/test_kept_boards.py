"""Boards that are kept say what boards made anew say, whatever has been told in between."""

import datetime as dt
import random

import pytest
from book import Book

from domain.facts.credentials import CredentialGranted, CredentialSuspended
from domain.facts.mood import SurveyAnswered
from domain.facts.people import EmployeeLeft, EmployeePromoted, EmployeeTransferred
from domain.facts.selling import ComplianceScored, VisitRecorded
from domain.period import Period
from domain.plan.document import Population
from projections import boards
from projections.kept_boards import KeptBoards

MARCH = Period.parse("2025-03")
PLAN = """
measures:
  kept: {average: compliance_scored, of: score, confirmed_by: production}
  shown: {count: visit_recorded, licensed: permit}
unlicensed: earns_nothing
population: {post: [seller]}
boards:
  - {id: close_rate, title: Close rate, measure: close_rate}
  - {id: followers, title: Follow-ups, measure: followed, size: 2}
  - {id: star, title: Star of the week, measure: revenue, period: week}
  - {id: quiet, title: Fewest, measure: clients, first: lowest, size: 3}
  - {id: kept, title: Rules kept, measure: kept}
  - {id: shown, title: Shown, measure: shown}
"""
ASKED = (
    ("close_rate", MARCH, Population(), None),
    ("followers", MARCH, Population(), dt.date(2025, 3, 12)),
    ("followers", MARCH, Population(branch=("SH",)), None),
    ("star", Period.parse("2025-W11"), Population(), None),
    ("quiet", MARCH, Population(), None),
    ("kept", MARCH, Population(), None),
    ("shown", MARCH, Population(), None),
)
PEOPLE = ("E1", "E2", "E3", "E4", "E5")


def step(book: Book, chance: random.Random, told: list[int], number: int) -> None:
    """Something happens, and now and then something that was told before is confirmed or voided."""
    who = chance.choice(PEOPLE)
    day = dt.date(2025, 2, 20) + dt.timedelta(days=chance.randint(0, 38))
    match chance.randint(0, 11):
        case 0 | 1 | 2:
            told += book.follow(f"C{chance.randint(1, 6)}", employee=who, on=day)
        case 3:
            told.append(book.sell(f"D{number}", chance.randint(1, 3) * 10_000, employee=who, on=day))
        case 4:
            told += book.register(f"N{number}", employee=who, on=day)
        case 5:
            told.append(book.tell(ComplianceScored(employee=who, score=str(chance.randint(7, 9))), day))
        case 6:
            told.append(book.tell(VisitRecorded(employee=who, customer="C1"), day))
        case 7 | 8 if told:
            position = told[chance.randrange(len(told))]
            if chance.random() < 0.5:
                book.confirm(position, "production")
            else:
                told.remove(position)
                book.void(position)
        case 9:
            moves = (
                EmployeePromoted(employee=who, effective_on=day, post="manager"),
                EmployeePromoted(employee=who, effective_on=day, post="seller"),
                EmployeeTransferred(employee=who, effective_on=day, team="north"),
                EmployeeLeft(employee=who, left_on=day, cause="pay"),
            )
            book.tell(chance.choice(moves))
        case 10:
            changes = (
                CredentialGranted(employee=who, credential=f"L{number}", kind="permit", granted_on=day),
                CredentialSuspended(employee=who, credential=f"L-{who}", effective_on=day, reason="x"),
            )
            book.tell(chance.choice(changes))
        case _:
            book.tell(SurveyAnswered(employee=who, stress="5", training_satisfaction="5", belonging="5"), day)


@pytest.mark.rule("R76")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_board_that_was_kept_says_what_a_new_one_says(book: Book, seed: int) -> None:
    """After each few facts of a random history: hires, work, confirmations, voids, moves and licences."""
    chance, told, kept = random.Random(seed), list[int](), KeptBoards()
    book.adopt(PLAN)
    for employee in PEOPLE[1:]:
        book.hire(employee)
    for employee in PEOPLE:
        permit = CredentialGranted(
            employee=employee, credential=f"L-{employee}", kind="permit", granted_on=dt.date(2025, 1, 1)
        )
        book.tell(permit)
    for number in range(60):
        step(book, chance, told, number)
        if number % 3:
            continue
        with book.cursor() as cursor:
            for name, period, cohort, until in ASKED:
                moved = number % 2 == 0
                anew = boards.board(cursor, name, period, cohort=cohort, until=until, moved=moved)
                found = kept.board(cursor, name, period, cohort=cohort, until=until, moved=moved)
                assert found == anew, (number, name)
            for employee in PEOPLE:
                asked = ("shown", MARCH, employee)
                assert kept.stands_on(cursor, *asked) == boards.stands_on(cursor, *asked)


def test_a_plan_that_changes_its_board_is_asked_anew(book: Book) -> None:
    kept = KeptBoards()
    book.adopt(PLAN)
    book.follow("C1", "C2")
    with book.cursor() as cursor:
        before = kept.board(cursor, "followers", MARCH)
    book.adopt(PLAN.replace("measure: followed, size: 2", "measure: clients, size: 1"))
    with book.cursor() as cursor:
        after = kept.board(cursor, "followers", MARCH)
        assert after == boards.board(cursor, "followers", MARCH)
    assert before is not None and after is not None
    assert (before.measure, after.measure) == ("followed", "clients")


def test_a_board_that_no_plan_has_is_none(book: Book) -> None:
    book.adopt(PLAN)
    with book.cursor() as cursor:
        assert KeptBoards().board(cursor, "nothing", MARCH) is None
