"""What HR does in the morning, in Chromium, in both languages: by phone, desk and keyboard, on paper."""

import datetime as dt
from collections.abc import Iterator

import pytest
from browsing import PHONE, Reader, chromium, reader
from playwright.sync_api import Browser, Page
from served import Service

DESK = {"width": 1200, "height": 800}
WORDS = {
    "zh": ("今日人事", "证照", "办理", "续期", "已续期", "排班", "档案"),
    "en": ("HR today", "Credentials", "Open", "Renew", "Renewed", "Rosters", "Dossier"),
}
PAGES = """/hr /hr/credentials /hr/credentials/flagged-work /hr/people/E1/credentials /hr/people/E1 /hr/hire
/hr/rosters /hr/rosters?unit=SH&span=month /hr/alerts /hr/alerts/selling/few_deals?levels=2,x
/hr/alerts/selling/few_deals?levels=2,9 /hr/plans /hr/posts /hr/posts/forecast
/hr/pay?measure=selling/visits""".split()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(params=["zh", "en"])
def head(browser: Browser, firm: Service, request: pytest.FixtureRequest) -> Iterator[tuple[str, Reader]]:
    """The head of HR: with a phone in Chinese, at a desk in English; nothing is loaded from elsewhere."""
    token = firm.client("hr_head").headers["Authorization"]
    language, size = ("zh-CN", PHONE) if request.param == "zh" else ("en", DESK)
    with reader(
        browser, firm, language, viewport=size, extra_http_headers={"Authorization": token}
    ) as somebody:
        yield request.param, somebody
        assert not somebody.faults
        assert all(address.startswith(firm.url) for address in somebody.asked)


def test_the_morning_of_hr(head: tuple[str, Reader], firm: Service) -> None:
    """From what is due to a credential that is renewed by keyboard, and to a roster that scrolls."""
    language, somebody = head
    title, credentials, opened, renew, renewed, rosters, _ = WORDS[language]
    page = somebody.open("/hr")
    assert page.locator("h1").inner_text() == title and "王芳" in page.locator("main").inner_text()
    page.locator(".within").get_by_role("link", name=credentials, exact=True).click()
    page.locator(".do", has_text=opened).first.click()
    [held] = firm.get("/v1/employees/E1/credentials")
    until = renews(page, renew, dt.date.fromisoformat(held["expires_on"]) + dt.timedelta(days=1))
    page.wait_for_url("**done=renew*")
    assert renewed in page.locator("main [role=status]").first.inner_text()
    assert [each["expires_on"] for each in firm.get("/v1/employees/E1/credentials")] == [until]
    page.locator(".within").get_by_role("link", name=rosters, exact=True).click()
    page.locator("#unit").select_option("SH")
    page.locator("#span").select_option("month")
    with page.expect_navigation():
        page.locator("form.ask button").click()
    grid = page.locator(".grid")
    assert grid.locator("tbody tr").count() >= 2 and grid.locator("thead th").count() == 31
    stays_in_sight(page)
    assert page.pdf(format="A4", landscape=True).startswith(b"%PDF-")


def renews(page: Page, renew: str, until: dt.date) -> str:
    """Fills in the form with the keyboard alone; the day that the credential then holds until."""
    summary = page.locator("summary", has_text=renew).first
    summary.focus()
    page.keyboard.press("Enter")
    field = page.locator("details[open] [name=expires_on]")
    field.fill(str(until))
    field.press("Enter")
    return str(until)


def stays_in_sight(page: Page) -> None:
    """The names stay while the days scroll, and the page itself does not move sideways."""
    moved = page.evaluate(
        """() => { const grid = document.querySelector('.grid'), who = grid.querySelector('tbody .who')
        const before = who.getBoundingClientRect().left; grid.scrollLeft = 300
        return [grid.scrollWidth > grid.clientWidth ? grid.scrollLeft : 300,
                who.getBoundingClientRect().left - before,
                document.documentElement.scrollWidth - innerWidth] }"""
    )
    assert moved[0] > 0 and abs(moved[1]) < 1 and moved[2] <= 0, moved


def test_every_page_of_hr_fits_its_screen_and_has_no_barrier(head: tuple[str, Reader]) -> None:
    _, somebody = head
    wrong = list[str]()
    for place, path in enumerate(PAGES):
        page = somebody.open(path)
        page.emulate_media(color_scheme="dark" if place % 2 else "light")
        wide = somebody.overflow()
        wrong.extend([f"{path} is {wide} pixels too wide"] if wide > 0 else [])
        wrong.extend(f"{path}: {each}" for each in somebody.barriers())
        assert page.locator(".within a").count() == 9, path
    assert not wrong, "\n".join(wrong)
