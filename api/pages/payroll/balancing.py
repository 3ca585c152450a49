"""What people owe out of their pay and what is held for them, carried from month to month; and write-offs."""

from litestar import Response, get, post
from litestar.di import NamedDependency

from api import balances
from api.own_facts import new_key
from api.pages.changes import waiting
from api.pages.page import Page
from api.pages.payroll.desk import desk_opt
from api.pages.submitted import converted, text_of, typed_minor
from domain.decide.proposed import UNNAMED, proposal_of
from domain.facts.accounts import BalanceWrittenOff
from domain.refusals import NotAllowed, Refusal
from projections.balances import Balance

_FIELDS = ("employee", "plan", "account", "currency", "amount", "reason")


@get("/payroll/balances", opt=desk_opt(follows="all_facts"))
async def balances_page(page: NamedDependency[Page]) -> Response[str]:
    """Every balance that is not at 0, as the closed months left it."""
    return await _shown(page)


@post("/payroll/balances", opt=desk_opt())
async def write_off(page: NamedDependency[Page]) -> Response[str]:
    """Proposes to give up what somebody owes, for good, which somebody else approves."""
    page.caller.require_record(BalanceWrittenOff.TYPE)
    form = await page.request.form()
    said: dict[str, object] = {name: text_of(form, name) for name in _FIELDS}
    try:
        amount = typed_minor(text_of(form, "amount"), text_of(form, "currency"), "amount")
        fact = converted(
            BalanceWrittenOff,
            {name: each for name, each in said.items() if name != "amount"}
            | {"amount_minor": amount, "approver": UNNAMED},
        )
        await page.record(form, proposal_of(fact))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _shown(page, refusal, said)
    return page.gone_to("/payroll/balances")


async def _shown(
    page: Page, refusal: Refusal | None = None, said: dict[str, object] | None = None
) -> Response[str]:
    found: list[Balance] = await page.ask(balances.read_balances)
    return await page.answered(
        "payroll/balances.html",
        refusal,
        owed=[each for each in found if each.balance_minor > 0],
        kept=[each for each in found if each.balance_minor < 0],
        names=await page.names(each.employee for each in found),
        said=said or {},
        waiting=await waiting(page, BalanceWrittenOff.TYPE),
        may_write_off=page.may("record"),
        key=new_key(),
    )
