"""A question bank: topics, and questions with their choices and right answers.

`read_bank` makes these structs of a document and refuses one that has faults.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Annotated, Literal, cast

import msgspec
from msgspec import Meta, inspect

from domain.learning.refusals import BankRefused
from domain.plan.components.base import Fault
from domain.plan.fields import Identifier, Level, Title
from domain.plan.parse import read_title
from domain.plan.problems import FaultyDocument, did_you_mean
from domain.plan.reading import Reading, Unreadable, members, type_info

MOST_DRAWN = 200
DAY_MINUTES = 1440
BankName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9\-]{0,63}\Z", extra={"is": "bank"})]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What helps somebody who is weak in a topic. id: a module of the curriculum, or a course elsewhere."""

    id: Identifier
    title: Title


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """What some questions are about. remedial_score: below it, out of 100, the topic is weak.

    That of the bank holds where it is absent. course: what helps then.
    """

    id: Identifier
    title: Title
    remedial_score: Level | None = None
    course: Course | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question. right: all choices that are right. choose: whether one is to be made, or several may."""

    id: Identifier
    topic: Identifier
    text: Title
    choices: Mapping[Identifier, Title]
    right: tuple[Identifier, ...]
    choose: Literal["one", "several"] = "one"


class Bank(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a question bank for the tests of a module.

    draws: how many questions a test has. minutes: to answer them in; without a limit when absent.
    remedial_score: below it, out of 100, a topic is weak.
    """

    bank: BankName
    title: Title
    module: Identifier
    draws: int
    remedial_score: Level
    topics: tuple[Topic, ...]
    questions: tuple[Question, ...]
    minutes: int | None = None

    def question(self, name: str) -> Question:
        """The question of this id, which the bank has."""
        return next(each for each in self.questions if each.id == name)


class BankInvalid(FaultyDocument, BankRefused):
    """The question bank has faults. problems: every one of them, in the order of the document."""


def read_bank(document: object, file: str = "bank") -> Bank:
    """The bank that `document`, decoded YAML or JSON, describes.

    file: how messages call the document. Raises: BankInvalid with every problem.
    """
    written = cast(Mapping[str, object], members(document))
    reading = Reading(written, {Title: read_title})
    fields = reading.fields(cast(inspect.StructType, type_info(Bank)), document, "")
    bank = None if isinstance(fields, Unreadable) else Bank(**fields)
    if bank is not None and not reading.problems:
        for path, message, remedy in _faults(bank):
            reading.fault(path, message, remedy)
    if bank is None or reading.problems:
        raise BankInvalid(file, reading.problems)
    return bank


def _faults(bank: Bank) -> Iterator[Fault]:
    """What is wrong between the parts of a bank."""
    yield from _named_twice("topics", [topic.id for topic in bank.topics])
    yield from _named_twice("questions", [question.id for question in bank.questions])
    most = min(len(bank.questions), MOST_DRAWN)
    if not 1 <= bank.draws <= most:
        yield Fault("draws", f"The bank has {len(bank.questions)} questions.", f"Draw 1 to {most}.")
    if bank.minutes is not None and not 1 <= bank.minutes <= DAY_MINUTES:
        yield Fault("minutes", f"{bank.minutes} minutes.", f"Write 1 to {DAY_MINUTES}, or leave it out.")
    scores = {"remedial_score": bank.remedial_score} | {
        f"topics[{index}].remedial_score": topic.remedial_score
        for index, topic in enumerate(bank.topics)
        if topic.remedial_score is not None
    }
    for path, score in scores.items():
        if not 0 <= score <= 100:
            yield Fault(path, "A score is from 0 to 100.", "Write such a number, without a sign.")
    asked = {question.topic for question in bank.questions}
    for index, topic in enumerate(bank.topics):
        if topic.id not in asked:
            yield Fault(f"topics[{index}].id", f"No question is about `{topic.id}`.", "Add one.")
    for index, question in enumerate(bank.questions):
        yield from _question_faults(bank, question, f"questions[{index}]")


def _question_faults(bank: Bank, question: Question, path: str) -> Iterator[Fault]:
    topics = [topic.id for topic in bank.topics]
    if question.topic not in topics:
        yield Fault(
            f"{path}.topic", f"`{question.topic}` is not a topic.", did_you_mean(question.topic, topics)
        )
    if not 2 <= len(question.choices) <= 20:
        yield Fault(f"{path}.choices", "A question has 2 to 20 choices.", "Add or drop some.")
    yield from _named_twice(f"{path}.right", question.right, item="")
    for place, choice in enumerate(question.right):
        if choice not in question.choices:
            remedy = did_you_mean(choice, question.choices)
            yield Fault(f"{path}.right[{place}]", f"`{choice}` is not among the choices.", remedy)
    if not question.right:
        yield Fault(f"{path}.right", "No choice is right.", "Name those that are, such as [a].")
    if question.choose == "one" and len(question.right) > 1:
        yield Fault(f"{path}.right", "More than one choice is right.", "Add `choose: several`.")


def _named_twice(path: str, names: list[str] | tuple[str, ...], item: str = ".id") -> Iterator[Fault]:
    counted = Counter(names)
    for index, name in enumerate(names):
        if counted[name] > 1 and name in names[:index]:
            yield Fault(f"{path}[{index}]{item}", f"`{name}` stands twice.", "Give one another name.")


def remedial_score(bank: Bank, topic: Topic) -> Fraction:
    """Below which score `topic` is weak."""
    return bank.remedial_score if topic.remedial_score is None else topic.remedial_score
