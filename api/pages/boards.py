"""Boards: where people stand among each other, live, on a phone, at the desk and on a wall."""

import datetime as dt
from typing import Annotated
from urllib.parse import quote, urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api import boards, honours, plans
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.reading import OnDay, period_asked
from domain.period import Period, PeriodKind
from domain.plan.fields import Title
from projections.boards import Ranked
from projections.honours import Honour

PLACES = 100
"""So many places stand on one page; on a wall, as many as are read from afar."""

ON_A_WALL = 20
HONOURS = 3

BoardInPath = Annotated[str, PathParameter(description="Id of a board in a plan.")]


@get(
    "/boards",
    opt=page_opt("read_boards", "boards", nav=45, asks=["day"], personal="none", reach="any"),
)
async def boards_page(page: NamedDependency[Page], day: OnDay = None) -> Response[str]:
    """The boards of the plans in force."""
    found: list[tuple[str, Title, Title]] = []
    if page.may("read_plans"):
        for plan in await page.ask(plans.read_plans, day=day):
            document = (await page.ask(plans.read_plan, plan=plan.plan, day=day)).document or {}
            found.extend(
                (f"/boards/{quote(each['id'])}?plan={quote(plan.plan)}", titled(each), titled(document))
                for each in document.get("boards", ())
            )
    return await page.rendered("boards/list.html", boards=found, day=day)


@get(
    "/boards/{board:str}",
    opt=page_opt(
        "read_boards",
        "boards",
        asks=["plan", "period", "day", "offset", "wall"],
        personal="people",
        reach="rows",
        follows="all_facts",
    ),
)
async def board_page(
    page: NamedDependency[Page],
    board: BoardInPath,
    plan: Annotated[str | None, QueryParameter(description="Of which plan, if several have it.")] = None,
    period: Annotated[
        str | None, QueryParameter(description="Week, month, quarter or year; this month if absent.")
    ] = None,
    offset: Annotated[int, QueryParameter(ge=0, description="Places to pass over.")] = 0,
    wall: Annotated[bool, QueryParameter(description="For a screen that is read from afar.")] = False,
    day: OnDay = None,
) -> Response[str]:
    """A board with each place, how it moved, and who was honoured of late; live."""
    on = day or page.reading.today()
    asked = period_asked(period, on)
    ranked: Ranked = await page.ask(
        boards.read_board, board=board, plan=plan, period=str(asked), movement=True, day=day
    )
    awarded: list[Honour] = await page.ask(honours.read_honours, board=board)
    shown = ranked.places[offset : offset + (ON_A_WALL if wall else PLACES)]
    named = {each.employee for each in shown if not each.anonymous} | {
        each.employee for each in awarded if each.evidence
    }
    words = {"plan": ranked.plan, "period": str(asked)} | ({"day": str(day)} if day else {})
    return await page.rendered(
        "boards/wall.html" if wall else "boards/board.html",
        live=_stream(page, board, ranked, asked),
        board=board,
        asked=asked,
        ranked=ranked,
        places=shown,
        own=page.caller.employee,
        names=await page.names(named),
        currency=(await page.plans())[ranked.plan].currency if ranked.form == "money" else None,
        honours=awarded[-HONOURS:][::-1],
        query=urlencode(words),
        kinds=_periods(ranked.plan, on),
        offset=offset,
        more=offset + len(shown) < len(ranked.places),
        size=PLACES,
    )


def titled(written: dict[str, object]) -> Title:
    """What a document calls a board."""
    title = written.get("title") or written["id"]
    if isinstance(title, dict):
        return Title(str(title["en"]), str(title["zh"]))
    return Title(str(title), str(title))


def _stream(page: Page, board: str, ranked: Ranked, asked: Period) -> str:
    """The stream of the whole board for whoever sees all of it, else that of the people they reach."""
    caller = page.caller
    if caller.scope == "all" or any(place.employee == caller.employee for place in ranked.places):
        return f"/v1/stream?{urlencode({'board': board, 'plan': ranked.plan, 'period': str(asked)})}"
    return f"/v1/stream?{urlencode({'period': str(asked)})}"


def _periods(plan: str, on: dt.date) -> list[tuple[str, str]]:
    """The week, month and quarter of a day, each with the query that asks for it."""
    kinds: tuple[PeriodKind, ...] = ("week", "month", "quarter")
    return [(kind, urlencode({"plan": plan, "period": str(Period.containing(on, kind))})) for kind in kinds]
