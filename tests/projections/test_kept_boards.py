"""Boards that are kept say what boards made anew say, whatever has been told in between."""

import datetime as dt
import random
from typing import Any

import pytest
from book import Book

from domain.facts.credentials import CredentialGranted, CredentialSuspended
from domain.facts.currencies import ExchangeRateSet
from domain.facts.governance import BoardDisplayChosen
from domain.facts.mood import SurveyAnswered
from domain.facts.people import EmployeeLeft, EmployeePromoted, EmployeeTransferred
from domain.facts.selling import ComplianceScored, DealClosed, VisitRecorded
from domain.period import Period
from domain.plan.document import Population
from projections import boards, kept_boards, measures
from projections import kept as kept_module
from projections.display import displayed
from projections.kept_boards import KeptBoards
from projections.spans import Cursor

MARCH = Period.parse("2025-03")
PLAN = """
measures:
  kept: {average: compliance_scored, of: score, confirmed_by: production}
  shown: {count: visit_recorded, licensed: permit}
  house: {sum: deal_closed, of: amount, credited: branch}
  soon: {count: deal_closed, window: {days_since_hire: 300}}
convert_at: day
unlicensed: earns_nothing
population: {post: [seller]}
boards:
  - {id: close_rate, title: Close rate, measure: close_rate, size: 2}
  - {id: followers, title: Follow-ups, measure: followed, size: 2}
  - {id: star, title: Star of the week, measure: revenue, period: week}
  - {id: quiet, title: Fewest, measure: clients, first: lowest, size: 3}
  - {id: kept, title: Rules kept, measure: kept}
  - {id: shown, title: Shown, measure: shown}
  - {id: houses, title: Branches, measure: house}
  - {id: soon, title: At the start, measure: soon}
"""
AMENDED = PLAN.replace("measure: clients, first: lowest, size: 3", "measure: followed, size: 2")
ASKED = (
    ("close_rate", MARCH, Population(), None),
    ("followers", MARCH, Population(), dt.date(2025, 3, 12)),
    ("followers", MARCH, Population(branch=("SH",)), None),
    ("followers", MARCH.previous(), Population(), None),
    ("star", Period.parse("2025-W11"), Population(), None),
    ("quiet", MARCH, Population(), None),
    ("kept", MARCH, Population(), None),
    ("shown", MARCH, Population(), None),
    ("houses", MARCH, Population(), None),
    ("soon", MARCH, Population(), dt.date(2025, 3, 20)),
)
PEOPLE = ("E1", "E2", "E3", "E4", "E5")


def step(book: Book, chance: random.Random, told: list[int], number: int) -> None:
    """Something happens, and now and then something that was told before is confirmed or voided."""
    who = chance.choice(PEOPLE)
    day = dt.date(2025, 2, 20) + dt.timedelta(days=chance.randint(0, 38))
    match chance.randint(0, 14):
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
                EmployeeTransferred(employee=who, effective_on=day, branch=chance.choice(["SH", "BJ"])),
                EmployeeLeft(employee=who, left_on=day, cause="pay"),
            )
            book.tell(chance.choice(moves))
        case 10:
            changes = (
                CredentialGranted(employee=who, credential=f"L{number}", kind="permit", granted_on=day),
                CredentialSuspended(employee=who, credential=f"L-{who}", effective_on=day, reason="x"),
            )
            book.tell(chance.choice(changes))
        case 11:
            worth = str(chance.randint(6, 8))
            book.tell(ExchangeRateSet(base="USD", quote="CNY", rate=worth, effective_on=day), day)
        case 12:
            worth_minor = chance.randint(1, 3) * 10_000
            abroad = DealClosed(
                employee=who, customer="C1", deal=f"D{number}", amount_minor=worth_minor, currency="USD"
            )
            told.append(book.tell(abroad, day))
        case 13:
            display = chance.choice(["named", "anonymous"])
            chance.choice(
                (
                    lambda: book.adopt(chance.choice([PLAN, AMENDED])),
                    lambda: book.hire(f"E{number + 6}", hired_on=day),
                    lambda: book.tell(BoardDisplayChosen(employee=who, display=display)),
                )
            )()
        case _:
            book.tell(SurveyAnswered(employee=who, stress="5", training_satisfaction="5", belonging="5"), day)


