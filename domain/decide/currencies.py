"""Rules on exchange rates: two currencies that exist have one rate that begins on a day."""

from domain.decide.known import Known
from domain.facts.currencies import ExchangeRateSet
from domain.money import CURRENCIES
from domain.refusals import BadField, RateExists


def require_currency(currency: str, field: str = "data.currency") -> None:
    """Checks that the ledger knows the currency.

    Raises: BadField.
    """
    if currency not in CURRENCIES:
        raise BadField(
            field=field,
            detail=f"{currency} is not a currency of this ledger.",
            remedy=f"Use one of {', '.join(sorted(CURRENCIES))}.",
        )


def set_rate(fact: ExchangeRateSet, known: Known) -> None:
    """A rate is of two currencies, and the only one that begins on its day.

    Raises: BadField, RateExists.
    """
    require_currency(fact.base, "data.base")
    require_currency(fact.quote, "data.quote")
    if fact.base == fact.quote:
        raise BadField(
            field="data.quote",
            detail=f"{fact.base} is always worth 1 of itself.",
            remedy="Name another currency.",
        )
    stands_at = known.rates.get(fact.quotation)
    if stands_at is not None:
        where = f"at position {stands_at}" if stands_at else "earlier in this batch"
        raise RateExists(
            field="data.effective_on",
            detail=f"The rate {fact.base}/{fact.quote} from {fact.effective_on} stands {where}.",
            remedy="Void it first if it is wrong, or leave this one out.",
        )
