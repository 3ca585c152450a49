"""Orders of a CRM, as it sends them, become facts by a mapping."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from connectors.conftest import order
from served import Service

from api.ops import close_period, open_ledger
from domain.period import Period
from projections.earned import earned

Ids = Callable[[str], str]


def send(firm: Service, *orders: dict[str, Any], to: str = "northwind-crm", **query: Any) -> httpx.Response:
    body: Any = {"sent_at": "now", "opportunities": list(orders)} if to == "northwind-crm" else list(orders)
    return firm.http.post(f"/v1/connectors/{to}", json=body, params=query)


def facts(firm: Service, answer: httpx.Response) -> list[dict[str, Any]]:
    """The facts that the answer names, as the journal has them."""
    said = [fact for outcome in answer.json()["outcomes"] for fact in outcome["facts"]]
    return [firm.http.get(f"/v1/facts/{fact['position']}").json() for fact in said]


@pytest.mark.rule("R81")
def test_an_order_in_the_crm_becomes_a_fact_and_the_bonus_follows(firm: Service) -> None:
    """128,000 yuan at 2 % are 2,560; a repeat changes nothing, and a cancelled order was never there."""

    def total() -> int:
        return firm.get("/v1/employees/E1012/statements/2025-03")["statement"]["total_minor"]

    won = order("0061-7781", owner={"login": "b.wang"})
    first = send(firm, won)
    assert (first.status_code, first.json()["stored"]) == (201, 1), first.text
    assert total() == 2_560_00
    again = send(firm, won)
    assert (again.status_code, again.json()["stored"], again.json()["hits"]) == (200, 0, 1)
    assert total() == 2_560_00
    cancelled = won | {"stage": {"code": "cancelled"}, "changed_at": "2025-03-06T10:00:00+08:00"}
    assert send(firm, cancelled).status_code == 201
    assert total() == 0
    assert send(firm, cancelled, won).json()["stored"] == 0
    assert total() == 0


@pytest.mark.rule("R81")
def test_an_order_that_is_cancelled_after_its_month_was_closed_is_taken_back_with_the_next(
    firm: Service, new_id: Ids
) -> None:
    """What was settled for January, then and since, is what January comes to by all that is known."""
    [kept, lost] = [order(new_id("0062"), closed_at="2025-01-14T09:30:00+08:00") for _ in range(2)]
    assert send(firm, kept, lost).status_code == 201
    close(firm, "2025-01")
    settled = lines(firm, "2025-01")
    assert settled == {("share", None): 5_120_00}
    cancelled = lost | {"stage": {"code": "cancelled"}, "changed_at": "2025-02-06T10:00:00+08:00"}
    assert send(firm, cancelled).status_code == 201
    close(firm, "2025-02")
    assert lines(firm, "2025-01") == settled, "a closed month stays as it is"
    retro = sum(minor for (_, about), minor in lines(firm, "2025-02").items() if about == "2025-01")
    assert retro == -2_560_00
    with open_ledger(firm.settings) as ledger, ledger.pool.connection() as connection:
        found = earned(connection.cursor(), Period.parse("2025-01"), None, ["E1007"])
    assert found["E1007"].total_minor == sum(settled.values()) + retro == 2_560_00


def lines(firm: Service, period: str) -> dict[tuple[str, str | None], int]:
    """What each line pays, by component and the month that it is about; where it pays anything."""
    found = firm.get(f"/v1/employees/E1007/statements/{period}")["statement"]["lines"]
    paid = {(line["component"], line["about"]): line["amount_minor"] for line in found}
    return {key: minor for key, minor in paid.items() if minor}


def close(firm: Service, period: str) -> None:
    with open_ledger(firm.settings) as ledger:
        close_period(ledger, Period.parse(period), actor="test")


def test_an_order_is_told_with_everybody_who_has_a_part_in_it(firm: Service, new_id: Ids) -> None:
    team = [
        {"login": "a.chen", "role": "seller", "percent": 60},
        {"login": "b.wang", "role": "partner", "percent": 40},
    ]
    tags = [{"kind": "region", "value": "East"}, {"kind": "channel", "value": "Web"}]
    sold = order(new_id("0061"), closed_at="2025-05-06T09:30:00+08:00")
    answer = send(firm, sold | {"team": team, "tags": tags, "type": "Renewal"})
    assert answer.status_code == 201, answer.text
    [fact] = facts(firm, answer)
    assert fact["data"]["credits"] == [
        {"employee": "E1007", "role": "seller", "share": "60 %"},
        {"employee": "E1012", "role": "partner", "share": "40 %"},
    ]
    assert (fact["data"]["channel"], fact["data"]["kind"]) == ("web", "repeat")


@pytest.mark.parametrize(("day", "employee"), [("2025-06-30", "E1012"), ("2025-07-01", "E1044")])
def test_an_account_is_whose_it_was_on_that_day(firm: Service, new_id: Ids, day: str, employee: str) -> None:
    sold = order(new_id("0061"), owner={"login": "b.wang"}, closed_at=f"{day}T23:59:00+08:00")
    [outcome] = send(firm, sold, dry_run="true").json()["outcomes"]
    assert outcome["facts"][0]["data"]["employee"] == employee


def test_yuan_and_fen_are_the_same_money(firm: Service, new_id: Ids) -> None:
    """128,000.00 yuan as text and 350,000 fen as a number, two deals of one order."""
    number = new_id("DD")
    sold = {
        "订单编号": number,
        "订单状态": "已签约",
        "签约时间": "2025-04-01 09:30:00",
        "客户": {"编码": "C-201"},
        "负责人": {"工号": "E9"},
        "合同金额（元）": "¥128,000.00",
        "订单类型": "新单",
        "来源": "抖音",
        "服务单": {"编号": new_id("FW"), "项目": "安装调试", "金额（分）": 350000},
    }
    answer = firm.http.post("/v1/connectors/yunke-crm", json=sold)
    assert answer.status_code == 201, answer.text
    told = facts(firm, answer)
    assert [fact["data"]["amount_minor"] for fact in told] == [12_800_000, 350_000]
    assert [fact["occurred_at"] for fact in told] == ["2025-04-01T01:30:00.000000Z"] * 2
    voided = sold | {"订单状态": "已作废", "作废时间": "2025-04-02 10:00:00"}
    assert send(firm, voided, to="yunke-crm").json()["stored"] == 2
    assert firm.get("/v1/employees/E9/statements/2025-04")["statement"]["total_minor"] == 0


def test_a_dry_run_shows_the_facts_and_stores_nothing(firm: Service, new_id: Ids) -> None:
    before = firm.head()
    good, bad = order(new_id("0061")), order(new_id("0061"), amount={"value": "1,5", "currency": "CNY"})
    answer = send(firm, good, bad, {"stage": {"code": "lost"}}, dry_run="true")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["records"], said["stored"], said["refused"], said["passed_over"]) == (3, 1, 1, 1)
    assert said["outcomes"][0]["facts"][0]["data"] == {
        "amount_minor": 12_800_000,
        "currency": "CNY",
        "customer": "C-201",
        "deal": good["id"],
        "employee": "E1007",
    }
    [wrong] = said["outcomes"][1]["problems"]
    assert (wrong["path"], wrong["field"], wrong["value"]) == ("$.amount.value", "amount_minor", "1,5")
    assert wrong["remedy"]
    assert firm.head() == before


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"opportunities": [', 400, ""),
        (b'{"opportunities": [], "opportunities": []}', 400, "opportunities"),
        (b'{"other": 1}', 422, ""),
        (b"[" * 40 + b"]" * 40, 400, ""),
        (b'{"opportunities": NaN}', 400, ""),
    ],
)
def test_what_holds_no_record_is_refused(firm: Service, body: bytes, status: int, field: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = firm.http.post("/v1/connectors/northwind-crm", content=body, headers=headers)
    assert (answer.status_code, answer.json().get("field", "")) == (status, field), answer.text
    assert answer.json()["remedy"]


def test_nobody_brings_through_a_connector_what_they_may_not_write(firm: Service, new_id: Ids) -> None:
    answer = firm.client("payroll").post(
        "/v1/connectors/northwind-crm", json={"opportunities": [order(new_id("0061"))]}
    )
    assert answer.json()["outcomes"][0]["problems"][0]["kind"] == "not-allowed", answer.text
    assert firm.http.post("/v1/connectors/none", json={}).status_code == 404


def test_the_connectors_in_use_are_listed_with_their_mappings(firm: Service) -> None:
    found = {each["connector"]: each for each in firm.get("/v1/connectors")}
    assert found["northwind-crm"]["facts"] == ["deal_closed", "deal_reversed", "fact_voided"]
    assert found["northwind-crm"]["document"]["key"] == "$.id"
    before = firm.http.get("/v1/connectors", params={"known_at": "1"}).json()
    assert before == []
