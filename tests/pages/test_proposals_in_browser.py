"""A change that takes two, on a phone and in both languages: proposed by one, approved by another."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from browsing import Reader, chromium, reader
from playwright.sync_api import Browser
from served import Service

WORDS = {
    "zh-CN": {
        "title": "待复核变更",
        "empty": "没有待处理的提议。",
        "waits": "有 1 项待另一人复核",
        "change": "拜访数：自",
        "yours": "由您提议，须由另一人批准。",
        "about_you": "此项涉及您本人，由他人决定。",
        "approve": "批准",
        "refuse": "拒绝",
        "done": "已记录。",
        "approved": "已批准",
        "refused": "已拒绝",
        "forbidden": "您不能查看此页",
    },
    "en": {
        "title": "For a second person",
        "empty": "Nothing waits.",
        "waits": "1 waiting for a second person",
        "change": "Visits: ",
        "yours": "You proposed this; somebody else approves it.",
        "about_you": "This concerns you; others decide on it.",
        "approve": "Approve",
        "refuse": "Refuse",
        "done": "It is recorded.",
        "approved": "Approved",
        "refused": "Refused",
        "forbidden": "This page is not open to you",
    },
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


class Desk:
    """The browsers of those who take part, all in one language."""

    def __init__(self, browser: Browser, firm: Service, language: str) -> None:
        self._browser, self._firm, self.language = browser, firm, language
        self.words = WORDS[language]

    @contextmanager
    def of(self, role: Any, employee: str | None = None, scope: Any = None) -> Iterator[Reader]:
        """Somebody with a phone; the pages that they leave fit it and have no barrier."""
        token = self._firm.client(role, employee, scope).headers["Authorization"]
        more = {"extra_http_headers": {"Authorization": token}}
        with reader(self._browser, self._firm, self.language, **more) as somebody:
            yield somebody
            assert somebody.overflow() <= 0 and somebody.barriers() == [] and somebody.faults == []


@pytest.fixture(params=["zh-CN", "en"])
def desk(browser: Browser, firm: Service, request: pytest.FixtureRequest) -> Desk:
    return Desk(browser, firm, request.param)


def propose(desk: Desk, value: str) -> None:
    """M1 proposes another target for E1, and reads on the page of two that it is not theirs to approve."""
    said = desk.words
    with desk.of("manager", "M1", "team") as manager:
        page = manager.open("/employees/E1/targets")
        page.locator("#target").select_option("visits")
        page.locator("#value").fill(value)
        page.locator("#reason").fill(f"{value}: fair")
        page.locator("form button[type=submit]").last.click()
        page.wait_for_url("**/targets?done=yes")
        assert said["waits"] in page.locator("main").inner_text()
        page.locator("a[href='/proposals']").first.click()
        page.wait_for_url("**/proposals")
        own = page.locator("article.item")
        assert own.count() == 1 and page.locator("h1").inner_text() == said["title"]
        text = own.inner_text()
        assert said["change"] in text and value in text and "王芳" in text and "周经理" in text
        assert said["yours"] in text
        assert page.get_by_role("button", name=said["approve"]).count() == 0


@pytest.mark.rule("R88")
def test_one_proposes_and_another_approves(desk: Desk, firm: Service) -> None:
    """Nothing waits; then one does, for somebody else than who proposed it and than whom it is about."""
    said, value = desk.words, {"zh-CN": "26", "en": "28"}[desk.language]
    with desk.of("hr_head", "E9", "all") as head:
        assert said["empty"] in head.open("/proposals").locator("main").inner_text()
    propose(desk, value)
    with desk.of("hr_head", "E1", "all") as own:
        page = own.open("/proposals")
        assert said["about_you"] in page.locator("article.item").inner_text()
        assert page.locator("article.item button").count() == 0
    with desk.of("hr_head", "E9", "all") as head:
        page = head.open("/proposals")
        page.get_by_role("button", name=said["approve"]).first.click()
        page.wait_for_url("**/proposals?done=yes")
        assert said["done"] in page.locator("main [role=status]").first.inner_text()
        text = page.locator("main").inner_text()
        assert page.locator("article.item").count() == 0 and said["empty"] in text
        assert said["approved"] in text and "李强" in text
    told = firm.get("/v1/employees/E1/target-changes")
    [change] = [each for each in told if each["value"] == value]
    assert (change["actor"], change["approver"]) == ("M1", "E9")


def test_another_refuses_with_a_reason(desk: Desk, firm: Service) -> None:
    said = desk.words
    before = firm.get("/v1/employees/E1/target-changes")
    propose(desk, "40")
    with desk.of("hr_head", "E9", "all") as head:
        page = head.open("/proposals")
        page.locator("article.item summary").first.click()
        page.locator("article.item [name=reason]").fill("too much")
        page.get_by_role("button", name=said["refuse"]).first.click()
        page.wait_for_url("**/proposals?done=yes")
        text = page.locator("main").inner_text()
        assert said["refused"] in text and "too much" in text and said["empty"] in text
    assert firm.get("/v1/employees/E1/target-changes") == before


def test_whoever_may_not_is_told_so(desk: Desk) -> None:
    """A program that sends facts reads nothing of it."""
    with desk.of("integration") as program:
        page = program.open("/proposals")
        assert page.locator("h1").inner_text() == desk.words["forbidden"]
        assert page.locator("article").count() == 0
