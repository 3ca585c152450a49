"""A void on its way into the journal undoes whatever its fact did, as one that stands there already."""

from typing import Any

import pytest
from decide.test_credential_rules import granted, reinstated, suspended
from decide.test_decide import ASKED, BEIJING, HERE, NOON, VISIT, away, back, day, deal, hired, left, void
from decide.test_plan_life_rules import LATER, PROMOTED, acknowledged, adopted, ended, put_up

from domain import refusals
from domain.decide.decide import decide
from domain.decide.known import Known
from domain.facts.base import Fact
from domain.facts.governance import TargetChanged

CHANGED = TargetChanged(
    employee="E1",
    target="clients",
    value="3",
    effective_from=day("2025-03-01"),
    reason="leave",
    approver="boss",
)
SOLD = (*HERE, deal(), back(4_000), back(1_000))


def known_after(*history: Fact) -> Known:
    known = Known()
    known.fold((position, fact, ()) for position, fact in enumerate(history, 1))
    return known


def told(known: Known) -> dict[str, Any]:
    """All that rules can ask for."""
    said = {name: value for name, value in vars(known).items() if not name.startswith("_")}
    return said | {"facts": {at: (s.fact, s.voided) for at, s in known.facts.items()}, "plans": known.plans}


def outcomes(history: tuple[Fact, ...], *batch: Fact) -> list[type[Exception] | None]:
    """What refuses each fact of a batch, decided one after the other; None for those that pass."""
    known, found = known_after(*history), list[type[Exception] | None]()
    for fact in batch:
        try:
            decide(fact, NOON, known, ASKED)
        except refusals.Refusal as refusal:
            found.append(type(refusal))
        else:
            known.apply(fact)
            found.append(None)
    return found


@pytest.mark.parametrize(
    ("history", "batch", "last"),
    [
        (HERE, (void(2), hired(on="2025-02-03")), None),
        (HERE, (void(2), left("2025-03-01")), refusals.HasLeft),
        (HERE, (void(2), hired(), hired()), refusals.AlreadyHired),
        ((*HERE, left("2025-03-01")), (void(3), hired(on="2025-03-09")), refusals.AlreadyHired),
        ((*HERE, left("2025-03-01")), (void(3), left("2025-02-01")), None),
        ((*HERE, left("2025-03-01")), (void(2), hired(on="2025-03-01")), refusals.HasLeft),
        (HERE, (left("2025-03-01"), void(2), hired(on="2025-03-01")), refusals.HasLeft),
        ((*HERE, deal()), (void(3), deal()), None),
        ((*HERE, deal()), (void(3), back(1)), refusals.UnknownDeal),
        (SOLD, (void(4), back(9_000)), None),
        (SOLD, (void(4), back(9_001)), refusals.ReversalTooLarge),
        (SOLD, (back(5_000), void(4), back(4_001)), refusals.ReversalTooLarge),
        (SOLD, (back(5_000), void(4), back(4_000)), None),
        (SOLD, (void(4), void(3)), refusals.NotVoidable),
        (SOLD, (void(4), void(5), void(3), deal()), None),
        ((*HERE, granted()), (void(3), granted("2026-06-30")), None),
        ((*HERE, granted()), (void(3), suspended()), refusals.UnknownCredential),
        ((*HERE, granted(), suspended()), (void(4), reinstated()), refusals.CredentialNotSuspended),
        ((*HERE, granted(), suspended()), (void(4), suspended("2025-02-02")), None),
        ((*HERE, adopted(None)), (void(3), ended("2025-12-31")), refusals.UnknownPlan),
        ((*HERE, adopted(None)), (void(3), CHANGED), refusals.UnknownTarget),
        ((*HERE, adopted(None)), (void(3), adopted(None), CHANGED), None),
        ((*HERE, adopted(None), adopted(None, LATER)), (void(4), CHANGED, ended("2025-12-31")), None),
        ((*HERE, put_up(), adopted("D1")), (void(4), adopted("D1")), None),
        ((*HERE, put_up(), adopted("D1")), (void(4), void(3), adopted("D1")), refusals.UnknownDraft),
        ((*HERE, adopted(None), acknowledged()), (void(4), acknowledged()), None),
        ((*HERE, VISIT), (void(3), void(3)), refusals.AlreadyVoided),
    ],
)  # fmt: skip
def test_a_fact_and_its_void_leave_room_for_the_right_one(
    history: tuple[Fact, ...], batch: tuple[Fact, ...], last: type[Exception] | None
) -> None:
    """All of a batch pass but the last, which is what is asked about."""
    assert outcomes(history, *batch) == [*[None] * (len(batch) - 1), last]


RICH = (
    BEIJING, hired(), PROMOTED, left("2025-03-01"), hired(on="2025-03-10"), hired("E2"),
    away("2025-03-11", "2025-03-12"), deal(), back(10), back(20), deal("D2"),
    granted(), suspended(), reinstated(), granted(credential="C2"),
    put_up(), put_up("D2", replaces="D1"), adopted("D2"), adopted(None, LATER), ended("2025-12-31"),
    acknowledged(18), CHANGED, VISIT,
)  # fmt: skip


@pytest.mark.parametrize("position", range(2, len(RICH) + 1))
def test_a_void_on_its_way_does_what_one_does_that_stands(position: int) -> None:
    """Whichever fact is voided; and taken back again, nothing has happened."""
    known, before = known_after(*RICH), told(known_after(*RICH))
    mark = known.mark()
    known.apply(void(position))
    stands = told(known_after(*RICH, void(position)))
    stands["facts"].pop(len(RICH) + 1)
    assert told(known) == stands
    known.rollback(mark)
    assert told(known) == before
