"""What an administrator does in Chromium: look after the service, import a file, let somebody in."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from browsing import chromium, reader
from playwright.sync_api import Browser
from served import Service

DESK = {"width": 1200, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def rights(firm: Service) -> dict[str, str]:
    """The headers of an administrator's token."""
    return {"Authorization": firm.client("administrator").headers["Authorization"]}


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-CN", ("试算", "确认导入", "已导入")), ("en", ("Try it", "Import it", "imported"))],
    ids=["zh", "en"],
)
def test_a_file_is_imported_from_the_page(
    browser: Browser, firm: Service, rights: dict[str, str], language: str, words: tuple[str, str, str]
) -> None:
    """Tried first, with the row that is refused and why; then confirmed."""
    attempt, confirm, done = words
    who = f"x{uuid4().hex[:8]}"
    text = (
        f"id,name,hired_on,branch,post,manager\n{who},王,2026-01-05,SH,seller,\nX2,李,2026-01-05,XX,seller,\n"
    )
    with reader(browser, firm, language, extra_http_headers=rights, viewport=DESK) as somebody:
        page = somebody.open("/admin/imports")
        page.locator("#file").set_input_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
        page.locator("#example").select_option("people/people")
        page.get_by_role("button", name=attempt).click()
        page.wait_for_url("**/admin/imports/*")
        assert "XX" in page.locator(".entry").inner_text()
        page.get_by_role("button", name=confirm).click()
        page.locator("a[href^='/audit?actor=']").wait_for()
        assert done in somebody.open("/admin/imports").locator(".item").first.inner_text()
        assert not somebody.faults


def test_every_page_fits_the_phone_and_has_no_barrier(
    browser: Browser, firm: Service, rights: dict[str, str]
) -> None:
    wrong: list[str] = []
    with reader(browser, firm, extra_http_headers=rights) as somebody:
        for place, path in enumerate(("", "/imports", "/connectors", "/webhooks", "/tokens", "/accounts")):
            page = somebody.open(f"/admin{path}")
            page.emulate_media(color_scheme="dark" if place % 2 else "light")
            wrong.extend(f"{path}: {each}" for each in somebody.barriers())
            wrong.extend([f"{path} is too wide"] if somebody.overflow() > 0 else [])
        assert not somebody.faults
    assert not wrong, "\n".join(wrong)
