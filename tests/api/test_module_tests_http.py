"""A test over HTTP: begun, seen without what is right, handed in by its taker, and counted."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from conftest import new_database
from given_bank import bank, published
from given_plan import adoption, document
from served import Service, fact, open_shanghai, served

PLAN = """
curriculum:
  - {id: basics, title: Basics, pass_score: 80, remedial_score: 80, remedial: again}
  - {id: again, title: Again, pushed_only: true}
  - {id: next, title: Next, requires: [basics], pass_score: 80}
"""


@pytest.fixture(scope="module")
def firm(postgres: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Sellers with a curriculum, and banks for two of its modules and for one that it does not have."""
    with (
        new_database(postgres, template) as dsn,
        served(dsn, tmp_path_factory.mktemp("home")) as service,
    ):
        open_shanghai(service)
        publish(service)
        yield service


def publish(service: Service) -> None:
    """The plan and the banks; E2 sells, too."""
    hired = {"employee": "E2", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert service.record("employee_hired", hired).status_code == 201
    adopted = adoption(document(PLAN))
    service.adopt(adopted)
    for name, module in (("implants", "basics"), ("next", "next"), ("other", "other")):
        made = published(bank=name, module=module)
        assert service.record(made.TYPE, msgspec.to_builtins(made)).status_code == 201
    service.get("/v1/question-banks")


def begin(client: httpx.Client, name: str = "implants", person: str = "E1") -> httpx.Response:
    return client.post(f"/v1/employees/{person}/tests", json={"bank": name})


def hand_in(client: httpx.Client, test: dict[str, Any], right: int) -> httpx.Response:
    """Answers, of which the first so many are right."""
    names = [each["question"] for each in test["questions"]]
    answers = {name: ["a" if place < right else "b"] for place, name in enumerate(names)}
    return client.post(
        f"/v1/employees/{test['employee']}/tests/{test['test']}/answers", json={"answers": answers}
    )


@pytest.mark.rule("R89")
@pytest.mark.rule("R68")
def test_a_test_is_drawn_taken_scored_and_recorded(firm: Service) -> None:
    """15 of 20 are 75: below 80, so the extra course is pushed; 16 are 80, which opens the next module."""
    own = firm.client("employee", "E1")
    begun = begin(own)
    assert begun.status_code == 201, begun.text
    test = begun.json()["test"]
    assert (test["state"], test["attempt"], len(test["questions"])) == ("open", 1, 20)
    assert "right" not in {name for each in test["questions"] for name in each}
    assert all(each["is_right"] is None for each in test["questions"])
    handed_in = hand_in(own, test, 15)
    assert handed_in.status_code == 201, handed_in.text
    seen = handed_in.json()
    assert (seen["test"]["right"], seen["test"]["score"]) == (15, "75")
    weak = seen["test"]["weak_topics"]
    assert weak and all(each["course"]["id"] == f"{each['topic']}_again" for each in weak)
    assert {each["topic"] for each in weak} == {
        topic["topic"] for topic in seen["test"]["topics"] if topic["right"] * 100 < 70 * topic["of"]
    }
    assert (seen["standing"]["state"], seen["standing"]["pushes"]) == ("remedial", "again")
    assert begin(own, "next").json()["detail"] == "Module next waits for basics."
    second = hand_in(own, begin(own).json()["test"], 16).json()
    assert (second["test"]["attempt"], second["standing"]["state"]) == (2, "passed")
    assert begin(own, "next").status_code == 201
    told = firm.get("/v1/employees/E1/dossier")
    assert [(each["module"], each["state"], each["score"]) for each in told["tests"]] == [
        ("basics", "handed_in", "75"), ("basics", "handed_in", "80"), ("next", "open", None),
    ]  # fmt: skip
    first = next(each for each in told["training"][0]["modules"] if each["module"] == "basics")
    assert (first["attempts"], first["best"], first["passed_on"] is not None) == (2, "80", True)
    position = told["tests"][1]["handed_in_position"]
    assert firm.record("fact_voided", {"position": position, "reason": "two took it"}).status_code == 201
    assert firm.get("/v1/employees/E1/dossier")["training"][0]["modules"][0]["state"] == "remedial"


@pytest.mark.rule("R89")
def test_a_test_is_taken_by_oneself_once_and_one_at_a_time(firm: Service) -> None:
    """Its open questions are for nobody else, and what is right is in no answer."""
    own, other, hr = firm.client("employee", "E2"), firm.client("employee", "E1"), firm.client("hr")
    assert [begin(client, person="E2").status_code for client in (other, hr, firm.http)] == [403, 403, 403]
    test = begin(own, person="E2").json()["test"]
    address = f"/v1/employees/E2/tests/{test['test']}"
    again = begin(own, person="E2")
    assert (again.status_code, again.json()["type"]) == (409, "/v1/problems/open-test-exists")
    assert hand_in(other, test, 20).status_code == 403
    assert other.get(address).status_code == 403
    assert hr.get(address).json()["test"]["questions"] == []
    assert [each["question"] for each in own.get(address).json()["test"]["questions"]] == [
        each["question"] for each in test["questions"]
    ]
    wrong = own.post(f"{address}/answers", json={"answers": {test["questions"][0]["question"]: ["z"]}})
    assert (wrong.status_code, wrong.json()["field"]) == (
        422, f"data.answers.{test['questions'][0]['question']}",
    )  # fmt: skip
    assert own.post(f"{address}/answers", json={"answers": 7}).json()["field"] == "answers"
    assert hand_in(own, test, 20).status_code == 201
    twice = hand_in(own, test, 20)
    assert (twice.status_code, twice.json()["type"]) == (409, "/v1/problems/already-handed-in")
    assert len(hr.get(address).json()["test"]["questions"]) == 20
    refused = {name: begin(own, name, "E2").json()["type"].rsplit("/")[-1] for name in ("nothing", "other")}
    assert refused == {"nothing": "unknown-bank", "other": "module-not-open"}
    for kind in ("test_drawn", "test_answered"):
        assert own.post("/v1/facts", json=fact(kind, {})).status_code == 403
    assert "choices" not in firm.http.get("/v1/question-banks").text
    assert bank().draws == firm.get("/v1/question-banks")[0]["draws"]
