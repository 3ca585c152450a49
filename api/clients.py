"""Clients: seen by whoever looks after them, by their managers, and by the assistants who serve them."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.people import Asked
from api.reading import Reading, View
from api.watching import shows
from domain.refusals import NotAllowed
from projections import customers
from projections.customers import Customer
from projections.leads import served

MOST = 1000


class ClientPage(msgspec.Struct, frozen=True, kw_only=True):
    """Clients in order of their ids. next_after: pass it as `after` for the next page; null at the end."""

    clients: list[Customer]
    next_after: str | None


@get(
    "/customers",
    summary="Clients and who looks after them",
    tags=["selling"],
    opt={"action": "read_clients", "personal": "people", "reach": "rows", "reach_on": "today"},
)
async def read_clients(
    request: Asked,
    view: NamedDependency[View],
    reading: NamedDependency[Reading],
    customer: Annotated[
        list[str] | None, QueryParameter(description="These clients; all within reach if absent.")
    ] = None,
    after: Annotated[str | None, QueryParameter(description="Where to go on: `next_after`.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST, description="Clients a page.")] = 100,
) -> ClientPage:
    """One's own clients, those of the sellers whom one serves as their assistant, and those of one's team.

    Each with its owner and the last stage of the sale; other clients are refused, whatever the role.
    """
    today = reading.today()

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[list[Customer], str | None]:
        for each in customer or ():
            require_client(cursor, request.auth, each, today)
        owners = owners_reached(cursor, request.auth, today)
        names = customer or customers.owned(cursor, owners, after, limit)
        found = customers.customers(cursor, names, known_at)
        more = customer is None and len(names) == limit
        return [found[name] for name in sorted(found)], names[-1] if more else None

    found, next_after = await view.ask(question)
    shows(request, {each.owner for each in found if each.owner is not None})
    return ClientPage(clients=found, next_after=next_after)


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
