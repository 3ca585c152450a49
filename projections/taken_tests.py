"""Tests as people read them: the questions of an open one, and how somebody did in one that is handed in."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import msgspec

from domain.learning.bank import Course
from domain.learning.drawing import Lot, choices
from domain.learning.marking import Marks, marked
from domain.plan.fields import Title
from projections.module_tests import HandedIn, Told, told
from projections.spans import Cursor

TestState = Literal["open", "handed_in", "over"]


class AskedChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A choice as whoever takes the test sees it."""

    choice: str
    text: Title


class AskedQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question as whoever takes the test sees it: nothing in it says what is right.

    chosen, is_right: of a test that was handed in; None before.
    """

    question: str
    topic: str
    text: Title
    choose: Literal["one", "several"]
    choices: tuple[AskedChoice, ...]
    chosen: list[str] | None
    is_right: bool | None


class TopicResult(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody did in a topic. score: exact, out of 100. weak: it is below the remedial score.

    course: what helps then; None where the bank names none.
    """

    topic: str
    title: Title
    right: int
    of: int
    score: str
    remedial_score: str
    weak: bool
    course: Course | None


class TakenTest(msgspec.Struct, frozen=True, kw_only=True):
    """A test that somebody began.

    state: `open`, `handed_in`, or `over` when its time passed without answers. of: how many questions.
    score: out of 100, as it counts for the module. topics: of a test that was handed in. weak_topics: those
    below their remedial score. handed_in_position: of the answers.
    """

    employee: str
    test: str
    bank: str
    module: str
    attempt: int
    state: TestState
    begun_at: dt.datetime
    due_at: dt.datetime | None
    handed_in_at: dt.datetime | None
    of: int
    right: int | None
    score: str | None
    topics: tuple[TopicResult, ...]
    weak_topics: tuple[TopicResult, ...]
    position: int
    handed_in_position: int | None


class OpenedTest(TakenTest, frozen=True, kw_only=True):
    """A test with its questions, in the order in which they are asked."""

    questions: tuple[AskedQuestion, ...]


def tests(
    cursor: Cursor, at: dt.datetime, employees: Sequence[str] | None = None, known_at: int | None = None
) -> list[TakenTest]:
    """The tests that `employees`, or anybody, began, as they stand `at` an instant; by person, in order."""
    return [_taken(each, at) for each in told(cursor, employees, known_at)]


def test(
    cursor: Cursor, at: dt.datetime, employee: str, name: str, known_at: int | None = None
) -> OpenedTest | None:
    """A test of `employee` with its questions, as it stands `at` an instant; None without such a test."""
    found = (each for each in told(cursor, [employee], known_at) if each.begun.test == name)
    return next((_opened(each, at) for each in found), None)


def _taken(each: Told, at: dt.datetime) -> TakenTest:
    (_, begun, said), marks = each, _marks(each)
    topics = () if marks is None else tuple(_topics(marks))
    is_over = begun.due_at is not None and at > begun.due_at
    return TakenTest(
        employee=begun.employee,
        test=begun.test,
        bank=begun.bank,
        module=begun.module,
        attempt=begun.attempt,
        state="handed_in" if said else "over" if is_over else "open",
        begun_at=begun.begun_at,
        due_at=begun.due_at,
        handed_in_at=said.handed_in_at if said else None,
        of=len(begun.questions),
        right=None if marks is None else len(marks.right),
        score=said.score if said else None,
        topics=topics,
        weak_topics=tuple(each for each in topics if each.weak),
        position=begun.position,
        handed_in_position=said.position if said else None,
    )


def _opened(taken: Told, at: dt.datetime) -> OpenedTest:
    (version, begun, said), marks = taken, _marks(taken)
    bank, answers = version.parsed(), _answers(said)
    lot = Lot(version.document_hash, begun.employee, begun.attempt, begun.seed)
    questions = list[AskedQuestion]()
    for name in begun.questions:
        question = bank.question(name)
        questions.append(
            AskedQuestion(
                question=name,
                topic=question.topic,
                text=question.text,
                choose=question.choose,
                choices=tuple(
                    AskedChoice(choice=each, text=question.choices[each]) for each in choices(question, lot)
                ),
                chosen=None if marks is None else answers.get(name, []),
                is_right=None if marks is None else name in marks.right,
            )
        )
    return OpenedTest(**msgspec.structs.asdict(_taken(taken, at)), questions=tuple(questions))


def _marks(taken: Told) -> Marks | None:
    version, begun, said = taken
    return None if said is None else marked(version.parsed(), begun.questions, _answers(said))


def _answers(said: HandedIn | None) -> dict[str, list[str]]:
    return {} if said is None else msgspec.json.decode(said.answers, type=dict[str, list[str]])


def _topics(marks: Marks) -> list[TopicResult]:
    return [
        TopicResult(
            topic=each.topic,
            title=each.title,
            right=each.right,
            of=each.of,
            score=str(each.score),
            remedial_score=str(each.remedial),
            weak=each.is_weak,
            course=each.course,
        )
        for each in marks.topics
    ]
