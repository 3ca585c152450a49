"""A second factor is set up and the own account looked after in Chromium, with the keyboard, on a phone."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Reader, chromium, reader
from paged_firm import GOOD, account
from playwright.sync_api import Browser
from pyotp.totp import TOTP
from served import Service

SHOTS = os.environ.get("MERITBOOK_TEST_SHOTS")
"""A directory for pictures of the pages, for whoever wants to look or to scan."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def look(own: Reader, name: str) -> None:
    """No page is wider than the phone, has a serious barrier, or says something to the console."""
    assert (own.overflow(), own.barriers(), own.faults) == (0, [], [])
    if SHOTS:
        own.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "dark"), ("en", "light")])
def test_a_second_factor_is_set_up_by_its_picture(
    browser: Browser, firm: Service, language: str, scheme: str
) -> None:
    name = f"factor-{language.lower()}"
    account(firm, name, "payroll")
    with reader(browser, firm, language, color_scheme=scheme, device_scale_factor=2) as own:
        page = own.open("/account")
        page.locator("#name").focus()
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(GOOD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/sign-in/enrol")
        picture = page.get_by_role("img", name="二维码" if language == "zh-CN" else "QR code")
        box = picture.locator("svg").bounding_box()
        assert box and box["width"] == box["height"] >= 200, box
        look(own, f"enrol-{language}-{scheme}")
        address = str(page.locator("a[href^=otpauth]").get_attribute("href"))
        secret = re.search(r"secret=([A-Z2-7]+)", address)
        assert secret
        page.locator("#code").focus()
        page.keyboard.type("000000")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator("[role=alert]").count() == 1
        assert page.locator("a[href^=otpauth]").get_attribute("href") == address, "the same, to try again"
        assert page.evaluate("document.activeElement.id") == "code"
        page.locator("#code").focus()
        page.keyboard.type(TOTP(secret[1]).now())
        with page.expect_navigation():
            page.keyboard.press("Enter")
        look(own, f"recovery-{language}-{scheme}")
        own.open("/account")
        look(own, f"account-{language}-{scheme}")
