"""One run looked over: its people, its components, what changed since the month before, what came late."""

from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from api import run_sheets
from api.kept_sheets import KeptSheets
from api.pages.page import Page
from api.pages.payroll.desk import PEOPLE, desk_opt
from api.payroll_files import COLUMNS, FORMATS, parquet_kind
from api.reading import PeriodInPath
from api.run_sheets import Branch, Offset, Order, RunHead, Search, Showing
from projections.payroll import PayrollRow

FEWER = 20
"""So many stand on a page that says why."""

_FILTERED = ["branch", "search", "show", "order", "offset"]


@get(
    "/payroll/{period:str}",
    opt=desk_opt(asks=_FILTERED, follows="all_facts"),
)
async def people_page(
    page: NamedDependency[Page],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    branch: Branch = None,
    search: Search = None,
    show: Annotated[
        Literal["all"] | Showing, QueryParameter(description="Only people of this kind.")
    ] = "all",
    order: Annotated[Order, QueryParameter(description="In this order.")] = "employee",
    offset: Offset = 0,
) -> Response[str]:
    """The people of a run with what they are paid, filtered, searched, and page by page."""
    asked = {
        "branch": branch or None,
        "search": search or None,
        "show": None if show == "all" else show,
        "order": order,
    }
    found: run_sheets.RunPeople = await page.ask(
        run_sheets.read_run_people,
        kept_sheets=kept_sheets,
        period=period,
        **asked,
        offset=offset,
        limit=PEOPLE,
    )
    return await page.rendered(
        "payroll/people.html",
        **_shown(found, "people", {name: each for name, each in asked.items() if each}),
        asked=asked,
        names=await page.names(who for each in found.sums for who in each.gone),
        shows=get_args(Showing),
        orders=get_args(Order),
        size=PEOPLE,
    )


@get(
    "/payroll/{period:str}/components",
    opt=desk_opt(personal="none", follows="all_facts"),
)
async def components_page(
    page: NamedDependency[Page], kept_sheets: NamedDependency[KeptSheets], period: PeriodInPath
) -> Response[str]:
    """What each component pays, beside the month before."""
    found = await page.ask(run_sheets.read_run_components, kept_sheets=kept_sheets, period=period)
    shown = _shown(found, "components", {})
    return await page.rendered("payroll/components.html", **shown, plans=await page.plans())


@get(
    "/payroll/{period:str}/changes",
    opt=desk_opt(asks=["branch", "offset"], follows="all_facts"),
)
async def changes_page(
    page: NamedDependency[Page],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    branch: Branch = None,
    offset: Offset = 0,
) -> Response[str]:
    """Who is paid more or less than the month before, the greatest difference first, and why."""
    return await _fewer(page, "changes", run_sheets.read_run_changes, kept_sheets, period, branch, offset)


@get(
    "/payroll/{period:str}/late",
    opt=desk_opt(asks=["branch", "offset"], follows="all_facts"),
)
async def late_page(
    page: NamedDependency[Page],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    branch: Branch = None,
    offset: Offset = 0,
) -> Response[str]:
    """What the run settles of earlier months, person by person, with the facts that came late."""
    return await _fewer(page, "late", run_sheets.read_run_deltas, kept_sheets, period, branch, offset)


@get("/payroll/{period:str}/files", opt=desk_opt(follows="all_facts"))
async def files_page(
    page: NamedDependency[Page], kept_sheets: NamedDependency[KeptSheets], period: PeriodInPath
) -> Response[str]:
    """The run as files for payroll, the digest of its statements, and what each column says."""
    found = await page.ask(run_sheets.read_run_people, kept_sheets=kept_sheets, period=period, limit=1)
    return await page.rendered(
        "payroll/files.html",
        **_shown(found, "files", {}),
        formats=FORMATS,
        columns=_columns(),
        branches=found.branches.items(),
    )


async def _fewer(
    page: Page,
    tab: str,
    handler: HTTPRouteHandler,
    kept_sheets: KeptSheets,
    period: str,
    branch: Branch,
    offset: int,
) -> Response[str]:
    """A page that says of few people at a time why, as `handler` answers it."""
    found = await page.ask(
        handler,
        kept_sheets=kept_sheets,
        period=period,
        branch=branch or None,
        offset=offset,
        limit=FEWER,
    )
    shown = _shown(found, tab, {"branch": branch} if branch else {})
    return await page.rendered(f"payroll/{tab}.html", **shown, size=FEWER)


def _columns() -> list[tuple[str, str]]:
    """The columns of the files, each with its type in Parquet; the words of the pages say what they mean."""
    assert PayrollRow.__struct_fields__ == COLUMNS
    return [(name, parquet_kind(name)) for name in COLUMNS]


def _shown(found: RunHead, tab: str, query: dict[str, Any]) -> dict[str, Any]:
    """What all pages of a run say of it; `query` with the moment of an open one, for links to more of it."""
    at = {} if found.state == "closed" else {"known_at": found.known_at}
    return {"found": found, "period": found.period, "tab": tab, "query": urlencode({**query, **at})}
