"""Warnings over HTTP and on the command line: who sees them, what is done, and a rule tried on the past."""

import json
from collections.abc import Callable

import pytest
from commanded import environment_of, ran
from given_plan import adoption, document
from served import Service, fact, open_shanghai

PLAN = """
alerts:
  - {id: stressed, title: Stressed, when: [{signal: stress, at_least: 8}], at_once: true, suggests: [Talk]}
"""
SURVEY = {"employee": "E1", "stress": "8.5", "training_satisfaction": "7", "belonging": "6"}
TUESDAY = "2025-03-04"
CASE = {
    "intervention": "I1",
    "employee": "E1",
    "owner": "E1",
    "actions": ["senior mentoring"],
    "due_on": "2025-04-01",
    "plan": "selling",
    "alert": "stressed",
    "period": "2025-W10",
}


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """A stressed seller."""
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PLAN))
    service.adopt(adopted)
    assert service.record("survey_answered", SURVEY).status_code == 201
    return service


def test_a_warning_is_seen_taken_in_hand_and_ended(firm: Service) -> None:
    manager = firm.client("manager")
    [warning] = firm.get("/v1/alerts", day=TUESDAY)
    assert (warning["state"], warning["raised"], warning["suggests"][0]["en"]) == ("open", "2025-W10", "Talk")
    assert warning["course"][0]["causes"][0] | {"title": None} == {
        "watched": "stress",
        "title": None,
        "form": "number",
        "value": "17/2",
        "test": "at_least",
        "level": "8",
        "before": [],
    }
    assert manager.post("/v1/facts", json=fact("intervention_opened", CASE)).status_code == 201
    assert firm.get("/v1/alerts", day=TUESDAY)[0]["intervention"] == "I1"
    again = manager.post("/v1/facts", json=fact("intervention_opened", CASE))
    assert (again.status_code, again.json()["field"]) == (409, "data.intervention")
    closing = {"intervention": "I1", "employee": "E1", "outcome": "helped"}
    assert manager.post("/v1/facts", json=fact("intervention_closed", closing)).status_code == 201
    [done] = firm.get("/v1/interventions", day="2025-05-01")
    assert (done["state"], done["outcome"]) == ("closed", "helped")


def test_only_those_who_look_after_people_see_warnings(firm: Service) -> None:
    for path in ("/v1/alerts", "/v1/interventions"):
        assert firm.client("employee", "E1").get(path).status_code == 403
        assert firm.client("payroll").get(path).status_code == 403
        assert firm.client("hr").get(path).status_code == 200


def test_a_rule_is_tried_on_the_past(firm: Service, ledger_dsn: str) -> None:
    path = "/v1/plans/selling/alerts/stressed/backtest"
    asked = {"from": "2025-03-03", "to": "2025-03-30", "try": ["9"]}
    found = firm.get(path, **asked)
    assert [(trial["level"], trial["warned"]) for trial in found["trials"]] == [("8", 1), ("9", 0)]
    said = ["backtest", "stressed", "--plan", "selling", "--from", "2025-03-03", "--to", "2025-03-30"]
    environment = environment_of(firm.settings.home, ledger_dsn)
    told = ran(environment, *said, "--try", "9", "--json")
    assert json.loads(told.stdout) == found, told.stderr
    shown = ran(environment, "alerts", "--day", TUESDAY).stdout
    assert "Stressed" in shown and "Stress 8.5" in shown
    refused = {
        "alert": firm.http.get(path.replace("stressed", "calm")),
        "plan": firm.http.get(path.replace("selling", "buying")),
        "try": firm.http.get(path, params={"try": "many"}),
        "from": firm.http.get(path, params={"from": "2025-03-03", "to": "2025-03-01"}),
    }
    for field, answer in refused.items():
        assert answer.status_code in (404, 422) and answer.json()["field"] == field, answer.text
