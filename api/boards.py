"""Where people stand among each other and against their milestones and goals."""

import datetime as dt
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.paging import Pages
from api.problems import NotFound
from api.reading import OnDay, Reading, View, period_asked
from api.watching import shows
from domain.period import Period
from domain.plan.document import Population
from domain.plan.fields import Months
from projections import boards, milestones, progress
from projections.boards import Ranked
from projections.display import displayed
from projections.kept_boards import KeptBoards
from projections.milestones import MilestoneProgress
from projections.progress import GoalSum

Asked = Request[Any, Caller, State]
PUBLIC = frozenset({"employee", "integration"})
"""Roles that see boards as everybody may."""
Of = Annotated[list[str] | None, QueryParameter(description="Only people of these; may be repeated.")]


@get(
    "/boards/{board:str}",
    summary="A ranking",
    tags=["boards"],
    opt={"action": "read_boards", "personal": "people", "reach": "rows"},
)
async def read_board(
    request: Asked,
    pages: NamedDependency[Pages],
    reading: NamedDependency[Reading],
    board: Annotated[str, PathParameter(description="Id of a board in a plan.")],
    period: Annotated[
        str | None, QueryParameter(description="Week, month, quarter or year; this month if absent.")
    ] = None,
    plan: Annotated[str | None, QueryParameter(description="Of which plan, if several have it.")] = None,
    branch: Of = None,
    team: Of = None,
    post: Of = None,
    newcomers: Annotated[
        int | None, QueryParameter(ge=1, le=600, description="Only those here for fewer whole months.")
    ] = None,
    movement: Annotated[
        bool, QueryParameter(description="Tell also how each place moved since the period before.")
    ] = False,
    day: OnDay = None,
) -> Response[Ranked]:
    """Competition ranking (1, 2, 2, 4); within a tie who got there earlier comes first, then by id.

    Whoever stands on a board sees all of it; another token sees the places of those whom it reaches. Somebody
    who chose not to be shown by name keeps the place; only they and those who lead them see whose it is.
    """
    on = day or pages.today
    asked = period_asked(period, on)
    cohort = Population(
        branch=tuple(branch or ()),
        team=tuple(team or ()),
        post=tuple(post or ()),
        tenure_months=Months(until=newcomers) if newcomers else None,
    )

    def question(cursor: Cursor[Any], known_at: int | None) -> Ranked:
        made = reading.kept_boards.board if known_at is None else partial(boards.board, known_at=known_at)
        found = made(cursor, board, asked, plan=plan, cohort=cohort, until=on, moved=movement)
        if found is None:
            raise NotFound(
                field="board",
                detail=f"No plan in force in {asked} has a board {board!r}.",
                remedy="See /v1/plans.",
            )
        return displayed(cursor, _shown(cursor, found, known_at), partial(sees_name, request.auth))

    def _shown(cursor: Cursor[Any], found: Ranked, known_at: int | None) -> Ranked:
        if sees_all(cursor, request.auth, found, board, asked, on, known_at, reading.kept_boards):
            return found
        places = tuple(place for place in found.places if request.auth.reaches(place.employee))
        return msgspec.structs.replace(found, people=len(places), places=places)

    ranked = await pages.ask(question)
    ranked = msgspec.structs.replace(ranked, places=tuple(pages.cut(ranked.places)))
    shows(request, (place.employee for place in ranked.places if not place.anonymous))
    return pages.answer(ranked)


def sees_name(caller: Caller, employee: str) -> bool:
    """Whether `caller` sees whose place it is, of somebody who is not to be shown by name to others.

    A program may show what it reads on a wall, so it is no exception.
    """
    return employee == caller.employee or (caller.role not in PUBLIC and caller.reaches(employee))


def sees_all(
    cursor: Cursor[Any],
    caller: Caller,
    found: Ranked,
    board: str,
    asked: Period,
    on: dt.date,
    known_at: int | None = None,
    kept: KeptBoards | None = None,
) -> bool:
    """Whether `caller` may see all of the board that was `found`: who reaches everybody, or stands on it."""
    if caller.within is None or caller.employee is None:
        return caller.within is None
    who = caller.employee
    if kept is not None and known_at is None:
        return kept.stands_on(cursor, board, asked, who, plan=found.plan, until=on)
    return boards.stands_on(cursor, board, asked, who, plan=found.plan, until=on, known_at=known_at)


@get(
    "/milestones",
    summary="Milestones and the gap to each",
    tags=["people"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_milestones(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: Annotated[
        list[str] | None, QueryParameter(description="Of these people; of everybody if absent.")
    ] = None,
    day: OnDay = None,
) -> Response[list[MilestoneProgress]]:
    """What is done, what is left and how many days remain, counted from each person's hire date."""
    people = request.auth.people(employee)
    on = day or pages.today
    found = await pages.ask(lambda cursor, known_at: milestones.milestones(cursor, on, people, known_at))
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/goals",
    summary="Goals beside the sums of their parts",
    tags=["plans"],
    opt={"action": "read_plans", "personal": "none", "reach": "any"},
)
async def read_goals(
    view: NamedDependency[View], reading: NamedDependency[Reading], day: OnDay = None
) -> dict[str, list[GoalSum]]:
    """The goals of each plan in force, from the company down, and what their parts add up to."""
    on = day or reading.today()
    return await view.ask(lambda cursor, known_at: progress.cascade(cursor, on, known_at))
