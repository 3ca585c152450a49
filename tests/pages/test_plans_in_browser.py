"""A plan on its way in Chromium, in both languages: a fault, mended, proposed, tried, adopted by another."""

import datetime as dt
from collections.abc import Iterator

import pytest
from browsing import PHONE, Reader, chromium, reader
from paged_firm import ZONE, today, visit
from playwright.sync_api import Browser, Page
from served import Service

from domain.period import Period

DESK = {"width": 1200, "height": 800}
WORDS = {
    "zh": {"fault": "处需要修改", "sound": "方案没有问题", "self": "您不能自行采纳", "gain": "1 人增加"},
    "en": {"fault": "to mend", "sound": "The plan is sound", "self": "you cannot adopt it", "gain": "1 gain"},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def last_month(firm: Service) -> str:
    """A month that is over, in which E1 made three visits."""
    month = Period.containing(today()).previous()
    at = dt.datetime.combine(month.last_day, dt.time(12), tzinfo=ZONE).isoformat()
    for number in range(3):
        made = visit(customer=f"P{number}", occurred_at=at)
        assert firm.http.post("/v1/facts", json=made).status_code == 201
    return str(month)


def signed_in(
    browser: Browser, firm: Service, role: str, lang: str, size: dict[str, int]
) -> Iterator[Reader]:
    token = firm.client(role).headers["Authorization"]
    language = "zh-CN" if lang == "zh" else "en"
    with reader(
        browser, firm, language, viewport=size, extra_http_headers={"Authorization": token}
    ) as somebody:
        yield somebody
        assert not somebody.faults
        assert all(address.startswith(firm.url) for address in somebody.asked)


def is_fair(somebody: Reader) -> None:
    """Nothing serious stands in the way of whoever hears or enlarges the page."""
    assert not somebody.barriers(), somebody.page.url
    assert somebody.overflow() <= 0, somebody.page.url


def drafted(page: Page, lang: str, draft: str, bonus: int) -> None:
    """An amendment with a fault, which is told with its line, mended, and put up."""
    words = WORDS[lang]
    text = page.locator("#text")
    sound = text.input_value()
    assert "rate: 30" in sound
    text.fill(sound.replace("rate: 30", "rte: 30"))
    page.locator("#findings", has_text=words["fault"]).wait_for()
    fault = page.locator(".faults li").first
    assert "rte" in fault.inner_text()
    fault.locator("a").click()
    assert "per_visit" in page.evaluate(
        "(() => { const t = document.getElementById('text');"
        " return t.value.slice(t.selectionStart - 200, t.selectionEnd + 200); })()"
    )
    mended = sound.replace("rate: 30", "rate: {parameter: bonus}")
    text.fill(mended.replace("measures:", f"parameters:\n  bonus: {{value: {bonus}}}\nmeasures:", 1))
    page.locator("#check").click()
    page.locator("#findings", has_text=words["sound"]).wait_for()
    page.locator("#draft").fill(draft)
    page.locator("button[value=save]").click()
    page.wait_for_url(f"**/plan-drafts/{draft}")


@pytest.mark.parametrize(("lang", "size", "bonus"), [("zh", PHONE, 40), ("en", DESK, 50)], ids=["zh", "en"])
@pytest.mark.rule("R88")
def test_from_a_fault_to_a_plan_that_two_adopted(
    browser: Browser, firm: Service, last_month: str, lang: str, size: dict[str, int], bonus: int
) -> None:
    """HR writes and proposes, and cannot adopt; the head tries it on last month, and adopts it."""
    draft = f"selling-{lang}"
    for hr in signed_in(browser, firm, "hr", lang, size):
        page = hr.open("/plans")
        for link in ("a[href='/plans/selling']", ".acts a.button"):
            with page.expect_navigation():
                page.locator(link).first.click()
            is_fair(hr)
        drafted(page, lang, draft, bonus)
        assert f"{bonus}" in page.locator("#changes").inner_text()
        with page.expect_navigation():
            page.locator("#steps form button").click()
        assert WORDS[lang]["self"] in page.locator("#same-person").inner_text()
        is_fair(hr)
    for head in signed_in(browser, firm, "hr_head", lang, size):
        tries(head, draft, last_month, lang, 3 * (bonus - 30))
        page = head.open("/plans")
        is_fair(head)
        page.locator(f"a[href='/plan-drafts/{draft}']").click()
        page.locator("#steps form button").first.click()
        page.wait_for_url("**/plans/selling?day=*")
        assert page.locator("[id='parameters.bonus']").count() == 1
    [standing] = [each for each in firm.get("/v1/plan-standings") if each["plan"] == "selling"]
    assert draft not in [each["draft"] for each in standing["drafts"]]


def tries(somebody: Reader, draft: str, month: str, lang: str, more: int) -> None:
    """Three visits at `more` than 30 each; at 30 to 60 they cost 0 to 90 yuan more than now."""
    page = somebody.open(f"/what-if?source=draft:{draft}")
    page.locator("#from").fill(month)
    page.locator("#until").fill(month)
    page.locator("details summary").first.click()
    page.locator("#parameter").select_option("bonus")
    for name, value in (("low", "30"), ("high", "60"), ("step", "10")):
        page.locator(f"#{name}").fill(value)
    page.locator("#ask button").click()
    page.locator("#result .hero .amount", has_text=f"+¥{more}.00").wait_for()
    assert WORDS[lang]["gain"] in page.locator("#result .hero").inner_text()
    assert page.locator("#distribution svg rect").count() >= 1
    assert page.locator("#curve svg circle").count() == 4
    page.locator("#points summary").click()
    assert [each.inner_text() for each in page.locator("#points td:last-child").all()] == [
        "¥0.00", "+¥30.00", "+¥60.00", "+¥90.00",
    ]  # fmt: skip
    assert not page.locator(".running").first.is_visible()
    is_fair(somebody)
