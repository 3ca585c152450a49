"""The people whom a caller may reach: who they are, by name, and how far each is this month."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.name_search import NameSearch
from api.names import names_said
from api.paging import Pages
from api.reading import OnDay
from api.watching import shows
from domain.journal.vault import Vault
from domain.people.roster import Status
from projections import roster
from projections.progress import Attainment, attainments
from projections.roster import Standing
from projections.workforce import Wanted, workforce

Asked = Request[Any, Caller, State]
Of = Annotated[list[str] | None, QueryParameter(description="Only people of these; may be repeated.")]
Part = Annotated[
    str | None,
    QueryParameter(max_length=64, description="Part of a name or of an id; capitals do not matter."),
]


class PersonListed(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody as of a business day: whoever left, as of the last day of work; whoever comes, the first.

    name: null where none was given or it was erased. left_on: the last day of work, as far as it is known.
    """

    employee: str
    name: str | None
    status: Status
    branch: str | None
    department: str | None
    team: str | None
    post: str | None
    manager: str | None
    hired_on: dt.date
    left_on: dt.date | None


@get(
    "/people",
    summary="People, with their names",
    tags=["people"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_people(
    request: Asked,
    pages: NamedDependency[Pages],
    vault: NamedDependency[Vault],
    names: NamedDependency[NameSearch],
    q: Part = None,
    status: Annotated[
        Status | None, QueryParameter(description="Only who works here on the day, has left, or is to come.")
    ] = None,
    branch: Of = None,
    team: Of = None,
    post: Of = None,
    manager: Annotated[
        list[str] | None, QueryParameter(description="Only those who report to these; may be repeated.")
    ] = None,
    employee: Annotated[
        list[str] | None, QueryParameter(description="Of these people; of everybody within reach if absent.")
    ] = None,
    day: OnDay = None,
) -> Response[list[PersonListed]]:
    """Whomever the caller reaches, by id, as of a business day; today if none is asked.

    Names are encrypted, so the first `q` after somebody came, or was erased, reads that of everybody.
    """
    people = request.auth.people(employee)
    wanted = Wanted(branch or (), team or (), post or (), manager or (), status)
    part = (q or "").strip().casefold()

    def question(cursor: Cursor[Any], known_at: int | None) -> list[PersonListed]:
        stand = roster.standings(cursor, day or pages.today, people, known_at)
        found = names.holding(cursor, vault, stand, part) if part else stand.values()
        page = pages.cut(each for each in found if wanted.takes(each.status, each.posting))
        said = names_said(cursor, vault, (each.named for each in page))
        return [_listed(each, said) for each in page]

    listed = await pages.ask(question)
    shows(request, (each.employee for each in listed))
    return pages.answer(listed)


@get(
    "/progress",
    summary="How far people are this month",
    tags=["people"],
    opt={"action": "read_pay", "personal": "people", "reach": "rows"},
)
async def read_attainments(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: Annotated[
        list[str] | None, QueryParameter(description="Of these people; of everybody within reach if absent.")
    ] = None,
    day: OnDay = None,
) -> Response[list[Attainment]]:
    """Targets with what is done and left, and what is earned so far, of whoever works here then; by id."""
    people = request.auth.people(employee)
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Attainment]:
        here = workforce(cursor, on, Wanted(status="working"), people, known_at)
        return attainments(cursor, pages.cut([each.posting.employee for each in here]), on, known_at)

    found = await pages.ask(question)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


def _listed(found: Standing, said: Mapping[str, str | None]) -> PersonListed:
    here = found.posting
    return PersonListed(
        employee=here.employee,
        name=said.get(here.employee),
        status=found.status,
        branch=here.branch,
        department=here.department,
        team=here.team,
        post=here.post,
        manager=here.manager,
        hired_on=here.hired_on,
        left_on=here.left_on,
    )
