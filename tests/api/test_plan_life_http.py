"""R39 over HTTP: staff see a draft, comment on it and acknowledge what was adopted, each as they may."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from given import LEDGER
from given_plan import document
from served import Service, fact, open_shanghai

from domain.journal.append import Journal
from domain.plan.parse import document_hash, plan_document

PLAN = plan_document(document())
HASH = document_hash(PLAN)
DRAFT = {
    "plan": "selling",
    "draft": "D1",
    "effective_from": "2025-01-01",
    "document": PLAN,
    "document_hash": HASH,
}
COMMENT = {
    "plan": "selling",
    "draft": "D1",
    "employee": "E1",
    "note": "20 is too many",
    "path": "targets.clients",
}
ADOPTED = {name: DRAFT[name] for name in ("plan", "draft", "effective_from", "document", "document_hash")}
OWN = {"source": "employee/E1"}


@pytest.fixture
def firm(serve: Callable[..., Service]) -> Service:
    service = serve()
    open_shanghai(service)
    day = {"occurred_at": "2024-06-03T09:00:00+08:00"}
    hired = {"employee": "E2", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert service.record("employee_hired", hired, **day).status_code == 201
    return service


@pytest.fixture
def journal(firm: Service, ledger_dsn: str) -> Iterator[Journal]:
    with Journal(ledger_dsn, LEDGER) as journal:
        yield journal


def acknowledged(adopted_at: int, employee: str = "E1", **fields: Any) -> dict[str, Any]:
    said = {"employee": employee, "plan": "selling", "adopted_at": adopted_at, "document_hash": HASH}
    return said | fields


def proposed(client: httpx.Client) -> dict[str, Any]:
    """The adoption of the draft is proposed; what confirms it names."""
    asked = {"plan": "selling", "draft": "D1", "document_hash": HASH}
    answer = client.post("/v1/facts", json=fact("adoption_proposed", asked))
    assert answer.status_code == 201, answer.text
    who = client.get("/v1/session").json()["name"]
    return {"approver": who, "proposed_at": answer.json()["position"]}


@pytest.mark.rule("R39")
def test_staff_see_a_draft_comment_and_acknowledge(firm: Service, journal: Journal) -> None:
    """HR puts it up and proposes it, E1 comments, the head adopts it; E1 and E2's paper acknowledge."""
    hr, head, e1 = firm.client("hr"), firm.client("hr_head"), firm.client("employee", "E1")
    assert hr.post("/v1/facts", json=fact("plan_drafted", DRAFT)).status_code == 201
    seen = e1.get("/v1/plans/drafts", params={"at_least": firm.head()})
    assert [each["draft"] for each in seen.json()] == ["D1"]
    commented = e1.post("/v1/facts", json=fact("plan_commented", COMMENT, **OWN))
    assert commented.status_code == 201, commented.text
    [record] = journal.read(types=["plan_commented"])
    assert record.actor == "E1"
    assert msgspec.json.decode(record.data)["note"].startswith("enc1.")
    found = firm.get("/v1/plans/drafts/D1")
    assert (found["draft"]["state"], found["document"]) == ("open", PLAN)
    adopted = head.post("/v1/facts", json=fact("plan_adopted", ADOPTED | proposed(hr)))
    assert adopted.status_code == 201, adopted.text
    at = adopted.json()["position"]
    late = e1.post("/v1/facts", json=fact("plan_commented", COMMENT, **OWN))
    assert (late.status_code, late.json()["type"]) == (409, "/v1/problems/draft-closed")
    [version] = firm.get("/v1/plans/selling/acknowledgements", day="2025-03-04")["versions"]
    assert (version["position"], version["missing"]) == (at, ["E1", "E2"])
    assert e1.post("/v1/facts", json=fact("plan_acknowledged", acknowledged(at), **OWN)).status_code == 201
    unsigned = hr.post("/v1/facts", json=fact("plan_acknowledged", acknowledged(at, "E2")))
    assert (unsigned.status_code, unsigned.json()["field"]) == (422, "data.signature")
    signed = fact("plan_acknowledged", acknowledged(at, "E2", signature="HR-25-117"))
    assert hr.post("/v1/facts", json=signed).status_code == 201
    [version] = firm.get("/v1/plans/selling/acknowledgements", day="2025-03-04")["versions"]
    assert ([each["employee"] for each in version["acknowledged"]], version["missing"]) == (["E1", "E2"], [])
    before = firm.get("/v1/plans/selling/acknowledgements", day="2025-03-04", known_at=at)
    assert before["versions"][0]["missing"] == ["E1", "E2"]
    states = {state: len(firm.get("/v1/plans/drafts", state=state)) for state in ("open", "adopted")}
    assert states == {"open": 0, "adopted": 1}


