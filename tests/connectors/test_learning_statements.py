"""A learning system sends statements as xAPI 1.0.3 has them, and its results count."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from connectors.test_statements import ADL, said
from served import Service

from api.tokens import Tokens, token_file

DAY = {"timestamp": "2025-03-04T09:30:00+08:00"}


def passed(score: float = 0.85, **changes: Any) -> dict[str, Any]:
    return said(**({"result": {"score": {"scaled": score}}} | DAY | changes))


def put(lms: httpx.Client, id: str, told: dict[str, Any]) -> httpx.Response:
    return lms.put("/xapi/statements", params={"statementId": id}, json=told)


def facts_of(firm: Service, id: str) -> list[dict[str, Any]]:
    """The facts that a statement gave, voids among them."""
    firm.get("/v1/plans")
    found = firm.http.get("/v1/facts", params={"limit": 1000}).json()["facts"]
    return [each for each in found if each["key"].startswith(id)]


def test_a_statement_becomes_a_test_once(firm: Service, lms: httpx.Client) -> None:
    id = str(uuid4())
    assert put(lms, id, passed()).status_code == 204
    again = put(lms, id.upper(), passed() | {"id": id, "stored": "2025-03-04T01:30:00Z"})
    assert again.status_code == 204, again.text
    [fact] = facts_of(firm, id)
    assert fact["data"] == {"employee": "E1007", "module": "implants", "score": "85"}
    other = put(lms, id, passed(0.9))
    assert (other.status_code, other.json()["field"]) == (409, "id")
    assert other.json()["type"] == "/v1/problems/statement-conflict"
    assert other.headers["X-Experience-API-Version"] == "1.0.3"
    told = lms.get("/xapi/statements", params={"statementId": id})
    assert told.status_code == 200 and told.json()["authority"]["account"]["name"] == "lms"
    assert told.json()["result"] == {"score": {"scaled": 0.85}}


def test_a_list_is_taken_whole_or_not_at_all(firm: Service, lms: httpx.Client) -> None:
    ids = [str(uuid4()) for _ in range(2)]
    many = [passed(id=ids[0]), passed(id=ids[1], verb={"id": f"{ADL}completed"}, result={"completion": True})]
    answer = lms.post("/xapi/statements", json=many)
    assert (answer.status_code, answer.json()) == (200, ids), answer.text
    assert facts_of(firm, ids[1])[0]["data"]["completion"] == "100 %"
    fresh = str(uuid4())
    conflict = lms.post("/xapi/statements", json=[passed(id=fresh), passed(0.1, id=ids[0])])
    assert conflict.status_code == 409 and not facts_of(firm, fresh)
    bad = lms.post("/xapi/statements", json=[passed(id=fresh), passed(id=str(uuid4()), actor={})])
    assert (bad.status_code, bad.json()["field"]) == (400, "[1].actor")
    assert lms.get("/xapi/statements", params={"statementId": fresh}).status_code == 404
    [made] = lms.post("/xapi/statements", json=passed()).json()
    assert len(facts_of(firm, made)) == 1


@pytest.mark.parametrize("early", [False, True])
def test_a_voided_statement_counts_as_never_sent(firm: Service, lms: httpx.Client, early: bool) -> None:
    """Also where the void comes before what it voids."""
    id, void = str(uuid4()), str(uuid4())
    reference = {"objectType": "StatementRef", "id": id}
    voiding = said(verb={"id": f"{ADL}voided"}, object=reference, **DAY)
    for each, told in ((void, voiding), (id, passed())) if early else ((id, passed()), (void, voiding)):
        assert put(lms, each, told).status_code == 204
    assert put(lms, void, voiding).status_code == 204
    types = [fact["type"] for fact in (*facts_of(firm, id), *facts_of(firm, void))]
    assert types == ([] if early else ["module_tested", "fact_voided"])
    assert lms.get("/xapi/statements", params={"statementId": id}).status_code == 404
    assert lms.get("/xapi/statements", params={"voidedStatementId": id}).json()["id"] == id


def test_what_is_not_mapped_is_told_in_the_report_and_is_no_error(firm: Service, lms: httpx.Client) -> None:
    """A verb or a course of no interest is not mapped; somebody whom nobody knows is in quarantine."""
    ids = [str(uuid4()) for _ in range(3)]
    stranger = {"account": {"homePage": "http://lms.example", "name": "nobody"}}
    course = {"id": "http://lms.example/courses/cooking"}
    told = [passed(verb={"id": f"{ADL}experienced"}), passed(object=course), passed(actor=stranger)]
    for id, each in zip(ids, told, strict=True):
        assert put(lms, id, each).status_code == 204
        assert put(lms, id, each).status_code == 204
        assert not facts_of(firm, id)
    report = firm.http.get("/v1/connectors/acme-lms/report").json()
    listed = {each["statement"]: each for each in report["not_mapped"]}
    assert set(ids) & set(listed) == set(ids[:2])
    assert listed[ids[1]]["activity"] == course["id"]
    assert report["statements"]["quarantined"] >= 1 and report["quarantine"]["held"] >= 1
    entries = firm.http.get("/v1/quarantine", params={"connector": "acme-lms"}).json()["entries"]
    [entry] = [each["entry"] for each in entries if each["key"] == ids[2]]
    mended = passed(id=ids[2])
    asked = {"reason": "a misspelt name", "record": mended}
    done = firm.http.post(f"/v1/quarantine/{entry}/release", json=asked)
    assert done.status_code == 200, done.text
    assert facts_of(firm, ids[2])[0]["data"]["employee"] == "E1007"


def test_statements_are_listed_by_what_they_say_and_when_they_came(firm: Service, lms: httpx.Client) -> None:
    """The last stored first; nothing voided; a page names the next until all are told."""
    activity = f"http://lms.example/courses/{uuid4()}"
    about = {"object": {"id": activity}}
    ids = [str(uuid4()) for _ in range(5)]
    for id in ids:
        assert put(lms, id, passed(**about, context={"registration": ids[0]})).status_code == 204
    voiding = said(verb={"id": f"{ADL}voided"}, object={"objectType": "StatementRef", "id": ids[1]}, **DAY)
    void = str(uuid4())
    assert put(lms, void, voiding).status_code == 204

    def listed(**query: Any) -> list[str]:
        answer = lms.get("/xapi/statements", params={"activity": activity, **query})
        assert answer.status_code == 200, answer.text
        assert answer.headers["X-Experience-API-Consistent-Through"]
        return [each["id"] for each in answer.json()["statements"]]

    left = [void, ids[4], ids[3], ids[2], ids[0]]  # what voids one that fits is told, as is what names it
    assert listed() == left and listed(ascending=True) == left[::-1]
    found, page = list[str](), lms.get("/xapi/statements", params={"activity": activity, "limit": 3}).json()
    assert len(page["statements"]) == 3
    put(lms, str(uuid4()), passed(**about))
    while True:
        found += [each["id"] for each in page["statements"]]
        if not page["more"]:
            break
        page = lms.get(page["more"]).json()
    assert found == left, "what came between stands before the first page"
    newest = lms.get("/xapi/statements", params={"activity": activity, "limit": 1}).json()["statements"][0]
    assert set(listed(until=newest["stored"])) == {*left, newest["id"]} and not listed(since=newest["stored"])
    actor = newest["actor"]
    assert len(listed(agent=json.dumps({**actor, "name": "whoever"}))) == 6
    other = {"account": {"homePage": "http://lms.example", "name": "nobody"}}
    assert not listed(agent=json.dumps(other)) and not listed(verb=f"{ADL}failed")
    assert set(listed(registration=ids[0].upper(), verb=newest["verb"]["id"])) == set(left)


def test_whom_a_list_shows_is_in_the_trail_and_the_address_asked_by_is_not(
    firm: Service, lms: httpx.Client
) -> None:
    assert put(lms, str(uuid4()), passed()).status_code == 204
    asked = {"agent": json.dumps({"mbox": "mailto:secret@firm.example"})}
    assert lms.get("/xapi/statements", params=asked).json() == {"statements": [], "more": ""}
    assert lms.get("/xapi/statements", params={"limit": 1}).json()["statements"]
    read = firm.http.get("/v1/facts", params={"type": "personal_data_read", "limit": 1000}).json()["facts"]
    own = [each["data"] for each in read if each["data"]["operation"] == "GET /xapi/statements"]
    assert own and "secret" not in json.dumps(own)


def test_the_protocol_is_as_the_standard_says(firm: Service, lms: httpx.Client) -> None:
    id = str(uuid4())
    about = httpx.get(f"{firm.url}/xapi/about")
    assert about.json()["version"] == ["1.0.3"] and about.headers["X-Experience-API-Version"] == "1.0.3"
    old = {"X-Experience-API-Version": "0.9"}
    without = lms.put("/xapi/statements", params={"statementId": id}, json=passed(), headers=old)
    assert (without.status_code, without.json()["field"]) == (400, "X-Experience-API-Version")
    assert put(lms, id, passed(id=str(uuid4()))).status_code == 400
    assert put(lms, "x", passed()).status_code == 400
    both = {"statementId": id, "verb": f"{ADL}passed"}
    assert lms.get("/xapi/statements", params=both).status_code == 400
    assert lms.get("/xapi/statements", params={"agent": "E1007"}).json()["field"] == "agent"
    assert lms.get("/xapi/statements", params={"since": "yesterday"}).json()["field"] == "since"
    spoken = {"X-Experience-API-Version": "1.0.3"}
    wrong = httpx.get(f"{firm.url}/xapi/statements", auth=("lms", "mb_none"), headers=spoken)
    assert wrong.status_code == 401 and "Basic" in wrong.headers["WWW-Authenticate"]
    token = Tokens(token_file(firm.settings.home)).make("integration", f"lms.{uuid4().hex[:6]}")
    assert httpx.get(f"{firm.url}/xapi/statements", auth=("lms", token), headers=spoken).status_code == 401
    assert httpx.get(f"{firm.url}/v1/connectors", auth=("lms", token)).status_code == 401
