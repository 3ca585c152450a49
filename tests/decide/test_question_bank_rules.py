"""What may happen to a test and what may not: one at a time, in its time, as its bank and seed give it."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from decide.test_decide import HERE, NOON, void
from given_bank import bank, published

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.decide.question_banks import due_at
from domain.facts.base import Fact
from domain.facts.question_banks import TestAnswered, TestDrawn
from domain.learning import refusals as learning
from domain.learning.drawing import Lot, drawn

BANK = published()
AT = len(HERE) + 1
"""Where the bank stands."""
USED = (*HERE, BANK)
LATER = NOON + dt.timedelta(minutes=41)


def begun(test: str = "T1", attempt: int = 1, **changes: Any) -> TestDrawn:
    seed = "1" * 32
    fact = TestDrawn(
        employee="E1",
        test=test,
        bank="implants",
        module="basics",
        published_at=AT,
        document_hash=BANK.document_hash,
        attempt=attempt,
        seed=seed,
        questions=drawn(bank(), Lot(BANK.document_hash, "E1", attempt, seed)),
        due_at=due_at(bank(), NOON),
    )
    return msgspec.structs.replace(fact, **changes)


def handed_in(test: str = "T1", right: int = 15, **changes: Any) -> TestAnswered:
    asked = begun().questions
    answers = {name: ["a" if place < right else "b"] for place, name in enumerate(asked)}
    fact = TestAnswered(
        employee="E1",
        test=test,
        module="basics",
        published_at=AT,
        answers=answers,
        right=right,
        score=str(right * 5),
    )
    return msgspec.structs.replace(fact, **changes)


OPEN = (*USED, begun())


def refused(history: tuple[Fact, ...], fact: Fact, at: dt.datetime = NOON) -> type[refusals.Refusal] | None:
    known = Known()
    known.fold((position, told, ()) for position, told in enumerate(history, 1))
    try:
        decide(fact, at, known, Asked("hr", LATER, LATER.date()))
    except refusals.Refusal as refusal:
        assert refusal.remedy
        return type(refusal)
    return None


@pytest.mark.rule("R89")
@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, BANK, None),
        (HERE, msgspec.structs.replace(BANK, document_hash="0" * 64), learning.BankRefused),
        (HERE, msgspec.structs.replace(BANK, module="other"), learning.BankRefused),
        (HERE, published(draws=99), learning.BankRefused),
        (USED, begun(), None),
        (HERE, begun(), learning.UnknownBank),
        ((*USED, void(AT)), begun(), learning.UnknownBank),
        ((*USED, published(draws=10)), begun(), learning.BankRenewed),
        (USED, begun(questions=["rules1"]), learning.NotDrawn),
        (USED, begun(attempt=2), learning.NotDrawn),
        (USED, begun(due_at=None), learning.NotDrawn),
        (OPEN, begun("T2", 2), learning.OpenTestExists),
        ((*OPEN, void(AT + 1)), begun("T2", 1), None),
        (OPEN, handed_in(), None),
        ((*OPEN, void(AT)), handed_in(), None),
        (USED, handed_in(), learning.UnknownTest),
        (OPEN, handed_in("T2"), learning.UnknownTest),
        ((*OPEN, handed_in()), handed_in(), learning.AlreadyHandedIn),
        ((*OPEN, handed_in()), begun("T2", 2), None),
        ((*OPEN, handed_in()), void(AT + 1), refusals.NotVoidable),
        ((*OPEN, handed_in(), void(AT + 2)), handed_in(), None),
        (OPEN, handed_in(score="80"), refusals.BadField),
        (OPEN, handed_in(right=16, score="75"), refusals.BadField),
        (OPEN, handed_in(answers={"nothing": ["a"]}), refusals.BadField),
        (OPEN, handed_in(answers={begun().questions[0]: ["a", "b"]}), refusals.BadField),
        (OPEN, handed_in(answers={begun().questions[0]: ["d"]}), refusals.BadField),
    ],
)
def test_a_test_is_begun_and_handed_in_once(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected


@pytest.mark.parametrize(("minutes", "expected"), [(39, None), (40, None), (41, learning.TimeIsUp)])
def test_a_test_is_handed_in_in_its_time(minutes: int, expected: type[refusals.Refusal] | None) -> None:
    assert refused(OPEN, handed_in(), NOON + dt.timedelta(minutes=minutes)) is expected


def test_a_test_that_is_over_is_an_attempt_and_makes_room_for_the_next() -> None:
    second = begun("T2", 2, due_at=due_at(bank(), LATER))
    assert refused(OPEN, second, LATER) is None
    assert refused(OPEN, begun("T2", 1, due_at=due_at(bank(), LATER)), LATER) is learning.NotDrawn
