"""Pairs of assistants and sellers: how each works out, who should serve whom, and contracts on their way."""

from litestar import Response, get
from litestar.di import NamedDependency

from api import assistants, pairings
from api.pages.navigation import page_opt
from api.pages.page import Page
from projections.contracts import Contract
from projections.pairing import Pairing
from projections.proposals import Proposal

CONTRACTS = 20


@get("/team/pairs", opt=page_opt("read_care", "team", personal="people", reach="rows", follows="all_facts"))
async def pairs_page(page: NamedDependency[Page]) -> Response[str]:
    """Pairs with their effect and why they work or not; proposals for those who reach everybody."""
    pairs: list[Pairing] = await page.ask(pairings.read_pairings)
    proposed: list[Proposal] = await page.ask(pairings.read_proposals) if page.caller.scope == "all" else []
    contracts: list[Contract] = []
    for assistant in sorted({each.assistant for each in pairs}):
        contracts += await page.ask(assistants.read_contracts, employee=assistant)
    open_ = [each for each in contracts if each.due][:CONTRACTS]
    people = {who for each in pairs for who in (each.assistant, each.seller)}
    people |= {who for each in proposed for pair in each.pairs for who in (pair.assistant, pair.seller)}
    return await page.rendered(
        "team/pairs.html",
        pairs=sorted(pairs, key=lambda each: (each.verdict != "to_change", each.seller)),
        proposed=proposed,
        reaches_all=page.caller.scope == "all",
        contracts=open_,
        plans=await page.plans(),
        names=await page.names(
            people | {each.employee for each in open_ if page.caller.reaches(each.employee)}
        ),
    )
