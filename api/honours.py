"""Honours: what was awarded, and what a board proposes."""

from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.boards import sees_name
from api.caller import Caller
from api.paging import Pages
from api.problems import NotFound
from api.reading import any_period
from api.watching import shows
from domain.decide.periods import require_past
from domain.facts.governance import HonourAwarded
from projections import honours
from projections.display import honours_displayed
from projections.honours import Honour

Asked = Request[Any, Caller, State]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """An honour that a board gives cause for. position: of the fact, once somebody has recorded it.

    honour: the data of an `honour_awarded`, to be sent as it is to POST /v1/facts.
    """

    honour: HonourAwarded
    position: int | None


@get(
    "/honours",
    summary="Honours that were awarded",
    tags=["boards"],
    opt={"action": "read_boards", "personal": "people", "reach": "any"},
)
async def read_honours(
    request: Asked,
    pages: NamedDependency[Pages],
    employee: Annotated[list[str] | None, QueryParameter(description="Of these people only.")] = None,
    board: Annotated[str | None, QueryParameter(description="For this board only.")] = None,
    period: Annotated[str | None, QueryParameter(description="For this period only.")] = None,
) -> Response[list[Honour]]:
    """Who was honoured for which place on which board, with the measure, its value and the facts behind it.

    Somebody who chose not to be shown by name is named to themselves and to those who lead them only.
    """
    asked = None if period is None else str(any_period(period))
    sees = partial(sees_name, request.auth)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Honour]:
        shown = honours_displayed(cursor, honours.honours(cursor, None, known_at), sees)
        return [
            each
            for each in shown
            if (employee is None or each.employee in employee)
            and board in (None, each.board)
            and asked in (None, each.period)
        ]

    found = await pages.ask(question)
    found = pages.cut(found)
    shows(request, (each.employee for each in found if each.evidence))
    return pages.answer(found)


@get(
    "/boards/{board:str}/honours",
    summary="Honours that a board proposes",
    tags=["boards"],
    opt={"action": "read_care", "personal": "people", "reach": "all"},
)
async def read_proposals(
    request: Asked,
    pages: NamedDependency[Pages],
    board: Annotated[str, PathParameter(description="Id of a board in a plan.")],
    period: Annotated[str, QueryParameter(description="A week, month, quarter or year that is over.")],
    plan: Annotated[str | None, QueryParameter(description="Of which plan, if several have it.")] = None,
) -> Response[list[Proposal]]:
    """Everybody in the first place over a period that is over, with the facts behind it: star of the week.

    Nobody is honoured before somebody records it, and nobody records their own.
    """
    asked = any_period(period)
    require_past(asked, pages.today)

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Proposal]:
        found = honours.winners(cursor, board, asked, plan=plan, known_at=known_at)
        if found is None:
            raise NotFound(
                field="board",
                detail=f"No plan in force in {asked} has a board {board!r}.",
                remedy="See /v1/plans.",
            )
        awarded = {
            (each.employee, each.plan, each.board, each.period): each.position
            for each in honours.honours(cursor, None, known_at)
        }
        return [
            Proposal(honour=each, position=awarded.get((each.employee, each.plan, board, str(asked))))
            for each in found
        ]

    found = await pages.ask(question)
    found = pages.cut(found)
    shows(request, (each.honour.employee for each in found))
    return pages.answer(found)
