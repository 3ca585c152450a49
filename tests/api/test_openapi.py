"""The OpenAPI document describes every address, with examples that are what the service says."""

from typing import Any

import pytest
from served import Service

Operation = dict[str, Any]


@pytest.fixture(scope="module")
def operations(service: Service) -> dict[str, Operation]:
    """Every operation by method and path."""
    document = service.http.get("/schema/openapi.json").json()
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_the_addresses_that_others_rely_on_are_there(operations: dict[str, Operation]) -> None:
    person = "/v1/employees/{employee}"
    assert set(operations) >= {
        "POST /v1/facts",
        "POST /v1/facts:batch",
        "GET /v1/facts",
        "GET /v1/facts/{position}",
        "GET /v1/plans",
        "GET /v1/plans/{plan}",
        f"GET {person}",
        f"GET {person}/progress",
        f"GET {person}/hints",
        f"GET {person}/statements/{{period}}",
        f"GET {person}/statements/{{period}}/explain",
        "GET /v1/boards/{board}",
        "GET /v1/milestones",
        "GET /v1/payroll/runs/{period}",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
    }


def test_every_operation_is_described_with_examples(operations: dict[str, Operation]) -> None:
    for name, operation in operations.items():
        assert operation["summary"], name
        assert operation["description"], name
        assert all(each.get("description") for each in operation.get("parameters", ())), name
        bodies = operation.get("requestBody", {}).get("content", {})
        assert all(body["examples"] for body in bodies.values()), name
        good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        for media_type, content in good.get("content", {}).items():
            assert media_type != "application/json" or content.get("examples"), name
        assert "application/problem+json" in operation["responses"]["default"]["content"], name


def test_the_example_of_a_fact_is_taken(service: Service, operations: dict[str, Operation]) -> None:
    """All but its people, whom this ledger does not know."""
    for media_type, content in operations["POST /v1/facts"]["requestBody"]["content"].items():
        example = content["examples"]["visit"]["value"]
        answer = service.http.post("/v1/facts", json=example, headers={"Content-Type": media_type})
        problem = answer.json()
        if "outcomes" in problem:
            problem = problem["outcomes"][0]["problem"]
        assert problem["field"] == "data.employee", answer.text


def test_the_document_is_open_and_names_no_other_machine(service: Service) -> None:
    document = service.http.get("/schema/openapi.json", headers={"Authorization": ""})
    assert document.status_code == 200
    assert "https://" not in document.text


def test_every_kind_of_problem_is_explained_at_its_address(service: Service) -> None:
    refused = service.record("visit_recorded", {})
    explained = service.http.get(refused.json()["type"], headers={"Authorization": ""})
    assert explained.json()["title"] == refused.json()["title"]
    assert service.http.get("/v1/problems/none").status_code == 404
