"""How answers are marked: a question is right when all of its right choices were made and no other.

Scores are exact. A score that a fact tells is cut, never rounded up: nobody passes by rounding.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from domain.learning.bank import Bank, Course, remedial_score
from domain.plan.fields import Title

FULL = 100
PLACES = 6


class TopicMark(NamedTuple):
    """How somebody did in a topic of a test. score: out of 100. is_weak: it is below `remedial`."""

    topic: str
    title: Title
    right: int
    of: int
    score: Fraction
    remedial: Fraction
    is_weak: bool
    course: Course | None


class Marks(NamedTuple):
    """How somebody did in a test. score: out of 100. right: the questions; topics: as the bank has them."""

    right: tuple[str, ...]
    of: int
    score: Fraction
    topics: tuple[TopicMark, ...]


def marked(bank: Bank, questions: Sequence[str], answers: Mapping[str, Sequence[str]]) -> Marks:
    """The marks of `answers`, by question, to a test of these `questions`."""
    asked = {each.id: each for each in bank.questions if each.id in questions}
    right = tuple(name for name in questions if set(answers.get(name, ())) == set(asked[name].right))
    topics = list[TopicMark]()
    for topic in bank.topics:
        of = [name for name in questions if asked[name].topic == topic.id]
        if not of:
            continue
        known = sum(name in right for name in of)
        score, remedial = Fraction(known * FULL, len(of)), remedial_score(bank, topic)
        topics.append(
            TopicMark(topic.id, topic.title, known, len(of), score, remedial, score < remedial, topic.course)
        )
    return Marks(right, len(questions), Fraction(len(right) * FULL, len(questions)), tuple(topics))


def score_text(score: Fraction) -> str:
    """`score` as a fact tells it: a decimal, cut after six places."""
    whole, rest = divmod(int(score * 10**PLACES), 10**PLACES)
    decimals = f"{rest:0{PLACES}}".rstrip("0")
    return f"{whole}.{decimals}" if decimals else str(whole)
