"""One person's targets: what is asked, where it comes from, how it was changed, and proposing a change."""

import datetime as dt
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from api import alerts, targets, workforce
from api.own_facts import new_key
from api.pages.changes import waiting
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of
from api.reading import EmployeeInPath
from domain.decide.proposed import UNNAMED, proposal_of
from domain.facts.governance import TargetChanged
from domain.refusals import NotAllowed, Refusal
from projections.interventions import Intervention
from projections.progress import Attainment
from projections.target_history import ChangedTarget

_FIELDS = ("target", "value", "effective_from", "effective_until", "reason")


@get(
    "/employees/{employee:str}/targets",
    opt=page_opt("read_pay", "team", asks=["done"], personal="person", follows="all_facts"),
)
async def targets_page(
    page: NamedDependency[Page], employee: EmployeeInPath, done: str | None = None
) -> Response[str]:
    """The targets of the month with their sources and relief, and every change with its reason."""
    return await _targets(page, employee, done=done is not None)


@post("/employees/{employee:str}/targets", opt=page_opt("record", "team", personal="person"))
async def change_target(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """Proposes to change a target for one person, which somebody else approves."""
    page.caller.require_record(TargetChanged.TYPE)
    form = await page.request.form()
    try:
        said = {name: text_of(form, name) or None for name in _FIELDS}
        change = converted(TargetChanged, {"employee": employee, "approver": UNNAMED, **said})
        await page.record(form, proposal_of(change))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _targets(page, employee, refusal, dict(form))
    return page.gone_to(f"/employees/{employee}/targets?done=yes")


async def _targets(
    page: Page,
    employee: str,
    refusal: Refusal | None = None,
    said: dict[str, Any] | None = None,
    done: bool = False,
) -> Response[str]:
    today = page.reading.today()
    far: list[Attainment] = await page.ask(workforce.read_attainments, employee=[employee])
    history: list[ChangedTarget] = await page.ask(targets.read_target_changes, employee=employee)
    care: list[Intervention] = (
        await page.ask(alerts.read_interventions, employee=[employee]) if page.may("read_care") else []
    )
    asked = far[0].targets if far else ()
    return await page.answered(
        "team/targets.html",
        refusal,
        who=await person_shown(page, employee, today),
        targets=asked,
        currency=far[0].currency if far else None,
        titles={each.target: each.title for each in asked},
        history=history,
        names=await page.names(who for each in history for who in (each.actor, each.approver)),
        waiting=[each for each in await waiting(page, TargetChanged.TYPE) if each.employee == employee],
        care=[each for each in care if each.state != "closed"],
        may=page.may_record(TargetChanged) and page.caller.employee != employee,
        first=today.replace(day=1),
        next_month=(today.replace(day=1) + dt.timedelta(days=32)).replace(day=1),
        said=said or {},
        done=done,
        key=new_key(),
    )
