"""A course and its test on the phone, in both languages: begun, failed, taken again, passed."""

from collections.abc import Iterator

import pytest
from browsing import Reader, chromium, reader
from playwright.sync_api import Browser, Page
from served import Service

WORDS = {
    "zh-CN": "尚未测试 · 80 分及格|开始测试|继续测试|还有 2 题没有作答"
    "|仍然交卷|未通过|80 分及格|再考一次|已通过",
    "en": "No test yet · passed from 80|Take the test|Go on with the test|2 questions have no answer"
    "|Hand in all the same|not passed yet|80 or more is a pass|Take the test again|passed",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def answer(page: Page, right: int, wrong: int) -> None:
    """Answers as many questions so; what is right in the bank of the firm is each first choice."""
    questions = page.locator("fieldset")
    for place in range(right + wrong):
        questions.nth(place).locator(f"input[value={'a' if place < right else 'b'}]").check()


@pytest.mark.rule("R89")
@pytest.mark.rule("R91")
@pytest.mark.parametrize(("language", "employee"), [("zh-CN", "E1"), ("en", "E9")], ids=["zh", "en"])
def test_a_course_is_failed_and_then_passed(
    browser: Browser, firm: Service, language: str, employee: str
) -> None:
    """What passes is said before and after; a test is left and gone on with; blanks are asked about once."""
    token = firm.client("employee", employee).headers["Authorization"]
    with reader(browser, firm, language, extra_http_headers={"Authorization": token}) as own:
        takes_it(own, f"/employees/{employee}/learning", *WORDS[language].split("|"))
        assert not own.faults
    head = firm.client("hr_head").headers["Authorization"]
    with reader(browser, firm, language, extra_http_headers={"Authorization": head}) as hr:
        text = hr.open(f"/hr/people/{employee}").locator("main").inner_text()
        assert WORDS[language].rpartition("|")[2] in text and "100" in text


def takes_it(
    own: Reader, learning: str, before: str, take: str, go_on: str, blanks: str, so: str, tried: str,
    passes: str, again: str, passed: str,
) -> None:  # fmt: skip
    """The way of one person, by the words of one language; every page fits and has no barrier."""

    def shows(*words: str) -> None:
        text = page.locator("main").inner_text()
        assert [word for word in words if word not in text] == []
        assert own.overflow() <= 0 and own.barriers() == []

    def hand_in() -> None:
        with page.expect_navigation():
            page.locator("main button").click()

    page = own.open(learning)
    shows(before, take)
    page.locator("main form button").click()
    page.wait_for_url("**/learning/tests/*")
    page = own.open(learning)
    shows(go_on)
    page.locator("main .actions a").click()
    page.wait_for_url("**/learning/tests/*")
    answer(page, 10, 8)
    hand_in()
    assert page.locator("#left_out").count() == 1
    shows(blanks, so)
    assert page.locator("fieldset input:checked").count() == 18
    hand_in()
    assert page.locator(".hero .amount").inner_text() == "50"
    shows(tried, passes, again)
    with page.expect_navigation():
        page.locator(".hero button").click()
    answer(page, 20, 0)
    hand_in()
    assert page.locator(".hero .amount").inner_text() == "100"
    shows(passed)
    assert page.locator(".hero button").count() == 0
    page = own.open(learning)
    shows(f"✓ {passed}", "1 / 1")
