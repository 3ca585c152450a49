"""Shifts over HTTP: who assigns, who asks, consents and approves, and who reads."""

from collections.abc import Callable

import httpx
import pytest
from served import Service, fact, open_shanghai

EARLY = {
    "pattern": "E",
    "title": "Early",
    "effective_on": "2025-01-01",
    "spans": [{"from_time": "07:00", "until_time": "15:00", "activity": "ward"}],
}
ASKED = {
    "swap": "S1",
    "employee": "E1",
    "on": "2025-03-03",
    "pattern": "E",
    "colleague": "E2",
    "colleague_on": "2025-03-04",
    "colleague_pattern": "E",
}
CONSENTED = {"swap": "S1", "employee": "E2"}
APPROVED = {"swap": "S1", "employee": "E1", "colleague": "E2", "approver": "M1"}


@pytest.fixture
def ward(serve: Callable[..., Service]) -> Service:
    """Two nurses with an early shift each."""
    service = serve()
    open_shanghai(service)
    second = {"employee": "E2", "hired_on": "2024-06-03", "branch": "SH", "post": "nurse"}
    assert service.record("employee_hired", second | {"employee": "M1"}).status_code == 201
    assert service.record("employee_hired", second).status_code == 201
    manager = service.client("manager")
    assert told(manager, "shift_pattern_set", EARLY).status_code == 201
    for employee, day in (("E1", "2025-03-03"), ("E2", "2025-03-04")):
        shift = {"employee": employee, "on": day, "pattern": "E"}
        assert told(manager, "shift_assigned", shift).status_code == 201
    return service


def told(client: httpx.Client, kind: str, said: dict[str, object], **envelope: str) -> httpx.Response:
    """What becomes of a fact; an employee writes under their own name."""
    return client.post("/v1/facts", json=fact(kind, said, **envelope))


@pytest.mark.rule("R52")
def test_a_swap_goes_from_hand_to_hand(ward: Service) -> None:
    """E1 asks, E2 consents, M1 approves; nobody does the part of another, and each refusal says why."""
    one, two = ward.client("employee", "E1"), ward.client("employee", "E2")
    manager = ward.client("manager", "M1")
    assert told(two, "swap_asked", ASKED, source="employee/E2").status_code == 403
    assert told(one, "swap_asked", ASKED, source="employee/E1").status_code == 201
    early = told(manager, "swap_approved", APPROVED)
    assert (early.status_code, early.json()["field"]) == (409, "data.swap")
    assert "E2 has not consented" in early.json()["detail"] and early.json()["remedy"]
    assert told(one, "swap_consented", CONSENTED, source="employee/E1").status_code == 403
    unsigned = told(manager, "swap_consented", CONSENTED)
    assert (unsigned.status_code, unsigned.json()["field"]) == (422, "data.signature")
    assert told(two, "swap_consented", CONSENTED, source="employee/E2").status_code == 201
    assert told(two, "swap_approved", APPROVED, source="employee/E2").status_code == 403
    rules = {"effective_on": "2025-03-01", "week_minutes": 400}
    strict = told(manager, "shift_rules_set", rules).json()
    broken = told(manager, "swap_approved", APPROVED)
    assert (broken.status_code, broken.json()["type"]) == (422, "/v1/problems/shift-rule-broken")
    assert "480 minutes in the week from 2025-03-03; 400 (position" in broken.json()["detail"]
    undone = {"position": strict["position"], "reason": "written in error"}
    assert told(manager, "fact_voided", undone).status_code == 201
    named = told(manager, "swap_approved", APPROVED | {"approver": "M2"})
    assert (named.status_code, named.json()["field"]) == (403, "data.approver")
    assert told(manager, "swap_approved", APPROVED).status_code == 201
    march = {"from": "2025-03-01", "to": "2025-03-31"}
    shifts = ward.get("/v1/employees/E1/shifts", **march)
    assert [(day["day"], day["swap"]) for day in shifts["days"]] == [("2025-03-04", "S1")]
    assert [swap["state"] for swap in two.get("/v1/shifts/swaps").json()] == ["approved"]
    assert two.get("/v1/shifts/swaps?state=asked").json() == []
    assert one.get("/v1/employees/E2/shifts", params=march).status_code == 403
    assert one.get("/v1/shifts/overtime?employee=E2").status_code == 403


def test_what_is_wrong_is_refused_by_field(ward: Service) -> None:
    """A second shift of a day, an unknown shift, a clock of 25:00, days in the wrong order."""
    again = {"employee": "E1", "on": "2025-03-03", "pattern": "E"}
    clock = EARLY | {"spans": [{"from_time": "25:00", "until_time": "15:00", "activity": "ward"}]}
    refused = {
        "data.on": ward.record("shift_assigned", again),
        "data.pattern": ward.record("shift_assigned", again | {"on": "2025-03-05", "pattern": "X"}),
        "data.spans[0].from_time": ward.record("shift_pattern_set", clock),
        "to": ward.http.get("/v1/employees/E1/shifts?from=2025-03-02&to=2025-03-01"),
        "employee": ward.http.get("/v1/employees/E9/shifts"),
    }
    for field, answer in refused.items():
        assert answer.status_code in (404, 409, 422), (field, answer.text)
        assert answer.json()["field"] == field, answer.text
    rules = ward.get("/v1/shifts/rules", day="2025-03-03")
    assert [each["pattern"] for each in rules["patterns"]] == ["E"] and rules["rules"] == []
