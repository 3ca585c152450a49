"""Practices where they fit, the next step with a client, and who decides there."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from psycopg import Cursor

from api.caller import Caller
from api.names import read
from api.paging import Pages
from api.problems import NotFound
from api.reading import View
from api.watching import shows
from domain.facts.practices import ProcessStep
from domain.facts.selling import Stage
from domain.journal.vault import Stored, Vault
from domain.people.sales_stages import next_stage
from domain.plan.fields import Title
from domain.refusals import NotAllowed
from projections import customers, practices
from projections.customers import Customer
from projections.practices import DecisionMaker, Practice

Asked = Request[Any, Caller, State]
CustomerInPath = Annotated[str, PathParameter(description="Id of a client.")]
CONFIDENTIAL_FOR = frozenset({"manager"})
"""Roles that read what is confidential of the clients of those whom they reach, beside who owns a client."""

ACTIONS: dict[Stage, Title] = {
    "contact": Title("Make contact", "建立联系"),
    "needs": Title("Find out what they need", "了解需求"),
    "demo": Title("Show the product", "安排演示"),
    "objections": Title("Answer their objections", "处理异议"),
    "close": Title("Close the deal", "促成签约"),
}


class NextAction(msgspec.Struct, frozen=True, kw_only=True):
    """What to do next with a client. stage: the one to reach; None after the close.

    practices: those that help to reach it; process: those for the steps of its buying, in their order.
    """

    customer: Customer
    stage: Stage | None
    action: Title | None
    practices: list[Practice]
    process: list[Practice]


@get(
    "/practices",
    summary="Practices, with the results behind them",
    tags=["practices"],
    opt={"action": "read_boards", "personal": "people", "reach": "any"},
)
async def read_practices(
    request: Asked,
    pages: NamedDependency[Pages],
    stage: Annotated[Stage | None, QueryParameter(description="For this stage of the sale only.")] = None,
    step: Annotated[
        ProcessStep | None, QueryParameter(description="For this step of a hospital's buying only.")
    ] = None,
    kind: Annotated[
        str | None, QueryParameter(description="For clients of this kind, and for those of any.")
    ] = None,
) -> Response[list[Practice]]:
    """What works, at which stage or step, and its effect: measured anew from facts at each reading.

    What is about one client is shown with that client only.
    """

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Practice]:
        return practices.practices(cursor, known_at, stage=stage, step=step, kind=kind, customer="")

    found = await pages.ask(question)
    found = pages.cut(found)
    shows(request, (each.employee for each in found))
    return pages.answer(found)


@get(
    "/customers/{customer:str}/next",
    summary="The next step with a client",
    tags=["practices"],
    opt={"action": "read_boards", "personal": "people", "reach": "rows"},
)
async def read_next(request: Asked, view: NamedDependency[View], customer: CustomerInPath) -> NextAction:
    """By the last stage that it has reached: contact, needs, demo, objections, close.

    With it the practices that help there. For whoever looks after the client, and those who reach them.
    """

    def question(cursor: Cursor[Any], known_at: int | None) -> NextAction:
        return next_action(cursor, _known(cursor, customer, request.auth, known_at), known_at)

    found = await view.ask(question)
    owner = found.customer.owner
    told = {each.employee for each in (*found.practices, *found.process)}
    shows(request, told if owner is None else told | {owner})
    return found


@get(
    "/customers/{customer:str}/decision-makers",
    summary="Who decides at a client",
    tags=["practices"],
    opt={"action": "read_people", "personal": "people", "reach": "rows"},
)
async def read_decision_makers(
    request: Asked, pages: NamedDependency[Pages], vault: NamedDependency[Vault], customer: CustomerInPath
) -> Response[list[DecisionMaker]]:
    """By step of its buying, readable; null in place of what was erased. Whoever reads here leaves a trace.

    Confidential: for whoever looks after the client, and for managers who reach them.
    """

    def question(cursor: Cursor[Any], known_at: int | None) -> tuple[Customer, list[DecisionMaker]]:
        known = _known(cursor, customer, request.auth, known_at)
        require_contacts(cursor, request.auth, customer)
        return known, in_clear(cursor, vault, practices.decision_makers(cursor, customer, known_at))

    known, found = await pages.ask(question)
    people = {each.employee for each in found}
    found = pages.cut(found)
    shows(request, people if known.owner is None else people | {known.owner})
    return pages.answer(found)


def next_action(cursor: Cursor[Any], customer: Customer, known_at: int | None) -> NextAction:
    """What to do next with `customer`."""
    stage = next_stage(customer.stage)
    kind, name = customer.kind or "", customer.customer
    return NextAction(
        customer=customer,
        stage=stage,
        action=ACTIONS[stage] if stage else None,
        practices=practices.practices(cursor, known_at, stage=stage, kind=kind, customer=name)
        if stage
        else [],
        process=practices.process_of(cursor, customer.customer, customer.kind, known_at),
    )


def known_customer(cursor: Cursor[Any], customer: str, known_at: int | None) -> Customer:
    """The client of this id.

    Raises: NotFound.
    """
    found = customers.customers(cursor, [customer], known_at).get(customer)
    if found is None:
        raise NotFound(
            field="customer", detail=f"No fact speaks of client {customer!r}.", remedy="Mend the id."
        )
    return found


def require_contacts(cursor: Cursor[Any], caller: Caller, customer: str) -> None:
    """Lets the caller read who decides at `customer`: as its owner now, or as a manager who reaches them.

    Raises: NotAllowed.
    """
    if not reads_confidential(cursor, caller, customer):
        raise NotAllowed(
            field="customer",
            detail="Who decides at a client is told to whoever looks after it and to their manager.",
            remedy="Ask whoever looks after the client.",
        )


def reads_confidential(cursor: Cursor[Any], caller: Caller, customer: str) -> bool:
    """Whether the caller reads what is confidential of `customer`: its owner now, or a manager of theirs."""
    found = customers.customers(cursor, [customer]).get(customer)
    owner = None if found is None else found.owner
    if owner is None:
        return False
    return owner == caller.employee or (caller.role in CONFIDENTIAL_FOR and caller.reaches(owner))


def in_clear(cursor: Cursor[Any], vault: Vault, found: list[DecisionMaker]) -> list[DecisionMaker]:
    """`found` readable; what was erased is None.

    Raises: KeysUnavailable.
    """
    stored = {
        (each.position, field): Stored(each.position, f"customer:{each.customer}", field, text)
        for each in found
        for field in ("name", "contact", "note")
        if (text := getattr(each, field)) is not None
    }
    said = read(cursor, vault, list(stored.values()))
    return [
        msgspec.structs.replace(
            each,
            **{field: said[told] for (position, field), told in stored.items() if position == each.position},
        )
        for each in found
    ]


def _known(cursor: Cursor[Any], customer: str, caller: Caller, known_at: int | None) -> Customer:
    """The client, if the caller reaches whoever looks after it now.

    Raises: NotFound, NotAllowed.
    """
    found = known_customer(cursor, customer, known_at)
    owner = known_customer(cursor, customer, None).owner
    if owner is None:
        caller.require_everybody()
    else:
        caller.require_about(owner, "customer")
    return found
