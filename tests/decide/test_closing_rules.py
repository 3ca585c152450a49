"""Two persons close a month: one proposes, another closes exactly that."""

import pytest
from decide.test_decide import HERE, NOON, void
from decide.test_paying_rules import DIGEST, MARCH, closed
from msgspec.structs import replace

from domain import refusals
from domain.decide.decide import Asked, decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.governance import CloseProposed

LATER = NOON.replace(year=NOON.year + 1)
AT = len(HERE) + 1


def proposed(period: str = MARCH, digest: str = DIGEST) -> CloseProposed:
    return CloseProposed(period=period, known_at=2, statements_digest=digest, statements=1)


def confirmed(at: int = AT) -> Fact:
    return replace(closed(), proposed_at=at)


def refused(history: tuple[Fact, ...], fact: Fact, actor: str) -> type[Exception] | None:
    """The refusal of `fact` by `actor`, after a history that wang wrote."""
    known = Known()
    known.fold((position, each, ()) for position, each in enumerate(history, 1))
    known.actors = dict.fromkeys(range(1, len(history) + 1), "wang")
    try:
        decide(fact, LATER, known, Asked(actor, LATER, LATER.date()))
    except refusals.Refusal as refusal:
        assert refusal.field.startswith("data.") and refusal.remedy, refusal
        return type(refusal)
    return None


@pytest.mark.rule("R88")
@pytest.mark.parametrize(
    ("history", "fact", "actor", "expected"),
    [
        ((*HERE, proposed()), confirmed(), "li", None),
        ((*HERE, proposed()), confirmed(), "wang", refusals.SecondPersonNeeded),
        (HERE, confirmed(), "li", refusals.CloseNotProposed),
        ((*HERE, proposed("2025-04")), confirmed(), "li", refusals.CloseNotProposed),
        ((*HERE, proposed(digest="cd" * 32)), confirmed(), "li", refusals.CloseNotProposed),
        ((*HERE, proposed(), void(AT)), confirmed(), "li", refusals.CloseNotProposed),
        ((*HERE, proposed()), confirmed(AT + 1), "li", refusals.CloseNotProposed),
        ((*HERE, closed()), proposed(), "wang", refusals.PeriodAlreadyClosed),
        ((*HERE, closed()), proposed("2025-05"), "wang", refusals.PeriodOutOfOrder),
        ((*HERE, closed()), proposed("2099-01"), "wang", refusals.PeriodOutOfOrder),
        (HERE, proposed("2099-01"), "wang", refusals.PeriodNotOver),
        ((*HERE, proposed(), confirmed()), void(AT), "li", None),
    ],
)  # fmt: skip
def test_a_close_confirms_what_somebody_else_proposed(
    history: tuple[Fact, ...], fact: Fact, actor: str, expected: type[Exception] | None
) -> None:
    assert refused(history, fact, actor) is expected


def test_a_close_of_before_names_no_proposal() -> None:
    assert refused(HERE, closed(), "wang") is None
