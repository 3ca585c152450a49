"""How a whole is shared out among those who have a part in it, to the last unit.

Every part is rounded down, and the units that are left go one each to the parts that lost most by it: the
largest remainder. Of equal remainders the part that is named first is served first.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from domain.facts.credits import CreditPart

SOLE = "sole"
"""The role of whoever did something alone: of all facts that name no credits."""


class Portion(NamedTuple):
    """What of a fact is one person's. share: of what counts as pieces; 0 for a fixed amount.

    amount_minor, quantity, minutes: None where the fact has none, or none is shared out to this part.
    """

    employee: str
    role: str
    share: Fraction
    amount_minor: int | None
    quantity: int | None
    minutes: int | None


def share_of(written: str) -> Fraction:
    """The share that a text such as "60 %" says."""
    return Fraction(written.rstrip("% ")) / 100


def allot(total: int, weights: Sequence[Fraction]) -> list[int]:
    """Whole parts of `total` in proportion to `weights`, by largest remainder; they sum to `total`."""
    whole = sum(weights, Fraction(0))
    exact = [total * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_loss = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_loss[: total - sum(parts)]:
        parts[index] += 1
    return parts


def portions(
    parts: Sequence[CreditPart],
    amount_minor: int | None = None,
    quantity: int | None = None,
    minutes: int | None = None,
) -> list[Portion]:
    """What each of `parts` has of a fact: fixed amounts first, and of the rest by shares."""
    fixed = sum(part.amount_minor or 0 for part in parts)
    rest = None if amount_minor is None else amount_minor - fixed
    return _portions(parts, _by_shares(parts, rest), quantity, minutes)


def taken_back(
    parts: Sequence[CreditPart],
    sold_minor: int,
    amount_minor: int,
    quantity: int | None = None,
    minutes: int | None = None,
) -> list[Portion]:
    """What each of `parts` of a deal of `sold_minor` gives back when `amount_minor` of it comes back.

    In proportion to what each was credited, fixed amounts too, so that all of it takes back all.
    """
    credited = [Fraction(portion.amount_minor or 0) for portion in portions(parts, sold_minor)]
    return _portions(parts, list(allot(amount_minor, credited)), quantity, minutes)


def _portions(
    parts: Sequence[CreditPart], amounts: Sequence[int | None], quantity: int | None, minutes: int | None
) -> list[Portion]:
    quantities, lengths = _by_shares(parts, quantity), _by_shares(parts, minutes)
    return [
        Portion(
            employee=part.employee,
            role=part.role,
            share=Fraction(0) if part.share is None else share_of(part.share),
            amount_minor=amount if amount is not None else part.amount_minor,
            quantity=pieces,
            minutes=length,
        )
        for part, amount, pieces, length in zip(parts, amounts, quantities, lengths, strict=True)
    ]


def _by_shares(parts: Sequence[CreditPart], total: int | None) -> list[int | None]:
    """Parts of `total`; None for fixed amounts, and for all where there is none."""
    if total is None:
        return [None] * len(parts)
    sharing = [part for part in parts if part.share is not None]
    allotted = iter(allot(total, [share_of(part.share or "0") for part in sharing]))
    return [next(allotted) if part.share is not None else None for part in parts]
