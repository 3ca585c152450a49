"""What a plan says of a person's accounts: draws, what is held back, and balances below zero."""

from fractions import Fraction
from typing import Literal

import msgspec

from domain.plan.fields import Amount, ComponentName, Identifier, Months, Prorate, Share, Title, WholeNumber

NEGATIVE_BALANCE = "negative_balance"
"""The account of what statements came to below zero."""

ACCOUNT, ALLOWANCE = "account", "allowance"
"""Kinds of lines: those that move a balance, and those that are given or lost for good."""

NegativeBalance = Literal["paid", "carried"]
"""A total below zero stands as it is, or is carried into the next statement, and nothing is paid."""


BELOW_ZERO = Title("Below zero", "负余额")


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What an account is called on a statement. clause: of the contract or policy behind it."""

    id: Identifier
    title: Title = BELOW_ZERO
    clause: str = ""


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """How a draw is paid back out of earnings. starts_after_months: since the month of the first draw.

    at_most: this share of the earnings of a statement; for a guarantee, of what they exceed the draw by.
    """

    at_most: Share = Fraction(1)
    starts_after_months: WholeNumber = Fraction(0)


class Draw(Named, frozen=True, kw_only=True):
    """Pay while earnings are still to come: a `guarantee` tops them up, an `advance` is paid every month.

    recoverable: what was drawn is owed, and later earnings pay it back; otherwise it is not, and an advance
    is set off against the earnings of its own month only. tenure_months: since the hire, in which it is paid.
    prorate: by days, as for a component. limit: no more than this is ever owed.
    """

    id: Identifier = "draw"
    title: Title = Title("Draw", "预支")
    pays: Amount
    form: Literal["guarantee", "advance"]
    recoverable: bool
    tenure_months: Months | None = None
    prorate: Prorate | None = None
    recovery: Recovery | None = None
    limit: Amount | None = None


class Holdback(Named, frozen=True, kw_only=True):
    """A share of what components earn that is paid later. of: the components; all when absent.

    released_after_months: with the statement of so many months later. Absent: when the longest
    `within_months` of what the components measure has passed. on_leaving: what becomes of it with the last
    day of work.
    """

    title: Title = Title("Held back", "暂扣")
    share: Share
    of: tuple[ComponentName, ...] = ()
    released_after_months: WholeNumber | None = None
    on_leaving: Literal["released", "forfeited"] = "released"
