"""What is tried of a plan: the draft, and the same with other values of one parameter."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from domain.journal.canonical import canonical
from domain.plan.document import Plan
from domain.plan.parse import document_hash, parse_plan
from domain.plan.varying import Range, varied
from domain.refusals import BadField
from projections.policy import PlanVersion


class Point(NamedTuple):
    """A value of the varied parameter and the draft with it."""

    value: str
    version: PlanVersion


def drafts(
    document: Mapping[str, Any] | None, without: Sequence[str], vary: Range | None, currency: str
) -> tuple[PlanVersion | None, list[Point]]:
    """The draft as a version that nobody adopted, and one for each value of the varied parameter.

    Raises: PlanInvalid, BadField.
    """
    if document is None:
        if vary is not None:
            raise BadField(field="vary", detail="There is no draft to vary.", remedy="Name a document.")
        if not without:
            raise BadField(
                field="document", detail="There is nothing to try.", remedy="Name a document, or `without`."
            )
        return None, []
    plan = parse_plan(document, file="document")
    if plan.pays_in != currency:
        raise BadField(
            field="document.pay_currency" if plan.pay_currency else "document.currency",
            detail=f"The ledger pays in {currency}, not in {plan.pays_in}.",
            remedy=f"Write `pay_currency: {currency}`.",
        )
    if plan.plan in without:
        raise BadField(
            field="without",
            detail=f"{plan.plan} is the draft's plan.",
            remedy="Leave it out; it is replaced.",
        )
    points = varied(document, plan, vary) if vary is not None else []
    return _version(plan, document), [Point(point.value, _version(plan, point.document)) for point in points]


def _version(plan: Plan, document: Mapping[str, Any]) -> PlanVersion:
    return PlanVersion(
        position=0,
        plan=plan.plan,
        effective_from=plan.effective_from,
        effective_until=plan.effective_until,
        document=canonical(document).decode(),
        document_hash=document_hash(document),
    )
