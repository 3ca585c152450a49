"""Pay that is kept back: of a person, of what a deal makes, or of a line; and let go again."""

from typing import Annotated, get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api import payroll
from api.own_facts import new_key
from api.pages.called import plan_words
from api.pages.page import Page
from api.pages.payroll.desk import desk_opt
from api.pages.people import choice, chosen
from api.pages.submitted import converted, text_of
from api.problems import NotFound
from domain.facts.runs import HoldReleased, HoldScope, PayHeld
from domain.refusals import NotAllowed, Refusal
from projections.paying import Hold

Prefilled = Annotated[str | None, QueryParameter(max_length=64, description="What the form begins with.")]
_FIELDS = ("employee", "period", "plan", "component", "deal", "scope", "reason")


@get(
    "/payroll/holds",
    opt=desk_opt(asks=["employee", "period", "plan", "component"], follows="all_but_work"),
)
async def holds_page(
    page: NamedDependency[Page],
    employee: Prefilled = None,
    period: Prefilled = None,
    plan: Prefilled = None,
    component: Prefilled = None,
) -> Response[str]:
    """Every hold, those that keep something first, and the form of another."""
    said = {"employee": employee, "period": period, "plan": plan, "component": component}
    scope = "line" if plan and component else "person"
    return await _shown(page, {name: text for name, text in said.items() if text} | {"scope": scope})


@post("/payroll/holds", opt=desk_opt())
async def hold_pay(page: NamedDependency[Page]) -> Response[str]:
    """Keeps pay back, and shows the hold."""
    page.caller.require_record(PayHeld.TYPE)
    form = await page.request.form()
    said: dict[str, str] = {name: text_of(form, name) for name in _FIELDS}
    key = text_of(form, "key") or new_key()
    try:
        scope = said["scope"]
        fact = converted(
            PayHeld,
            {
                "hold": f"H-{key[:12]}",
                "employee": await chosen(page, form, "employee"),
                "scope": scope,
                "reason": said["reason"],
                "period": said["period"] or None,
                "deal": said["deal"] or None if scope == "deal" else None,
                "plan": said["plan"] or None if scope == "line" else None,
                "component": said["component"] or None if scope == "line" else None,
            },
        )
        await page.record(form, fact)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, said, refusal)
    return page.gone_to("/payroll/holds")


@post(
    "/payroll/holds/{hold:str}/release",
    opt=desk_opt(),
)
async def let_go(
    page: NamedDependency[Page], hold: Annotated[str, PathParameter(description="Id of a hold.")]
) -> Response[str]:
    """Lets what a hold keeps be paid."""
    page.caller.require_record(HoldReleased.TYPE)
    form = await page.request.form()
    found = next((each for each in await _holds(page) if each.hold == hold), None)
    if found is None:
        raise NotFound(
            field="hold", detail=f"Nothing is held under {hold!r}.", remedy="See the list of holds."
        )
    try:
        said = {"hold": hold, "employee": found.employee, "reason": text_of(form, "reason")}
        await page.record(form, converted(HoldReleased, said))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, {"scope": "person"}, refusal)
    return page.gone_to("/payroll/holds")


async def _holds(page: Page) -> list[Hold]:
    return await page.ask(payroll.read_holds)


async def _shown(page: Page, said: dict[str, str], refusal: Refusal | None = None) -> Response[str]:
    found = await _holds(page)
    may = page.may("record") and page.caller.role != "auditor"
    return await page.answered(
        "payroll/holds.html",
        refusal,
        holding=[each for each in found if each.released_at is None][::-1],
        over=[each for each in found if each.released_at is not None][::-1],
        names=await page.names(who for each in found for who in (each.employee, each.actor)),
        called=await plan_words(page),
        said=said,
        scopes=get_args(HoldScope),
        who=await choice(page, "employee", said.get("employee", ""), refusal),
        may_hold=may,
        key=new_key(),
    )
