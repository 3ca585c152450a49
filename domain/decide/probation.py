"""Rules on probation."""

from domain.decide.known import Known
from domain.facts.probation import ProbationReviewed
from domain.refusals import BadField, UnknownFact


def review(fact: ProbationReviewed, known: Known) -> None:
    """Somebody else reviews a probation, on evidence that stands.

    Raises: BadField, UnknownFact.
    """
    if fact.reviewer == fact.employee:
        raise BadField(
            field="data.reviewer",
            detail=f"{fact.employee} would review their own probation.",
            remedy="Let whoever leads them review it.",
        )
    for number, position in enumerate(fact.evidence):
        standing = known.facts.get(position)
        if standing is None or standing.voided:
            raise UnknownFact(
                field=f"data.evidence[{number}]",
                detail=f"No fact that counts stands at position {position}.",
                remedy="Name positions of facts about the person, from their dossier.",
            )
