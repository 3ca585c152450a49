"""What an employee does in the morning, in Chromium on a screen of 390 pixels, in both languages."""

import time
from collections.abc import Iterator

import pytest
from browsing import Reader, chromium, reader
from conftest import Say
from paged_firm import GOOD, account, visit
from playwright.sync_api import Browser, Page, Route, StorageState
from served import Service

OWN = "/employees/E1"
PAGES = "today pay pay/{month} visit learning me milestones shifts credentials boards survey".split()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def kept(browser: Browser, firm: Service) -> StorageState:
    """What the browser keeps of E1, who has signed in by the form."""
    account(firm, "wang.fang", "employee", "E1")
    with reader(browser, firm) as somebody:
        page = somebody.open("/")
        assert "/sign-in" in page.url
        somebody.sign_in("wang.fang", GOOD)
        page.wait_for_url(f"**{OWN}/today")
        return somebody.context.storage_state()


@pytest.fixture
def own(browser: Browser, firm: Service, kept: StorageState) -> Iterator[Reader]:
    """E1 with a phone, signed in; the browser has nothing to complain of, and asked nobody else."""
    with reader(browser, firm, storage_state=kept) as somebody:
        yield somebody
        assert not somebody.faults
        assert all(address.startswith(firm.url) for address in somebody.asked)


def earned(page: Page) -> int:
    """Yuan earned so far, as the page says."""
    return int(page.locator("#earned .amount").inner_text().lstrip("¥").replace(",", "").partition(".")[0])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("今日", "收入", "计算过程", "English")),
        ("en", ("Today", "Pay", "How it came about", "中文")),
    ],
    ids=["zh", "en"],
)
def test_the_morning(
    browser: Browser, firm: Service, kept: StorageState, language: str, words: tuple[str, str, str, str]
) -> None:
    """From today to the pay, the line, and the facts behind it; then the other language, on the same page."""
    with reader(browser, firm, language, storage_state=kept) as own:
        goes_through(own.open("/"), *words)
        assert not own.faults


def goes_through(page: Page, today: str, pay: str, how: str, other: str) -> None:
    """What one does in the morning, by the words of one language."""
    assert page.locator("h1").inner_text() == today
    assert earned(page) >= 90 and page.locator("#targets .target").count() == 2
    assert page.locator("#steps .step").count() >= 1
    page.get_by_role("link", name=pay, exact=True).click()
    page.locator(".hero a").click()
    line = page.locator(".item").first
    line.get_by_text(how).click()
    line.locator("a[href*=evidence]").click()
    page.wait_for_url("**/evidence?*")
    assert page.locator(".item").count() >= 3 and "H1" in page.locator(".item").first.inner_text()
    page.get_by_role("link", name=other).click()
    page.wait_for_url("**/evidence?*")
    assert page.locator(".language").inner_text() != other


def test_a_fact_shows_without_loading_anew_also_after_a_restart(own: Reader, firm: Service, say: Say) -> None:
    """A visit is 30 yuan more on the open page; when the service is back, nothing was lost."""
    page = own.open(f"{OWN}/today")
    page.wait_for_selector("#line[data-live-state=on]")
    page.evaluate("window.opened = 'once'")
    before = earned(page)
    page.locator("#earned a").focus()
    page.evaluate(NOTE_CHANGE)
    started = time.time()
    assert firm.http.post("/v1/facts", json=visit()).status_code == 201
    page.locator("#earned", has_text=f"¥{before + 30}.00").wait_for()
    delay = page.evaluate("window.changedAt") - started * 1000
    say(f"a fact showed on an open page {delay:.0f} ms after it was sent")
    assert page.evaluate("document.activeElement.closest('#earned') !== null"), "the focus stays"
    firm.restart()
    assert firm.http.post("/v1/facts", json=visit()).status_code == 201
    page.locator("#earned", has_text=f"¥{before + 60}.00").wait_for(timeout=90_000)
    page.wait_for_selector("#line[data-live-state=on]")
    assert page.evaluate("window.opened") == "once"
    own.faults.clear()  # what was asked for while the service was away


