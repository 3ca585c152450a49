"""Rules on the rules of notices."""

from domain.facts.notices import NoticeRulesSet
from domain.refusals import BadField


def set_rules(fact: NoticeRulesSet) -> None:
    """Quiet hours have both ends, and leave some hours in which people are told.

    Raises: BadField.
    """
    if (fact.quiet_from is None) != (fact.quiet_until is None):
        raise BadField(
            field="data.quiet_until",
            detail="Quiet hours have a start and an end.",
            remedy="Send quiet_from and quiet_until, or neither.",
        )
    if fact.quiet_from is not None and fact.quiet_from == fact.quiet_until:
        raise BadField(
            field="data.quiet_until",
            detail=f"From {fact.quiet_from} to {fact.quiet_until} nobody would ever be told.",
            remedy="Let the quiet hours end at another time, or send neither.",
        )
