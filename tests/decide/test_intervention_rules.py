"""What may happen to an intervention and what may not."""

from typing import Any

import pytest
from decide.test_decide import HERE, day, refused, void

from domain import refusals
from domain.facts.base import Fact
from domain.facts.interventions import InterventionClosed, InterventionOpened

WARNING = {"plan": "selling", "alert": "stressed", "period": "2025-W10"}


def opened(intervention: str = "I1", owner: str = "E1", **more: Any) -> InterventionOpened:
    said: dict[str, Any] = {"employee": "E1", "actions": ["talk"], "due_on": day("2025-04-03")}
    return InterventionOpened(intervention=intervention, owner=owner, **said, **more)


def closed(intervention: str = "I1", employee: str = "E1") -> InterventionClosed:
    return InterventionClosed(intervention=intervention, employee=employee, outcome="helped")


OPEN = (*HERE, opened())


@pytest.mark.parametrize(
    ("history", "fact", "expected"),
    [
        (HERE, opened(), None),
        (HERE, opened(**WARNING), None),
        (HERE, opened(plan="selling"), refusals.BadField),
        (HERE, opened(alert="stressed", period="2025-W10"), refusals.BadField),
        (HERE, opened(owner="E9"), refusals.UnknownEmployee),
        (OPEN, opened(), refusals.InterventionExists),
        (OPEN, opened("I2"), None),
        (OPEN, closed(), None),
        (OPEN, closed("I2"), refusals.UnknownIntervention),
        (OPEN, void(3), None),
        ((*OPEN, void(3)), closed(), refusals.UnknownIntervention),
        ((*OPEN, closed()), closed(), refusals.InterventionOver),
        ((*OPEN, closed(), void(4)), closed(), None),
        ((*OPEN, closed()), void(3), refusals.NotVoidable),
    ],
)
def test_an_intervention_is_opened_once_and_closed_once(
    history: tuple[Fact, ...], fact: Fact, expected: type[refusals.Refusal] | None
) -> None:
    assert refused(history, fact) is expected