def test_a_page_stays_while_the_service_does_not_answer(own: Reader) -> None:
    """Neither a link nor a form leaves it, by keyboard either; what is filled in stays, and it comes back."""
    page = own.open(f"{OWN}/today")
    page.wait_for_selector("#line[data-live-state=on]")
    for address in (UNANSWERED := ("**/live?*", "**/health/live")):
        page.route(address, lambda route: route.abort())
    late: list[Route] = []
    page.route("**/away*.js", lambda route: late.append(route), times=1)
    page.reload(wait_until="commit")
    page.wait_for_timeout(1000)  # a script from a slow line: what is told meanwhile may not pass it by
    late.pop().continue_()
    page.wait_for_selector("#line[data-live-state=off]")
    page.locator("#away:not(:empty)").wait_for()
    page.evaluate(ADD_FORM)
    for leave, said in (
        (page.locator(".places a").nth(1), "无法访问，暂时"),
        (page.locator("#typed"), "尚未提交"),
    ):
        leave.press("Enter")
        page.locator("#away", has_text=said).wait_for()
        assert page.evaluate("document.activeElement.id") == "away"
    assert page.url.endswith("/today") and page.locator("#typed").input_value() == "kept"
    assert not own.barriers()
    for address in UNANSWERED:
        page.unroute(address)
    page.wait_for_selector("#line[data-live-state=on]", timeout=30_000)
    assert page.locator("#away").inner_text() == ""
    page.locator(".places a").nth(1).press("Enter")
    page.wait_for_url("**/pay")
    own.faults.clear()  # what was asked for while the service was away


ADD_FORM = """() => {
  const form = document.createElement("form")
  form.innerHTML = '<label for="typed">typed</label><input id="typed" value="kept">'
  document.querySelector("main").after(form)
}"""


def test_a_board_moves_while_it_is_looked_at(own: Reader, firm: Service) -> None:
    """Named, with one's own place, on the page as on a wall; a visit counts at once."""
    page = own.open("/boards/visits?plan=selling&wall=true")
    page.wait_for_selector("#line[data-live-state=on]")
    first = page.locator("#board li").first
    assert "王芳" in first.inner_text() and "own" in str(first.get_attribute("class"))
    visits = int(first.locator(".value").inner_text().split()[0])
    assert firm.http.post("/v1/facts", json=visit()).status_code == 201
    page.locator("#board li .value", has_text=str(visits + 1)).wait_for()


NOTE_CHANGE = "document.addEventListener('refreshed', () => { window.changedAt ??= Date.now(); })"


@pytest.mark.rule("R89")
def test_a_test_is_taken_on_a_page(own: Reader, firm: Service) -> None:
    """20 questions from the bank, 15 answered right: 75, recorded, with the weak topics and their courses."""
    page = own.open(f"{OWN}/learning")
    page.locator("form button").click()
    page.wait_for_url("**/learning/tests/*")
    questions = page.locator("fieldset")
    assert questions.count() == 20
    for place in range(20):
        questions.nth(place).locator(f"input[value={'a' if place < 15 else 'b'}]").check()
    with page.expect_navigation():
        page.locator("main button").click()
    assert page.locator(".hero .amount").inner_text() == "75"
    name = page.url.rpartition("/")[2]
    told = firm.get(f"/v1/employees/E1/tests/{name}")["test"]
    assert (told["state"], told["score"], told["right"]) == ("handed_in", "75", 15)
    text = page.locator("main").inner_text()
    assert told["weak_topics"]
    for topic in told["weak_topics"]:
        assert topic["title"]["zh"] in text and topic["course"]["title"]["zh"] in text


@pytest.mark.rule("R91")
@pytest.mark.parametrize("permitted", [True, False])
def test_a_visit_is_checked_in_from_the_phone(own: Reader, firm: Service, permitted: bool) -> None:
    """With the service's time and the phone's place; without the place where the phone refuses it."""
    if permitted:
        own.context.grant_permissions(["geolocation"])
        own.context.set_geolocation({"latitude": 31.230416, "longitude": 121.473701, "accuracy": 12})
    else:
        own.context.clear_permissions()
    page = own.open(f"{OWN}/visit")
    page.locator("[name=other]").fill("H7")
    page.locator("main button[type=submit]").click()
    if not permitted:
        page.wait_for_selector("#place.warn")
        page.locator("main button[type=submit]").click()
    page.wait_for_url("**/visit?done=*")
    assert page.url.endswith("unplaced") is not permitted
    made = firm.http.get("/v1/facts", params={"type": "visit_recorded", "limit": 1000}).json()["facts"][-1]
    assert (made["data"]["customer"], made["actor"], made["source"]) == ("H7", "E1", "employee/E1")
    assert ("location" in made["data"]) is permitted and "31.2304" not in str(made)
    if permitted:
        said = firm.client("employee", "E1").get(f"/v1/facts/{made['position']}/personal").json()
        assert said["texts"]["location"] == "geo:31.230416,121.473701;u=12"


