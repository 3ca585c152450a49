"""Rules on honours: once for a board and period, by somebody else, on evidence that stands."""

from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.governance import HonourAwarded
from domain.refusals import AlreadyHonoured, UnknownFact


def award(fact: HonourAwarded, known: Known, actor: str) -> None:
    """Somebody else honours a person, once for a board and period, on facts that count.

    Raises: SecondPersonNeeded, AlreadyHonoured, UnknownFact.
    """
    require_second_person(actor, fact.employee, "data.employee", "would honour themselves")
    for position, before in known.told("honours", fact.employee):
        if (before.plan, before.board, before.period) == (fact.plan, fact.board, fact.period):
            raise AlreadyHonoured(
                field="data.board",
                detail=f"{fact.employee} has that of {fact.board}, {fact.period}, at position {position}.",
                remedy="Nothing is left to do; if that one is wrong, void it first.",
            )
    for number, position in enumerate(fact.evidence):
        standing = known.facts.get(position)
        if standing is None or standing.voided:
            raise UnknownFact(
                field=f"data.evidence[{number}]",
                detail=f"No fact that counts stands at position {position}.",
                remedy="Take the honour from /v1/boards/{board}/honours.",
            )
