"""A month to take away: its facts and its results as files, each with its digest.

The files are built when they are asked for, which takes seconds, so the page is sent bit by bit.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from litestar import Response, get
from litestar.di import NamedDependency

from api.bulk import addresses
from api.bulk.addresses import Export
from api.bulk.forms import Form
from api.pages.asked import Field, word
from api.pages.audit.tabs import tabs
from api.pages.bit_by_bit import awaited, begun
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import View, counted_position, month
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
    asked, form = word(period), cast("Form", format if format in FORMS else FORMS[0])
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
    counted = await page.reading.ask(counted_position)
    known_at = counted if page.view.known_at is None else page.view.known_at
    files = addresses.files_of(month(shown), known_at, form)
    view = View(page.reading, known_at)
    asking = partial(page.ask, addresses.read_export, view=view, period=shown, format=form)
    share = partial(page.building.share, files)
    built = awaited(page, "audit.exports", partial(_built, page, asking), share)
    return await begun(page, "audit/exports.html", built, **said, problem=None)


async def _built(page: Page, asking: Callable[[], Awaitable[Export]]) -> str:
    return await page.html("audit/exported.html", found=await asking())
