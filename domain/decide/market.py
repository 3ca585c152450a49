"""Rules on figures of the market."""

from itertools import pairwise

from domain.decide.currencies import require_currency
from domain.facts.market import MarketPaySurveyed
from domain.refusals import BadField


def survey(fact: MarketPaySurveyed) -> None:
    """Percentiles rise, and what is paid at a higher one is not less.

    Raises: BadField.
    """
    require_currency(fact.currency, "data.currency")
    for index, (lower, higher) in enumerate(pairwise(fact.percentiles), start=1):
        if higher.percent <= lower.percent or higher.amount_minor < lower.amount_minor:
            raise BadField(
                field=f"data.percentiles[{index}]",
                detail=f"{higher.percent} % at {higher.amount_minor} does not follow "
                f"{lower.percent} % at {lower.amount_minor}.",
                remedy="Put them in order of percent; the amounts do not fall.",
            )
