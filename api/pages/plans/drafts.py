"""A draft on its way: what it says and changes, what people think of it, who proposes it, who adopts it."""

from typing import Annotated, Any
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from api import plan_life
from api.own_facts import new_key
from api.pages import people
from api.pages.hr.shown import title_of
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.plans.rights import PlanRights
from api.pages.submitted import converted, text_of
from api.plan_life import DraftDetail
from domain.facts.governance import FactVoided, PlanAdopted
from domain.facts.plans import AdoptionProposed, PlanCommented
from domain.refusals import AdoptionNotProposed, NotAllowed, Refusal

DraftInPath = Annotated[str, PathParameter(description="Id of a draft.")]


@get(
    "/plan-drafts/{draft:str}",
    opt=page_opt("read_plans", "plans", personal="people", reach="rows", follows="all_but_work"),
)
async def draft_page(page: NamedDependency[Page], draft: DraftInPath) -> Response[str]:
    """What the draft says, what it would change, and the next step with whose turn it is."""
    return await _draft(page, draft)


@post(
    "/plan-drafts/{draft:str}/comments",
    opt=page_opt("record", "plans", personal="people", reach="rows"),
)
async def comment(page: NamedDependency[Page], draft: DraftInPath) -> Response[str]:
    """Records what somebody says about the draft; the text is encrypted with their key."""
    page.caller.require_record(PlanCommented.TYPE)
    form = await page.request.form()
    found: DraftDetail = await page.ask(plan_life.read_draft, draft=draft)
    said = {
        "plan": found.draft.plan,
        "draft": draft,
        "employee": page.caller.employee or "",
        "note": text_of(form, "note"),
        "path": text_of(form, "path") or None,
    }
    try:
        said["employee"] = page.caller.employee or await people.chosen(page, form, "employee")
        await page.record(form, converted(PlanCommented, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _draft(page, draft, refusal, said | {"employee": text_of(form, "employee")})
    return page.gone_to(f"/plan-drafts/{quote(draft)}#comments")


@post(
    "/plan-drafts/{draft:str}/proposal",
    opt=page_opt("record", "plans", personal="people", reach="rows"),
)
async def propose(page: NamedDependency[Page], draft: DraftInPath) -> Response[str]:
    """Asks that the draft be adopted, which somebody else does; or withdraws the own proposal."""
    page.caller.require_record(AdoptionProposed.TYPE)
    form = await page.request.form()
    found: DraftDetail = await page.ask(plan_life.read_draft, draft=draft)
    standing = found.draft.proposal
    try:
        if text_of(form, "do") == "withdraw" and standing is not None:
            reason = text_of(form, "reason") or "The proposal is withdrawn."
            await page.record(form, FactVoided(position=standing.position, reason=reason))
        else:
            digest = text_of(form, "document_hash")
            said = {"plan": found.draft.plan, "draft": draft, "document_hash": digest}
            await page.record(form, converted(AdoptionProposed, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _draft(page, draft, refusal)
    return page.gone_to(f"/plan-drafts/{quote(draft)}")


@post(
    "/plan-drafts/{draft:str}/adoption",
    opt=page_opt("record", "plans", personal="people", reach="rows"),
)
async def adopt(page: NamedDependency[Page], draft: DraftInPath) -> Response[str]:
    """Adopts what somebody else has proposed: the document that was looked at, to the letter."""
    page.caller.require_record(PlanAdopted.TYPE)
    form = await page.request.form()
    found: DraftDetail = await page.ask(plan_life.read_draft, draft=draft)
    try:
        proposal = found.draft.proposal
        if proposal is None:
            raise AdoptionNotProposed(
                field="draft",
                detail=f"Nobody has proposed to adopt draft {draft}.",
                remedy="Let somebody propose it; another person adopts it.",
            )
        said = {
            "plan": found.draft.plan,
            "draft": draft,
            "effective_from": str(found.draft.effective_from),
            "document": found.document,
            "document_hash": text_of(form, "document_hash"),
            "approver": proposal.actor,
            "proposed_at": proposal.position,
        }
        await page.record(form, converted(PlanAdopted, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _draft(page, draft, refusal)
    return page.gone_to(f"/plans/{quote(found.draft.plan)}?day={found.draft.effective_from}")


async def _draft(
    page: Page, draft: str, refusal: Refusal | None = None, said: dict[str, Any] | None = None
) -> Response[str]:
    found: DraftDetail = await page.ask(plan_life.read_draft, draft=draft)
    typed = (said or {}).get("employee", "")
    speaks_for = page.caller.employee is None and page.may("read_people")
    actors = {found.draft.actor} | ({found.draft.proposal.actor} if found.draft.proposal else set())
    return await page.answered(
        "plans/draft.html",
        refusal,
        found=found,
        draft=found.draft,
        title=title_of(found.document, found.draft.plan),
        names=await page.names({each.employee for each in found.comments} | actors),
        rights=PlanRights.of(page.caller),
        own=page.caller.actor,
        said=said or {},
        choice=await people.choice(page, "employee", typed, refusal) if speaks_for else None,
        key=new_key(),
    )
