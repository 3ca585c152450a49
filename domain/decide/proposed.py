"""What a proposal of a change asks for, as the fact that it becomes with a second person's approval."""

from typing import cast

import msgspec

from domain.facts.accounts import BalanceWrittenOff
from domain.facts.changes import ChangeKind, ChangeProposed
from domain.facts.erasure import SubjectErased
from domain.facts.governance import OverrideSet, TargetChanged
from domain.facts.registry import from_builtins
from domain.refusals import BadField, NotNow

Change = TargetChanged | OverrideSet | BalanceWrittenOff | SubjectErased


class ChangeNotProposed(NotNow):
    """Nobody else has proposed the change, or their proposal was withdrawn or answered, or it lapsed."""


UNNAMED = "-"
"""Stands for the approver of a change that nobody has approved yet."""

_LATER = ("approver", "proposal", "key_fingerprint")


def proposed_change(fact: ChangeProposed, approver: str, proposal: int | None = None) -> Change:
    """The fact that `fact` asks for, approved by `approver`. proposal: where `fact` stands.

    Raises: BadField.
    """
    for name in _LATER:
        if name in fact.change:
            raise BadField(
                field=f"data.change.{name}", detail="That comes with the approval.", remedy="Leave it out."
            )
    said = {**fact.change, "approver": approver}
    try:
        made = from_builtins(fact.changes, said if proposal is None else said | {"proposal": proposal})
    except BadField as error:
        within = error.field.replace("data", "data.change", 1)
        raise BadField(field=within, detail=error.detail, remedy=error.remedy) from None
    return cast("Change", made)


def concerned(fact: Change) -> dict[str, str]:
    """Whom a change concerns: the employee, client or branch, by the field of a proposal that says so."""
    if isinstance(fact, OverrideSet):
        names = {"person": "employee", "branch": "branch"}
        return {names[fact.level]: fact.scope} if fact.level in names else {}
    said = {name: getattr(fact, name, None) for name in ("employee", "customer")}
    return {name: value for name, value in said.items() if value is not None}


def proposal_of(change: Change) -> ChangeProposed:
    """The proposal that asks for `change`; whoever is named as its approver is left out."""
    said = msgspec.to_builtins(change)
    content = {name: each for name, each in said.items() if name not in _LATER and each is not None}
    return ChangeProposed(
        changes=cast("ChangeKind", change.TYPE),
        change=content,
        employee=concerned(change).get("employee"),
        customer=concerned(change).get("customer"),
        branch=concerned(change).get("branch"),
    )
