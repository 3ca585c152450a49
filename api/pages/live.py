"""What an open page follows: the facts that it rests on, about those whom its reader reaches."""

import datetime as dt
from typing import Annotated, Any

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, QueryParameter

from api.auth import Gate
from api.caller import Caller
from api.pages.page import Site
from api.problems import NotFound
from api.reach import declared_reach
from api.reading import Reading
from api.stream import position_after
from api.streaming.hub import Hub
from api.streaming.listener import Listener, Wish
from api.streaming.response import EventStream
from domain.refusals import BadField

Asked = Request[Any, Caller, State]


@get(
    "/live",
    media_type="text/event-stream",
    opt={
        "action": "use_account",
        "personal": "none",
        "reach": "rows",
        "endless": True,
        "asks": ("of", "employee", "after"),
    },
)
async def follow_page(
    request: Asked,
    site: NamedDependency[Site],
    reading: NamedDependency[Reading],
    gate: NamedDependency[Gate],
    hub: NamedDependency[Hub],
    of: Annotated[str, QueryParameter(max_length=100, description="The page, by the form of its address.")],
    employee: Annotated[str | None, QueryParameter(description="Whom the page is about.")] = None,
    after: Annotated[int | None, QueryParameter(ge=0, description="Position that it was shown at.")] = None,
    last_event_id: Annotated[str | None, HeaderParameter(name="Last-Event-ID")] = None,
) -> EventStream:
    """Says when a fact was counted that an open page may show; the page then asks for itself anew.

    It is for whoever may read the page. What has come is not told, but that it has: an event `delta` without
    rows. The other events are those of /v1/stream.
    """
    page = site.followed.get(of)
    if page is None:
        raise NotFound(
            field="of", detail=f"No page {of[:40]!r} is followed here.", remedy="Load the page that follows."
        )
    wish = _wish(request.auth, page, employee, reading.today())
    listener = Listener(wish, position_after(after, last_event_id))
    beginning = await hub.enter(listener)
    return EventStream(
        listener,
        beginning.frames,
        headers={},
        allowed=lambda: gate.still_admits(request.scope),
        leave=hub.leave,
    )


def _wish(caller: Caller, page: HTTPRouteHandler, employee: str | None, today: dt.date) -> Wish:
    """The wish of whoever may read `page`, to know when it changes.

    Raises: NotAllowed, BadField.
    """
    caller.require(page.opt["action"])
    reach = declared_reach(page.opt)
    if reach == "all":
        caller.require_everybody()
    elif reach == "person":
        if employee is None:
            raise BadField(field="employee", detail="The page is about a person.", remedy="Say about whom.")
        caller.require_about(employee)
    people = caller.people([employee] if employee is not None else None)
    return Wish(
        today,
        today,
        None if people is None else frozenset(people),
        placed=employee is None and caller.scope in ("team", "branch"),
        follows=page.opt["follows"],
    )
