"""A change that takes two over HTTP: one proposes, and another who signed in approves or refuses."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from given_plan import adoption, document
from served import Service, fact, open_shanghai
from signing_in import signed_in

PLAN = """
parameters: {quota: {value: 20, open: {to: [branch, person], min: 10, max: 40}}}
targets: {clients: {measure: clients, value: {parameter: quota}}}
draw: {id: advance, pays: 3000, form: advance, recoverable: true}
"""
DAY = {"occurred_at": "2024-06-03T09:00:00+08:00"}
HIRED = {"hired_on": "2024-06-03", "post": "seller", "manager": "M1"}
OVERRIDE = {
    "plan": "selling", "parameter": "quota", "level": "person", "scope": "E1", "value": "15",
    "effective_from": "2025-03-01", "reason": "half time",
}  # fmt: skip
WRITE_OFF = {
    "employee": "E1", "plan": "selling", "account": "advance", "amount_minor": 50_000, "currency": "CNY",
    "reason": "left the country",
}  # fmt: skip


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    service = serve()
    open_shanghai(service)
    service.adopt(adoption(document(PLAN)))
    manager = {"hired_on": "2024-06-03", "post": "manager", "branch": "SH"}
    assert service.record("branch_opened", {"branch": "BJ", "title": "BJ", "opened_on": "2024-01-01"}, **DAY)
    assert service.record("employee_hired", {"employee": "M1", **manager}, **DAY).status_code == 201
    for person, branch in (("E5", "SH"), ("E9", "BJ")):
        hired = {"employee": person, "branch": branch, **HIRED}
        assert service.record("employee_hired", hired, **DAY).status_code == 201
    return service


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def propose(client: httpx.Client, changes: str, change: dict[str, Any], **about: str) -> httpx.Response:
    return client.post(
        "/v1/facts", json=fact("change_proposed", {"changes": changes, "change": change, **about})
    )


def at(answer: httpx.Response) -> int:
    assert answer.status_code == 201, answer.text
    return int(answer.json()["position"])


def kind(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, kind and field of a refusal, which must say what to do."""
    said = answer.json()
    assert said["remedy"], said
    return answer.status_code, said["type"].rpartition("/")[2], said.get("field", "")


def approve(client: httpx.Client, position: int) -> httpx.Response:
    return client.post(f"/v1/proposals/{position}/approval")


def refuse(client: httpx.Client, position: int, reason: str = "too early") -> httpx.Response:
    return client.post(f"/v1/proposals/{position}/refusal", json={"reason": reason})


@pytest.mark.rule("R88")
def test_an_override_takes_two_who_signed_in(firm: Service, clients: ExitStack) -> None:
    wang = signed_in(firm, "hr_head", None, clients, name="account:wang")
    li = signed_in(firm, "administrator", None, clients, name="account:li")
    named = li.post("/v1/facts", json=fact("override_set", OVERRIDE | {"approver": "account:li"}))
    assert kind(named) == (409, "change-not-proposed", "data.proposal")
    position = at(propose(wang, "override_set", OVERRIDE, employee="E1"))
    [waiting] = firm.get("/v1/proposals", state="open")
    assert (waiting["position"], waiting["actor"], waiting["employee"]) == (position, "account:wang", "E1")
    assert waiting["change"] == OVERRIDE and waiting["answered_at"] is None
    assert kind(approve(wang, position)) == (422, "second-person-needed", "data.proposal")
    forged = fact("override_set", OVERRIDE | {"approver": "account:zhao", "proposal": position})
    assert kind(li.post("/v1/facts", json=forged)) == (403, "not-allowed", "data.approver")
    other = fact("override_set", OVERRIDE | {"approver": "account:li", "proposal": position, "value": "16"})
    assert kind(li.post("/v1/facts", json=other)) == (409, "change-not-proposed", "data.proposal")
    stands = at(approve(li, position))
    [told] = firm.get("/v1/proposals")
    assert (told["state"], told["answered_at"], told["answered_by"]) == ("approved", stands, "account:li")
    written = firm.http.get(f"/v1/facts/{stands}").json()
    assert written["actor"] == "account:li" and written["data"]["approver"] == "account:li"
    assert written["data"] == OVERRIDE | {"approver": "account:li", "proposal": position}
    assert kind(approve(li, position)) == (409, "change-not-proposed", "data.proposal")
    third = signed_in(firm, "hr_head", None, clients, name="account:zhao")
    assert kind(approve(third, position)) == (409, "change-not-proposed", "data.proposal")
    assert kind(refuse(third, position)) == (409, "change-not-proposed", "data.proposal")


