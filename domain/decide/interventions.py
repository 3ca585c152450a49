"""Rules on interventions: opened under an id of their own, and closed once."""

from domain.decide.known import Known
from domain.facts.interventions import InterventionClosed, InterventionOpened
from domain.refusals import BadField, InterventionExists, InterventionOver, UnknownIntervention


def open_intervention(fact: InterventionOpened, known: Known) -> None:
    """An intervention is opened once; the warning behind it is named whole or not at all.

    Raises: InterventionExists, BadField.
    """
    if known.told("intervention", fact.intervention):
        raise InterventionExists(
            field="data.intervention",
            detail=f"Intervention {fact.intervention} has been opened already.",
            remedy="Give the new one an id of its own.",
        )
    if len({fact.plan is None, fact.alert is None, fact.period is None}) != 1:
        raise BadField(
            field="data.alert",
            detail="A warning is named by its plan, its id and the period in which it was raised.",
            remedy="Give all three, as /v1/alerts has them, or none.",
        )


def close(fact: InterventionClosed, known: Known) -> None:
    """Only an open intervention of this person is closed.

    Raises: UnknownIntervention, InterventionOver.
    """
    steps = known.told("intervention", fact.intervention)
    if not steps or steps[0][1].employee != fact.employee:
        raise UnknownIntervention(
            field="data.intervention",
            detail=f"{fact.employee} has no intervention {fact.intervention!r}.",
            remedy="See /v1/interventions, or open it first.",
        )
    position, last = steps[-1]
    if isinstance(last, InterventionClosed):
        raise InterventionOver(
            field="data.intervention",
            detail=f"Intervention {fact.intervention} was closed at position {position}.",
            remedy="Open another one.",
        )
