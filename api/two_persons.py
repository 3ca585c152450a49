"""Whose word an approval is: that of whoever sends it, and of nobody who is merely named in it."""

from api.caller import Caller
from api.roles import MAY_PROPOSE
from domain.decide.proposed import ChangeNotProposed
from domain.facts.accounts import BalanceWrittenOff
from domain.facts.approvals import ApprovalDecided
from domain.facts.base import Fact
from domain.facts.changes import ChangeProposed, ChangeRefused
from domain.facts.erasure import SubjectErased
from domain.facts.governance import OverrideSet, PlanAdopted, TargetChanged
from domain.facts.runs import HoldReleased, PayHeld, RunApproved
from domain.facts.shifts import SwapApproved
from domain.refusals import AdoptionNotProposed, NotAllowed

_CHANGES = (TargetChanged, OverrideSet, BalanceWrittenOff, SubjectErased)
_APPROVED = (RunApproved, SwapApproved, ApprovalDecided, PayHeld, HoldReleased)

ON_SOMEBODYS_WORD = frozenset(
    kind.TYPE for kind in (PlanAdopted, ChangeProposed, ChangeRefused, *_CHANGES, *_APPROVED)
)
"""Types that say of somebody that they approve, or ask for it."""


def require_own_word(fact: Fact, caller: Caller) -> None:
    """Checks that nobody approves in the name of another, nor what takes two on their own.

    That a proposal stands, and is somebody else's, is for the rules to see. What another system has approved
    is brought by an integration, which names who did it there.
    Raises: AdoptionNotProposed, ChangeNotProposed, NotAllowed.
    """
    match fact:
        case PlanAdopted() if fact.proposed_at is None:
            raise AdoptionNotProposed(
                field="data.proposed_at",
                detail=f"{fact.approver} is named as approver, and nothing shows that they agree.",
                remedy=f"Put it up with plan_drafted, let {fact.approver} send adoption_proposed "
                "with a token of their own, and name draft and proposed_at.",
            )
        case ChangeProposed() if caller.role not in MAY_PROPOSE[fact.changes]:
            raise NotAllowed(
                field="data.changes",
                detail=f"The role {caller.role} does not propose {fact.changes}.",
                remedy=f"Ask somebody who may: {', '.join(sorted(MAY_PROPOSE[fact.changes]))}.",
            )
        case ChangeRefused():
            caller.require_answer(fact.changes)
        case TargetChanged() | OverrideSet() | BalanceWrittenOff() | SubjectErased() if fact.proposal is None:
            raise ChangeNotProposed(
                field="data.proposal",
                detail=f"{fact.approver} is named as approver, and nothing shows that they agree.",
                remedy="Send it as change_proposed; a second person approves it, signed in as themselves.",
            )
        case _:
            pass
    if isinstance(fact, _CHANGES + _APPROVED) and caller.role != "integration":
        _require_named(fact.approver, caller)


def _require_named(approver: str | None, caller: Caller) -> None:
    if approver not in (None, caller.actor):
        raise NotAllowed(
            field="data.approver",
            detail=f"{approver} is named as approver, and {caller.actor} sends it.",
            remedy="Whoever approves sends it, signed in as themselves.",
        )