@pytest.mark.rule("R39", "R88")
def test_an_employee_speaks_for_nobody_else(firm: Service) -> None:
    """Nor under the source of another system, nor any other fact, alone or in a batch."""
    assert firm.record("plan_drafted", DRAFT).status_code == 201
    e2 = firm.client("employee", "E2")
    for said in (
        fact("plan_commented", COMMENT, source="employee/E2"),
        fact("plan_commented", COMMENT | {"employee": "E2"}, source="crm"),
        fact("plan_commented", COMMENT | {"employee": "E2"}, source="employee/E1"),
        fact("plan_drafted", DRAFT | {"draft": "D2"}, source="employee/E2"),
        fact("visit_recorded", {"employee": "E2", "customer": "C1"}, source="employee/E2"),
    ):
        assert e2.post("/v1/facts", json=said).status_code == 403, said
        [outcome] = e2.post("/v1/facts:batch", json=[said]).json()["outcomes"]
        assert outcome["problem"]["status"] == 403
    own = fact("plan_commented", COMMENT | {"employee": "E2"}, source="employee/E2")
    assert e2.post("/v1/facts:batch", json=[own]).status_code == 201


@pytest.mark.rule("R39", "R88")
def test_what_is_said_is_read_by_hr_managers_and_who_said_it(firm: Service) -> None:
    assert firm.record("plan_drafted", DRAFT).status_code == 201
    for employee in ("E1", "E2"):
        said = fact("plan_commented", COMMENT | {"employee": employee, "note": f"says {employee}"})
        assert firm.http.post("/v1/facts", json=said).status_code == 201

    def notes(role: Any, employee: str | None = None) -> list[str | None]:
        answer = firm.client(role, employee).get("/v1/plans/drafts/D1", params={"at_least": firm.head()})
        return [each["note"] for each in answer.json()["comments"]]

    both = ["says E1", "says E2"]
    assert [notes(role) for role in ("hr", "hr_head", "manager")] == [both] * 3
    assert [notes(role) for role in ("payroll", "auditor", "administrator")] == [[None, None]] * 3
    assert notes("employee", "E1") == ["says E1"]
    assert firm.http.get("/v1/plans/drafts/D9").status_code == 404
    assert firm.http.get("/v1/plans/none/acknowledgements").status_code == 404


def test_an_employee_sees_only_their_own_acknowledgement(firm: Service) -> None:
    adopted = {**ADOPTED, "approver": "boss"}
    del adopted["draft"]
    firm.adopt(adopted)
    answer = firm.client("employee", "E2").get(
        "/v1/plans/selling/acknowledgements", params={"at_least": firm.head(), "day": "2025-03-04"}
    )
    assert [each["missing"] for each in answer.json()["versions"]] == [["E2"]]


@pytest.mark.rule("R88")
def test_a_draft_is_proposed_by_one_and_adopted_by_another(firm: Service) -> None:
    """HR proposes what they drafted; they do not adopt it themselves, and the head adopts just that."""
    hr, head = firm.client("hr"), firm.client("hr_head")
    assert hr.post("/v1/facts", json=fact("plan_drafted", DRAFT)).status_code == 201
    named = fact("plan_adopted", ADOPTED | {"approver": "boss"})
    for answer in (head.post("/v1/facts", json=named), firm.http.post("/v1/facts", json=named)):
        assert (answer.status_code, answer.json()["field"]) == (409, "data.proposed_at"), "a name is no word"
    [outcome] = head.post("/v1/facts:batch", json=[named]).json()["outcomes"]
    assert outcome["problem"]["type"] == "/v1/problems/adoption-not-proposed"
    at = proposed(hr)["proposed_at"]
    [standing] = firm.get("/v1/plan-standings", at_least=at, day="2025-03-01")
    assert (standing["state"], standing["versions"], standing["position"]) == ("drafted", 0, None)
    [draft] = standing["drafts"]
    assert draft["proposal"]["position"] == at
    who = draft["proposal"]["actor"]
    told = ADOPTED | {"approver": who, "proposed_at": at}
    own = fact("plan_adopted", ADOPTED | proposed(head))
    assert head.post("/v1/facts", json=own).json()["type"] == "/v1/problems/second-person-needed"
    assert hr.post("/v1/facts", json=fact("plan_adopted", told)).status_code == 403
    other = head.post("/v1/facts", json=fact("plan_adopted", told | {"approver": "somebody"}))
    assert (other.status_code, other.json()["field"]) == (409, "data.proposed_at")
    adopted = head.post("/v1/facts", json=fact("plan_adopted", told))
    assert adopted.status_code == 201, adopted.text
    at = adopted.json()["position"]
    [standing] = firm.get("/v1/plan-standings", at_least=at, day="2025-03-01")
    assert (standing["state"], standing["position"], standing["participants"]) == ("in_force", at, 2)
    words = firm.get("/v1/plans/selling/words", day="2025-03-01")
    assert words["position"] == at and words["clauses"][0]["part"] == "population"
    checked = hr.post("/v1/plans/checks", json={"text": words["text"].replace("value: 20", "value: 18")})
    assert [each["path"] for each in checked.json()["amendment"]["differences"]] == ["targets.clients.value"]
    faulty = hr.post("/v1/plans/checks", json={"text": words["text"].replace("count:", "cuont:")}).json()
    assert faulty["plan"] is None and all(each["line"] and each["remedy"] for each in faulty["problems"])
    examples = firm.http.get("/v1/plan-examples").json()
    example = firm.http.get(f"/v1/plan-examples/{examples[0]['example']}").json()
    assert "plan:" in example["text"] and example["clauses"]
