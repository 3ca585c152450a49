"""Facts about the market: what others pay for a post, by whose figures."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from domain.facts.base import AmountMinor, BranchId, Currency, Day, Fact, Label

Percent = Annotated[int, Meta(ge=1, le=99, description="So many of a hundred people are paid this or less.")]


class PayPercentile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One figure of a survey: what is paid for a month at a percentile."""

    percent: Percent
    amount_minor: AmountMinor


class MarketPaySurveyed(Fact, frozen=True, kw_only=True):
    """What the market pays for a month of a post, as of a day; it holds until the next survey of the same.

    branch: the place that it is about; absent for everywhere. percentiles: rising, of the pay that the
    ledger's own plans pay. surveyed_by: whose figures they are. Source: a bought or published survey.
    """

    TYPE: ClassVar[str] = "market_pay_surveyed"
    post: Label
    surveyed_on: Day
    surveyed_by: Label
    currency: Currency
    percentiles: Annotated[list[PayPercentile], Meta(min_length=1, max_length=20)]
    branch: BranchId | None = None
