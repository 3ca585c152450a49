"""The first run: opening a new ledger with the code that the service printed, then step by step to a plan."""

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.di import NamedDependency, Provide

from api import health, plan_life, plans, units, workforce
from api.accounts import desk
from api.accounts.passwords import LEAST, MOST, PasswordTooWeak
from api.first_run import FirstRun, Founding
from api.ops import now
from api.own_facts import new_key
from api.pages.assets import static_file
from api.pages.entry.forms import wrong
from api.pages.languages import choose_language
from api.pages.navigation import Navigation, page_opt
from api.pages.page import Page, Site, html_answer, render
from api.pages.problem_pages import wants_page
from api.pages.refusals import told
from api.pages.serving import Serving
from api.pages.submitted import converted, text_of
from api.problems import MEDIA_TYPE
from api.same_site import require_same_origin
from domain.facts.governance import BranchOpened
from domain.facts.people import EmployeeHired
from domain.money import CURRENCIES
from domain.refusals import NotAllowed, Refusal

ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Tokyo", "Europe/Berlin", "UTC")
"""Offered; any other may be typed."""

FORM_BYTES = 64 * 1024
CLOSED = b'{"type":"/v1/problems/not-ready","title":"The ledger is not open yet.","status":503}'

_Asked = Request[Any, Any, Any]


def set_up_app(first: FirstRun, on_open: Callable[[], None]) -> Litestar:
    """All that is served as long as the ledger is not open. on_open: told when it is."""
    given: dict[str, object] = {
        "first": first,
        "site": Site(first.ledger.intake, Navigation(()), {}, Serving()),
        "on_open": on_open,
    }
    return Litestar(
        [begin_page, begin, elsewhere, static_file, choose_language, health.live],
        dependencies={name: Provide(_always(thing), sync_to_thread=False) for name, thing in given.items()},
        request_max_body_size=FORM_BYTES,
        openapi_config=None,
        logging_config=None,
    )


@get("/set-up")
async def begin_page(request: _Asked, site: NamedDependency[Site]) -> Response[str]:
    """The form that opens the ledger."""
    return _begin(request, site)


@post("/set-up", status_code=200)
async def begin(
    request: _Asked,
    site: NamedDependency[Site],
    first: NamedDependency[FirstRun],
    on_open: NamedDependency[Callable[[], None]],
) -> Response[str]:
    """Opens the ledger for whoever has the code; the page says how to go on."""
    form = await request.form()
    said = {name: text_of(form, name) for name in Founding._fields}
    said["password"] = str(form.get("password") or "")
    try:
        require_same_origin(request.scope, first.ledger.settings.public_url)
        if said["password"] != form.get("again"):
            return _begin(request, site, said, 422, differs=True)
        founding = Founding(**said)
        code = await asyncio.to_thread(first.open, founding, text_of(form, "code"), now())
    except Refusal as refusal:
        return _begin(request, site, said, refusal=refusal)
    on_open()
    shown = {"founding": founding, "code": code, "caller": None}
    return html_answer(render(site, request, site.wording(request), "first_run/opened.html", shown))


@get(["/", "/{path:path}"])
async def elsewhere(request: _Asked) -> Response[Any]:
    """Leads a browser to the form; tells a program that there is nothing to ask yet."""
    if wants_page(request):
        return Response("", status_code=303, headers={"Location": "/set-up"}, media_type=MediaType.HTML)
    return Response(CLOSED, status_code=503, media_type=MEDIA_TYPE, headers={"Retry-After": "5"})


def _begin(
    request: _Asked,
    site: Site,
    said: dict[str, str] | None = None,
    status: int = 200,
    *,
    refusal: Refusal | None = None,
    differs: bool = False,
) -> Response[str]:
    wording = site.wording(request)
    key, problem = ("differs" if differs else None), None
    if isinstance(refusal, PasswordTooWeak):
        status, key = wrong(refusal)
    elif refusal is not None:
        problem = told(wording, refusal)
        status = problem.status
    shown = {
        "problem": problem,
        "wrong": key,
        "least": LEAST,
        "most": MOST,
        "said": {name: value for name, value in (said or {}).items() if name != "password"},
        "zones": ZONES,
        "currencies": ["CNY", *sorted(CURRENCIES - {"CNY"})],
        "caller": None,
    }
    return html_answer(render(site, request, wording, "first_run/begin.html", shown), status)


def _always(thing: object) -> Callable[[], object]:
    return lambda: thing


_OPT = page_opt("administer", "admin", personal="people", reach="all")


@get("/set-up", opt=_OPT)
async def steps_page(page: NamedDependency[Page]) -> Response[str]:
    """What there is of a new firm, what comes next, and the forms for it; it can be left at any time."""
    return await _steps(page)


@post("/set-up/branches", opt=_OPT)
async def open_branch(page: NamedDependency[Page]) -> Response[str]:
    """Records a branch."""
    form = await page.request.form()
    said = {"branch": "branch", "title": "title", "opened_on": "opened_on"}
    return await _recorded(page, form, BranchOpened, said, "branches")


@post("/set-up/people", opt=_OPT)
async def hire(page: NamedDependency[Page]) -> Response[str]:
    """Records a person who works here."""
    form = await page.request.form()
    said = {
        "employee": "employee",
        "name": "person",
        "hired_on": "hired_on",
        "branch": "works_in",
        "post": "post",
        "manager": "manager",
    }
    return await _recorded(page, form, EmployeeHired, said, "people")


async def _recorded(
    page: Page, form: FormMultiDict, kind: type[Any], fields: dict[str, str], part: str
) -> Response[str]:
    """Records the fact whose fields the form names; back to its part of the page."""
    try:
        fact = converted(kind, {name: text_of(form, field) or None for name, field in fields.items()})
        await page.record(form, fact)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return await _steps(page, refusal, part, {name: text_of(form, name) for name in form})
    return page.gone_to(f"/set-up#{part}")


async def _steps(
    page: Page, refusal: Refusal | None = None, part: str = "", said: dict[str, str] | None = None
) -> Response[str]:
    branches = await page.ask(units.read_units)
    people = await page.ask(workforce.read_people)
    accounts = await page.ask(desk.read_accounts)
    adopted = await page.ask(plans.read_plans)
    drafts = await page.ask(plan_life.read_drafts)
    done = {
        "firm": True,
        "branches": bool(branches),
        "people": bool(people),
        "accounts": len([each for each in accounts if each.state == "open"]) > 1,
        "plan": bool(adopted),
    }
    return await page.answered(
        "first_run/steps.html",
        refusal,
        part=part,
        said=said or {},
        key=new_key(),
        opened=page.site.intake.opened(),
        today=page.reading.today(),
        branches=branches,
        people=people,
        accounts=accounts,
        drafts=drafts,
        adopted=adopted,
        titles={name: each.title for name, each in (await page.plans()).items()},
        done=done,
        next=next((name for name, is_done in done.items() if not is_done), None),
    )
