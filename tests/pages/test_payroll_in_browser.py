"""What payroll does at the end of a month, in Chromium, by two persons and in both languages."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from browsing import chromium, reader
from playwright.sync_api import Browser, Page
from served import Service, fact

from api.ops import close_period, open_ledger
from api.tokens import Tokens, token_file
from domain.period import Period

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1200, "height": 900}
FIRST = Period.parse("2025-03")
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def desk(firm: Service) -> Service:
    """The firm, whose first month is closed; E1 made visits in each of the next ones."""
    visits = [
        fact(
            "visit_recorded", {"employee": "E1", "customer": "H1"}, occurred_at=f"2025-0{month}-05T09:30:00Z"
        )
        for month in (3, 4, 4, 5, 5, 5, 6)
    ]
    assert firm.http.post("/v1/facts:batch", json=visits).status_code == 201
    with open_ledger(firm.settings) as ledger:
        close_period(ledger, FIRST, actor="test")
    return firm


def token(firm: Service, name: str) -> dict[str, str]:
    """Somebody of payroll, under a name of their own."""
    tokens = Tokens(token_file(firm.settings.home))
    made = tokens.make("payroll", f"{name}.{uuid4().hex[:6]}", None, scope="all")
    return {"Authorization": f"Bearer {made}"}


def next_month(firm: Service) -> str:
    """The one to be closed next."""
    months = [each["period"] for each in firm.get("/v1/closes") if each["state"] in ("open", "proposed")]
    return str(months[-1])


WORDS = {
    "zh-CN": ("检查并结账", "提请结账", "确认并结账", "批准发放", "放行发放", "已发放"),
    "en": (
        "Checklist and close",
        "Propose the close",
        "Confirm and close",
        "Approve the run",
        "Release to be paid",
        "paid",
    ),
}


@pytest.mark.rule("R88")
@pytest.mark.parametrize("language", WORDS, ids=["zh", "en"])
def test_a_month_is_closed_by_two_and_paid(browser: Browser, desk: Service, language: str) -> None:
    """Checklist, proposal, close by somebody else, approval, release, file, and what the bank paid."""
    month, words = next_month(desk), WORDS[language]
    headed: dict[str, Any] = {"viewport": DESK, "language": language}
    with (
        reader(browser, desk, **headed, extra_http_headers=token(desk, "wang")) as wang,
        reader(browser, desk, **headed, extra_http_headers=token(desk, "li")) as li,
    ):
        proposes(wang.open("/payroll"), month, words)
        closes(li.open(f"/payroll/{month}/close"), words)
        approves_and_releases(wang.open(f"/payroll/{month}/close"), words)
        due = payable(wang.open(f"/payroll/{month}/files"), wang.root)
        page = wang.open(f"/payroll/{month}/payments")
        paid = [
            f"{who},{amount},2025-07-10,B-{who}-{month}" for who, amount in due.items() if amount != "0.00"
        ]
        page.locator("#list").fill("\n".join(["工号,金额,支付日期,流水号", *paid]))
        with page.expect_navigation():
            page.locator("form[data-list] button").click()
        page.wait_for_selector(".head .tag.good >> text=" + words[5])
        assert page.locator("tbody .tag.warn").count() == 0, "nobody differs"
        assert not wang.faults and not li.faults
    assert desk.get(f"/v1/payroll/runs/{month}/reconciliation")["run"]["state"] == "paid"


def proposes(page: Page, month: str, words: tuple[str, ...]) -> None:
    """From the overview to the checklist, which nothing on it blocks; and why not to close it alone."""
    page.get_by_role("link", name=words[0]).click()
    page.wait_for_url(f"**/payroll/{month}/close")
    assert page.locator(".checks .mark").count() == 12 and page.locator(".mark.bad").count() == 0
    with page.expect_navigation():
        page.get_by_role("button", name=words[1]).click()
    assert page.locator("#steps .done").count() == 1
    assert page.locator("#steps .notice").count() == 1, "the same person sees why not"
    assert page.get_by_role("button", name=words[2]).count() == 0


def closes(page: Page, words: tuple[str, ...]) -> None:
    """Somebody else closes, and does not approve as well."""
    with page.expect_navigation():
        page.get_by_role("button", name=words[2]).click()
    assert page.locator("#steps .done").count() == 2
    assert page.get_by_role("button", name=words[3]).count() == 0


def approves_and_releases(page: Page, words: tuple[str, ...]) -> None:
    """The first person again."""
    page.get_by_role("button", name=words[3]).click()
    page.get_by_role("button", name=words[4]).click()
    page.wait_for_selector("#steps .done >> nth=3")


def payable(page: Page, root: str) -> dict[str, str]:
    """What the CSV that the page links says is to be paid to each."""
    address = page.locator("a[download$='.csv']").get_attribute("href")
    content = page.context.request.get(f"{root}{address}").body()
    due: dict[str, int] = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        due[row["employee"]] = due.get(row["employee"], 0) + int(row["payable_minor"])
    return {employee: f"{minor // 100}.{minor % 100:02}" for employee, minor in due.items()}


def test_every_page_of_payroll_fits_and_has_no_barrier(browser: Browser, desk: Service) -> None:
    """On a phone in Chinese and at a desk in English; none is too wide, nothing serious is found."""
    wrong: list[str] = []
    tabs = "/close /components /changes /late /files /payments /people/E1 /without-plan /unconfirmed".split()
    open_month = f"/{next_month(desk)}"
    closed = [f"/{FIRST}{each}" for each in ("", *tabs)]
    others = [
        "",
        "/holds",
        "/inquiries",
        "/balances",
        open_month,
        f"{open_month}/close",
        f"{open_month}/payments",
    ]
    for place, path in enumerate([*closed, *others]):
        language, size = (("zh-CN", PHONE), ("en", DESK))[place % 2]
        with reader(browser, desk, language, viewport=size, extra_http_headers=token(desk, "chen")) as own:
            own.open(f"/payroll{path}").emulate_media(color_scheme="dark" if place % 3 == 0 else "light")
            wrong.extend([f"{path} is too wide"] if own.overflow() > 0 else [])
            wrong.extend(f"{path}: {each}" for each in [*own.barriers(), *own.faults])
    assert not wrong, "\n".join(wrong)


def sent(client: httpx.Client, path: str, **said: str) -> httpx.Response:
    """What a form of a page answers."""
    return client.post(path, data=said, headers=HTML)


def test_pay_is_held_and_let_go_with_a_reason(desk: Service) -> None:
    payroll, month = desk.client("payroll"), next_month(desk)
    missing = sent(payroll, "/payroll/holds", employee="E1", scope="person", reason="")
    assert missing.status_code == 422 and 'role="alert"' in missing.text
    line = {"scope": "line", "plan": "selling", "component": "per_visit"}
    held = sent(payroll, "/payroll/holds", employee="王芳", reason="under review", **line)
    assert held.status_code == 303, held.text
    [hold] = desk.get("/v1/payroll/holds", released=False)
    assert (hold["employee"], hold["component"], hold["period"]) == ("E1", "per_visit", None)
    shown = payroll.get(f"/payroll/{month}?show=held", headers=HTML).text
    assert "E1" in shown and "E9" not in shown
    assert sent(payroll, f"/payroll/holds/{hold['hold']}/release", reason="it is right").status_code == 303
    assert desk.get("/v1/payroll/holds", released=False) == []
    assert sent(payroll, "/payroll/holds/none/release", reason="it is right").status_code == 404


def test_a_question_is_answered_and_settled_by_what_mends_it(desk: Service) -> None:
    asked = {"inquiry": uuid4().hex, "employee": "E1", "period": str(FIRST), "kind": "wrong_credit"}
    assert desk.record("inquiry_opened", {**asked, "note": "少算了一次拜访"}).status_code == 201
    visit = {"employee": "E1", "customer": "H2"}
    mended = desk.record("visit_recorded", visit, occurred_at="2025-03-06T09:30:00Z").json()["position"]
    payroll, path = desk.client("payroll"), f"/payroll/inquiries/{asked['inquiry']}"
    assert "少算了一次拜访" in payroll.get(path, headers=HTML).text
    assert sent(payroll, path, step="answer", note="We look into it.").status_code == 303
    upheld = {"step": "resolve", "outcome": "upheld", "note": "It counts now."}
    wrong = sent(payroll, path, corrections="12x", **upheld)
    assert wrong.status_code == 422 and 'role="alert"' in wrong.text
    assert sent(payroll, path, corrections=str(mended), **upheld).status_code == 303
    said = desk.get(f"/v1/inquiries/{asked['inquiry']}")
    assert (said["state"], said["resolution"]["corrections"]) == ("resolved", [mended])
    assert "<form" not in payroll.get(path, headers=HTML).text


def test_a_list_of_payments_is_recorded_whole_or_not_at_all(desk: Service) -> None:
    """What is wrong is said, and what was typed stays; of a run that is not released nothing is recorded."""
    payroll, path = desk.client("payroll"), f"/payroll/{FIRST}/payments"
    early = sent(payroll, path, list="E1,1.00,2025-04-10,X1")
    assert early.status_code == 409, early.text
    bad = sent(payroll, path, list="employee,amount,paid_on\nE1,1.00,2025-04-10")
    assert bad.status_code == 422
    odd = sent(payroll, path, list="工号,金额,支付日期,流水号\n\nE1,1.00,2025-04-10,X1\nE1,one,2025-04-10,X2")
    assert odd.status_code == 422 and "第4行" in odd.text and "第3行" not in odd.text
    [paid] = desk.get(f"/v1/payroll/runs/{FIRST}/reconciliation")["sums"]
    assert paid["paid_minor"] == 0


def test_slips_of_a_branch_are_printed_together(desk: Service) -> None:
    """Each on a sheet of its own, with nothing loaded from anywhere."""
    payroll = desk.client("payroll")
    printed = payroll.get(f"/v1/payroll/runs/{FIRST}/print", params={"branch": "SH", "lang": "zh"})
    assert printed.status_code == 200 and printed.text.count("<article>") == 2
    assert "default-src 'none'" in printed.headers["Content-Security-Policy"]
    nobody = payroll.get(f"/v1/payroll/runs/{FIRST}/print", params={"branch": "XX"})
    assert (nobody.status_code, nobody.json()["field"]) == (404, "branch")
