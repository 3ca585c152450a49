"""Assistants over HTTP and on the command line: who sees what, the same answers, and what is refused."""

import json
from collections.abc import Callable

import pytest
from assisting import PLAN
from commanded import environment_of, ran
from given_plan import adoption, document
from served import Service, fact, open_shanghai

DAY = "2025-03-31"
CONTRACT = {"employee": "S1", "contract": "K1"}
LEAD = {
    "employee": "S1",
    "lead": "L1",
    "customer": "C1",
    "amount_minor": 80_000_000,
    "currency": "CNY",
    "industry": "hospital",
    "decision_chain": ["department head", "procurement", "president"],
}


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """A1 serves S1, who has a lead, a contract that came back, and a satisfied client."""
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PLAN, plan="assisting"))
    service.adopt(adopted)
    hired = {"hired_on": "2024-06-03", "branch": "SH"}
    told = [
        ("employee_hired", {"employee": "S1", "post": "key seller"} | hired),
        ("employee_hired", {"employee": "A1", "post": "assistant"} | hired),
        ("assistant_assigned", {"employee": "S1", "assistant": "A1", "effective_on": "2025-03-01"}),
        ("lead_received", LEAD),
        ("contract_uploaded", CONTRACT),
        ("contract_returned", CONTRACT | {"kind": "legal", "reason": "wrong name"}),
        ("satisfaction_scored", {"employee": "S1", "customer": "C1", "score": "9"}),
        ("activity_recorded", {"employee": "A1", "kind": "classification", "quantity": 10, "minutes": 60}),
    ]
    answer = service.http.post("/v1/facts:batch", json=[fact(*each) for each in told])
    assert answer.status_code == 201, answer.text
    return service


def test_assistants_are_seen_by_whom_they_concern(firm: Service, ledger_dsn: str) -> None:
    asked = {"day": DAY}
    found = {
        path: firm.get(path, **query)
        for path, query in (
            ("/v1/competence", asked),
            ("/v1/assistants/A1/leads", asked),
            ("/v1/assistants/A1/contracts", {}),
            ("/v1/contracts/K1", {}),
            ("/v1/pairings", asked),
            ("/v1/pairings/proposals", asked),
        )
    }
    [lead] = found["/v1/assistants/A1/leads"]
    assert [each["advice"] for each in lead["advice"]] == ["all", "large"]
    assert found["/v1/assistants/A1/contracts"] == [found["/v1/contracts/K1"]]
    assert found["/v1/contracts/K1"]["due"] == ["uploaded"]
    [pair] = found["/v1/pairings"]
    assert (pair["assistant"], pair["seller"], pair["verdict"]) == ("A1", "S1", None)
    [proposal] = found["/v1/pairings/proposals"]
    assert (proposal["branch"], proposal["gain"], proposal["pairs"][0]["move"]) == ("SH", "0", "keep")
    assert firm.get("/v1/pairings", verdict="to_change", **asked) == []

    own, seller = firm.client("employee", "A1"), firm.client("employee", "E1")
    seen = {path: (own.get(path).status_code, seller.get(path).status_code) for path in found}
    assert seen == {
        "/v1/competence": (200, 200),
        "/v1/assistants/A1/leads": (200, 403),
        "/v1/assistants/A1/contracts": (200, 403),
        "/v1/contracts/K1": (200, 404),
        "/v1/pairings": (403, 403),
        "/v1/pairings/proposals": (403, 403),
    }
    assert seller.get("/v1/competence", params=asked).json() == []

    environment = environment_of(firm.settings.home, ledger_dsn)
    for command, path in (
        (("competence", "--day", DAY), "/v1/competence"),
        (("leads", "A1", "--day", DAY), "/v1/assistants/A1/leads"),
        (("contract", "K1"), "/v1/contracts/K1"),
        (("pairing", "list", "--day", DAY), "/v1/pairings"),
        (("pairing", "propose", "--day", DAY), "/v1/pairings/proposals"),
    ):
        told = ran(environment, *command, "--json")
        assert json.loads(told.stdout) == found[path], told.stderr


def test_what_commands_show_and_what_is_refused(firm: Service, ledger_dsn: str) -> None:
    environment = environment_of(firm.settings.home, ledger_dsn)
    shown = {
        "pairing propose": "keep",
        "leads A1": "Visit with the seller",
        "contract K1": "due: uploaded",
        "competence --plan assisting --employee S1": "(candidate)",
    }
    for command, said in shown.items():
        told = ran(environment, *command.split(), *(() if "contract" in command else ("--day", DAY)))
        assert said in told.stdout, told.stderr
    assert ran(environment, "contract", "K9").returncode == 1
    early = firm.record("contract_passed", CONTRACT | {"kind": "finance"})
    assert (early.status_code, early.json()["field"]) == (409, "data.contract")
    assert "Due is: uploaded" in early.json()["remedy"]
    assert firm.http.get("/v1/contracts/K9").status_code == 404
    assert firm.http.get("/v1/assistants/X9/leads").status_code == 404
    candidate = firm.get("/v1/competence", plan="assisting", employee="S1", day=DAY)
    assert [each["candidate"] for each in candidate] == [True]
