"""What an auditor does: search, follow a fact, check its proof in the page, move through time."""

from collections.abc import Iterator

import pytest
from browsing import Reader, chromium, reader
from playwright.sync_api import Browser, Page, Route
from served import Service

DESK = {"width": 1200, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def rights(firm: Service) -> dict[str, str]:
    """The headers of an auditor's token."""
    return {"Authorization": firm.client("auditor").headers["Authorization"]}


@pytest.fixture
def auditor(browser: Browser, firm: Service, rights: dict[str, str]) -> Iterator[Reader]:
    with reader(browser, firm, extra_http_headers=rights) as somebody:
        yield somebody
        assert not somebody.faults
        assert all(address.startswith(firm.url) for address in somebody.asked)


@pytest.mark.rule("R24")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("查询", "拜访", "✓ 浏览器已自行计算")),
        ("en", ("Search", "Visit", "✓ Your browser computed it")),
    ],
    ids=["zh", "en"],
)
def test_from_the_journal_to_a_fact_and_its_proof(
    browser: Browser, firm: Service, rights: dict[str, str], language: str, words: tuple[str, str, str]
) -> None:
    """The page computes leaf and root itself, and says that they are those of the signed checkpoint."""
    search, visit, proven = words
    with reader(browser, firm, language, extra_http_headers=rights, viewport=DESK) as somebody:
        page = somebody.open("/audit")
        page.locator("#f-type").select_option(label=visit)
        page.locator("#f-employee").fill("E1")
        with page.expect_navigation():
            page.get_by_role("button", name=search).click()
        assert {each.inner_text() for each in page.locator(".entry b").all()} == {visit}
        page.locator(".entry a").first.click()
        page.locator("#seal[data-result=valid]").wait_for()
        assert proven in page.locator("#seal [role=status]").inner_text()
        assert not somebody.faults


def test_a_record_that_was_tampered_with_is_found_by_the_page(auditor: Reader, firm: Service) -> None:
    """One letter other than what was sealed, and the browser's own root is another."""
    firm.get("/v1/plans")

    def tampered(route: Route) -> None:
        answer = route.fetch()
        line_at = answer.text().index("data-line>")
        text = answer.text()
        route.fulfill(
            response=answer, body=text[:line_at] + text[line_at:].replace("occurred_at", "occurred_ax", 1)
        )

    auditor.page.route("**/audit/facts/2", tampered)
    page = auditor.open("/audit/facts/2")
    page.locator("#seal[data-result=invalid]").wait_for()
    assert page.locator("#seal .notice.bad").inner_text().startswith("✗")


def test_one_checkpoint_continues_another_in_the_page(auditor: Reader) -> None:
    page = auditor.open("/audit/seal")
    page.locator("form button").nth(1).click()
    page.locator("[data-check=consistency][data-result=valid]").wait_for()


def amounts(page: Page) -> list[str]:
    return [each.inner_text() for each in page.locator(".sides .amount").all()]


@pytest.mark.rule("R24")
def test_the_slider_shows_what_was_known_at_each_moment(auditor: Reader, firm: Service) -> None:
    """By the keyboard to the first moment: nothing was earned yet; the facts since then say why."""
    month = firm.get("/v1/employees/E1/progress")["period"]
    page = auditor.open(f"/audit/statements/E1/{month}")
    then, now = amounts(page)
    assert then == now
    page.locator("#step").focus()
    with page.expect_response("**/statements/E1/*?known_at=*"):
        page.keyboard.press("Home")
    page.locator(".item", has_text="拜访奖").wait_for()
    assert amounts(page) == ["¥0.00", now] and "known_at=" in page.url
    assert "#" in page.locator(".entry").first.inner_text()
    page = auditor.open(f"/audit/statements/E1/{month}?at=2024-01-01T00:00")
    assert "known_at=2024-01-01T00" in page.url and amounts(page)[0] == "¥0.00"


def test_every_page_fits_the_phone_and_has_no_barrier(auditor: Reader, firm: Service) -> None:
    """Also where a form is refused, where nothing is found, and where there is no such fact."""
    month = firm.get("/v1/employees/E1/progress")["period"]
    paths = [
        *("/audit", "/audit?from=2025-13-45", "/audit?actor=nobody", "/audit/reads", "/audit/facts/2"),
        *("/audit/facts/999999", "/audit/statements", f"/audit/statements/E1/{month}", "/audit/seal"),
        *("/audit/exports", f"/audit/exports?period={month}", "/audit/exports?period=2025-W01"),
    ]
    wrong: list[str] = []
    for place, path in enumerate(paths):
        page = auditor.open(path)
        page.emulate_media(color_scheme="dark" if place % 2 else "light")
        wrong.extend(f"{path}: {each}" for each in auditor.barriers())
        wrong.extend([f"{path} is too wide"] if auditor.overflow() > 0 else [])
    assert not wrong, "\n".join(wrong)
    auditor.faults.clear()  # the browser tells of what was refused
