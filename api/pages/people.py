"""People on pages of every audience: looked up by name, named with a link, and chosen in a form."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple, get_args
from urllib.parse import urlencode

from litestar import Response, get
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import workforce
from api.pages.leaves import Offset, part_of
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import text_of
from api.reading import OnDay
from api.watching import shows
from api.workforce import Part, PersonListed
from domain.people.roster import Status
from domain.refusals import BadField, Refusal

OFFERED = 200
"""So many does a form offer while one types; anybody else is found when it is sent."""

FITTING = 20


class Several(BadField):
    """What was typed fits several people. people: those to choose from, of whom there may be more."""

    def __init__(self, field: str, typed: str, people: Sequence[PersonListed]) -> None:
        super().__init__(
            field=field, detail=f"{typed!r} fits {len(people)} people.", remedy="Choose one of them."
        )
        self.people = list(people[:FITTING])


class Choice(NamedTuple):
    """A field of a form in which somebody is chosen. typed: so far. fitting: whom that fits, if several."""

    field: str
    typed: str
    fitting: list[PersonListed]
    offered: list[PersonListed]


async def choice(page: Page, field: str, typed: str = "", refusal: Refusal | None = None) -> Choice:
    """What a form shows for a field in which somebody who works here is chosen."""
    found: list[PersonListed] = await page.ask(workforce.read_people, status="working", limit=OFFERED)
    fitting = refusal.people if isinstance(refusal, Several) and refusal.field == field else []
    return Choice(field, typed, fitting, found)


async def chosen(page: Page, form: FormMultiDict, field: str) -> str:
    """The id of the person whom a form names in `field`: by id, or by part of a name that fits nobody else.

    Raises: BadField, Several.
    """
    typed = text_of(form, field)[:64]
    found: list[PersonListed] = await page.ask(workforce.read_people, q=typed) if typed else []
    exact = [each for each in found if typed in (each.employee, each.name)]
    fitting = [each for each in exact if each.employee == typed] or exact or found
    if len(fitting) > 1:
        raise Several(field, typed, fitting)
    if not fitting:
        detail = f"Nobody within reach fits {typed!r}." if typed else "Nobody is chosen."
        raise BadField(field=field, detail=detail, remedy="Type a part of the name, or the id.")
    return fitting[0].employee


@get(
    "/people",
    opt=page_opt(
        "read_people",
        "team",
        asks=["q", "status", "branch", "team", "post", "manager", "offset", "day"],
        personal="people",
        reach="rows",
    ),
)
async def people_page(
    page: NamedDependency[Page],
    q: Part = None,
    status: Annotated[Status | None, QueryParameter(description="Who works here, left, or comes.")] = None,
    branch: Annotated[list[str] | None, QueryParameter(description="Of these branches.")] = None,
    team: Annotated[list[str] | None, QueryParameter(description="Of these teams.")] = None,
    post: Annotated[list[str] | None, QueryParameter(description="In these posts.")] = None,
    manager: Annotated[list[str] | None, QueryParameter(description="Who report to these.")] = None,
    offset: Offset = 0,
    day: OnDay = None,
) -> Response[str]:
    """Everybody within reach, to be looked up by a part of the name or id."""
    only = {"branch": branch, "team": team, "post": post, "manager": manager}
    standing = status or "working"
    part = await part_of(page, workforce.read_people, offset, q=q, status=standing, day=day, **only)
    asked = [(name, each) for name, several in only.items() for each in several or ()]
    managers = {each.manager for each in part.rows} | {*(manager or ())}
    names = await page.names(each for each in managers if each and page.caller.reaches(each))
    shows(page.request, names)
    kept = [("q", q or ""), ("status", standing), *asked, *([("day", str(day))] if day else [])]
    return await page.rendered(
        "people/list.html",
        q=q or "",
        standing=standing,
        statuses=get_args(Status),
        only=[*asked, *([("day", str(day))] if day else [])],
        part=part,
        names=names,
        leaf=lambda passed_over: f"/people?{urlencode([*kept, ('offset', passed_over)])}",
    )
