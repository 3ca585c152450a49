"""An open page of each audience follows what it rests on, in Chromium, without being loaded anew."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import yaml
from browsing import Reader, chromium, reader
from conftest import Say
from paged_firm import PLAN, now, today, visit
from playwright.sync_api import Browser, Page
from served import Service, fact

from domain.period import Period
from domain.plan.parse import document_hash, plan_document

DESK = {"width": 1200, "height": 800}
LEAD, SELLER = f"LM{uuid4().hex[:6]}", f"LS{uuid4().hex[:6]}"
"""People of these tests alone."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def hired(firm: Service) -> None:
    records(firm, hire(LEAD, None))
    records(firm, hire(SELLER, LEAD))


@pytest.fixture
def opened(browser: Browser, firm: Service) -> Iterator[Open]:
    """A page as it is when it follows; at the end the browser has nothing to complain of."""
    readers: list[Reader] = []

    def opens(path: str, role: Any, employee: str | None = None, scope: Any = None) -> Page:
        token = firm.client(role, employee, scope).headers["Authorization"]
        own = reader(browser, firm, "en", viewport=DESK, extra_http_headers={"Authorization": token})
        contexts.append(own)
        readers.append(own.__enter__())
        readers[-1].page.set_default_timeout(60_000)
        page = readers[-1].open(path)
        page.wait_for_selector("#line[data-live-state=on]")
        page.evaluate("window.opened = 'once'")
        page.evaluate(
            "document.addEventListener('refreshed', () => { window.changedAt ??= performance.now() })"
        )
        return page

    contexts: list[Any] = []
    yield opens
    faults = [fault for each in readers for fault in each.faults]
    for each in contexts:
        each.__exit__(None, None, None)
    assert not faults


def records(firm: Service, said: dict[str, Any]) -> None:
    answer = firm.client("hr_head").post("/v1/facts", json=said)
    assert answer.status_code == 201, answer.text


def hire(employee: str, manager: str | None) -> dict[str, Any]:
    said = {"employee": employee, "hired_on": "2024-06-03", "branch": "BJ", "post": "seller"}
    return fact("employee_hired", said | {"name": employee} | ({"manager": manager} if manager else {}))


def licence(kind: str) -> dict[str, Any]:
    said = {"employee": SELLER, "credential": kind, "kind": kind, "granted_on": "2024-06-03"}
    return fact("credential_granted", said | {"expires_on": str(today() + dt.timedelta(days=20))}, **now())


def is_the_same(page: Page) -> None:
    assert page.evaluate("window.opened") == "once", "it was not loaded anew"


def test_credentials_of_hr_follow_what_is_granted(opened: Open, firm: Service, say: Say) -> None:
    """A licence that is granted stands in the list of its kind."""
    kind = f"licence-{uuid4().hex[:6]}"
    page = opened(f"/hr/credentials?kind={kind}", "hr_head")
    began = page.evaluate("performance.now()")
    records(firm, licence(kind))
    page.locator("main", has_text=SELLER).wait_for()
    say(f"a licence showed {page.evaluate('window.changedAt') - began:.0f} ms after it was sent")
    is_the_same(page)


def test_the_team_follows_who_comes(opened: Open, firm: Service) -> None:
    """Who is hired into a team stands on the page of its manager at once, and so does what they then do."""
    comes = f"LN{uuid4().hex[:6]}"
    page = opened("/team", "manager", LEAD, "team")
    assert SELLER in page.locator("#team").inner_text()
    records(firm, hire(comes, LEAD))
    page.locator("#team", has_text=comes).wait_for()
    page.wait_for_selector("#line[data-live-state=on]")
    records(firm, visit(comes))
    page.locator("#team article", has_text=comes).filter(has_text="¥30.00").wait_for()
    is_the_same(page)


def test_a_run_follows_the_work_that_it_pays(opened: Open, firm: Service) -> None:
    """30 yuan for a visit stand in the run of an open month."""
    page = opened(f"/payroll/{Period.containing(today())}?search={SELLER}", "payroll")
    records(firm, visit(SELLER))
    page.locator("main", has_text="¥30.00").first.wait_for()
    is_the_same(page)


def test_a_draft_follows_what_is_said_and_keeps_what_is_being_written(opened: Open, firm: Service) -> None:
    """A comment of somebody else comes in, and what stands in one's own form stays as one typed it."""
    draft = f"live-{uuid4().hex[:6]}"
    written = plan_document(yaml.safe_load(PLAN) | {"effective_from": dt.date(2031, 1, 1)})
    said = {"plan": "selling", "draft": draft, "effective_from": "2031-01-01", "document": written}
    records(firm, fact("plan_drafted", said | {"document_hash": document_hash(written)}))
    page = opened(f"/plan-drafts/{draft}", "hr_head")
    page.locator("#note").fill("30 is enough, I ")
    note = {"plan": "selling", "draft": draft, "employee": SELLER, "note": "too little"}
    records(firm, fact("plan_commented", note))
    page.locator("#comments", has_text="too little").wait_for()
    page.keyboard.type("think")
    assert page.locator("#note").input_value() == "30 is enough, I think"
    is_the_same(page)
