"""Rules on deals: each is closed once and costed once, and no more comes back than was sold."""

from domain.decide.currencies import require_currency
from domain.decide.known import Known
from domain.facts.selling import DealClosed, DealCosted, DealReversed
from domain.refusals import (
    BadField,
    DealAlreadyClosed,
    DealAlreadyCosted,
    ReversalTooLarge,
    SharesUnsettled,
    UnknownDeal,
)


def close_deal(fact: DealClosed, known: Known) -> None:
    """A deal counts once, whatever key it comes under.

    Raises: DealAlreadyClosed, BadField for a currency that the ledger does not know.
    """
    require_currency(fact.currency)
    deal = known.deals.get(fact.deal)
    if deal is not None:
        where = f"at position {deal.position}" if deal.position else "earlier in this batch"
        raise DealAlreadyClosed(
            field="data.deal",
            detail=f"Deal {fact.deal} stands {where} under another key.",
            remedy="Leave the repetition out; if the first was wrong, void it and send this one again.",
        )


def reverse_deal(fact: DealReversed, known: Known) -> None:
    """Only a live deal can come back, in its own currency, and never more of it than was sold.

    Raises: UnknownDeal, BadField, ReversalTooLarge, SharesUnsettled.
    """
    deal = known.deals.get(fact.deal)
    if deal is None:
        raise UnknownDeal(
            field="data.deal",
            detail=f"No live deal {fact.deal} is known.",
            remedy="Record deal_closed first.",
        )
    if deal.currency != fact.currency:
        raise BadField(
            field="data.currency",
            detail=f"Deal {fact.deal} is in {deal.currency}.",
            remedy="Use the deal's currency.",
        )
    rest = deal.amount_minor - deal.reversed_minor
    if fact.amount_minor > rest:
        raise ReversalTooLarge(
            field="data.amount_minor",
            detail=f"{fact.amount_minor} would come back, but only {rest} of deal {fact.deal} is left.",
            remedy="Mend the amount, or void the earlier reversal.",
        )
    if fact.credits is not None and tuple(fact.credits) != deal.credits:
        raise SharesUnsettled(
            field="data.credits",
            detail=f"Deal {fact.deal} at position {deal.position} is not split like this.",
            remedy="Leave `credits` out: what comes back is taken from those who were credited.",
        )


def cost_deal(fact: DealCosted, known: Known) -> None:
    """A live deal is costed once, for its own client and seller; what counts is shared out as it was sold.

    Raises: UnknownDeal, DealAlreadyCosted, BadField, SharesUnsettled.
    """
    told = known.told("deal", fact.deal)
    sold = next((closed for _, closed in told if isinstance(closed, DealClosed)), None)
    if sold is None:
        raise UnknownDeal(
            field="data.deal",
            detail=f"No live deal {fact.deal} is known.",
            remedy="Record deal_closed first.",
        )
    for position, costed in told:
        if isinstance(costed, DealCosted):
            where = f"at position {position}" if position else "earlier in this batch"
            raise DealAlreadyCosted(
                field="data.deal",
                detail=f"The cost of deal {fact.deal} stands {where}.",
                remedy="Leave the repetition out; if the first is wrong, void it and send this one again.",
            )
    for name in ("employee", "customer"):
        if getattr(fact, name) != getattr(sold, name):
            raise BadField(
                field=f"data.{name}",
                detail=f"Deal {fact.deal} is {getattr(sold, name)}'s.",
                remedy=f"Use the {name} of the deal.",
            )
    if fact.currency != (None if fact.amount_minor is None else sold.currency):
        raise BadField(
            field="data.currency",
            detail=f"What counts for pay is an amount with the currency of the deal, {sold.currency}.",
            remedy="Give amount_minor and that currency, or leave both out.",
        )
    if sold.credits is not None and fact.amount_minor is not None and fact.credits is None:
        raise SharesUnsettled(
            field="data.credits",
            detail=f"Deal {fact.deal} is shared by several people.",
            remedy="Say under credits how much of what counts is whose.",
        )
