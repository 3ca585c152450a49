"""A month to take away: its facts and its results as files, each with its digest."""

from litestar import Response, get
from litestar.di import NamedDependency

from api.bulk import addresses
from api.bulk.addresses import Export
from api.pages.asked import Field, word
from api.pages.audit.tabs import tabs
from api.pages.navigation import page_opt
from api.pages.page import Page
from domain.period import Period
from domain.refusals import Refusal

FORMS = ("ndjson", "csv", "parquet")


@get(
    "/audit/exports",
    opt=page_opt("read_facts", "audit", asks=["period", "format"], personal="none", reach="all"),
)
async def exports_page(
    page: NamedDependency[Page], period: Field = None, format: Field = None
) -> Response[str]:
    """Builds the files of the month that is asked for, and shows where they are."""
    asked, form = word(period), format if format in FORMS else FORMS[0]
    refusal: Refusal | None = None
    found: Export | None = None
    if asked is not None:
        try:
            found = await page.ask(addresses.read_export, period=asked, format=form)
        except Refusal as error:
            refusal = error
    return await page.answered(
        "audit/exports.html",
        refusal,
        tabs=tabs(page),
        period=asked or str(Period.containing(page.reading.today()).previous()),
        form=form,
        forms=FORMS,
        found=found,
    )
