"""The payslips of a branch in one print job."""

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.kept_sheets import KeptSheets
from api.payslip_page import HEADERS, content_policy, language_of, payslip_page
from api.payslip_words import Lang
from api.people import Asked
from api.printing import page_of
from api.problems import NotFound
from api.reading import PeriodInPath, View, month
from api.watching import shows
from domain.journal.vault import Vault
from domain.refusals import BadField
from projections.titles import titles

MOST_SLIPS = 500
"""So many are printed at once; a larger branch is printed in parts."""


@get(
    "/payroll/runs/{period:str}/print",
    summary="The payslips of a branch to print",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
    media_type=MediaType.HTML,
)
async def print_slips(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
    branch: Annotated[str, QueryParameter(description="Of people who work here at the end of the month.")],
    lang: Annotated[
        Lang | None, QueryParameter(description="Or ask by Accept-Language; English if neither says.")
    ] = None,
    offset: Annotated[int, QueryParameter(ge=0, description="People to pass over, by id.")] = 0,
) -> Response[str]:
    """As the payslip of one person, one after another by id, each on a sheet of its own; 500 at most.

    It loads nothing and runs no script.
    """
    asked, language = month(period), language_of(lang, request.headers.get("accept-language", ""))
    made = await kept_sheets.sheet(asked, view.known_at)
    people = [each.employee for each in made.people if each.branch == branch]
    if not people:
        detail = f"Nobody of branch {branch!r} is in the run of {period}."
        raise NotFound(field="branch", detail=detail, remedy="See the branches of the run.")
    shown = people[offset : offset + MOST_SLIPS]
    if not shown:
        detail = f"Only {len(people)} people are in it."
        raise BadField(field="offset", detail=detail, remedy="Begin with 0.")

    def question(cursor: Cursor[Any], known_at: int | None) -> str:
        at = made.known_at if made.closed_position is None else known_at
        called = titles(cursor)
        return payslip_page(
            *(page_of(cursor, vault, request.auth, each, asked, at, language, called) for each in shown)
        )

    content = await view.ask(question)
    shows(request, shown)
    headers = {**HEADERS, "Content-Security-Policy": content_policy()}
    return Response(content, media_type=MediaType.HTML, headers=headers)
