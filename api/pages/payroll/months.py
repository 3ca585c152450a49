"""The months: which is to be closed next, how far the others are, what is still to be paid."""

from litestar import Response, get
from litestar.di import NamedDependency

from api import checklists, payroll
from api.checklists import MonthStanding
from api.pages.page import Page
from api.pages.payroll.desk import desk_opt
from api.watching import shows
from projections.reconciling import Outstanding

MONTHS = 24
"""So many months are told of; each has an address of its own."""


@get("/payroll", opt=desk_opt(nav=15, follows="all_facts"))
async def months_page(page: NamedDependency[Page]) -> Response[str]:
    """Every month with its state; the next one to close stands first."""
    found: list[MonthStanding] = await page.ask(checklists.read_closes, limit=MONTHS)
    under_way = [each for each in found if each.state in ("open", "proposed")]
    left: list[Outstanding] = await page.ask(payroll.read_outstanding)
    names = await page.names(each.closed_by for each in found if each.closed_by is not None)
    shows(page.request, names)
    return await page.rendered(
        "payroll/months.html",
        names=names,
        next_up=under_way[-1] if under_way else None,
        under_way=under_way[:-1][::-1],
        closed=[each for each in found if each not in under_way],
        outstanding=len({each.employee for each in left}),
    )