@pytest.mark.rule("R88")
def test_who_does_not_reach_the_person_or_write_such_a_fact_does_not_approve(
    firm: Service, clients: ExitStack
) -> None:
    """Also the person themselves; each refused attempt at rights is in the trail."""
    wang = signed_in(firm, "hr_head", None, clients, name="account:wang")
    position = at(propose(wang, "override_set", OVERRIDE, employee="E1"))
    beyond = firm.client("manager", "M7", "branch", branches=("BJ",))
    for client in (beyond, firm.client("payroll"), firm.client("hr"), firm.client("auditor")):
        assert approve(client, position).status_code == 403
        assert refuse(client, position).status_code == 403
    assert beyond.get("/v1/proposals").json() == []
    assert [each["position"] for each in firm.client("auditor").get("/v1/proposals").json()] == [position]
    themselves = firm.client("hr_head", "E1")
    assert kind(approve(themselves, position)) == (422, "second-person-needed", "data.approver")
    assert kind(propose(themselves, "override_set", OVERRIDE, employee="E1"))[:2] == (
        422, "second-person-needed",
    )  # fmt: skip
    assert kind(propose(beyond, "override_set", OVERRIDE, employee="E1"))[0] == 403
    hidden = propose(beyond, "override_set", OVERRIDE, employee="E9")
    assert kind(hidden) == (422, "bad-field", "data.employee")
    within = firm.client("manager", "M1", "branch", branches=("SH",))
    at(approve(within, position))
    refused = firm.get("/v1/audit/trail", type="access_refused")
    assert json.dumps(refused).count("/v1/proposals/{proposal}/approval") >= 4


@pytest.mark.rule("R88")
def test_a_proposal_is_refused_or_withdrawn_once(firm: Service, clients: ExitStack) -> None:
    payroll = signed_in(firm, "payroll", None, clients, name="account:wang")
    li = signed_in(firm, "hr_head", None, clients, name="account:li")
    first = at(propose(payroll, "balance_written_off", WRITE_OFF, employee="E1"))
    assert kind(refuse(payroll, first)) == (422, "second-person-needed", "data.proposal")
    assert kind(li.post(f"/v1/proposals/{first}/refusal", json={})) == (422, "bad-field", "reason")
    at(refuse(li, first))
    assert kind(approve(li, first)) == (409, "change-not-proposed", "data.proposal")
    second = at(propose(payroll, "balance_written_off", WRITE_OFF, employee="E1"))
    gone = payroll.post("/v1/facts", json=fact("fact_voided", {"position": second, "reason": "a mistake"}))
    at(gone)
    assert kind(approve(li, second)) == (409, "change-not-proposed", "data.proposal")
    found = firm.get("/v1/proposals")
    assert [(each["state"], each["answered_by"], each["reason"]) for each in found] == [
        ("refused", "account:li", "too early"),
        ("withdrawn", "account:wang", None),
    ]
    assert firm.get("/v1/proposals", known_at=str(first))[0]["state"] == "open"
    later = dt.date.fromisoformat(found[0]["lapses_on"]) + dt.timedelta(days=1)
    third = at(propose(payroll, "balance_written_off", WRITE_OFF, employee="E1"))
    [waiting] = [each for each in firm.get("/v1/proposals", day=str(later)) if each["position"] == third]
    assert waiting["state"] in ("open", "lapsed")
    assert kind(approve(li, 1)) == (404, "not-found", "proposal")
    at(approve(li, third))


@pytest.mark.rule("R88")
def test_an_erasure_takes_two_who_signed_in(firm: Service, clients: ExitStack) -> None:
    """HR proposes it, the head of HR approves; the key is gone when the answer comes."""
    named = {"employee": "E5", "name": "王芳", "effective_on": "2025-01-01"}
    assert firm.record("employee_named", named).status_code == 201
    left = {"employee": "E5", "left_on": "2025-03-01", "cause": "family"}
    assert firm.record("employee_left", left).status_code == 201
    assert "王芳" in json.dumps(firm.get("/v1/employees/E5"), ensure_ascii=False)
    hr = signed_in(firm, "hr", None, clients, name="account:wang")
    head = signed_in(firm, "hr_head", None, clients, name="account:li")
    asked = {"employee": "E5", "reason": "asked for it"}
    assert kind(propose(firm.client("payroll"), "subject_erased", asked, employee="E5"))[0] == 403
    assert propose(hr, "subject_erased", asked | {"employee": "E1"}, employee="E1").status_code == 409
    position = at(propose(hr, "subject_erased", asked, employee="E5"))
    assert approve(hr, position).status_code == 403
    stands = at(approve(head, position))
    found = firm.get("/v1/employees/E5")
    assert "王芳" not in json.dumps(found, ensure_ascii=False) and found["erased"] is True
    written = firm.http.get(f"/v1/facts/{stands}").json()
    assert (written["type"], written["actor"]) == ("subject_erased", "account:li")
    assert (written["data"]["approver"], written["data"]["proposal"]) == ("account:li", position)
    assert len(written["data"]["key_fingerprint"]) == 64
    assert firm.get("/v1/proposals")[0]["state"] == "approved"
