"""The first run: a new ledger is opened by whoever has the code, and by nobody else; then step by step."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import pytest
import warm
from browsing import chromium, reader
from conftest import new_database
from given import LEDGER
from paged_firm import GOOD

from api.ops import prepare
from api.tokens import Tokens, token_file

HTML = {"Accept": "text/html"}
FOUNDING = {
    "name": "新公司",
    "zone": "Asia/Shanghai",
    "currency": "CNY",
    "owner": "chen.yu",
    "password": GOOD,
    "again": GOOD,
    "head": "li.na",
}


class New(NamedTuple):
    """A service over a ledger that is not open. url: where it is reached."""

    process: psutil.Popen | warm.Warm
    home: Path
    url: str
    code: str

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return (self.home / "service.log").read_text()


def wait_for(new: Path, form: str, times: int = 1) -> str:
    """What the service says of this form, as soon as it has said it so often."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = re.findall(form, (new / "service.log").read_text())
        if len(found) >= times:
            return str(found[-1])
        time.sleep(0.05)
    raise AssertionError((new / "service.log").read_text())


@pytest.fixture(scope="module")
def new(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[New]:
    home = tmp_path_factory.mktemp("new")
    with new_database(postgres, template) as dsn, (home / "service.log").open("wb") as sink:
        prepare(dsn, LEDGER)
        environment = {
            **os.environ,
            "MERITBOOK_HOME": str(home),
            "MERITBOOK_DATABASE_URL": dsn,
            "MERITBOOK_LEDGER": LEDGER,
            "MERITBOOK_PORT": "0",
            "NO_COLOR": "1",
        }
        process = warm.start("serve", environment=environment, stderr=sink)
        try:
            code = wait_for(home, r"with the code (\S+)")
            yield New(process, home, wait_for(home, r"serves on (\S+)"), code)
        finally:
            process.terminate()
            process.wait(timeout=60)


def test_a_new_firm_is_founded_in_the_browser_by_whoever_has_the_code(new: New) -> None:
    """From the code to a branch and a person, in Chinese and in English; nothing else is served before."""
    nobody_else_takes_it(new)
    with chromium() as browser:
        with reader(browser, founded := _at(new), "zh-CN") as somebody:
            page = somebody.open("/")
            assert page.url.endswith("/set-up") and not somebody.barriers() and somebody.overflow() <= 0
            for name, value in (FOUNDING | {"code": new.code.lower()}).items():
                if name != "currency":
                    page.locator(f"[name={name}]").fill(value)
            page.locator("main button").click()
            assert re.fullmatch(r"(\w{5}-){3}\w{5}", page.locator("#shown-once code").inner_text())
            assert not somebody.barriers()
        wait_for(new.home, r"serves on (\S+)", times=2)
        goes_on(new, browser, founded)
    is_settled(new)


def nobody_else_takes_it(new: New) -> None:
    """A wrong code, another site, an unsound answer: nothing is written; nothing else is served."""
    with httpx.Client(base_url=new.url, headers=HTML) as client:

        def asked(**said: str) -> httpx.Response:
            return client.post("/set-up", data=FOUNDING | {"code": new.code} | said)

        for wrong in ("", "AAAAA-AAAAA-AAAAA-AAAAA", new.code[:-1]):
            assert asked(code=wrong).status_code == 403
        assert (
            client.post("/set-up", data=FOUNDING, headers={"Origin": "http://evil.example"}).status_code
            == 403
        )
        unsound = {
            "zone": "Mars/One",
            "owner": "Chen Yu",
            "head": "chen.yu",
            "password": "short",
            "again": "x",
        }
        for name, value in unsound.items():
            answer = asked(**{name: value})
            assert answer.status_code == 422 and 'role="alert"' in answer.text, name
        assert new.code not in client.get("/set-up").text
        closed = httpx.get(f"{new.url}/v1/facts")
        assert (closed.status_code, closed.json()["type"]) == (503, "/v1/problems/not-ready")
        assert client.post("/v1/facts", json={}).status_code in (404, 405)


def goes_on(new: New, browser: Any, service: Any) -> None:
    """An administrator adds a branch and a person, and is told what comes next; in English."""
    token = Tokens(token_file(new.home)).make("administrator", "first")
    rights = {"Authorization": f"Bearer {token}"}
    with reader(browser, service, "en", extra_http_headers=rights) as somebody:
        page = somebody.open("/set-up")
        assert page.locator("[aria-current=step]").inner_text() == "Branches"
        page.locator("[name=branch]").fill("SH")
        page.locator("[name=title]").fill("Shanghai")
        page.locator("#branches button").click()
        page.wait_for_url("**#branches")
        page.locator("#people summary").nth(1).click()
        page.locator("[name=employee]").fill("E1")
        page.locator("[name=person]").fill("王芳")
        page.locator("#people form").nth(1).locator("button").click()
        page.wait_for_url("**#people")
        assert "One person" in page.locator("#people").inner_text()
        assert page.locator("[aria-current=step]").inner_text() in ("Accounts", "First plan")
        assert not somebody.barriers() and somebody.overflow() <= 0 and not somebody.faults


def is_settled(new: New) -> None:
    """The code counts no longer, the owner signs in, and the trail says who opened the ledger."""
    with httpx.Client(base_url=new.url, headers=HTML | {"Origin": new.url}) as client:
        again = client.post("/set-up", data=FOUNDING | {"code": new.code, "owner": "mallory"})
        assert again.status_code in (303, 401, 403, 405), again.status_code
        let_in = client.post("/sign-in", data={"name": "chen.yu", "password": GOOD, "next": "/set-up"})
        assert let_in.status_code == 303
    token = Tokens(token_file(new.home)).make("auditor", "checking")
    trail = httpx.get(f"{new.url}/v1/audit/trail", headers={"Authorization": f"Bearer {token}"}).json()
    first = [(each["actor"], each["type"]) for each in trail["entries"][:3]]
    assert first == [("set-up", "ledger_opened"), ("set-up", "access_changed"), ("set-up", "access_changed")]
    assert new.said.count(new.code) == 1


class _Place(NamedTuple):
    url: str


def _at(new: New) -> Any:
    return _Place(new.url)
