"""What is refused is kept with its reason, and comes out mended or not at all, with a trail."""

from collections.abc import Callable
from typing import Any

import httpx
import psycopg
import pytest
from connectors.conftest import order
from given import LEDGER
from psycopg import sql
from served import Service

from api.connectors.documents import set_connector
from api.ops import open_ledger

Ids = Callable[[str], str]
TO = "/v1/connectors/northwind-crm"


def send(firm: Service, *orders: dict[str, Any]) -> httpx.Response:
    return firm.http.post(TO, json={"opportunities": list(orders)})


def entry_of(answer: httpx.Response) -> str:
    [outcome] = answer.json()["outcomes"]
    return outcome["quarantine"]


def settle(firm: Service, entry: str, way: str, **said: Any) -> httpx.Response:
    return firm.http.post(f"/v1/quarantine/{entry}/{way}", json={"reason": "as agreed with sales"} | said)


def revenue(firm: Service, employee: str, period: str) -> int:
    """2 % of what somebody sold."""
    return firm.get(f"/v1/employees/{employee}/statements/{period}")["statement"]["total_minor"]


def trail(firm: Service, position: int) -> dict[str, Any]:
    return firm.http.get(f"/v1/facts/{position}").json()


@pytest.mark.rule("R81")
def test_a_contradiction_is_refused_kept_and_corrected_by_somebody(firm: Service, new_id: Ids) -> None:
    """1,000 yuan become 2,000 under the same key: nothing moves until somebody lets it."""
    id, day = new_id("0061"), {"closed_at": "2025-08-04T09:30:00+08:00", "owner": {"login": "b.wang"}}
    first = order(id, amount={"value": "1000", "currency": "CNY"}, **day)
    other = order(id, amount={"value": "2000", "currency": "CNY"}, **day)
    assert send(firm, first).status_code == 201
    refused = send(firm, other)
    assert (refused.status_code, refused.json()["quarantined"]) == (202, 1), refused.text
    entry = entry_of(refused)
    assert refused.json()["outcomes"][0]["problems"][0]["kind"] == "key-reused"
    assert revenue(firm, "E1044", "2025-08") == 20_00
    assert entry_of(send(firm, other)) == entry
    read = firm.http.get(f"/v1/quarantine/{entry}").json()
    assert (read["entry"]["times"], read["entry"]["key"], read["record"]) == (2, id, other)
    assert read["about"] == ["employee:E1044", "customer:C-201"]
    still = settle(firm, entry, "release")
    assert (still.status_code, still.json()["type"]) == (422, "/v1/problems/still-refused"), still.text
    assert "`correct`" in still.json()["remedy"], "what to do here, not what its sender might have done"
    done = settle(firm, entry, "release", correct=True)
    assert done.status_code == 200, done.text
    assert revenue(firm, "E1044", "2025-08") == 40_00
    fact = trail(firm, done.json()["position"])
    assert fact["type"] == "quarantine_settled" and fact["actor"].startswith("administrator")
    assert (fact["data"]["settled_as"], fact["data"]["reason"]) == ("corrected", "as agreed with sales")
    assert fact["data"]["positions"] == done.json()["positions"]
    again = send(firm, other)
    assert (again.status_code, again.json()["hits"], again.json()["refused"]) == (200, 1, 0)
    twice = settle(firm, entry, "release", correct=True)
    assert (twice.status_code, twice.json()["type"]) == (409, "/v1/problems/already-settled")
    cancelled = other | {"stage": {"code": "cancelled"}, "changed_at": "2025-08-06T10:00:00+08:00"}
    assert send(firm, cancelled).status_code == 201
    assert revenue(firm, "E1044", "2025-08") == 0


def test_a_record_is_released_when_the_mapping_was_mended(firm: Service, new_id: Ids) -> None:
    """A new seller whom the mapping does not know yet."""
    file = firm.settings.home / "growing.yaml"
    text = """
    source: growing
    format: json
    key: $.id
    facts:
      - type: customer_registered
        occurred_at: $.at
        data: {customer: $.client, employee: {column: $.who, map: {a.chen: E1007}}}
    """

    def use(document: str) -> None:
        file.write_text(document)
        with open_ledger(firm.settings) as ledger:
            ledger.runner().catch_up()
            set_connector(ledger, "growing", file, actor="it", reason=None)
        firm.get("/v1/connectors")

    use(text)
    sent = {"id": new_id("G"), "at": "2025-03-04", "client": new_id("C"), "who": "d.li"}
    refused = firm.http.post("/v1/connectors/growing", json=sent)
    assert refused.status_code == 202, refused.text
    entry = entry_of(refused)
    assert settle(firm, entry, "release").json()["field"] == "record.$.who"
    use(text.replace("a.chen: E1007", "a.chen: E1007, d.li: E9"))
    done = settle(firm, entry, "release")
    assert done.status_code == 200, done.text
    assert trail(firm, done.json()["positions"][0])["data"]["employee"] == "E9"
    again = firm.http.post("/v1/connectors/growing", json=sent)
    assert (again.status_code, again.json()["hits"]) == (200, 1)


