"""Results over HTTP: an order becomes a bonus, reads follow writes, closed months stay as they were."""

import datetime as dt
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from given_plan import adoption, document
from served import Service, open_shanghai

from api.ops import close_period, open_ledger
from domain.period import Period
from domain.refusals import PeriodAlreadyClosed, Refusal

PER_DEAL = """
components:
  - id: per_deal
    kind: per_unit
    title: Per deal
    clause: Clause 1
    measure: deals
    rate: 50.00 CNY
"""
STATEMENT = "/v1/employees/E1/statements/2025-03"


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """A service whose plan pays 50 yuan a deal."""
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PER_DEAL))
    service.adopt(adopted)
    return service


def order(number: str) -> dict[str, Any]:
    """A closed order of E1, worth 1,000 yuan."""
    return {"employee": "E1", "customer": "H1", "deal": number, "amount_minor": 100_000, "currency": "CNY"}


def due(service: Service, **query: Any) -> int:
    """What E1 is due for March, in fen."""
    return int(service.get(STATEMENT, **query)["statement"]["total_minor"])


def close(service: Service, period: str = "2025-03") -> Any:
    """Closes a month as the command does."""
    with open_ledger(service.settings) as ledger:
        return close_period(ledger, Period.parse(period), actor="test")


@pytest.mark.rule("R81")
def test_an_order_becomes_a_fact_and_the_bonus_follows(firm: Service) -> None:
    """Delivered twice it changes nothing; delivered as a CloudEvent by another carrier neither."""
    assert due(firm) == 0
    first = firm.record("deal_closed", order("D1"), source="crm", key="order-1")
    assert first.status_code == 201
    assert due(firm) == 50_00
    head = firm.head()
    again = firm.record("deal_closed", order("D1"), source="crm", key="order-1")
    assert (again.status_code, again.headers["Idempotency-Hit"]) == (200, "true")
    event = {
        "specversion": "1.0",
        "type": "deal_closed",
        "source": "crm",
        "id": "order-1",
        "time": "2025-03-04T01:30:00Z",
        "data": order("D1"),
    }
    kind = {"Content-Type": "application/cloudevents+json"}
    carried = firm.http.post("/v1/facts", json=event, headers=kind)
    assert carried.json()["position"] == first.json()["position"]
    assert firm.head() == head
    assert due(firm) == 50_00


def test_what_was_written_is_read_within_a_moment(firm: Service) -> None:
    waited: list[float] = []
    for number in range(20):
        position = firm.record("deal_closed", order(f"D{number}")).json()["position"]
        started = time.monotonic()
        answer = firm.http.get(STATEMENT, params={"at_least": position})
        waited.append(time.monotonic() - started)
        assert answer.json()["statement"]["total_minor"] == 50_00 * (number + 1)
    assert sorted(waited)[10] < 0.5


def test_a_result_is_known_at_a_position_or_an_instant(firm: Service) -> None:
    before = firm.head()
    firm.record("deal_closed", order("D1"))
    stored = firm.http.get(f"/v1/facts/{firm.head()}").json()
    assert due(firm) == 50_00
    assert due(firm, known_at=before) == 0
    assert due(firm, known_at=stored["recorded_at"]) == 50_00
    instant = dt.datetime.fromisoformat(stored["recorded_at"]) - dt.timedelta(microseconds=1)
    assert due(firm, known_at=instant.isoformat()) == 0


def test_a_closed_statement_keeps_its_tag_while_the_next_month_settles_what_came_late(firm: Service) -> None:
    firm.record("deal_closed", order("D1"))
    weak = firm.http.get(STATEMENT, params={"at_least": firm.head()})
    assert weak.headers["ETag"].startswith('W/"')
    close(firm)
    closed = firm.http.get(STATEMENT, params={"at_least": firm.head()})
    assert closed.json()["state"] == "closed"
    tag = closed.headers["ETag"]
    assert tag == weak.headers["ETag"].removeprefix("W/")
    firm.record("deal_closed", order("late"))
    late = firm.http.get(STATEMENT, params={"at_least": firm.head()}, headers={"If-None-Match": tag})
    assert (late.status_code, late.content) == (304, b"")
    april = firm.get("/v1/employees/E1/statements/2025-04")["statement"]["lines"]
    assert [(line["about"], line["amount_minor"]) for line in april if line["amount_minor"]] == [
        ("2025-03", 50_00)
    ]


def test_of_two_who_close_a_month_at_once_one_wins(firm: Service) -> None:
    firm.record("deal_closed", order("D1"))
    outcomes: list[object] = []

    def try_to_close() -> None:
        try:
            outcomes.append(close(firm)[1].position)
        except Refusal as refusal:
            outcomes.append(type(refusal))

    threads = [threading.Thread(target=try_to_close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == sorted([str(firm.head()), str(PeriodAlreadyClosed)])
    facts = firm.http.get("/v1/facts", params={"type": "period_closed"}).json()["facts"]
    assert len(facts) == 1


def test_an_employee_reads_their_own_statement_and_nobody_elses(firm: Service) -> None:
    firm.record("deal_closed", order("D1"))
    query = {"at_least": firm.head()}
    own, other = firm.client("employee", "E1"), firm.client("employee", "E2")
    assert own.get(STATEMENT, params=query).json()["statement"]["total_minor"] == 50_00
    refused = other.get(STATEMENT, params=query)
    assert (refused.status_code, refused.json()["field"]) == (403, "employee")
    assert own.get("/v1/facts").status_code == 403


def test_a_statement_is_explained_down_to_positions(firm: Service) -> None:
    position = firm.record("deal_closed", order("D1")).json()["position"]
    explained = firm.get(f"{STATEMENT}/explain")
    [line] = explained["lines"]
    amounts = [amount["amount_minor"] for amount in line["explanation"]["amounts"]]
    assert sum(map(int, amounts)) == 50_00
    [deals] = explained["evidence"]
    assert [fact["position"] for fact in deals["facts"]] == [position]
    page = firm.get(f"{STATEMENT}/evidence", plan="selling", measure="deals")
    assert page["facts"] == deals["facts"]
    assert firm.http.get(f"{STATEMENT}/evidence?plan=selling&measure=none").status_code == 404


def test_a_person_is_where_the_changes_put_them(firm: Service) -> None:
    moved = {"employee": "E1", "effective_on": "2025-04-01", "team": "north"}
    firm.record("employee_transferred", moved)
    assert firm.get("/v1/employees/E1", day="2025-03-31")["posting"]["team"] is None
    assert firm.get("/v1/employees/E1", day="2025-04-01")["posting"]["team"] == "north"


def test_plans_are_shown_with_their_versions(firm: Service) -> None:
    [row] = firm.get("/v1/plans", day="2025-03-01")
    assert (row["plan"], row["effective_from"]) == ("selling", "2025-01-01")
    shown = firm.get("/v1/plans/selling", day="2025-03-01")
    assert shown["document"]["components"][0]["id"] == "per_deal"
    assert firm.get("/v1/plans/selling", day="2024-12-31")["document"] is None
