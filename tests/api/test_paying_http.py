"""A month is paid: closed, approved, held in part, released, confirmed by the bank, mended, paid."""

import base64
import csv
import hashlib
import html
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from given_plan import adoption, document
from served import Service, fact, open_shanghai

from api.ops import close_period, open_ledger
from api.payroll_files import FORMATS
from domain.period import Period

PLAN = """
components:
  - {id: per_deal, title: Per deal, clause: "1", kind: per_unit, measure: deals, rate: "50.00"}
  - {id: clients, title: New clients, clause: "2", kind: per_unit, measure: clients, rate: "20.00"}
"""
RUN = "/v1/payroll/runs/2025-03"
STATEMENT = "/v1/employees/E1/statements/2025-03"


def sold(employee: str, deal: str, on: str = "2025-03-04") -> dict[str, Any]:
    said = {"customer": "C1", "deal": deal, "amount_minor": 100_000, "currency": "CNY"}
    return fact("deal_closed", {"employee": employee, **said}, occurred_at=f"{on}T09:30:00+08:00")


def close(service: Service, period: str = "2025-03") -> None:
    with open_ledger(service.settings) as ledger:
        close_period(ledger, Period.parse(period), actor="test")


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """E1 closed two deals and E2 one in March, E1 one in February, all at 50 yuan; E3 did nothing."""
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PLAN))
    hired = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    service.adopt(adopted)
    batch = [
        *(fact("employee_hired", {"employee": employee, **hired}) for employee in ("E2", "E3")),
        fact("customer_registered", {"employee": "E1", "customer": "C9"}),
        sold("E1", "D0", "2025-02-04"),
        *(sold(*pair) for pair in (("E1", "D1"), ("E1", "D2"), ("E2", "D3"))),
    ]
    answer = service.http.post("/v1/facts:batch", json=batch)
    assert answer.status_code == 201, answer.text
    close(service, "2025-02")
    close(service)
    return service


def tell(client: httpx.Client, type: str, source: str = "payroll", **said: Any) -> httpx.Response:
    """Records one fact by `client`."""
    return client.post("/v1/facts", json=fact(type, said, source=source))