@pytest.mark.rule("R91")
def test_every_page_fits_the_phone_and_has_no_barrier(own: Reader, firm: Service, say: Say) -> None:
    """No page is wider than 390 pixels, none has a serious finding of axe-core, none weighs over 150 kB."""
    wrong, heaviest = list[str](), 0
    for place, path in enumerate(addresses(firm)):
        page = own.open(path)
        page.emulate_media(color_scheme="dark" if place % 2 else "light")
        wide = own.overflow()
        wrong.extend([f"{path} is {wide} pixels too wide"] if wide > 0 else [])
        wrong.extend(f"{path}: {each}" for each in own.barriers())
        heaviest = max(heaviest, page.evaluate(WEIGHT))
    assert not wrong, "\n".join(wrong)
    assert heaviest <= 150_000
    say(f"the heaviest page of an employee weighs {heaviest} bytes with all that it loads")


WEIGHT = """[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
.reduce((sum, each) => sum + each.encodedBodySize, 0)"""


def addresses(firm: Service) -> list[str]:
    """Every page of the employee, and one for each way in which it goes wrong."""
    month = firm.get("/v1/employees/E1/progress")["period"]
    evidence = f"{OWN}/pay/{month}/evidence?plan=selling&measure=visits"
    board = "/boards/visits?plan=selling"
    more = ["/boards", board, f"{board}&wall=true", "/nowhere", "/employees/E9/today"]
    return [f"{OWN}/{each.format(month=month)}" for each in PAGES] + [
        evidence,
        f"{OWN}/pay/{month}/dispute",
        *more,
    ]


def test_the_survey_is_answered_with_the_keyboard_alone(own: Reader, firm: Service) -> None:
    """The first key leads past the head; the arrows choose; what is sent is recorded."""
    page = own.open(f"{OWN}/survey")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for level in (3, 8, 9):
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.type") != "radio":
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(level):
            page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.type("很好")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/survey?done=yes")
    answer = firm.http.get("/v1/facts", params={"type": "survey_answered"}).json()["facts"][-1]
    said = {name: answer["data"][name] for name in ("stress", "training_satisfaction", "belonging")}
    assert said == {"stress": "3", "training_satisfaction": "8", "belonging": "9"}


def test_a_question_about_pay_stands_on_the_month_and_before_payroll(own: Reader, firm: Service) -> None:
    month = firm.get("/v1/employees/E1/progress")["period"]
    page = own.open(f"{OWN}/pay/{month}/dispute")
    page.locator("[name=expected]").fill("twelve")
    page.locator("[name=note]").fill("少算了一次拜访")
    with page.expect_navigation():
        page.locator("main button").click()
    assert (
        page.locator("[role=alert]").count() == 1
        and page.locator("[name=note]").input_value() == "少算了一次拜访"
    )
    page.locator("[name=expected]").fill("1,230.50")
    page.locator("main button").click()
    page.wait_for_url("**#inquiries")
    assert "少算了一次拜访" in page.locator("#inquiries").inner_text()
    asked = firm.client("payroll").get("/v1/inquiries").json()
    assert ("E1", 123050) in [(each["employee"], each["expected_minor"]) for each in asked]
    own.faults.clear()  # the browser tells of the form that was refused


def test_pages_are_printed(own: Reader, firm: Service) -> None:
    """The month as a page, and the payslip, each to PDF."""
    month = firm.get("/v1/employees/E1/progress")["period"]
    for path in (f"{OWN}/pay/{month}", f"/v1{OWN}/statements/{month}/print?lang=zh"):
        printed = own.open(path).pdf(format="A4")
        assert printed.startswith(b"%PDF-") and printed.count(b"/Type /Page\n") <= 2
