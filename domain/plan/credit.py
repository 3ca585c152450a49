"""A fact as it counts for one person, in the columns that measures read."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from domain.people.sharing import SOLE


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """A fact as it counts for one employee: one row of the credit table.

    part, share: of a fact that several people share in; None for all of it.
    day: business day of `at` in the ledger's zone. deal_day: of a reversal, that of its deal.
    confirmed_by: roles with a live confirmation of the fact. licences: kinds of credential that the person
    holds, and that are valid, on the day, of a reversal on that of its deal.
    """

    position: int
    employee: str
    fact: str
    day: dt.date
    at: dt.datetime
    deal_day: dt.date | None = None
    customer: str | None = None
    deal: str | None = None
    contract: str | None = None
    kind: str | None = None
    channel: str | None = None
    product: str | None = None
    quantity: int | None = None
    minutes: int | None = None
    amount_minor: int | Fraction | None = None
    currency: str | None = None
    score: Decimal | None = None
    attributes: Mapping[str, str | int] | None = None
    confirmed_by: frozenset[str] = frozenset()
    licences: frozenset[str] = frozenset()
    part: int = 0
    role: str = SOLE
    share: Fraction | None = None


def column(credit: Credit, name: str) -> str | int | Decimal | Fraction | None:
    """What the column `name` of a credit holds; attributes and days as text."""
    if name.startswith("attributes."):
        held = (credit.attributes or {}).get(name.removeprefix("attributes."))
        return None if held is None else str(held)
    if name == "day":
        return credit.day.isoformat()
    return getattr(credit, name)
