"""Clients: seen by whoever looks after them, by their managers, and by the assistants who serve them."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.paging import Pages
from api.people import Asked
from api.watching import shows
from domain.refusals import NotAllowed
from projections import customers
from projections.customers import Customer
from projections.leads import served


@get(
    "/customers",
    summary="Clients and who looks after them",
    tags=["selling"],
    opt={"action": "read_clients", "personal": "people", "reach": "rows", "reach_on": "today"},
)
async def read_clients(
    request: Asked,
    pages: NamedDependency[Pages],
    customer: Annotated[
        list[str] | None, QueryParameter(description="These clients; all within reach if absent.")
    ] = None,
) -> Response[list[Customer]]:
    """One's own clients, those of the sellers whom one serves as their assistant, and those of one's team.

    Each with its owner and the last stage of the sale, in order of ids; other clients are refused, whatever
    the role. Asked as known before, it tells those whom one looked after then and still does.
    """

    def names(cursor: Cursor[Any], known_at: int | None) -> list[str]:
        for each in customer or ():
            require_client(cursor, request.auth, each, pages.today)
        return customer or customers.owned(
            cursor, owners_reached(cursor, request.auth, pages.today), known_at
        )

    asked = pages.cut(await pages.ask(names))

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Customer]:
        found = customers.customers(cursor, asked, known_at)
        now = customers.customers(cursor, asked)
        owners = owners_reached(cursor, request.auth, pages.today)
        seen = [name for name in asked if name in found]
        return [found[name] for name in seen if owners is None or now[name].owner in owners]

    found = await pages.ask(question)
    shows(request, {each.owner for each in found if each.owner is not None})
    return pages.answer(found)


def require_client(
    cursor: Cursor[Any], caller: Caller, customer: str, today: dt.date, met_by: Iterable[str] = ()
) -> None:
    """Lets the caller read about a client: by who looks after it now, whatever was so before.

    met_by: who counts as looking after one whom nobody was given.
    Raises: NotAllowed.
    """
    found = customers.customers(cursor, [customer]).get(customer)
    of_client = {found.owner} if found is not None and found.owner is not None else set(met_by)
    owners = owners_reached(cursor, caller, today)
    if not of_client or (owners is not None and of_client.isdisjoint(owners)):
        raise NotAllowed(
            field="customer",
            detail="A client is shown to whoever looks after it, their assistant and their manager.",
            remedy="Ask whoever looks after the client.",
        )


def owners_reached(cursor: Cursor[Any], caller: Caller, today: dt.date) -> list[str] | None:
    """Whose clients the caller sees; None for everybody's, which only a manager of everybody does."""
    if caller.role == "manager":
        return None if caller.within is None else sorted(caller.within)
    if caller.employee is None:
        return []
    return sorted({caller.employee, *served(cursor, caller.employee, today, None)})
