"""Pages of plans without a script: forms, who may send them, what is said where something is refused."""

import re
from typing import Any

import httpx
import pytest
import yaml
from paged_firm import PLAN
from served import Service, fact

HTML = {"Accept": "text/html", "Accept-Language": "en"}


@pytest.fixture(scope="module")
def hr(firm: Service) -> httpx.Client:
    return firm.client("hr")


def send(client: httpx.Client, address: str, **said: Any) -> httpx.Response:
    return client.post(address, data=said, headers=HTML)


def put_up(hr: httpx.Client, draft: str, rate: int = 35) -> str:
    """A draft that pays another rate; the hash of its document, as its page says it."""
    text = PLAN.replace("rate: 30", f"rate: {rate}").replace("2025-01-01", "2027-01-01")
    saved = send(hr, "/plan-editor", text=text, draft=draft, do="save")
    assert (saved.status_code, saved.headers["location"]) == (303, f"/plan-drafts/{draft}"), saved.text
    page = hr.get(f"/plan-drafts/{draft}", headers=HTML).text
    found = re.search(r'name="document_hash" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_a_text_with_faults_is_not_put_up(hr: httpx.Client) -> None:
    """Each with its line and its remedy, in a form that keeps what was written."""
    text = PLAN.replace("rate: 30", "rte: 30").replace("count: deal_closed", "count: deal_close")
    answer = send(hr, "/plan-editor", text=text, draft="faulty", do="save")
    assert answer.status_code == 200 and "rte: 30" in answer.text
    lines = [int(each) for each in re.findall(r'data-line="(\d+)"', answer.text)]
    for line, part in zip(lines, ("deal_close", "rte"), strict=False):
        assert part in text.split("\n")[line - 1]
    assert len(lines) >= 2 and hr.get("/plan-drafts/faulty", headers=HTML).status_code == 404
    for broken in ("plan: [", "\tplan: x", "", "a: 1\na: 2"):
        told = send(hr, "/plan-editor", text=broken, draft="faulty", do="check")
        assert told.status_code == 200 and 'class="faults"' in told.text, broken


@pytest.mark.rule("R88")
def test_whoever_proposed_a_draft_does_not_adopt_it(firm: Service, hr: httpx.Client) -> None:
    """Not by the page, and not by sending its form; once it is withdrawn, nobody does."""
    head = firm.client("hr_head")
    digest = put_up(hr, "alone")
    early = send(head, "/plan-drafts/alone/adoption", document_hash=digest)
    assert early.status_code == 409 and "Nobody has proposed" in early.text
    assert send(head, "/plan-drafts/alone/proposal", document_hash=digest).status_code == 303
    page = head.get("/plan-drafts/alone", headers=HTML).text
    assert "you cannot adopt it" in page and "/plan-drafts/alone/adoption" not in page
    own = send(head, "/plan-drafts/alone/adoption", document_hash=digest)
    assert own.status_code in (409, 422) and "both asks and approves" in own.text
    assert send(hr, "/plan-drafts/alone/adoption", document_hash=digest).status_code == 403
    assert send(head, "/plan-drafts/alone/proposal", do="withdraw").status_code == 303
    assert firm.get("/v1/plans/drafts/alone")["draft"]["proposal"] is None


def test_an_employee_comments_and_acknowledges_for_themselves(firm: Service, hr: httpx.Client) -> None:
    """Their words are theirs and HR's to read; a part that is not there is refused by name."""
    put_up(hr, "talked-of")
    own = firm.client("employee", "E1")
    lost = send(own, "/plan-drafts/talked-of/comments", note="35 is fair", path="components.nothing")
    assert lost.status_code == 422 and "35 is fair" in lost.text
    sent = send(own, "/plan-drafts/talked-of/comments", note="35 is fair", path="components.per_visit")
    assert sent.status_code == 303
    assert "35 is fair" in own.get("/plan-drafts/talked-of", headers=HTML).text
    assert "35 is fair" in hr.get("/plan-drafts/talked-of", headers=HTML).text
    page = own.get("/plans/selling/readers", headers=HTML).text
    form = re.search(r'name="adopted_at" value="(\d+)".*?value="([0-9a-f]{64})"', page, re.DOTALL)
    assert form is not None and "李强" not in page
    read = send(own, "/plans/selling/readers", adopted_at=form[1], document_hash=form[2])
    assert read.status_code == 303
    again = send(own, "/plans/selling/readers", adopted_at=form[1], document_hash=form[2])
    assert again.status_code == 409 and "acknowledged this version" in again.text
    assert send(own, "/plans/selling/end", ended_on="2027-01-31", reason="x").status_code == 403


def test_what_does_not_fit_is_told_on_the_page(firm: Service) -> None:
    """A plan ends on a day; months are over, in order, and few; a range has a parameter and a step."""
    admin = firm.client("administrator")
    assert send(admin, "/plans/selling/end", ended_on="soon", reason="x").status_code == 422
    for query in (
        "source=plan:selling&from=2025-03&until=2025-01",
        "source=plan:selling&from=2025-01&until=2099-01",
        "source=plan:selling&from=2020-01&until=2025-01",
        "source=plan:selling&from=2025-01&until=2025-01&parameter=bonus&low=1&high=2&step=x",
        "source=nothing",
    ):
        told = admin.get(f"/what-if?{query}", headers=HTML)
        assert told.status_code in (409, 422) and 'role="alert"' in told.text, query
    late = admin.get("/what-if?source=plan:selling&from=2025-01&until=2025-01&parameter=none&low=1&high=2"
                     "&step=1", headers=HTML)  # fmt: skip
    assert late.status_code == 200 and 'role="alert"' in late.text and late.text.endswith("</html>")


def test_a_reading_of_what_if_is_traced_before_it_goes_out(firm: Service) -> None:
    payroll, before = firm.client("payroll"), firm.head()
    path = "/what-if?source=without:selling&from=2025-01&until=2025-01"
    answer = payroll.get(path, headers=HTML)
    assert answer.status_code == 200 and "without:selling" in answer.text
    assert "unsafe" not in answer.headers["content-security-policy"]
    trail = (
        firm.client("auditor")
        .get("/v1/audit/trail", params={"type": "personal_data_read", "after": before})
        .text
    )
    assert "/what-if" in trail


def test_every_example_can_be_put_up_as_it_is(firm: Service, hr: httpx.Client) -> None:
    """The text that the gallery gives to the editor has no fault, remarks and all."""
    assert yaml.safe_load(PLAN)["plan"] == "selling"
    for each in firm.http.get("/v1/plan-examples").json():
        text = firm.http.get(f"/v1/plan-examples/{each['example']}").json()["text"]
        assert hr.post("/v1/plans/checks", json={"text": text}).json()["problems"] == []


def test_whose_number_it_is_stands_beside_it_by_name(firm: Service, hr: httpx.Client) -> None:
    month = {"effective_from": "2026-01-01", "reason": "half time"}
    firm.by_two(fact("target_changed", {"employee": "E1", "target": "visits", "value": "12", **month}))
    page = hr.get("/plans/selling/numbers?employee=E1&period=2026-02", headers=HTML)
    assert page.status_code == 200 and "王芳 ·" in page.text
