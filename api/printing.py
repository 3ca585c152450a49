"""The printed payslip: what it takes out of the read models, and its address."""

from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.names import named_posting, names
from api.ops import ENGINE
from api.payslip_page import HEADERS, Page, content_policy, language_of, payslip_page
from api.payslip_words import Lang
from api.payslips import paid_slip
from api.people import Asked, nothing_due
from api.reading import EmployeeInPath, PeriodInPath, View, month
from domain.journal.vault import Vault
from domain.people.roster import Posting
from domain.period import Period
from projections import policy, roster
from projections.explain import explain
from projections.titles import Titles, titles


@get(
    "/employees/{employee:str}/statements/{period:str}/print",
    summary="A payslip to print",
    tags=["pay"],
    opt={"action": "read_pay", "personal": "person"},
    media_type=MediaType.HTML,
)
async def print_statement(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    employee: EmployeeInPath,
    period: PeriodInPath,
    lang: Annotated[
        Lang | None, QueryParameter(description="Or ask by Accept-Language; English if neither says.")
    ] = None,
) -> Response[str]:
    """The statement as a page for A4 in English or Chinese: each line with clause, rule, inputs and facts.

    Digest and position stand at its foot. It loads nothing and runs no script.
    """
    language = language_of(lang, request.headers.get("accept-language", ""))
    page = await page_asked(request, view, vault, employee, period, language)
    headers = {**HEADERS, "Content-Security-Policy": content_policy()}
    return Response(payslip_page(page), media_type=MediaType.HTML, headers=headers)


async def page_asked(
    request: Asked, view: View, vault: Vault, employee: str, period: str, lang: Lang
) -> Page:
    """What the page of one statement says to whoever asks.

    Raises: NotAllowed, BadField, NotFound where nothing is due.
    """
    request.auth.require_about(employee)
    asked = month(period)
    return await view.ask(
        lambda cursor, known_at: page_of(
            cursor, vault, request.auth, employee, asked, known_at, lang, titles(cursor)
        )
    )


def page_of(
    cursor: Cursor[Any],
    vault: Vault,
    caller: Caller,
    employee: str,
    period: Period,
    known_at: int | None,
    lang: Lang,
    called: Titles,
) -> Page:
    """What the page of one statement says. called: what ids are called, also on a page of the past.

    Raises: NotFound where nothing is due.
    """
    slip = paid_slip(cursor, vault, caller, employee, period, known_at)
    found = explain(cursor, employee, period, known_at, engine=ENGINE)
    if found is None:
        raise nothing_due(cursor, employee, str(period), known_at)
    months = {line.about or str(period) for line in slip.statement.lines}
    plans = {
        (about, version.plan): version.parsed()
        for about in months
        for version in policy.plans_in_force(cursor, Period.parse(about).last_day, slip.known_at)
    }
    return Page(slip, found, plans, _posting(cursor, vault, employee, period, slip.known_at), lang, called)


def _posting(
    cursor: Cursor[Any], vault: Vault, employee: str, period: Period, known_at: int
) -> Posting | None:
    here = roster.told(cursor, [employee], known_at).deciding(period).get(employee)
    return named_posting(here, names(cursor, vault, [here.name])) if here is not None else None
