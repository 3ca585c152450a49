"""What changed in a statement between two points of knowledge, for those who check it."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.ops import ENGINE
from api.people import nothing_due
from api.reading import AtLeast, EmployeeInPath, PeriodInPath, Reading, View, counted_upto, month
from domain.period import Period
from domain.refusals import BadField
from projections.closing import head
from projections.diff import StatementDiff, diff
from projections.moments import Moment, moments


@get(
    "/audit/statements/{employee:str}/{period:str}/diff",
    summary="What changed in a statement, and why",
    tags=["audit"],
    opt={"action": "run_payroll", "personal": "person"},
)
async def read_diff(
    request: Request[Any, Caller, State],
    reading: NamedDependency[Reading],
    employee: EmployeeInPath,
    period: PeriodInPath,
    from_: Annotated[
        str, QueryParameter(name="from", description="As known at this position or instant, with zone.")
    ],
    to: Annotated[
        str | None, QueryParameter(description="And at this later one; at the end of the journal if absent.")
    ] = None,
    at_least: AtLeast = None,
) -> StatementDiff:
    """The lines that differ, on what grounds, and the facts in between that brought it about.

    The differences of the lines sum to that of the totals.
    """
    asked = month(period)
    await reading.after(at_least, request)
    since = await counted_upto(reading, request, from_, "from")
    upto = await counted_upto(reading, request, to, "to")
    return await reading.ask(lambda cursor: statement_diff(cursor, employee, asked, since, upto))


@get(
    "/audit/statements/{employee:str}/{period:str}/moments",
    summary="When a statement may have changed",
    tags=["audit"],
    opt={"action": "run_payroll", "personal": "person"},
)
async def read_moments(
    view: NamedDependency[View], employee: EmployeeInPath, period: PeriodInPath
) -> list[Moment]:
    """The moments between which the statement stood still: closes, and what pay, people and rules rest on.

    Each has the last position of what came together; pass it as `known_at`, or as `from` of the diff.
    """
    asked = month(period)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Moment]:
        found = moments(cursor, employee, asked, known_at, engine=ENGINE)
        if found is None:
            raise nothing_due(cursor, employee, period, known_at)
        return found

    return await view.ask(question)


def statement_diff(
    cursor: Cursor[Any], employee: str, period: Period, since: int | None, upto: int | None
) -> StatementDiff:
    """The difference between what was known at the positions `since` and `upto`; the latter is None for now.

    Raises: BadField for positions in the wrong order; NotFound where nothing was due at either.
    """
    since, upto = since or 0, head(cursor) if upto is None else upto
    if since > upto:
        raise BadField(
            field="from",
            detail=f"Position {since} comes after position {upto}.",
            remedy="Name the earlier point first.",
        )
    found = diff(cursor, employee, period, since, upto, engine=ENGINE)
    if found is None:
        raise nothing_due(cursor, employee, str(period), upto)
    return found
