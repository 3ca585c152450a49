"""Facts about currencies: what one is worth in another."""

from typing import Annotated, ClassVar

from msgspec import Meta

from domain.facts.base import Currency, Day, Fact, Label

RateText = Annotated[
    str,
    Meta(
        pattern=r"^(?=[\d.]*[1-9])\d{1,9}(\.\d{1,12})?\Z",
        description='A decimal above 0 as text, exactly as quoted: "7.1234".',
    ),
]


class ExchangeRateSet(Fact, frozen=True, kw_only=True):
    """One unit of `base` is worth `rate` of `quote` from `effective_on`, until the next rate of the two.

    quoted_by: whose rate it is, such as a central bank or the treasury. A wrong rate is voided.
    """

    TYPE: ClassVar[str] = "exchange_rate_set"
    base: Currency
    quote: Currency
    rate: RateText
    effective_on: Day
    quoted_by: Label | None = None

    @property
    def quotation(self) -> str:
        """Pair and day, of which there is one live rate."""
        return f"{self.base}/{self.quote}@{self.effective_on}"
