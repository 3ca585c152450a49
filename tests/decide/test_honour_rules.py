"""Who is honoured, by whom, and on which evidence."""

from typing import Any

import pytest
from decide.test_decide import HERE, NOON, void

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.governance import HonourAwarded


def honour(board: str = "best", **more: Any) -> HonourAwarded:
    said: dict[str, Any] = {"employee": "E1", "plan": "selling", "period": "2025-W10", "evidence": [1]}
    return HonourAwarded(board=board, place=1, value="3", measure="followed", **said | more)


def refused(history: tuple[Fact, ...], fact: Fact, actor: str = "hr") -> type[refusals.Refusal] | None:
    known = Known()
    known.fold((position, told, ()) for position, told in enumerate(history, 1))
    try:
        decide(fact, NOON, known, Asked(actor, NOON, NOON.date()))
    except refusals.Refusal as refusal:
        return type(refusal)
    return None


AWARDED = (*HERE, honour())


@pytest.mark.rule("R77")
@pytest.mark.parametrize(
    ("history", "fact", "actor", "expected"),
    [
        (HERE, honour(), "hr", None),
        (HERE, honour(), "E1", refusals.SecondPersonNeeded),
        (HERE, honour(evidence=[99]), "hr", refusals.UnknownFact),
        (AWARDED, honour(), "hr", refusals.AlreadyHonoured),
        (AWARDED, honour(period="2025-W11"), "hr", None),
        (AWARDED, honour("other"), "hr", None),
        ((*AWARDED, void(len(AWARDED))), honour(), "hr", None),
        ((*AWARDED, void(len(AWARDED))), honour(evidence=[len(AWARDED)]), "hr", refusals.UnknownFact),
    ],
)
def test_a_person_is_honoured_once_by_somebody_else_on_facts_that_count(
    history: tuple[Fact, ...], fact: Fact, actor: str, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact, actor) is expected
