"""Rules on learning."""

from domain.facts.training import SkillGraded
from domain.refusals import BadField


def grade(fact: SkillGraded) -> None:
    """Nobody grades themselves.

    Raises: BadField.
    """
    if fact.grader == fact.employee:
        raise BadField(
            field="data.grader",
            detail=f"{fact.employee} would grade their own work.",
            remedy="Let the mentor or a training manager grade it.",
        )
