"""Exchange rates: what currencies are worth on a day, and which facts say so."""

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.paging import Pages
from api.reading import OnDay
from domain.plan.exchange import Rate
from projections import exchange_rates

CurrencyAsked = Annotated[
    str | None, QueryParameter(description="Rates of this currency only, on either side.", max_length=3)
]


@get(
    "/exchange-rates",
    summary="Exchange rates in force",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_exchange_rates(
    pages: NamedDependency[Pages],
    currency: CurrencyAsked = None,
    day: OnDay = None,
) -> Response[list[Rate]]:
    """The rate of each pair that holds on a day: 1 of `base` is `rate` of `quote`, by the fact at `position`.

    A pair is listed as it was quoted. Used the other way round, a rate is its exact reciprocal, unless that
    direction has a rate that begins on the same day or later.
    """
    on = day or pages.today
    return pages.answer(
        pages.cut(
            await pages.ask(lambda cursor, known_at: exchange_rates.in_force(cursor, on, known_at, currency))
        )
    )
