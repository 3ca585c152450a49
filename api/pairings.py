"""Pairs of an assistant and a seller: what each has changed, and the best assignment of all."""

from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from psycopg import Cursor

from api.assignment import cheapest
from api.kept_findings import KeptFindings
from api.paging import Pages
from api.people import Asked
from api.reading import OnDay
from api.watching import shows
from domain.plan.pairing import Verdict
from projections.pairing import Pairing, pairings
from projections.proposals import Proposal, proposals


@get(
    "/pairings",
    summary="Who serves whom, and with what effect",
    tags=["assistants"],
    opt={"action": "read_care", "personal": "people", "reach": "rows"},
)
async def read_pairings(
    request: Asked,
    pages: NamedDependency[Pages],
    findings: NamedDependency[KeptFindings],
    employee: Annotated[
        list[str] | None, QueryParameter(description="Pairs that one of these belongs to; all if absent.")
    ] = None,
    verdict: Annotated[
        Verdict | None, QueryParameter(description="Only pairs of which this is said.")
    ] = None,
    day: OnDay = None,
) -> Response[list[Pairing]]:
    """Each indicator before the pairing and since, and whether the pair works or is to be changed, and why.

    Whoever does not read about everybody sees the pairs of whom they reach both.
    """
    people, within = request.auth.people(employee), request.auth.within
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Pairing]:
        return pairings(cursor, on, people, known_at)

    if people is None:
        found = await findings.ask(pages, ("pairings", on), "all", question)
    else:
        found = await pages.ask(question)
    chosen = [
        each
        for each in found
        if verdict in (None, each.verdict) and (within is None or {each.assistant, each.seller} <= within)
    ]
    chosen = pages.cut(chosen)
    shows(request, (person for each in chosen for person in (each.assistant, each.seller)))
    return pages.answer(chosen)


@get(
    "/pairings/proposals",
    summary="The best assignment of assistants to sellers",
    tags=["assistants"],
    opt={"action": "read_care", "personal": "people", "reach": "all"},
)
async def read_proposals(
    request: Asked,
    pages: NamedDependency[Pages],
    findings: NamedDependency[KeptFindings],
    plan: Annotated[str | None, QueryParameter(description="Of this plan only.")] = None,
    day: OnDay = None,
) -> Response[list[Proposal]]:
    """Over all pairs, by what each has shown or is assumed to show, with its reason and the gain in all."""
    on = day or pages.today

    def question(cursor: Cursor[Any], known_at: int | None) -> list[Proposal]:
        return proposals(cursor, on, cheapest, plan, known_at)

    found = await findings.ask(pages, ("proposals", on, plan), "all", question)
    pairs = (pair for each in found for pair in each.pairs)
    found = pages.cut(found)
    shows(request, {person for pair in pairs for person in (pair.seller, pair.assistant)})
    return pages.answer(found)
