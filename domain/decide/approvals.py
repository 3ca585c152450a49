"""Rules on approvals: asked for under an id of their own, and decided once by somebody else."""

from domain.decide.currencies import require_currency
from domain.decide.known import Known
from domain.decide.persons import require_second_person
from domain.facts.approvals import ApprovalAsked, ApprovalDecided
from domain.refusals import ApprovalExists, ApprovalOver, BadField, UnknownApproval


def ask(fact: ApprovalAsked, known: Known) -> None:
    """An id stands for one thing asked for; an amount comes with its currency.

    Raises: ApprovalExists, BadField.
    """
    if known.told("approval", fact.approval):
        raise ApprovalExists(
            field="data.approval",
            detail=f"Approval {fact.approval} has been asked for already.",
            remedy="Give the new one an id of its own.",
        )
    if (fact.amount_minor is None) != (fact.currency is None):
        raise BadField(
            field="data.currency",
            detail="An amount needs its currency, and a currency an amount.",
            remedy="Send amount_minor and currency, or neither.",
        )
    if fact.currency is not None:
        require_currency(fact.currency, "data.currency")


def settle(fact: ApprovalDecided, known: Known, actor: str) -> None:
    """Only what this person asked for and is open is decided, by somebody else; they may withdraw it.

    Raises: UnknownApproval, ApprovalOver, BadField, SecondPersonNeeded.
    """
    steps = known.told("approval", fact.approval)
    if not steps or steps[0][1].employee != fact.employee:
        raise UnknownApproval(
            field="data.approval",
            detail=f"{fact.employee} has not asked for {fact.approval!r}.",
            remedy="Record approval_asked first, or mend the ids.",
        )
    position, last = steps[-1]
    if isinstance(last, ApprovalDecided):
        raise ApprovalOver(
            field="data.approval",
            detail=f"Approval {fact.approval} was decided at position {position}: {last.outcome}.",
            remedy="Ask for it again under another id.",
        )
    if (fact.approver is None) != (fact.outcome == "withdrawn"):
        raise BadField(
            field="data.approver",
            detail="Who approves or refuses is named, and nobody is where it is withdrawn.",
            remedy="Mend approver or outcome.",
        )
    if fact.approver is not None:
        for who in (fact.approver, actor):
            require_second_person(fact.employee, who, does="decides what they asked for themselves")
