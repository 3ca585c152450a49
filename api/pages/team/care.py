"""Help for one person: warnings seen, interventions begun, and how they ended."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency

from api import alerts
from api.own_facts import new_key
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.people import choice, chosen
from api.pages.submitted import converted, text_of
from api.reading import EmployeeInPath
from domain.facts.base import Fact
from domain.facts.interventions import AlertAcknowledged, InterventionClosed, InterventionOpened
from domain.refusals import BadField, NotAllowed, Refusal
from projections.alerts import Warning
from projections.interventions import Intervention

OUTCOMES = ("helped", "helped_in_part", "did_not_help", "left")


@get(
    "/employees/{employee:str}/care",
    opt=page_opt("read_care", "team", asks=["done"], personal="person", follows="all_facts"),
)
async def care_page(
    page: NamedDependency[Page], employee: EmployeeInPath, done: str | None = None
) -> Response[str]:
    """The warnings about a person with their numbers, what is done about them, and what was."""
    return await _care(page, employee, done=done is not None)


@post("/employees/{employee:str}/care", opt=page_opt("record", "team", personal="person"))
async def take_care(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """Records that a warning was seen, that help begins, or how it ended: whichever form was sent."""
    form = await page.request.form()
    try:
        await page.record(form, await _fact(page, employee, form))
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _care(page, employee, refusal, dict(form))
    return page.gone_to(f"/employees/{employee}/care?done=yes")


async def _fact(page: Page, employee: str, form: FormMultiDict) -> Fact:
    """What the form says.

    Raises: BadField.
    """
    does = text_of(form, "does")
    note = text_of(form, "note") or None
    about = dict(zip(("plan", "alert", "period"), text_of(form, "about").split("/"), strict=False))
    match does:
        case "see":
            page.caller.require_record(AlertAcknowledged.TYPE)
            return converted(AlertAcknowledged, {"employee": employee, **about})
        case "begin":
            page.caller.require_record(InterventionOpened.TYPE)
            said = {
                "intervention": text_of(form, "key"),
                "employee": employee,
                "owner": await chosen(page, form, "owner"),
                "actions": [line.strip() for line in text_of(form, "actions").split("\n") if line.strip()],
                "due_on": text_of(form, "due_on"),
                "note": note,
                **(about if about.get("alert") else {}),
            }
            return converted(InterventionOpened, said)
        case "end":
            page.caller.require_record(InterventionClosed.TYPE)
            said = {
                "intervention": text_of(form, "intervention"),
                "employee": employee,
                "outcome": text_of(form, "outcome"),
                "note": note,
            }
            return converted(InterventionClosed, said)
        case _:
            raise BadField(field="does", detail=f"{does!r} is nothing to do.", remedy="Send the form again.")


async def _care(
    page: Page,
    employee: str,
    refusal: Refusal | None = None,
    said: dict[str, Any] | None = None,
    done: bool = False,
) -> Response[str]:
    warnings: list[Warning] = await page.ask(alerts.read_alerts, employee=[employee])
    care: list[Intervention] = await page.ask(alerts.read_interventions, employee=[employee])
    may = page.may_record(InterventionOpened)
    owner = (said or {}).get("owner", page.caller.employee or "")
    concerned = {each.owner for each in (*care, *warnings) if each.owner and page.caller.reaches(each.owner)}
    return await page.answered(
        "team/care.html",
        refusal,
        who=await person_shown(page, employee, page.reading.today()),
        warnings=warnings,
        under_way=[each for each in care if each.state != "closed"],
        over=[each for each in care if each.state == "closed"][::-1],
        names=await page.names(concerned),
        owner=await choice(page, "owner", str(owner), refusal) if may else None,
        may=may,
        outcomes=OUTCOMES,
        said=said or {},
        done=done,
        key=new_key(),
    )
