"""Checking in at a client from the phone."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from api import clients, visits
from api.own_facts import new_key
from api.pages.employee.person import person_shown
from api.pages.navigation import page_opt
from api.pages.page import Page
from api.pages.submitted import converted, text_of
from api.reading import EmployeeInPath
from api.visits import CheckIn, TakenPlace
from domain.refusals import NotAllowed, Refusal

CLIENTS = 500


@get(
    "/employees/{employee:str}/visit",
    opt=page_opt("record", "visit", nav=30, clients=True, asks=["done"], personal="person"),
)
async def visit_page(
    page: NamedDependency[Page],
    employee: EmployeeInPath,
    done: Annotated[str | None, QueryParameter(description="How the last check-in went.")] = None,
) -> Response[str]:
    """The form of a visit that begins now, with one's own clients to choose from."""
    page.require_self(employee)
    return await _form(page, employee, done=done)


@post(
    "/employees/{employee:str}/visit",
    opt=page_opt("record", "visit", personal="person"),
)
async def check_in(page: NamedDependency[Page], employee: EmployeeInPath) -> Response[str]:
    """Records the visit; the time is that of the service, the place the phone's, if it gave one."""
    page.require_self(employee)
    form = await page.request.form()
    try:
        said = {
            "customer": text_of(form, "other") or text_of(form, "customer"),
            "department": text_of(form, "department") or None,
            "place": _place(form),
        }
        made = await visits.checked_in(
            page.request,
            page.writing,
            page.reading,
            employee,
            converted(CheckIn, said),
            text_of(form, "key") or None,
        )
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _form(page, employee, refusal, dict(form))
    done = "placed" if made.has_place else "unplaced"
    return page.gone_to(f"/employees/{employee}/visit?done={done}")


async def _form(
    page: Page,
    employee: str,
    refusal: Refusal | None = None,
    said: dict[str, Any] | None = None,
    done: str | None = None,
) -> Response[str]:
    today = page.reading.today()
    own = await page.ask(clients.read_clients, limit=CLIENTS) if page.may("read_clients") else []
    return await page.answered(
        "employee/visit.html",
        refusal,
        who=await person_shown(page, employee, today),
        today=today,
        clients=own,
        said=said or {},
        done=done if done in ("placed", "unplaced") else None,
        key=new_key(),
    )


def _place(form: FormMultiDict) -> TakenPlace | None:
    """Where the phone says it is; None where it did not say."""
    if not text_of(form, "latitude"):
        return None
    said = {name: text_of(form, name) or None for name in ("latitude", "longitude", "accuracy")}
    return converted(TakenPlace, said)
