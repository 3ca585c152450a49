"""What the deals of a client cost and leave: confidential, for whoever looks after it and leads them."""

from collections.abc import Iterable
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from psycopg import Cursor

from api.caller import Caller
from api.names import read
from api.people import Asked
from api.practices import CustomerInPath, known_customer, reads_confidential
from api.reading import View
from api.watching import shows
from domain.decide.boundary import Look
from domain.decide.known import Known
from domain.facts.registry import decode
from domain.facts.selling import DealClosed, DealCosted
from domain.journal.lookup import looked_at
from domain.journal.vault import Stored, Vault
from domain.people.margins import DealMargin, margin_of
from domain.refusals import NotAllowed

DEALS = ("deal_closed", "deal_reversed", "deal_costed", "fact_voided")


@get(
    "/customers/{customer:str}/margins",
    summary="What the deals of a client cost and leave",
    tags=["selling"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_margins(
    request: Asked, view: NamedDependency[View], vault: NamedDependency[Vault], customer: CustomerInPath
) -> list[DealMargin]:
    """Cost, margin and what of it counts for pay, by deal; null where nothing was told, or it was erased.

    Confidential: for whoever looks after the client, and for managers who reach them.
    """

    def question(cursor: Cursor[Any], known_at: int | None) -> list[DealMargin]:
        known_customer(cursor, customer, known_at)
        require_margins(cursor, request.auth, customer)
        return margins(cursor, vault, customer, known_at)

    found = await view.ask(question)
    shows(request, {each.employee for each in found})
    return found


def require_margins(cursor: Cursor[Any], caller: Caller, customer: str) -> None:
    """Lets the caller read what the deals of `customer` cost: as its owner now, or as a manager of theirs.

    Raises: NotAllowed.
    """
    if not reads_confidential(cursor, caller, customer):
        raise NotAllowed(
            field="customer",
            detail="Costs and margins are told to whoever looks after the client and to their manager.",
            remedy="Ask whoever looks after the client.",
        )


def margins(cursor: Cursor[Any], vault: Vault, customer: str, known_at: int | None) -> list[DealMargin]:
    """What the live deals of `customer` cost and leave, by their ids.

    Raises: KeysUnavailable.
    """
    told = [
        (record.position, decode(record.type, record.data), record.tags)
        for record in looked_at(cursor, [Look(DEALS, f"customer:{customer}")])
        if known_at is None or record.position <= known_at
    ]
    known = Known()
    known.fold(told)
    standing = {deal: known.told("deal", deal) for deal in sorted(known.deals)}
    costed = {deal: _costed(told) for deal, told in standing.items()}
    stored = {
        deal: Stored(position, f"customer:{customer}", "cost_minor", fact.cost_minor)
        for deal, (position, fact) in costed.items()
        if fact is not None and position is not None
    }
    said = read(cursor, vault, list(stored.values()))
    return [
        margin_of(
            sold,
            known.deals[deal].reversed_minor,
            *costed[deal],
            said[stored[deal]] if deal in stored else None,
        )
        for deal, facts in standing.items()
        for _, sold in facts
        if isinstance(sold, DealClosed)
    ]


def _costed(told: Iterable[tuple[int, Any]]) -> tuple[int, DealCosted] | tuple[None, None]:
    return next(((position, fact) for position, fact in told if isinstance(fact, DealCosted)), (None, None))
