"""What is due about people on a day."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.people import Asked
from api.reading import OnDay, Reading, View
from api.watching import shows
from domain.people.credentials import REMINDER_MONTHS
from domain.people.reminders import Kind, Reminder
from projections import reminders


@get(
    "/reminders",
    summary="What is due about people",
    tags=["people"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_reminders(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    employee: Annotated[
        list[str] | None, QueryParameter(description="About these people; about everybody if absent.")
    ] = None,
    kind: Annotated[Kind | None, QueryParameter(description="Of this kind only.")] = None,
    lead_months: Annotated[
        int, QueryParameter(ge=1, le=24, description="So long before it expires is a credential told of.")
    ] = REMINDER_MONTHS,
    day: OnDay = None,
) -> list[Reminder]:
    """Newcomers to greet, probations to review, credentials that expire; the most urgent first.

    An employee sees what is due about themselves.
    """
    people = request.auth.people(employee)
    on = day or reading.today()
    found = await view.ask(
        lambda cursor, at: reminders.reminders(cursor, on, people, at, lead_months=lead_months)
    )
    found = [each for each in found if kind in (None, each.kind)]
    shows(request, (each.employee for each in found))
    return found
