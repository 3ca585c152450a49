"""What a deal leaves: its margin, exactly."""

from fractions import Fraction

import msgspec

from domain.facts.selling import DealClosed, DealCosted


class DealMargin(msgspec.Struct, frozen=True, kw_only=True):
    """What a deal costs and leaves, in minor units of its currency, as it was sold.

    margin_minor: amount_minor less cost_minor. margin_rate: that as a share of amount_minor, exact: "1/4".
    reversed_minor: what has come back of the deal. counted_minor: what of the margin counts for pay.
    position: of the fact that tells the cost; None where none does. cost_minor: None there, and where it was
    erased.
    """

    deal: str
    employee: str
    currency: str
    amount_minor: int
    reversed_minor: int
    position: int | None = None
    cost_minor: int | None = None
    margin_minor: int | None = None
    margin_rate: str | None = None
    counted_minor: int | None = None
    kind: str | None = None


def margin_of(
    sold: DealClosed, reversed_minor: int, position: int | None, costed: DealCosted | None, cost: str | None
) -> DealMargin:
    """The margin of a deal. cost: the digits that `costed` holds, decrypted; None where nobody can."""
    cost_minor = None if cost is None else int(cost)
    margin = None if cost_minor is None else sold.amount_minor - cost_minor
    return DealMargin(
        deal=sold.deal,
        employee=sold.employee,
        currency=sold.currency,
        amount_minor=sold.amount_minor,
        reversed_minor=reversed_minor,
        position=position,
        cost_minor=cost_minor,
        margin_minor=margin,
        margin_rate=None if margin is None else str(Fraction(margin, sold.amount_minor)),
        counted_minor=costed and costed.amount_minor,
        kind=costed and costed.kind,
    )
