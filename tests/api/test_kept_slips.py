"""A statement that is read again is the same answer, until a fact comes that changes it."""

from collections.abc import Callable
from typing import Any

import pytest
from given_plan import adoption, document
from served import Service, fact, open_shanghai

from api.ops import close_period, open_ledger
from domain.period import Period

PLAN = """
components:
  - {id: per_deal, title: Per deal, clause: "1", kind: per_unit, measure: deals, rate: "50.00"}
"""
STATEMENT = "/v1/employees/E1/statements/2025-03"


def deal(name: str) -> dict[str, Any]:
    said = {"customer": "C1", "deal": name, "amount_minor": 100_000, "currency": "CNY"}
    return fact("deal_closed", {"employee": "E1", **said})


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """E1 closed a deal in March, which is closed."""
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PLAN))
    hired = {"employee": "E2", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    service.adopt(adopted)
    brought = [fact("employee_hired", hired), deal("D1")]
    assert service.http.post("/v1/facts:batch", json=brought).status_code == 201
    with open_ledger(service.settings) as ledger:
        close_period(ledger, Period.parse("2025-03"), actor="test")
    return service


def counted(service: Service) -> None:
    """Returns when everything is counted; asks nothing about the statement."""
    service.get("/v1/plans")


def test_a_kept_answer_is_what_would_be_answered_and_is_traced_and_refused_alike(firm: Service) -> None:
    first = firm.get(STATEMENT)
    payroll = firm.client("payroll")
    answers = [payroll.get(STATEMENT) for _ in range(3)]
    for answer in answers:
        assert (answer.status_code, answer.json()) == (200, first)
        assert answer.headers["etag"] == f'"{first["digest"]}"'
        assert answer.headers["content-type"] == "application/json"
        assert answer.content == answers[0].content
    tag = {"If-None-Match": answers[0].headers["etag"]}
    assert payroll.get(STATEMENT, headers=tag).status_code == 304
    assert firm.client("employee", "E1").get(STATEMENT).content == answers[0].content
    refused = firm.client("employee", "E2").get(STATEMENT)
    assert (refused.status_code, refused.json()["field"]) == (403, "employee")
    assert {each["role"] for each in noted(firm, "personal_data_read")} == {"administrator", "payroll"}
    assert [each["employee"] for each in noted(firm, "access_refused")] == ["E1"]


def noted(service: Service, type: str) -> list[dict[str, Any]]:
    """What the trail holds of one type."""
    found = service.http.get("/v1/facts", params={"type": type, "limit": 100}).json()["facts"]
    return [each["data"] for each in found]


def test_work_leaves_a_kept_answer_as_it_is_and_a_hold_does_not(firm: Service) -> None:
    for _ in range(2):
        before = firm.http.get(STATEMENT)
    assert firm.http.post("/v1/facts", json=deal("D2")).status_code == 201
    counted(firm)
    assert firm.http.get(STATEMENT).content == before.content
    held = {"hold": "H1", "employee": "E1", "scope": "person", "reason": "disputed", "period": "2025-03"}
    stored = firm.record("pay_held", held)
    assert stored.status_code == 201
    counted(firm)
    for _ in range(2):
        slip = firm.http.get(STATEMENT).json()
        assert [each["hold"] for each in slip["holds"]] == ["H1"]
    voided = {"position": stored.json()["position"], "reason": "wrong person"}
    assert firm.record("fact_voided", voided).status_code == 201
    counted(firm)
    for _ in range(2):
        assert firm.http.get(STATEMENT).content == before.content


def test_an_open_statement_is_kept_until_its_own_work_and_told_as_of_the_last_fact(
    firm: Service,
) -> None:
    """Kept or computed anew, the answer is one and the same; what others do leaves it as it is."""
    address, others = "/v1/employees/E1/statements/2025-04", "/v1/employees/E2/statements/2025-04"

    def sold(employee: str, name: str) -> int:
        said = {"customer": "C1", "deal": name, "amount_minor": 100_000, "currency": "CNY"}
        done = fact("deal_closed", {"employee": employee, **said}) | {"occurred_at": "2025-04-03T10:00:00Z"}
        answer = firm.http.post("/v1/facts", json=done)
        assert answer.status_code == 201
        position: int = answer.json()["position"]
        return position

    def asked(at: str, position: int) -> dict[str, Any]:
        once, told, again = (
            firm.http.get(at, params=waiting) for waiting in ({"at_least": position}, {}, {})
        )
        found: dict[str, Any] = told.json()
        assert position <= found["known_at"] <= again.json()["known_at"]
        for other in (once.json(), again.json()):  # the trail of a reading is a fact, too
            assert other | {"known_at": 0} == found | {"known_at": 0}
        return found

    own = asked(address, first := sold("E1", "A1"))
    assert own["statement"]["total_minor"] == 5_000
    after = asked(address, position := sold("E2", "A2"))
    assert after | {"known_at": 0} == own | {"known_at": 0}, "what E2 sold is not E1's"
    assert after["known_at"] >= position > own["known_at"]
    assert asked(others, position)["statement"]["total_minor"] == 5_000
    more = asked(address, sold("E1", "A3"))
    assert more["statement"]["total_minor"] == 10_000
    stored = firm.record("fact_voided", {"position": first, "reason": "entered twice"})
    assert stored.status_code == 201, stored.text
    assert asked(address, stored.json()["position"])["statement"]["total_minor"] == 5_000
