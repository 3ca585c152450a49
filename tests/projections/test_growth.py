"""The dossier of a newcomer and the review of a week, out of the journal."""

import datetime as dt

import pytest
from book import Book
from given import LEDGER

from domain.facts.governance import BranchOpened
from domain.facts.mood import SurveyAnswered
from domain.facts.training import ModuleStudied, ModuleTested, SkillGraded
from domain.period import Period
from projections import growth, replay
from projections.growth import Dossier

CURRICULUM = """
curriculum:
  - {id: e_commerce, title: E-commerce, population: {branch: [SH]}}
  - {id: product_basics, title: Product basics, pass_score: 80, remedial_score: 70, remedial: basics_again}
  - {id: key_accounts, title: Key accounts, population: {branch: [BJ]}, requires: [product_basics]}
  - {id: negotiation, title: Negotiation, population: {branch: [BJ]}}
  - {id: basics_again, title: Basics once more, pushed_only: true}
"""
DAY = dt.date(2025, 3, 14)
NEW = dt.date(2025, 3, 3)


@pytest.fixture
def firm(book: Book) -> Book:
    """A newcomer in Shanghai and one in Beijing, on the third of March."""
    book.tell(BranchOpened(branch="BJ", title="Beijing", opened_on=NEW))
    book.adopt(CURRICULUM)
    book.hire("E1", hired_on=NEW)
    book.hire("E2", hired_on=NEW, branch="BJ")
    book.hire("M1")
    return book


def dossier(book: Book, employee: str = "E1", known_at: int | None = None) -> Dossier:
    with book.cursor() as cursor:
        found = growth.dossier(cursor, employee, DAY, known_at)
    assert found is not None
    return found


@pytest.mark.rule("R67")
def test_courses_are_common_ones_and_the_branchs_own(firm: Book) -> None:
    told = {
        employee: [module.module for module in dossier(firm, employee).training[0].modules]
        for employee in ("E1", "E2")
    }
    assert told == {
        "E1": ["e_commerce", "product_basics"],
        "E2": ["product_basics", "key_accounts", "negotiation"],
    }


def test_tests_push_and_pass_as_they_were_known(firm: Book) -> None:
    """69 pushes the extra course; a second test passes; voided, it was never taken."""
    first = firm.tell(ModuleTested(employee="E1", module="product_basics", score="69"), 4)
    studied = firm.tell(ModuleStudied(employee="E1", module="e_commerce", completion="50 %"), 5)
    second = firm.tell(ModuleTested(employee="E1", module="product_basics", score="92.5"), 6)
    void = firm.void(second)

    def basics(known_at: int) -> tuple[str, str | None, str | None, int]:
        [own] = dossier(firm, known_at=known_at).training
        module = next(each for each in own.modules if each.module == "product_basics")
        return module.state, module.pushes, module.best, module.attempts

    assert basics(first) == ("remedial", "basics_again", "69", 1)
    assert basics(second) == ("passed", None, "185/2", 2)
    assert basics(void) == basics(first)
    [now] = dossier(firm).training
    assert (now.completion, now.passed, now.of) == ("1/4", 0, 2)
    assert now.modules[0].positions == (studied,)
    assert [module.module for module in now.modules] == ["e_commerce", "product_basics", "basics_again"]


@pytest.mark.rule("R69")
def test_a_graded_skill_says_who_graded_it(firm: Book) -> None:
    at = firm.tell(
        SkillGraded(employee="E1", kind="demo video", score="88.50", grader="M1", graded_as="mentor"), 6
    )
    [grade] = dossier(firm).training[0].grades
    assert (grade.position, grade.skill, grade.score, grade.grader) == (at, "demo video", "88.50", "M1")


@pytest.mark.rule("R5", "R18")
def test_training_milestones_and_mood_stand_side_by_side(firm: Book) -> None:
    """A row for each newcomer; a stress of 8.5 is 8.5; the week before is shown beside."""
    for week, stress in ((5, "6"), (12, "8.5")):
        firm.tell(
            SurveyAnswered(employee="E1", stress=stress, training_satisfaction="7", belonging="6"), week
        )
    with firm.cursor() as cursor:
        found = growth.board(cursor, Period.parse("2025-W11"), DAY)
    rows = {row.employee: row for row in found.rows}
    assert list(rows) == ["E1", "E2", "M1"]
    assert (found.day, rows["E1"].day_number) == (DAY, 11)
    mood, before = rows["E1"].mood, rows["E1"].mood_before
    assert mood is not None and before is not None
    assert (mood.stress, before.stress, mood.period) == ("8.5", "6", "2025-W11")
    assert rows["E2"].mood is None
    assert [training.of for training in rows["E2"].training] == [3]


def test_a_replay_gives_the_same_rows(firm: Book, ledger_dsn: str) -> None:
    firm.tell(ModuleTested(employee="E1", module="product_basics", score="69"), 4)
    firm.void(firm.tell(ModuleStudied(employee="E1", module="e_commerce", completion="100 %"), 5))
    firm.tell(SurveyAnswered(employee="E1", stress="8", training_satisfaction="7.25", belonging="10"), 5)
    firm.runner.catch_up()
    found = replay.replay(ledger_dsn, LEDGER, and_compare=True)
    assert found.compared == (None, ())
    assert (found.rows["training_record"], found.rows["survey"]) == (2, 1)
