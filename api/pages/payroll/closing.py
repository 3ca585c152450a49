"""A month is taken from open to released: the checklist, a proposal, the close by somebody else, and on."""

import asyncio
from collections.abc import Mapping

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from api import checklists, closes, run_sheets
from api.checklists import Checklist
from api.closes import CloseAsked, take_step
from api.connectors.quarantine import Quarantine
from api.follower import Follower
from api.kept_sheets import KeptSheets
from api.ops import Ledger
from api.own_facts import new_key
from api.pages.page import Page
from api.pages.payroll.desk import PEOPLE, desk_opt
from api.pages.submitted import converted, text_of
from api.payroll import read_payroll_runs
from api.reading import PeriodInPath, month
from api.roles import MAY_RECORD, Action
from api.run_sheets import Offset
from api.seal import Seal
from api.watching import shows
from domain.facts.base import Fact
from domain.facts.runs import RunApproved, RunReleased
from domain.refusals import BadField, NotAllowed, Refusal
from projections.checklist import Item

WHERE: Mapping[Item, tuple[Action, str]] = {
    "imports": ("administer", "/admin/imports"),
    "quarantine": ("administer", "/admin/connectors"),
    "unconfirmed": ("run_payroll", "/payroll/{period}/unconfirmed"),
    "without_plan": ("run_payroll", "/payroll/{period}/without-plan"),
    "inquiries": ("run_payroll", "/payroll/inquiries"),
    "holds": ("run_payroll", "/payroll/holds"),
    "drafts": ("read_plans", "/plans"),
    "runs_before": ("run_payroll", "/payroll"),
    "seal": ("read_facts", "/audit/seal"),
}
"""The page that shows what an item of the checklist counts, for those who may do what it takes."""


@get("/payroll/{period:str}/close", opt=desk_opt(follows="all_facts"))
async def close_page(
    page: NamedDependency[Page],
    quarantine: NamedDependency[Quarantine],
    follower: NamedDependency[Follower],
    sealing: NamedDependency[Seal],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
) -> Response[str]:
    """What to look at, and the next step: propose, close, approve, release; with why it is not yours."""
    given = {"quarantine": quarantine, "follower": follower, "sealing": sealing}
    return await _shown(page, period, given, kept_sheets)


@post("/payroll/{period:str}/close", opt=desk_opt())
async def take_next_step(
    page: NamedDependency[Page],
    ledger: NamedDependency[Ledger],
    quarantine: NamedDependency[Quarantine],
    follower: NamedDependency[Follower],
    sealing: NamedDependency[Seal],
    kept_sheets: NamedDependency[KeptSheets],
    period: PeriodInPath,
) -> Response[str]:
    """Takes the step that the form names, and shows where the month stands then."""
    page.caller.require(closes.close_month.opt["action"])
    form = await page.request.form()
    try:
        match text_of(form, "step"):
            case "propose" | "close" as step:
                confirms = text_of(form, "digest") if step == "close" else None
                await _close(page, ledger, CloseAsked(period=str(month(period)), confirms=confirms))
            case "approve" | "release" as step:
                await page.record(form, _of_run(page, step, form, period))
            case _:
                raise BadField(field="step", detail="The form names no step.", remedy="Load the page again.")
    except NotAllowed:
        raise
    except Refusal as refusal:
        given = {"quarantine": quarantine, "follower": follower, "sealing": sealing}
        return await _shown(page, period, given, kept_sheets, refusal)
    return page.gone_to(f"/payroll/{period}/close")


@get(
    "/payroll/{period:str}/without-plan",
    opt=desk_opt(asks=["offset"], follows="all_facts"),
)
async def without_plan_page(
    page: NamedDependency[Page], period: PeriodInPath, offset: Offset = 0
) -> Response[str]:
    """Who works in the month and is paid by no plan."""
    found = await page.ask(checklists.read_without_plan, period=period, offset=offset, limit=PEOPLE)
    return await page.rendered(
        "payroll/without_plan.html",
        period=period,
        found=found,
        offset=offset,
        size=PEOPLE,
    )


@get("/payroll/{period:str}/unconfirmed", opt=desk_opt(asks=["offset"], follows="all_facts"))
async def unconfirmed_page(
    page: NamedDependency[Page], period: PeriodInPath, offset: Offset = 0
) -> Response[str]:
    """The facts of the month that count for nothing until somebody confirms them."""
    found = await page.ask(checklists.read_unconfirmed, period=period, offset=offset, limit=PEOPLE)
    return await page.rendered(
        "payroll/unconfirmed.html", period=period, found=found, offset=offset, size=PEOPLE
    )


async def _close(page: Page, ledger: Ledger, asked: CloseAsked) -> None:
    """Proposes or closes; away from the event loop, for it takes as long as the statements take."""
    page.caller.require_everybody()
    made = await asyncio.to_thread(take_step, ledger, asked, page.caller.actor)
    await page.reading.after(made.position, page.request)


def _of_run(page: Page, step: str, form: FormMultiDict, period: str) -> Fact:
    said = {"period": str(month(period)), "statements_digest": text_of(form, "digest")}
    if step == "approve":
        return converted(RunApproved, said | {"approver": page.caller.actor})
    return converted(RunReleased, said)


async def _shown(
    page: Page,
    period: str,
    given: dict[str, object],
    kept_sheets: KeptSheets,
    refusal: Refusal | None = None,
) -> Response[str]:
    found: Checklist = await page.ask(checklists.read_checklist, period=period, **given)
    is_closed = found.state == "closed"
    run = by = None
    if is_closed:
        run = await page.ask(run_sheets.read_run_components, kept_sheets=kept_sheets, period=period)
        by = next(each for each in await page.ask(read_payroll_runs) if each.period == found.period)
    recording = MAY_RECORD.get(page.caller.role, frozenset())
    hands = [found.proposal.proposed_by if found.proposal else None]
    if run is not None and by is not None:
        hands += [by.proposed_by, by.closed_by]
        hands += [run.run.approval.approver if run.run.approval else None]
        hands += [run.run.release.actor if run.run.release else None]
    names = await page.names(each for each in hands if each is not None)
    shows(page.request, names)
    return await page.answered(
        "payroll/close.html",
        refusal,
        names=names,
        period=period,
        tab="close",
        found=run,
        list=found,
        by=by,
        where={
            item: address.format(period=period)
            for item, (action, address) in WHERE.items()
            if page.may(action)
        },
        own=page.caller.actor,
        may_close=page.may("close_periods"),
        may_approve=RunApproved.TYPE in recording,
        may_release=RunReleased.TYPE in recording,
        key=new_key(),
        query="",
    )