def test_a_record_is_released_after_it_was_mended_itself(firm: Service, new_id: Ids) -> None:
    bad = order(new_id("0061"), amount={"value": "12.345", "currency": "CNY"})
    entry = entry_of(send(firm, bad))
    mended = bad | {"amount": {"value": "12.35", "currency": "CNY"}}
    wrong = settle(firm, entry, "release", record={"id": 1})
    assert wrong.status_code == 422 and wrong.json()["remedy"], wrong.text
    done = settle(firm, entry, "release", record=mended)
    assert done.status_code == 200, done.text
    assert trail(firm, done.json()["positions"][0])["data"]["amount_minor"] == 12_35
    fact = trail(firm, done.json()["position"])["data"]
    assert fact["mended"] is True and len(fact["received_digest"]) == 64
    assert send(firm, bad).json()["hits"] == 1


def test_a_discarded_record_is_not_held_again(firm: Service, new_id: Ids) -> None:
    bad = order(new_id("0061"), closed_at="soon")
    entry = entry_of(send(firm, bad))
    assert settle(firm, entry, "discard").json()["settled_as"] == "discarded"
    again = send(firm, bad)
    assert again.status_code == 202 and again.json()["outcomes"][0]["settled_as"] == "discarded"
    held = firm.http.get("/v1/quarantine", params={"state": "held", "limit": 1000}).json()["entries"]
    assert entry not in {each["entry"] for each in held}


def test_a_source_of_facts_can_ask_to_have_its_refusals_kept(firm: Service, new_id: Ids) -> None:
    """The answer stays what it was; other sources are not kept."""
    key = new_id("K")
    for source in ("erp", "another"):
        event = {
            "specversion": "1.0",
            "type": "visit_recorded",
            "source": source,
            "id": key,
            "time": "2025-03-04T09:30:00+08:00",
            "data": {"employee": "nobody", "customer": "C1"},
        }
        answer = firm.http.post(
            "/v1/facts", json=event, headers={"Content-Type": "application/cloudevents+json"}
        )
        assert answer.status_code == 422 and answer.json()["field"] == "data.employee"
        batch = firm.http.post("/v1/facts:batch", json=[_plain(event)], params={"atomic": "false"})
        assert batch.json()["refused"] == 1
    found = firm.http.get("/v1/quarantine", params={"connector": "erp"}).json()["entries"]
    [entry] = [each for each in found if each["key"] == key]
    assert (entry["kind"], entry["times"]) == ("unknown-employee", 2)
    read = firm.http.get(f"/v1/quarantine/{entry['entry']}").json()
    record = read["record"] | {"data": {"employee": "E9", "customer": "C1"}}
    done = settle(firm, entry["entry"], "release", record=record)
    assert done.status_code == 200, done.text
    assert trail(firm, done.json()["positions"][0])["key"] == key


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": event["type"],
        "source": event["source"],
        "key": event["id"],
        "occurred_at": event["time"],
        "data": event["data"],
    }


@pytest.mark.rule("R24")
def test_nothing_of_a_record_is_stored_in_clear_and_its_reading_is_noted(firm: Service, new_id: Ids) -> None:
    entry = entry_of(send(firm, order(new_id("0061"), closed_at="soon", note="Wang Fang, 138-0000")))
    with psycopg.connect(firm.settings.database_url or "") as connection:
        query = sql.SQL("select quarantine::text from {}.quarantine where entry = %s")
        row = connection.execute(query.format(sql.Identifier(LEDGER)), [entry]).fetchone()
    assert row and "Wang" not in row[0] and "soon" not in row[0]
    auditor = firm.client("auditor")
    assert auditor.get("/v1/quarantine").status_code == 200
    assert auditor.get(f"/v1/quarantine/{entry}").status_code == 403
    before = firm.head()
    assert firm.client("hr_head").get(f"/v1/quarantine/{entry}").json()["record"]["note"].startswith("Wang")
    noted = firm.http.get("/v1/facts", params={"after": before}).json()["facts"]
    assert [each["type"] for each in noted] == ["personal_data_read"]


def test_pages_of_entries_go_on_where_they_ended(firm: Service, new_id: Ids) -> None:
    bad = [order(new_id("0061"), closed_at="never") for _ in range(5)]
    kept = {each["quarantine"] for each in send(firm, *bad).json()["outcomes"]}
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = firm.http.get("/v1/quarantine", params={"limit": 2, "kind": "bad-cell"} | after).json()
        seen += [each["entry"] for each in page["entries"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(seen) == len(set(seen)) and kept <= set(seen)
    assert firm.http.get("/v1/quarantine", params={"after": "x"}).status_code == 422
    assert firm.http.get("/v1/quarantine/none").status_code == 404