def problem(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, field and kind of a refusal, which must say what to do."""
    said = answer.json()
    assert said["remedy"], said
    return answer.status_code, said["field"], said["type"].rpartition("/")[2]


def paid(client: httpx.Client, employee: str, amount_minor: int) -> int:
    said = {"period": "2025-03", "currency": "CNY", "paid_on": "2025-04-10", "reference": f"B {employee}"}
    answer = tell(client, "payment_confirmed", employee=employee, amount_minor=amount_minor, **said)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


def differences(service: Service, **query: Any) -> dict[str, tuple[int, str]]:
    found = service.get(f"{RUN}/reconciliation", **query)
    return {each["employee"]: (each["difference_minor"], each["result"]) for each in found["people"]}


def refused_before_approval(firm: Service, step: dict[str, Any]) -> int:
    """Each step out of turn names the field and the remedy; then boss approves. The head before that."""
    payroll, manager = firm.client("payroll", "boss"), firm.client("manager", "boss")
    released = tell(payroll, "run_released", **step)
    assert problem(released) == (409, "data.period", "run-not-ready")
    same = tell(firm.client("payroll", "test"), "run_approved", approver="test", **step)
    assert problem(same) == (422, "data.approver", "second-person-needed")
    named = tell(payroll, "run_approved", approver="li.cfo", **step)
    assert problem(named) == (403, "data.approver", "not-allowed")
    other = tell(payroll, "run_approved", approver="boss", period="2025-03", statements_digest="0" * 64)
    assert problem(other) == (422, "data.statements_digest", "not-that-run")
    assert tell(manager, "run_approved", approver="boss", **step).status_code == 403
    closed_at = firm.head()
    assert tell(payroll, "run_approved", approver="boss", **step).status_code == 201
    early = tell(
        payroll, "payment_confirmed", period="2025-03", employee="E1", amount_minor=1, currency="CNY",
        paid_on="2025-04-10", reference="B",
    )  # fmt: skip
    assert problem(early) == (409, "data.period", "run-not-ready")
    return closed_at


def shown_while_released(firm: Service, closed_at: int) -> dict[str, Any]:
    """Held rows stay in the run with their amounts, and out of what may be paid."""
    run = firm.get(RUN)
    assert run["run"]["state"] == "released"
    assert run["run"]["approval"]["approver"] == "boss"
    assert [(r["employee"], r["component"], r["hold_ids"], r["payable_minor"]) for r in run["rows"]] == [
        ("E1", "per_deal", "", 100_00), ("E1", "clients", "H2", 0), ("E2", "per_deal", "H1", 0),
        ("E2", "clients", "H1", 0), ("E3", "per_deal", "", 0), ("E3", "clients", "", 0),
    ]  # fmt: skip
    totals = {
        t["employee"]: (t["amount_minor"], t["payable_minor"], t["previous_minor"]) for t in run["totals"]
    }
    assert totals == {"E1": (120_00, 100_00, 50_00), "E2": (50_00, 0, 0), "E3": (0, 0, 0)}
    assert run["sums"][0]["payable_minor"] == 100_00
    assert firm.get(RUN, known_at=closed_at)["run"]["state"] == "closed"
    assert firm.get(RUN, known_at=closed_at)["sums"][0]["payable_minor"] == 170_00
    slip = firm.get(STATEMENT)
    assert (slip["payable_minor"], slip["held_lines"], slip["statement"]["total_minor"]) == (
        100_00, {"2": {"holds": ["H2"], "held_minor": 20_00}}, 120_00,
    )  # fmt: skip
    return run


def test_a_month_is_closed_approved_held_released_confirmed_and_paid(firm: Service) -> None:
    payroll, manager = firm.client("payroll"), firm.client("manager")
    digest = firm.get(RUN)["statements_digest"]
    step = {"period": "2025-03", "statements_digest": digest}

    closed_at = refused_before_approval(firm, step)

    hold = {"reason": "disputed", "period": "2025-03"}
    line = {"scope": "line", "plan": "selling", "component": "clients"}
    assert tell(manager, "pay_held", hold="H1", employee="E2", scope="person", **hold).status_code == 201
    assert tell(payroll, "pay_held", hold="H2", employee="E1", **line, **hold).status_code == 201
    assert tell(payroll, "run_released", **step).status_code == 201
    late = tell(payroll, "pay_held", hold="H3", employee="E1", scope="person", **hold)
    assert problem(late) == (409, "data.period", "run-beyond")
    released_at = firm.head()

    run = shown_while_released(firm, closed_at)

    short, over = paid(payroll, "E1", 90_00), paid(payroll, "E3", 5_00)
    expected = {"E1": (10_00, "short"), "E2": (0, "equal"), "E3": (-5_00, "over")}
    assert differences(firm) == expected
    assert set(differences(firm, differing=True)) == {"E1", "E3"}
    assert firm.get(RUN)["run"]["state"] == "released"
    reconciled_page_by_page(firm)
    paid(payroll, "E1", 10_00)
    assert tell(payroll, "fact_voided", position=over, reason="other person").status_code == 201
    assert firm.get("/v1/payroll/outstanding") == []
    assert [(r["period"], r["run"]["state"]) for r in firm.get("/v1/payroll/runs")] == [
        ("2025-02", "closed"), ("2025-03", "paid"),
    ]  # fmt: skip
    assert firm.get(RUN, known_at=short)["run"]["state"] == "released"

    let_go = tell(payroll, "hold_released", hold="H1", employee="E2", reason="settled")
    assert let_go.status_code == 201
    assert firm.get(RUN)["run"]["state"] == "released"
    [left] = firm.get("/v1/payroll/outstanding")
    assert (left["employee"], left["period"], left["outstanding_minor"]) == ("E2", "2025-03", 50_00)
    paid(payroll, "E2", 50_00)
    assert firm.get(RUN)["run"]["state"] == "paid"
    assert firm.get(RUN, known_at=released_at)["sums"] == run["sums"]
    assert [each["released_at"] for each in firm.get("/v1/payroll/holds")] == [
        let_go.json()["position"], None,
    ]  # fmt: skip


def test_the_same_run_as_known_at_a_position_is_the_same_bytes_in_every_form(firm: Service) -> None:
    """Before and after holds, approvals and facts of other months; and for who asks with the tag, none."""
    at = firm.head()

    def contents() -> Iterator[tuple[bytes, str]]:
        for form in FORMATS:
            answer = firm.http.get(RUN, params={"format": form, "known_at": at})
            yield answer.content, answer.headers["ETag"]

    before = list(contents())
    tell(firm.http, "pay_held", hold="H1", employee="E1", scope="deal", deal="D1", reason="not paid yet")
    firm.http.post("/v1/facts", json=sold("E2", "D9", "2025-04-02"))
    held = list(csv.DictReader(io.StringIO(_csv(firm))))
    assert [(row["employee"], row["held"]) for row in held if row["amount_minor"] != "0"] == [
        ("E1", "true"), ("E1", "false"), ("E2", "false"),
    ]  # fmt: skip
    assert (held[0]["hold_ids"], held[0]["payable_minor"]) == ("H1", "5000"), "the other deal may be paid"
    assert list(contents()) == before
    for form, (_, tag) in zip(FORMATS, before, strict=True):
        asked = {"format": form, "known_at": at}
        assert firm.http.get(RUN, params=asked, headers={"If-None-Match": tag}).status_code == 304


def reconciled_page_by_page(firm: Service) -> None:
    """A person at a time comes to all of them, of one moment, with the sums of everybody on each page."""
    path = f"{RUN}/reconciliation"
    whole, found, url = firm.get(path), list[Any](), f"{path}?limit=1"
    while True:
        answer = firm.http.get(url)
        page = answer.json()
        found += page["people"]
        assert (len(page["people"]), page["sums"]) == (1, whole["sums"])
        if page["next"] is None:
            break
        url = answer.headers["Link"].partition(">")[0][1:]
    assert found == whole["people"]
    assert [p["employee"] for p in firm.get(path, limit=1, differing=True)["people"]] == ["E1"]
    for after in ("nonsense", "WzEwMDAwMDAwMDAsIiIsIiJd"):
        assert problem(firm.http.get(path, params={"after": after})) == (422, "after", "bad-field")


def _csv(service: Service) -> str:
    answer = service.http.get(RUN, params={"format": "csv", "at_least": service.head()})
    return answer.content.decode("utf-8-sig")


def test_pages_of_rows_are_of_one_moment_while_facts_arrive(firm: Service) -> None:
    """Of a closed month and of an open one; whoever comes back with a cursor goes on where they were."""
    firm.http.post("/v1/facts", json=sold("E1", "D7", "2025-04-02"))
    for period in ("2025-03", "2025-04"):
        path = f"/v1/payroll/runs/{period}"
        whole = firm.get(path)["rows"]
        rows = rows_page_by_page(firm, f"{path}/rows?limit=2", period)
        # The trace of the first reading is a fact, so the moment is a later one.
        if rows[0]["state"] == "open":
            whole = firm.get(path, known_at=rows[0]["known_at"])["rows"]
        assert rows == whole
        for after in ("nonsense", "WzEwMDAwMDAwMDAsIiIsMF0"):
            refused = firm.http.get(f"{path}/rows", params={"after": after})
            assert problem(refused) == (422, "after", "bad-field")
    assert problem(firm.http.get("/v1/payroll/runs/2025-04/reconciliation"))[1:] == ("period", "not-final")


def rows_page_by_page(firm: Service, link: str | None, name: str) -> list[dict[str, Any]]:
    """All rows, in three pages; after each, pay is held and something is sold."""
    rows: list[dict[str, Any]] = []
    pages = 0
    while link is not None:
        answer = firm.http.get(link)
        page = answer.json()
        assert firm.http.get(link).json()["rows"] == page["rows"] or pages == 0
        rows += page["rows"]
        hold = {"hold": f"H{name}.{pages}", "employee": "E3", "scope": "person", "reason": "x"}
        assert tell(firm.http, "pay_held", **hold).status_code == 201
        firm.http.post("/v1/facts", json=sold("E3", f"D{name}.{pages}", "2025-04-02"))
        pages += 1
        link = answer.links["next"]["url"] if "next" in answer.links else None
    assert pages == 3
    return rows


def printed_in_both_languages(own: httpx.Client, digest: str) -> None:
    """The statement on a page that loads and runs nothing, with whatever was written escaped."""
    english = own.get(f"{STATEMENT}/print", headers={"Accept-Language": "fr, en-GB;q=0.8, zh;q=0.5"})
    chinese = own.get(f"{STATEMENT}/print", params={"lang": "zh"})
    for answer, said in (
        (english, ("Per deal", "Total", "2 × ¥50", "2 facts", "March 2025", ">Amount<")),
        (chinese, ("合计", "条事实", "2025年3月", ">金额<")),
    ):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        for text in (*said, digest, "¥120.00", "&lt;b&gt;D5&lt;/b&gt; is missing", "E1"):
            assert text in answer.text, text
        style = answer.text.split("<style>")[1].split("</style>")[0]
        hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith(f"default-src 'none'; style-src 'sha256-{hashed}';")
        assert "CNY" not in answer.text and " %" not in answer.text.split("</style>")[1]
        assert "<script" not in answer.text and "src=" not in answer.text and "<b>D5" not in answer.text
    link = re.search(r'href="(evidence\?[^"]+)"', english.text)
    assert link is not None
    behind = own.get(f"{STATEMENT}/{html.unescape(link[1])}").json()
    assert [fact["type"] for fact in behind["facts"]] == ["deal_closed", "deal_closed"]
    assert own.get("/v1/employees/E2/statements/2025-03/print").status_code == 403


def test_an_inquiry_is_asked_answered_upheld_and_mended(firm: Service) -> None:
    """It stands beside the statement, whose digest it does not change; others see no note of it."""
    own, other = firm.client("employee", "E1"), firm.client("employee", "E2")
    manager, auditor = firm.client("manager"), firm.client("auditor")
    before = firm.http.get(STATEMENT)
    asked = {"inquiry": "Q1", "employee": "E1"}
    said = {
        "period": "2025-03", "kind": "missing_credit", "note": "<b>D5</b> is missing", "plan": "selling",
        "component": "per_deal", "expected_count": "3",
    }  # fmt: skip
    opened = tell(own, "inquiry_opened", "employee/E1", **asked, **said)
    assert opened.status_code == 201, opened.text
    assert (
        tell(other, "inquiry_opened", "employee/E2", inquiry="Q2", employee="E1", **said).status_code == 403
    )
    judged = tell(own, "inquiry_resolved", "employee/E1", **asked, outcome="upheld")
    assert problem(judged) == (422, "data.outcome", "second-person-needed")
    assert tell(manager, "inquiry_answered", **asked, note="We look").status_code == 201
    answered_at = firm.head()
    mended = firm.http.post("/v1/facts", json=sold("E1", "D5")).json()["position"]
    upheld = {"outcome": "upheld", "corrections": [mended], "note": "Right"}
    assert tell(manager, "inquiry_resolved", **asked, **upheld).status_code == 201
    assert problem(tell(manager, "inquiry_answered", **asked, note="x")) == (
        409, "data.inquiry", "inquiry-settled",
    )  # fmt: skip

    query = {"state": "resolved", "period": "2025-03", "employee": "E1", "at_least": firm.head()}
    [found] = manager.get("/v1/inquiries", params=query).json()
    assert (found["note"], found["answers"][0]["note"]) == ("<b>D5</b> is missing", "We look")
    assert (found["resolution"]["outcome"], found["resolution"]["corrections"]) == ("upheld", [mended])
    assert firm.get("/v1/inquiries/Q1", known_at=answered_at)["state"] == "answered"
    assert auditor.get("/v1/inquiries/Q1").json()["note"] is None
    assert other.get("/v1/inquiries").json() == []
    assert other.get("/v1/inquiries/Q1").status_code == 404
    after = own.get(STATEMENT)
    assert after.json()["statement"] == before.json()["statement"]
    assert after.json()["digest"] == before.json()["digest"]
    assert [each["inquiry"] for each in after.json()["inquiries"]] == ["Q1"]
    assert (
        after.headers["ETag"].startswith(before.headers["ETag"].rstrip('"'))
        and after.headers["ETag"] != (before.headers["ETag"])
    )
    printed_in_both_languages(own, after.json()["digest"])
    april = firm.get("/v1/employees/E1/statements/2025-04")["statement"]["lines"]
    assert [(line["about"], line["amount_minor"]) for line in april if line["about"]] == [("2025-03", 50_00)]
