"""Asking for a ticket to the stream."""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api.auth import Gate
from api.caller import Caller
from api.reading import any_period
from api.streaming.tickets import NAME, SECONDS


class StreamTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket, the address that it opens once, and for how many seconds."""

    ticket: str
    address: str
    seconds: int


@post(
    "/stream/tickets",
    summary="A ticket to the stream",
    tags=["stream"],
    status_code=201,
    opt={"action": "read_boards", "personal": "none", "reach": "any"},
)
async def make_ticket(
    request: Request[Any, Caller, State],
    gate: NamedDependency[Gate],
    board: Annotated[str | None, QueryParameter(description="As the stream is to be asked.")] = None,
    plan: Annotated[str | None, QueryParameter(description="As the stream is to be asked.")] = None,
    period: Annotated[str | None, QueryParameter(description="As the stream is to be asked.")] = None,
    employee: Annotated[list[str] | None, QueryParameter(description="As the stream is to be asked.")] = None,
    branch: Annotated[list[str] | None, QueryParameter(description="As the stream is to be asked.")] = None,
) -> StreamTicket:
    """For an EventSource that can send no header and has no session: ask here with your token, then connect.

    The address is opened once, within a minute, and shows what your token may see; to connect again takes
    another ticket. With the cookie of a session the stream needs none.
    """
    if period is not None:
        any_period(period)
    query = request.scope["query_string"]
    ticket = await gate.tickets.make(list(request.scope["headers"]), query)
    asked = [*parse_qsl(query.decode("latin-1")), (NAME, ticket)]
    return StreamTicket(ticket=ticket, address=f"/v1/stream?{urlencode(asked)}", seconds=SECONDS)
