"""Practices, the next step with a client, and who decides there: for those whom it concerns."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from conftest import new_database
from served import Service, fact, open_shanghai, served

CLIENT = {"employee": "E1", "customer": "C1"}
DECIDES = {"step": "equipment_review", "role": "head of office", "name": "王芳", "contact": "138-0000"}


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """E1 sells under M1 and owns C1, a hospital whose needs are known; E2 sells, too."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home")) as service,
    ):
        open_shanghai(service)
        fill(service)
        yield service


def fill(service: Service) -> None:
    here = {"hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    moved = {"employee": "E1", "effective_on": "2024-07-01", "manager": "M1"}
    practice = {"practice": "trial-first", "employee": "E2", "title": "Trial first", "text": "Leave one."}
    told: list[tuple[str, dict[str, Any]]] = [
        ("employee_hired", here | {"employee": "M1"}),
        ("employee_hired", here | {"employee": "E2"}),
        ("employee_transferred", moved),
        ("customer_registered", CLIENT | {"kind": "hospital"}),
        ("stage_reached", CLIENT | {"kind": "needs"}),
        ("practice_shared", practice | {"stage": "demo"}),
        ("practice_shared", practice | {"practice": "other", "stage": "close"}),
        ("practice_shared", practice | {"practice": "review", "step": "equipment_review"}),
    ]
    for kind, said in told:
        assert service.record(kind, said).status_code == 201, said
    service.get("/v1/practices")


def client(firm: Service, role: Any, employee: str | None = None) -> httpx.Client:
    return firm.client(role, employee)


@pytest.mark.rule("R66")
def test_the_next_step_with_a_client_comes_with_what_helps_there(firm: Service) -> None:
    found = client(firm, "employee", "E1").get("/v1/customers/C1/next").json()
    assert (found["customer"]["stage"], found["stage"]) == ("needs", "demo")
    assert found["action"] == {"en": "Show the product", "zh": "安排演示"}
    assert [each["practice"] for each in found["practices"]] == ["trial-first"]
    assert [each["practice"] for each in found["process"]] == ["review"]
    assert client(firm, "employee", "E2").get("/v1/customers/C1/next").status_code == 403
    assert firm.http.get("/v1/customers/C9/next").status_code == 404
    listed = client(firm, "employee", "E2").get("/v1/practices?stage=close").json()
    assert [each["practice"] for each in listed] == ["other"]
    refused = firm.http.get("/v1/practices?stage=closing")
    assert (refused.status_code, refused.json()["field"]) == (400, "stage")


@pytest.mark.rule("R20")
def test_who_decides_at_a_client_is_told_to_its_owner_and_their_manager(firm: Service) -> None:
    """Encrypted in the journal; neither HR nor another seller nor an administrator reads it anywhere."""
    own = client(firm, "employee", "E1")
    sent = own.post("/v1/facts", json=fact("decision_maker_recorded", CLIENT | DECIDES, source="employee/E1"))
    assert sent.status_code == 201, sent.text
    position = sent.json()["position"]
    firm.get("/v1/practices")
    stored = firm.http.get(f"/v1/facts/{position}").text
    assert "138-0000" not in stored and "王芳" not in stored
    address, personal = "/v1/customers/C1/decision-makers", f"/v1/facts/{position}/personal"
    for reader in (own, client(firm, "manager", "M1")):
        [found] = reader.get(address).json()
        assert (found["name"], found["contact"], found["note"]) == ("王芳", "138-0000", None)
        assert reader.get(personal).json()["texts"]["contact"] == "138-0000"
    others = [client(firm, "employee", "E2"), client(firm, "hr"), client(firm, "hr_head"), firm.http]
    for reader in others:
        for place in (address, personal):
            answer = reader.get(place)
            assert answer.status_code == 403 and "138-0000" not in answer.text, (place, answer.text)
    firm.get("/v1/practices")
    trail = client(firm, "auditor").get("/v1/audit/trail").text
    assert "decision-makers" in trail
