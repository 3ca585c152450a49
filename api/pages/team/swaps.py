"""Swaps of shifts that wait: who consented, what stands in the way, and approving or refusing them."""

from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.di import NamedDependency

from api import shifts
from api.own_facts import new_key
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.refusals import Told
from api.pages.submitted import converted, text_of
from api.shifts import tried
from domain.facts.base import Fact
from domain.facts.shifts import SwapApproved, SwapRefused
from domain.refusals import NotAllowed, Refusal
from projections.swaps import Swap

BEFORE = 10
"""So many settled swaps are shown."""


class Asked(NamedTuple):
    """A swap that waits. hindrance: what an approval by the reader would be refused for, if anything."""

    swap: Swap
    hindrance: Told | None


@get(
    "/team/swaps",
    opt=page_opt(
        "read_people", "team", asks=["done"], personal="people", reach="rows", follows="all_but_work"
    ),
)
async def swaps_page(page: NamedDependency[Page], done: str | None = None) -> Response[str]:
    """The swaps within reach: those that wait, tried against the rules, and those settled of late."""
    return await _swaps(page, done=done is not None)


@post("/team/swaps", opt=page_opt("record", "team", personal="people", reach="rows"))
async def settle_swap(page: NamedDependency[Page]) -> Response[str]:
    """Approves a swap or refuses it."""
    page.caller.require_record(SwapApproved.TYPE)  # refusing one's own has a place of its own
    form = await page.request.form()
    does: type[Fact] = SwapApproved if text_of(form, "does") == "approve" else SwapRefused
    said: dict[str, str | None] = {name: text_of(form, name) for name in ("swap", "employee")}
    if does is SwapApproved:
        said |= {"colleague": text_of(form, "colleague"), "approver": page.caller.actor}
    else:
        said["reason"] = text_of(form, "reason") or None
    try:
        await page.record(form, converted(does, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _swaps(page, refusal, dict(form))
    return page.gone_to("/team/swaps?done=yes")


async def _swaps(
    page: Page, refusal: Refusal | None = None, said: dict[str, Any] | None = None, done: bool = False
) -> Response[str]:
    found: list[Swap] = await page.ask(shifts.read_swaps)
    may = page.may_record(SwapApproved)
    waiting: list[Asked] = []
    for each in found:
        if each.state in ("asked", "consented"):
            hindrance = await tried(page.caller, page.writing, each) if may else None
            waiting.append(Asked(each, await page.told(hindrance) if hindrance else None))
    settled = [each for each in found if each.state in ("approved", "refused")][: -BEFORE - 1 : -1]
    people = {who for each in found for who in (each.employee, each.colleague)}
    return await page.answered(
        "team/swaps.html",
        refusal,
        waiting=waiting,
        settled=settled,
        names=await page.names(each for each in people if page.caller.reaches(each)),
        may=may,
        said=said or {},
        done=done,
        key=new_key(),
    )
