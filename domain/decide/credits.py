"""Rules on credits: what several people did together is shared out among them, all of it and no more."""

from collections.abc import Sequence
from fractions import Fraction

from domain.facts.activity import ActivityRecorded
from domain.facts.base import Fact
from domain.facts.clinical import ProcedurePerformed
from domain.facts.credits import CreditPart
from domain.facts.selling import DealClosed, DealCosted
from domain.people.sharing import SOLE, share_of
from domain.refusals import SharesUnsettled

SPLIT = frozenset({DealClosed, DealCosted, ActivityRecorded, ProcedurePerformed})


def require_settled(fact: Fact) -> None:
    """Whatever is split is split whole: shares total 100 %, and fixed amounts are no more than there is.

    What comes back is split as it was sold, which `selling` sees to.
    Raises: SharesUnsettled.
    """
    if type(fact) not in SPLIT:
        return
    match fact:
        case DealClosed(credits=list(parts)) | DealCosted(credits=list(parts)):
            _require(parts, fact.amount_minor)
        case ActivityRecorded(credits=list(parts)) | ProcedurePerformed(credits=list(parts)):
            _require(parts, None)
        case _:
            pass


def _require(parts: Sequence[CreditPart], amount_minor: int | None) -> None:
    for index, part in enumerate(parts):
        _require_part(part, f"data.credits[{index}]", amount_minor)
    seen = set[tuple[str, str]]()
    for index, part in enumerate(parts):
        if (part.employee, part.role) in seen:
            raise SharesUnsettled(
                field=f"data.credits[{index}].role",
                detail=f"{part.employee} is named twice as {part.role}.",
                remedy="Add the two up, or name another role.",
            )
        seen.add((part.employee, part.role))
    total = sum((share_of(part.share) for part in parts if part.share is not None), Fraction(0))
    if total != 1:
        raise SharesUnsettled(
            field="data.credits",
            detail=f"The shares total {_percent(total)}.",
            remedy="Mend them until they total exactly 100 %; fixed amounts come off before.",
        )
    fixed = sum(part.amount_minor or 0 for part in parts)
    if amount_minor is not None and fixed > amount_minor:
        raise SharesUnsettled(
            field="data.credits",
            detail=f"The fixed amounts come to {fixed}, the whole only to {amount_minor}.",
            remedy="Lower a fixed amount.",
        )


def _require_part(part: CreditPart, path: str, amount_minor: int | None) -> None:
    if part.role == SOLE:
        raise SharesUnsettled(
            field=f"{path}.role",
            detail=f"`{SOLE}` is the role of whoever did it alone.",
            remedy="Name another role.",
        )
    if (part.share is None) == (part.amount_minor is None):
        raise SharesUnsettled(
            field=path,
            detail=f"{part.employee} has a share and a fixed amount, or neither.",
            remedy="Give one of `share` and `amount_minor`.",
        )
    if part.share is not None and not share_of(part.share):
        raise SharesUnsettled(
            field=f"{path}.share",
            detail=f"{part.employee} would have nothing.",
            remedy="Leave the person out.",
        )
    if part.amount_minor is not None and amount_minor is None:
        raise SharesUnsettled(
            field=f"{path}.amount_minor",
            detail="There is no amount that a fixed one could come off.",
            remedy="Give a share.",
        )


def _percent(share: Fraction) -> str:
    """A share as it is written: it has at most nine decimals."""
    whole, rest = divmod(int(share * 100 * 10**9), 10**9)
    return f"{whole}.{rest:09d}".rstrip("0").rstrip(".") + " %"
