"""A real browser for tests of pages: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright
from served import Service

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
PHONE = {"width": 390, "height": 844}
SERIOUS = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; skips where there is none, unless MERITBOOK_TEST_BROWSER says that there must be one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        told = "no Chromium here (on Debian: apt install chromium)"
        if os.environ.get("MERITBOOK_TEST_BROWSER") == "required":
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


class Reader:
    """Somebody at a browser. faults: what the browser complained of; asked: the addresses that it loaded."""

    def __init__(self, context: BrowserContext, service: Service) -> None:
        self.context, self.root = context, service.url
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._answered)
        self.page.on("request", lambda request: self.asked.append(request.url))

    def open(self, path: str) -> Page:
        """The page at an address of the service."""
        self.page.goto(f"{self.root}{path}", wait_until="load")
        return self.page

    def sign_in(self, name: str, password: str) -> None:
        """Fills in the form that whoever is signed out is led to."""
        self.page.get_by_role("textbox").first.fill(name)
        self.page.locator("input[type=password]").fill(password)
        self.page.locator("main button").first.click()

    def barriers(self) -> list[str]:
        """What axe-core finds serious on the open page, of which maybe only a part has come.

        What a click opens is waited for where it is clicked: with `expect_navigation` or `wait_for_url`.
        """
        self.page.wait_for_load_state("load")
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['nodes'][0]['html'][:160]}"
            for each in found["violations"]
            if each["impact"] in SERIOUS
        ]

    def overflow(self) -> int:
        """How many pixels the open page is wider than the screen."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(message.text)

    def _answered(self, response: Response) -> None:
        """What a page loads must be there; a page itself may well say no."""
        if response.status >= 400 and response.request.resource_type != "document":
            self.faults.append(f"{response.status} {response.url}")


@contextmanager
def reader(browser: Browser, service: Service, language: str = "zh-CN", **more: Any) -> Iterator[Reader]:
    """Somebody with a phone whose browser asks for `language`."""
    context = browser.new_context(viewport=more.pop("viewport", PHONE), locale=language, **more)
    try:
        yield Reader(context, service)
    finally:
        context.close()
