"""What a manager does in the morning, in Chromium: the team, one person, help for them, live, by keyboard."""

import datetime as dt
from collections.abc import Iterator

import pytest
from browsing import Reader, chromium, reader
from paged_firm import today, visit
from playwright.sync_api import Browser, Page
from served import Service

PAGES = (
    "/team",
    "/employees/E1",
    "/employees/E1/care",
    "/employees/E1/targets",
    "/team/newcomers",
    "/team/swaps",
    "/team/waiting",
    "/team/pairs",
    "/people?q=E",
    "/employees/E9",
    "/people?q=nobody",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def rights(firm: Service) -> dict[str, str]:
    """The headers of M1's token, who leads E1."""
    return {"Authorization": firm.client("manager", "M1", "team").headers["Authorization"]}


@pytest.fixture
def manager(browser: Browser, firm: Service, rights: dict[str, str]) -> Iterator[Reader]:
    with reader(browser, firm, extra_http_headers=rights) as somebody:
        yield somebody
        assert not somebody.faults
        assert all(address.startswith(firm.url) for address in somebody.asked)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("团队", "预警与帮扶", "开始", "已记录。", "还差")),
        ("en", ("Team", "Warnings and help", "Begin", "Recorded.", "to go")),
    ],
    ids=["zh", "en"],
)
def test_from_the_team_to_help_for_one(
    browser: Browser,
    firm: Service,
    rights: dict[str, str],
    language: str,
    words: tuple[str, str, str, str, str],
) -> None:
    """The first page is the team; a name leads to the person, and from there help is begun."""
    title, care, begin, done, left = words
    with reader(browser, firm, language, extra_http_headers=rights) as somebody:
        page = somebody.open("/")
        assert page.url.endswith("/team") and page.locator("h1").inner_text() == title
        assert left in page.locator("#team").inner_text()
        page.locator("#team a.person").first.click()
        page.wait_for_url("**/employees/E1")
        page.locator(".chips").get_by_role("link", name=care).click()
        page.locator("[name=owner]").fill("M1")
        page.locator("[name=actions]").fill(f"{language} 1\n{language} 2")
        page.locator("#due_on").fill(str(today() + dt.timedelta(days=14)))
        page.get_by_role("button", name=begin, exact=True).click()
        page.wait_for_url("**/care?done=yes")
        assert done in page.locator("main [role=status]").first.inner_text()
        assert f"{language} 1" in page.locator("main").inner_text()
        assert not somebody.faults


VISITS = "#team .aim:has-text('拜访数') .figure"


def visits(page: Page) -> int:
    """The visits of E1 this month, as the team's page says."""
    return int(page.locator(VISITS).first.inner_text().split("/")[0])


def test_the_team_is_live(manager: Reader, firm: Service) -> None:
    """A visit that somebody else records shows on the open page, which is not loaded anew."""
    page = manager.open("/team")
    page.wait_for_selector("#line[data-live-state=on]")
    page.evaluate("window.opened = 'once'")
    before = visits(page)
    assert firm.http.post("/v1/facts", json=visit()).status_code == 201
    page.locator(VISITS, has_text=f"{before + 1} / ").first.wait_for()
    assert page.evaluate("window.opened") == "once"


def test_what_is_refused_is_told_at_its_field_with_the_keyboard_alone(manager: Reader) -> None:
    """A target that is no number: the form comes back filled in, and the message leads to the field."""
    page = manager.open("/employees/E1/targets")
    page.locator("#value").focus()
    page.keyboard.type("many")
    for field, text in (("effective_from", ""), ("reason", "看病两周")):
        while page.evaluate("document.activeElement.id") != field:
            page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "含有不允许的字符" in page.locator("[role=alert]").inner_text()
    assert page.locator("#reason").input_value() == "看病两周"
    assert page.locator("#value[aria-invalid=true]").count() == 1
    page.locator("[role=alert] a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#value")
    manager.faults.clear()  # the browser tells of the form that was refused


def test_every_page_fits_phone_and_wall_and_has_no_barrier(manager: Reader) -> None:
    """No page is wider than the screen, none has a serious finding of axe-core; the team is printed."""
    wrong: list[str] = []
    for place, path in enumerate(PAGES):
        page = manager.open(path)
        page.emulate_media(color_scheme="dark" if place % 2 else "light")
        wrong.extend([f"{path} is too wide"] if manager.overflow() > 0 else [])
        wrong.extend(f"{path}: {each}" for each in manager.barriers())
    page.set_viewport_size({"width": 1920, "height": 1080})
    manager.open("/team")
    wrong.extend(["/team is too wide for a wall"] if manager.overflow() > 0 else [])
    assert not wrong, "\n".join(wrong)
    assert page.pdf(format="A4").startswith(b"%PDF-")
