"""Growth over HTTP: who records what is learned and felt, and who reads it."""

import datetime as dt
from collections.abc import Callable

import pytest
from given_plan import adoption, document
from served import Service, fact, open_shanghai

PLAN = """
curriculum:
  - {id: basics, title: Basics, pass_score: 80, remedial: again}
  - {id: again, title: Again, pushed_only: true}
"""
TESTED = {"employee": "E1", "module": "basics", "score": "79"}
SURVEY = {"employee": "E1", "stress": "8.5", "training_satisfaction": "7", "belonging": "6"}


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    """A seller whose plan has a curriculum."""
    service = serve()
    open_shanghai(service)
    adopted = adoption(document(PLAN))
    service.adopt(adopted)
    return service


def test_a_newcomer_is_seen_from_the_first_test_on(firm: Service) -> None:
    """The LMS sends a test, the person answers the survey; the dossier and the week show both."""
    own = firm.client("employee", "E1")
    answered = fact("survey_answered", SURVEY, source="employee/E1")
    assert firm.client("integration").post("/v1/facts", json=fact("module_tested", TESTED)).status_code == 201
    assert own.post("/v1/facts", json=answered).status_code == 201
    day = dt.date.fromisoformat(answered["occurred_at"][:10])
    told = firm.get("/v1/employees/E1/dossier", day=day)
    [training] = told["training"]
    assert [(module["module"], module["state"]) for module in training["modules"]] == [
        ("basics", "remedial"),
        ("again", "open"),
    ]
    assert told["moods"][0]["stress"] == "8.5"
    year, week, _ = day.isocalendar()
    board = firm.get("/v1/growth", week=f"{year}-W{week:02}", day=day)
    assert [row["employee"] for row in board["rows"]] == ["E1"]
    assert own.get(f"/v1/growth?day={day}").json() == board


def test_one_view_of_a_person_leaves_out_what_a_role_may_not_see(firm: Service) -> None:
    """Support is for those who look after people; nobody sees somebody else's without a wider scope."""
    path = "/v1/employees/E1/overview"
    told = firm.get(path, day="2025-03-04")
    assert told["support"] == {"warnings": [], "interventions": []} and told["pay"]["progress"]
    own = firm.client("employee", "E1").get(path).json()
    assert own["support"] is None and own["pay"] is not None and own["training"]
    refused = [
        firm.client("employee", "E1").get("/v1/employees/E2/overview"),
        firm.client("integration").get(path),
    ]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert firm.http.get("/v1/employees/E9/overview").status_code == 404


def test_what_is_wrong_is_refused_and_nothing_stored(firm: Service) -> None:
    """A grade from oneself, a stress of 11, a completion of 101 %, a month as a week, another's dossier."""
    skill = {"employee": "E1", "kind": "demo", "score": "90", "grader": "E1", "graded_as": "mentor"}
    studied = {"employee": "E1", "module": "basics", "completion": "101 %"}
    refused = {
        "data.grader": firm.record("skill_graded", skill),
        "data.stress": firm.record("survey_answered", SURVEY | {"stress": "11"}),
        "data.completion": firm.record("module_studied", studied),
        "week": firm.http.get("/v1/growth?week=2025-03"),
        "employee": firm.client("employee", "E1").get("/v1/employees/E2/dossier"),
    }
    for field, answer in refused.items():
        assert answer.status_code in (403, 422), (field, answer.text)
        assert answer.json()["field"] == field, answer.text
    own = firm.client("employee", "E1")
    assert own.post("/v1/facts", json=fact("module_tested", TESTED)).status_code == 403
    types = ["skill_graded", "survey_answered", "module_studied", "module_tested"]
    assert firm.http.get("/v1/facts", params={"type": types}).json()["facts"] == []
