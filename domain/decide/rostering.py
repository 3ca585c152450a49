"""Rules on what rosters are made from: a need that can be meant."""

from domain.facts.rostering import ShiftNeedSet
from domain.refusals import BadField


def need(fact: ShiftNeedSet) -> None:
    """A need ends after it begins, and each part of its mix asks for one thing and no more than are there.

    Raises: BadField.
    """
    if fact.until_on is not None and fact.until_on < fact.effective_on:
        raise BadField(
            field="data.until_on",
            detail=f"It would end on {fact.until_on}, before it begins on {fact.effective_on}.",
            remedy="Mend one of the days.",
        )
    for number, part in enumerate(fact.mix or ()):
        if (part.credential is None) == (part.skill is None):
            raise BadField(
                field=f"data.mix[{number}]",
                detail="It is not clear what these people are to hold.",
                remedy="Name either a credential or a skill.",
            )
        if part.count > fact.count:
            raise BadField(
                field=f"data.mix[{number}].count",
                detail=f"{part.count} of {fact.count} people cannot be had.",
                remedy="Ask for as many as are needed at most.",
            )
