"""The payroll run of a month: as JSON, as a file, page by page, and against what was paid."""

import hashlib
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api import cursors
from api.accepting import accepted
from api.closing import closers
from api.names import named_people, named_run, with_names
from api.ops import ENGINE
from api.paging import Pages
from api.payroll_files import MEDIA_TYPES, Format, file_name, payroll_file
from api.people import Asked
from api.problems import NotFinal
from api.reading import PeriodInPath, View, month
from api.watching import shows
from domain.journal.vault import Vault
from domain.period import Period
from projections import closing, paying, payroll, payroll_pages, reconciling
from projections.late import closed_periods
from projections.paying import Hold
from projections.payroll import PayrollRun
from projections.payroll_pages import After, RowsPage
from projections.reconciling import Outstanding, PersonAfter, Reconciliation, RunStanding


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A closed month, what its statements come to in the ledger's currency, and how far its run is.

    proposed_by: who had proposed the close that `closed_by` confirmed; null where one person closed it alone.
    """

    period: str
    closed_position: int
    closed_by: str
    proposed_by: str | None
    currency: str
    total_minor: int
    engine: str
    run: RunStanding


@get(
    "/payroll/runs",
    summary="The runs of all closed months",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "none", "reach": "all"},
)
async def read_payroll_runs(pages: NamedDependency[Pages]) -> Response[list[RunSummary]]:
    """In order of months, each with its approval and release, and whether it is paid in full."""

    def question(cursor: Cursor[Any], known_at: int | None) -> list[RunSummary]:
        return [
            RunSummary(
                period=str(closed.period),
                closed_position=closed.position,
                **closers(cursor, closed.position)._asdict(),
                currency=closed.currency,
                total_minor=closed.total_minor,
                engine=closed.engine,
                run=reconciling.standing(cursor, closed.period, known_at, engine=ENGINE),
            )
            for closed in closed_periods(cursor, known_at)
        ]

    return pages.answer(pages.cut(await pages.ask(question)))


@get(
    "/payroll/runs/{period:str}",
    summary="Everything that is paid with a month",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_payroll_run(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    period: PeriodInPath,
    format: Annotated[
        Format | None, QueryParameter(description="Or ask by Accept; JSON if neither says.")
    ] = None,
) -> Response[PayrollRun]:
    """Final once the month is closed; until then as it stands. One row per line of a statement.

    A read of everybody's pay is meant for payroll; the files have the rows, JSON also the totals. The same
    bytes again for the same `known_at`, as long as nobody in it is erased; the ETag is their SHA-256.
    """
    form: Format = format or accepted(request.headers.get("accept"), MEDIA_TYPES, "json")
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[PayrollRun, bytes]:
        run = named_run(cursor, vault, payroll.run(cursor, asked, known_at, engine=ENGINE))
        return run, payroll_file(run, form)

    run, content = await view.ask(question)
    shows(request, (each.employee for each in run.totals))
    tag = f'"{hashlib.sha256(content).hexdigest()}"'
    headers = {"ETag": tag, "Vary": "Accept"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)  # type: ignore[arg-type]
    if form != "json":
        headers["Content-Disposition"] = f'attachment; filename="{file_name(run, form)}"'
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)  # type: ignore[arg-type]


@get(
    "/payroll/runs/{period:str}/rows",
    summary="The rows of a run, page by page",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_payroll_rows(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    period: PeriodInPath,
    after: Annotated[
        str | None, QueryParameter(description="Where to go on: `next` of the page before.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000, description="Rows a page.")] = 1000,
) -> Response[RowsPage]:
    """The rows of every page are of one moment: the cursor holds the position at which the reading began.

    A reader who lost the connection goes on with the last `next` that they have; `Link` says it, too.
    """
    asked = month(period)
    begun = None if after is None else cursors.read(after, After)

    def question(cursor: Cursor[Any], known_at: int | None) -> RowsPage:
        head = closing.head(cursor)
        start = begun or After(head if known_at is None else known_at)
        if begun is not None:
            cursors.begun_at(begun.known_at, known_at, head)
        page, last = payroll_pages.page(cursor, asked, start, limit, engine=ENGINE)
        rows = with_names(cursor, vault, page.rows)
        return msgspec.structs.replace(page, rows=rows, next=None if last is None else cursors.written(last))

    page = await view.ask(question)
    shows(request, {row.employee for row in page.rows})
    return Response(page, headers=cursors.link(request, page.next, limit=limit))


@get(
    "/payroll/runs/{period:str}/reconciliation",
    summary="What was paid for a month against what it settled",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_reconciliation(
    request: Asked,
    view: NamedDependency[View],
    vault: NamedDependency[Vault],
    period: PeriodInPath,
    differing: Annotated[bool, QueryParameter(description="Only people whose difference is not 0.")] = False,
    after: Annotated[
        str | None, QueryParameter(description="Where to go on: `next` of the page before.")
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=10_000, description="People a page.")] = 1000,
) -> Response[Reconciliation]:
    """Per person: settled, held, payable, paid, difference. The run is paid when every difference is 0.

    Whoever was paid too much, or is not in the run at all, is told as well. The sums are over everybody, on
    every page, and all pages are of one moment: the cursor holds the position at which the reading began.
    """
    asked = month(period)
    begun = None if after is None else cursors.read(after, PersonAfter)

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[Reconciliation, PersonAfter | None]:
        head = closing.head(cursor)
        start = begun or PersonAfter(head if known_at is None else known_at)
        if begun is not None:
            cursors.begun_at(begun.known_at, known_at, head)
        found = reconciling.reconcile(cursor, asked, start.known_at, engine=ENGINE, differing=differing)
        if found is None:
            raise not_closed(asked)
        page, last = reconciling.page(found, start, limit)
        people = named_people(cursor, vault, page.people, start.known_at)
        return msgspec.structs.replace(page, people=people), last

    found, last = await view.ask(question)
    shows(request, {each.employee for each in found.people})
    found = msgspec.structs.replace(found, next=None if last is None else cursors.written(last))
    headers = cursors.link(request, found.next, limit=limit, differing=str(differing).lower())
    return Response(found, headers=headers)


@get(
    "/payroll/outstanding",
    summary="What released runs have still to pay",
    tags=["payroll"],
    opt={"action": "run_payroll", "personal": "people", "reach": "all"},
)
async def read_outstanding(
    request: Asked, pages: NamedDependency[Pages], vault: NamedDependency[Vault]
) -> Response[list[Outstanding]]:
    """Payable less confirmed, by month and person, where it is not 0: what to pay next.

    So pay whose hold was released comes up here, under the month that settled it; below 0 is too much.
    """

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Outstanding]:
        found = tuple(reconciling.outstanding(cursor, known_at, engine=ENGINE))
        return list(named_people(cursor, vault, found, known_at))

    found = await pages.ask(question)
    found = pages.cut(found)
    shows(request, {each.employee for each in found})
    return pages.answer(found)


@get(
    "/payroll/holds",
    summary="Holds on pay",
    tags=["payroll"],
    opt={"action": "read_pay", "personal": "people", "reach": "rows"},
)
async def read_holds(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: Annotated[str | None, QueryParameter(description="On the pay of this person.")] = None,
    released: Annotated[bool | None, QueryParameter(description="Only those that are over, or not.")] = None,
) -> Response[list[Hold]]:
    """In the order in which they were set. An employee sees their own.

    A hold is set with `pay_held` and let go with `hold_released` to POST /v1/facts.
    """
    of = request.auth.people(None if employee is None else [employee])
    found = await pages.ask(lambda cursor, at: paying.holds(cursor, at, of))
    found = [each for each in found if released in (None, each.released_at is not None)]
    found = pages.cut(found)
    shows(request, {each.employee for each in found})
    return pages.answer(found)


def not_closed(period: Period) -> NotFinal:
    """Nothing of a month that is open can have been paid."""
    return NotFinal(
        field="period", detail=f"{period} is open.", remedy=f"Close it first: meritbook close {period}."
    )
