"""What is due about people on a day, and who is to be told of what at an instant."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.kept_findings import KeptFindings
from api.paging import Pages
from api.people import Asked
from api.reading import OnDay, instant
from api.watching import shows
from domain.people.notices import Recipient
from domain.people.reminders import Kind, Reminder
from projections import notices, reminders
from projections.notices import Notice


@get(
    "/reminders",
    summary="What is due about people",
    tags=["people"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_reminders(
    request: Asked,
    pages: NamedDependency[Pages],
    findings: NamedDependency[KeptFindings],
    employee: Annotated[
        list[str] | None, QueryParameter(description="About these people; about everybody if absent.")
    ] = None,
    kind: Annotated[Kind | None, QueryParameter(description="Of this kind only.")] = None,
    lead_months: Annotated[
        int | None,
        QueryParameter(
            ge=1,
            le=24,
            description="So long before it expires is a credential told of; as the rules on notices say.",
        ),
    ] = None,
    day: OnDay = None,
) -> Response[list[Reminder]]:
    """Newcomers to greet, probations to review, credentials that expire; the most urgent first.

    An employee sees what is due about themselves.
    """
    people = request.auth.people(employee)
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Reminder]:
        return reminders.reminders(cursor, on, people, known_at, lead_months=lead_months)

    if people is None:
        found = await findings.ask(pages, ("reminders", on, lead_months), "all", question)
    else:
        found = await pages.ask(question)
    found = [each for each in found if kind in (None, each.kind)]
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/notices",
    summary="Who is to be told of what",
    tags=["people"],
    opt={"action": "read_care", "personal": "people", "reach": "rows"},
)
async def read_notices(
    request: Asked,
    pages: NamedDependency[Pages],
    as_of: Annotated[str, QueryParameter(description="The instant that counts as now (RFC 3339 with zone).")],
    since: Annotated[
        str | None, QueryParameter(description="Only what became due after this instant.")
    ] = None,
    employee: Annotated[
        list[str] | None, QueryParameter(description="About these people; about everybody if absent.")
    ] = None,
    to: Annotated[Recipient | None, QueryParameter(description="To this role only.")] = None,
) -> Response[list[Notice]]:
    """Warnings and reminders that are due to be told and not settled: after quiet hours, passed on in time.

    Asked again with a later `as_of`, and the one before as `since`, it says what has become due in between. A
    warning that is acknowledged or taken in hand is no longer there.
    """
    people = request.auth.people(employee)
    at, after = instant(as_of, "as_of"), instant(since, "since") if since else None
    found = await pages.ask(
        lambda cursor, known_at: notices.notices(cursor, at, people, known_at, since=after)
    )
    found = [each for each in found if to in (None, each.to)]
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)
