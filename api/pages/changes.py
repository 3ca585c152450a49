"""Changes that take two, on one page: those that wait, with whose turn it is, and what became of others."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from api import changes
from api.ops import Ledger
from api.own_facts import new_key
from api.pages.called import plan_words
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of
from api.roles import MAY_ANSWER, MAY_PROPOSE
from domain.decide.proposed import UNNAMED, proposal_of
from domain.facts.changes import ChangeProposed
from domain.facts.erasure import SubjectErased
from domain.facts.governance import FactVoided
from domain.refusals import BadField, NotAllowed, Refusal
from projections.changes import ProposedChange

SHOWN = 20
"""So many of those that were answered are shown, the last ones."""


@get(
    "/proposals",
    opt=page_opt("read_pay", "payroll", asks=["done"], personal="people", reach="rows", follows="all_facts"),
)
async def proposals_page(page: NamedDependency[Page], done: str | None = None) -> Response[str]:
    """What waits for a second person, and what was answered of late."""
    return await _shown(page, done=done is not None)


@post("/proposals", opt=page_opt("record", "payroll", personal="people", reach="rows"))
async def answer_proposal(page: NamedDependency[Page], ledger: NamedDependency[Ledger]) -> Response[str]:
    """Approves, refuses or withdraws what was proposed, or proposes an erasure: whichever form was sent."""
    page.caller.require_record(ChangeProposed.TYPE)
    form = await page.request.form()
    try:
        await _take(page, ledger, form)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, refusal, dict(form))
    return page.gone_to("/proposals?done=yes")


async def waiting(page: Page, kind: str) -> Sequence[ProposedChange]:
    """The changes of one kind that wait for somebody, as far as the reader is shown them."""
    found: list[ProposedChange] = await page.ask(changes.read_proposals, state_="open")
    return [each for each in found if each.changes == kind]


async def _take(page: Page, ledger: Ledger, form: FormMultiDict) -> None:
    number = text_of(form, "proposal")
    position = int(number) if number.isascii() and number.isdecimal() and len(number) < 16 else 0
    match text_of(form, "does"):
        case "approve":
            await changes.approve(page.request, page.reading, page.writing, ledger, position)
        case "refuse":
            await page.send(changes.refuse_change, {"reason": text_of(form, "reason")}, proposal=position)
        case "withdraw":
            said = {"position": position, "reason": text_of(form, "reason")}
            await page.record(form, converted(FactVoided, said))
        case "erase":
            whose = "customer" if text_of(form, "whose") == "customer" else "employee"
            said = {whose: text_of(form, "subject"), "reason": text_of(form, "reason"), "approver": UNNAMED}
            await page.record(form, proposal_of(converted(SubjectErased, said)))
        case _:
            raise BadField(field="does", detail="The form names no step.", remedy="Load the page again.")


async def _shown(
    page: Page, refusal: Refusal | None = None, said: dict[str, Any] | None = None, done: bool = False
) -> Response[str]:
    found: list[ProposedChange] = await page.ask(changes.read_proposals)
    people = {each.employee for each in found if each.employee is not None}
    actors = {who for each in found for who in (each.actor, each.answered_by) if who is not None}
    role = page.caller.role
    return await page.answered(
        "changes/proposals.html",
        refusal,
        open=[each for each in found if each.state == "open"],
        over=[each for each in reversed(found) if each.state != "open"][:SHOWN],
        names=await page.names(people | actors),
        called=await plan_words(page),
        dated=dt.date.fromisoformat,
        own=page.caller.actor,
        may_answer=lambda each: page.may("record") and role in MAY_ANSWER[each.changes],  # type: ignore[misc]
        may_withdraw=page.may_record(FactVoided),
        may_erase=page.may("record") and role in MAY_PROPOSE[SubjectErased.TYPE],
        said=said or {},
        done=done,
        key=new_key(),
    )