@pytest.mark.rule("R76")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_board_that_was_kept_says_what_a_new_one_says(
    book: Book, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each few facts of a random history, whether it went on by itself or was asked.

    Whether few are measured at once or many. Hires, late work, confirmations, voids, moves, licences, rates,
    other plans, and who is not to be named.
    """
    chance, told, kept = random.Random(seed), list[int](), KeptBoards(40)
    monkeypatch.setattr(kept_module, "SLICE", seed * seed)
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
        if number % 3 == 1:
            with book.cursor() as cursor:
                kept.go_on(cursor)
        if number % 3:
            continue
        with book.cursor() as cursor:
            for name, period, cohort, until in ASKED:
                moved = number % 2 == 0
                anew = boards.board(cursor, name, period, cohort=cohort, until=until, moved=moved)
                found = kept.board(cursor, name, period, cohort=cohort, until=until, moved=moved)
                assert found == anew and found is not None, (number, name)
                shown = [displayed(cursor, each, lambda _: False) for each in (found, anew)]
                assert shown[0] == shown[1]
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


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Whom kept boards measured, each time."""
    found: list[set[str]] = []
    evaluate = measures.evaluate

    def counted(cursor: Cursor, named: Any, opened: Any, known_at: int | None) -> Any:
        found.append({employee for days in opened.values() for employee in days})
        return evaluate(cursor, named, opened, known_at)

    monkeypatch.setattr(measures, "evaluate", counted)
    return found


def test_only_who_may_stand_on_a_place_that_is_shown_is_measured(
    book: Book, measured: list[set[str]]
) -> None:
    """The others wait until their facts may have brought them there, or somebody asks for every place."""
    kept = KeptBoards()
    book.adopt(PLAN)
    for employee in PEOPLE[1:]:
        book.hire(employee)
    for employee, clients in zip(PEOPLE, (6, 5, 2, 1, 0), strict=True):
        book.follow(*(f"C{number}" for number in range(clients)), employee=employee)

    def asked(*, moved: bool = False) -> list[set[str]]:
        measured.clear()
        with book.cursor() as cursor:
            found = kept.board(cursor, "followers", MARCH, moved=moved)
            anew = list(measured)
            assert found == boards.board(cursor, "followers", MARCH, moved=moved)
        return anew

    assert asked() == [{*PEOPLE}]
    for customer in ("N1", "N2"):
        book.follow(customer, employee="E3")
        assert asked() == []
    book.follow("N2", employee="E4")
    assert asked() == []
    book.follow("N2", employee="E3")  # told for the fourth time, of two clients
    assert asked() == [{"E3"}]
    book.follow("N3", employee="E1")
    assert asked() == [{"E1"}]
    book.follow("N4", employee="E5")
    with book.cursor() as cursor:
        measured.clear()
        april = kept.board(cursor, "followers", Period.parse("2025-04"), moved=True)
        assert april is not None
        assert measured == [{*PEOPLE}, {"E4", "E5"}]


def test_the_boards_of_a_plan_are_measured_before_anybody_asks(book: Book, measured: list[set[str]]) -> None:
    """As they stand on the day, with how each place moved."""
    kept, day = KeptBoards(), dt.date(2025, 3, 20)
    book.adopt(PLAN)
    book.follow("C1")
    with book.cursor() as cursor:
        due = kept_boards.first_boards(cursor, day)
        assert [each.board.id for each in due] == ["close_rate", "followers", "star", "quiet", "kept"]
        for each in due:
            kept.warm(cursor, each, day)
        assert len(measured) == 10
        anew = boards.board(cursor, "followers", MARCH, until=day, moved=True)
        measured.clear()
        assert kept.board(cursor, "followers", MARCH, until=day, moved=True) == anew
        assert measured == []


def test_a_board_that_goes_on_by_itself_leaves_nothing_to_measure(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless nobody has asked about it for long: then it goes on in long steps."""
    measured: list[int] = []
    evaluate = measures.evaluate

    def counted(cursor: Cursor, named: Any, opened: Any, known_at: int | None) -> Any:
        measured.append(known_at or 0)
        return evaluate(cursor, named, opened, known_at)

    monkeypatch.setattr(measures, "evaluate", counted)
    monkeypatch.setattr(kept_boards, "UNASKED", 2)
    kept = KeptBoards()
    book.adopt(PLAN)
    with book.cursor() as cursor:
        kept.board(cursor, "followers", MARCH)
    for _ in range(4):
        [at] = book.follow("C1")
        with book.cursor() as cursor:
            kept.go_on(cursor)
    assert measured == [at - 4, at - 3, at - 2]
    with book.cursor() as cursor:
        found = kept.board(cursor, "followers", MARCH)
        assert found is not None and (found.known_at, found.places[0].value) == (at, "1")
        kept.board(cursor, "followers", MARCH)
    assert measured == [at - 4, at - 3, at - 2, at]
    monkeypatch.setattr(kept_boards, "UNASKED", 0)
    monkeypatch.setattr(kept_boards, "LONG_STEP", 2)
    for _ in range(3):
        book.follow("C1")
        with book.cursor() as cursor:
            kept.go_on(cursor)
    assert measured[4:] == [at + 2]


def test_a_plan_that_takes_effect_while_somebody_asks_is_the_one_told(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told is of one position, also of the plan: when it was asked, or when others moved it on."""
    kept, named, asked = KeptBoards(), boards.named, list[int | None]()
    book.adopt(PLAN)

    def adopting(cursor: Cursor, name: str, period: Period, *rest: Any) -> Any:
        found = named(cursor, name, period, *rest)
        if not asked:
            book.adopt(AMENDED)
            book.runner.catch_up()
        asked.append(rest[-1])
        return found

    with book.cursor() as cursor:
        kept.board(cursor, "quiet", MARCH)
        before = book.journal.head()
        monkeypatch.setattr(kept_boards, "named", adopting)
        found = kept.board(cursor, "quiet", MARCH)
        assert found is not None and (found.measure, found.known_at) == ("clients", before)
        asked.clear()
        asked.append(0)
        found = kept.board(cursor, "quiet", MARCH)
    assert found is not None and (found.measure, found.known_at) == ("followed", book.journal.head())
    assert asked == [0, found.known_at]


def test_of_a_crowd_behind_the_last_place_it_is_asked_ahead_when_they_came(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few of them each time that the board goes on; when the place falls to their value, all are known."""
    asked: list[list[str]] = []
    reached_at = kept_module.reached_at

    def counted(cursor: Cursor, leaves: Any, opened: Any, employees: list[str], known_at: int | None) -> Any:
        asked.append(employees)
        return reached_at(cursor, leaves, opened, employees, known_at)

    book.adopt(PLAN)
    for employee in PEOPLE[1:]:
        book.hire(employee)
    book.follow("C1", "C2", employee="E1")
    [late] = book.follow("C1", employee="E2") and book.follow("C2", employee="E2")
    for employee in PEOPLE[2:]:
        book.follow("C1", employee=employee)
    kept = KeptBoards()
    with book.cursor() as cursor:
        kept.board(cursor, "followers", MARCH)
    monkeypatch.setattr(kept_module, "AHEAD", 2)
    monkeypatch.setattr(kept_module, "reached_at", counted)
    for customer in ("C3", "C4"):
        book.follow(customer, employee="E1")
        with book.cursor() as cursor:
            kept.go_on(cursor)
    assert sorted(employee for each in asked for employee in each) == ["E3", "E4", "E5"]
    asked.clear()
    book.void(late)
    with book.cursor() as cursor:
        assert kept.board(cursor, "followers", MARCH) == boards.board(cursor, "followers", MARCH)
    assert asked == [["E2"]]
