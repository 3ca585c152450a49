"""A month to take away: its facts and its results as files, each with its digest.

The files are built when they are asked for, which takes seconds, so the page is sent bit by bit.
"""

from functools import partial
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api.bulk import addresses
from api.bulk.addresses import Export
from api.pages.asked import Field, word
from api.pages.audit.tabs import tabs
from api.pages.bit_by_bit import awaited, begun
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import month
from domain.period import Period
from domain.refusals import Refusal

FORMS = ("ndjson", "csv", "parquet")


@get(
    "/audit/exports",
    opt=page_opt("read_facts", "audit", asks=["period", "format"], personal="none", reach="all"),
)
async def exports_page(
    page: NamedDependency[Page], period: Field = None, format: Field = None
) -> Response[Any]:
    """Builds the files of the month that is asked for, and shows where they are once they stand."""
    asked, form = word(period), format if format in FORMS else FORMS[0]
    refusal: Refusal | None = None
    try:
        shown = asked if asked is None else str(month(asked))
    except Refusal as error:
        shown, refusal = None, error
    said = {
        "tabs": tabs(page),
        "period": asked or str(Period.containing(page.reading.today()).previous()),
        "form": form,
        "forms": FORMS,
        "is_asked": shown is not None,
    }
    if shown is None:
        return await page.answered("audit/exports.html", refusal, **said)
    built = awaited(page, "audit.exports", partial(_built, page, shown, form))
    return await begun(page, "audit/exports.html", built, **said, problem=None)


async def _built(page: Page, period: str, form: str) -> str:
    found: Export = await page.ask(addresses.read_export, period=period, format=form)
    return await page.html("audit/exported.html", found=found)
