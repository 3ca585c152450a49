"""Live standings: what changes is sent as it is counted, over server-sent events."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, QueryParameter
from psycopg import Cursor

from api.auth import Gate
from api.boards import sees_all
from api.caller import Caller
from api.problems import NotFound
from api.reading import Reading, period_asked
from api.streaming.hub import Hub
from api.streaming.listener import BoardAsked, Listener, Wish
from api.streaming.response import EventStream
from api.watching import shows
from domain.period import Period
from domain.refusals import BadField, NotAllowed
from projections import roster
from projections.boards import Ranked

STARTS_AT = "Stream-Starts-At"

Asked = Request[Any, Caller, State]


@get(
    "/stream",
    summary="Live standings or a live board",
    tags=["stream"],
    media_type="text/event-stream",
    opt={"action": "read_boards", "personal": "people", "reach": "rows", "tickets": True, "endless": True},
)
async def follow(
    request: Asked,
    reading: NamedDependency[Reading],
    gate: NamedDependency[Gate],
    hub: NamedDependency[Hub],
    board: Annotated[str | None, QueryParameter(description="Follow this board of a plan.")] = None,
    plan: Annotated[str | None, QueryParameter(description="Of which plan, if several have it.")] = None,
    period: Annotated[
        str | None, QueryParameter(description="Week, month, quarter or year; this month if absent.")
    ] = None,
    employee: Annotated[
        list[str] | None, QueryParameter(description="Only these people; may be repeated.")
    ] = None,
    branch: Annotated[
        list[str] | None, QueryParameter(description="Only people of these branches; may be repeated.")
    ] = None,
    after: Annotated[
        int | None,
        QueryParameter(ge=0, description="Go on after this position; Last-Event-ID says the same."),
    ] = None,
    ticket: Annotated[
        str | None, QueryParameter(description="In place of a token, from /v1/stream/tickets: once.")
    ] = None,
    last_event_id: Annotated[
        str | None, HeaderParameter(name="Last-Event-ID", description="As `after`: the last id that came.")
    ] = None,
) -> EventStream:
    """What changes, as server-sent events.

    Events are `snapshot` (all rows), `delta` (rows that changed, as they are now), `progress` (nothing of
    yours changed up to here) and `must-refetch` (forget what you have; connect again). The id of an event is
    the position of the journal that it brings you to. The header Stream-Starts-At says after which position
    the events go on; when it is the one you asked for, no snapshot comes.
    """
    asked = period_asked(period, reading.today())
    if board is None:
        wish = await _people_wish(request, reading, asked, employee, branch)
    elif employee or branch:
        raise BadField(
            field="employee" if employee else "branch",
            detail="A board is followed as a whole.",
            remedy="Leave it out, or leave board out.",
        )
    else:
        wish = await _board_wish(request, reading, board, plan, asked)
    listener = Listener(wish, position_after(after, last_event_id))
    beginning = await hub.enter(listener)
    return EventStream(
        listener,
        beginning.frames,
        headers={STARTS_AT: str(beginning.starts_at)},
        allowed=lambda: gate.still_admits(request.scope),
        leave=hub.leave,
    )


async def _people_wish(
    request: Asked, reading: Reading, asked: Period, employee: list[str] | None, branch: list[str] | None
) -> Wish:
    """The wish to follow what people have, those of some branches if any are named.

    Raises: NotAllowed.
    """
    caller = request.auth
    people = caller.people(employee)
    employees = None if people is None else frozenset(people)
    if branch:
        employees = await reading.ask(_of_branches(branch, asked, employees))
    if employees is not None:
        shows(request, employees)
    placed = bool(branch) or caller.scope in ("team", "branch")
    return Wish(asked.first_day, asked.last_day, employees, placed=placed)


async def _board_wish(request: Asked, reading: Reading, board: str, plan: str | None, asked: Period) -> Wish:
    """The wish to follow a board, of somebody who sees all of it.

    Raises: NotFound, NotAllowed.
    """
    caller, today = request.auth, reading.today()

    def question(cursor: Cursor[Any]) -> tuple[Ranked | None, bool]:
        kept = reading.kept_boards
        found = kept.board(cursor, board, asked, plan=plan, until=today)
        return found, found is not None and sees_all(cursor, caller, found, board, asked, today, kept=kept)

    ranked, all_of_it = await reading.ask(question)
    if ranked is None:
        raise NotFound(
            field="board",
            detail=f"No plan in force in {asked} has a board {board!r}.",
            remedy="See /v1/plans.",
        )
    if not all_of_it:
        raise NotAllowed(
            field="board",
            detail="This token sees a part of the board, and a board is followed as a whole.",
            remedy=f"Read /v1/boards/{board}, or use the token of somebody who stands on it.",
        )
    shows(request, (place.employee for place in ranked.places))
    return Wish(asked.first_day, asked.last_day, board=BoardAsked(board, ranked.plan, str(asked)))


def _of_branches(
    branches: list[str], asked: Period, among: frozenset[str] | None
) -> Callable[[Cursor[Any]], frozenset[str]]:
    """Who of `among`, or of everybody, is in one of `branches` at the end of the period or of their stay."""

    def question(cursor: Cursor[Any]) -> frozenset[str]:
        here = roster.told(cursor, None if among is None else sorted(among)).deciding(asked)
        return frozenset(employee for employee, posting in here.items() if posting.branch in branches)

    return question


def position_after(after: int | None, last_event_id: str | None) -> int | None:
    """The position to go on after; the header is the newer of the two, for a browser sends it by itself.

    Raises: BadField.
    """
    if not last_event_id:
        return after
    if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) <= 18):
        raise BadField(
            field="Last-Event-ID",
            detail=f"{last_event_id[:40]!r} is not an id of this stream.",
            remedy="Send back the last id that came, or none.",
        )
    return int(last_event_id)
