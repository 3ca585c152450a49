"""Documents of a learning system by xAPI 1.0.3, clause by clause: states, profiles, agents, activities."""

import hashlib
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from served import Service

from domain.journal.connection import connect

ACTIVITY = "http://lms.example/courses/implant-basics"
WITHIN = {
    "state": "/xapi/activities/state",
    "activity": "/xapi/activities/profile",
    "agent": "/xapi/agents/profile",
}


def agent(name: str = "wang.fang") -> str:
    return json.dumps({"account": {"homePage": "http://lms.example", "name": name}})


def place(kind: str, **more: str) -> dict[str, str]:
    """An owner of one's own, and an id in it."""
    own = uuid4().hex[:8]
    named = {"stateId" if kind == "state" else "profileId": "bookmark"}
    activity = {} if kind == "agent" else {"activityId": f"{ACTIVITY}/{own}"}
    return activity | ({} if kind == "activity" else {"agent": agent(own)}) | named | more


@pytest.mark.parametrize("kind", WITHIN)
def test_a_document_is_kept_as_it_was_sent_and_told_with_its_tag(lms: httpx.Client, kind: str) -> None:
    """Whatever it is: its type, its bytes, their SHA-1 in quotes, and when it was stored."""
    at, asked, content = WITHIN[kind], place(kind), bytes(range(256))
    sent = {"Content-Type": "image/png", "If-None-Match": "*"}
    assert lms.put(at, params=asked, content=content, headers=sent).status_code == 204
    found = lms.get(at, params=asked)
    assert (found.content, found.headers["Content-Type"]) == (content, "image/png")
    assert found.headers["ETag"] == f'"{hashlib.sha1(content).hexdigest()}"'
    assert found.headers["Last-Modified"].endswith("GMT")
    assert found.headers["X-Experience-API-Version"] == "1.0.3"
    assert found.headers["Content-Disposition"] == "attachment", "no page of anybody's making is shown"
    assert lms.delete(at, params=asked).status_code == 204
    gone = lms.get(at, params=asked)
    assert (gone.status_code, gone.json()["remedy"] != "") == (404, True)


@pytest.mark.parametrize("kind", WITHIN)
def test_objects_are_merged_member_by_member_and_nothing_else_is(lms: httpx.Client, kind: str) -> None:
    """Numbers stay as they were written."""
    at, asked = WITHIN[kind], place(kind)
    assert lms.post(at, params=asked, json={"x": "foo", "y": {"a": 1}}).status_code == 204
    more = {"Content-Type": "application/json"}
    merged = lms.post(at, params=asked, content='{"y": {"b": 2}, "z": 1.10}', headers=more)
    assert merged.status_code == 204, merged.text
    assert lms.get(at, params=asked).text == '{"x":"foo","y":{"b": 2},"z":1.10}'
    for content, type in (("[1]", "application/json"), ("{", "application/json"), ("{}", "text/plain")):
        refused = lms.post(at, params=asked, content=content, headers={"Content-Type": type})
        assert refused.status_code == 400 and refused.json()["remedy"], (content, type)
    assert lms.get(at, params=asked).json()["x"] == "foo", "what is refused changes nothing"
    other = place(kind)
    new = {"Content-Type": "text/plain", "If-None-Match": "*"}
    assert lms.put(at, params=other, content="text", headers=new).status_code == 204
    assert lms.post(at, params=other, json={"x": 1}).status_code == 400, "nor is anything laid over text"


@pytest.mark.parametrize("kind", ["activity", "agent"])
def test_a_profile_is_replaced_only_by_who_has_read_it(lms: httpx.Client, kind: str) -> None:
    at, asked = WITHIN[kind], place(kind)
    new = {"If-None-Match": "*"}
    assert lms.put(at, params=asked, json={"n": 1}, headers=new).status_code == 204
    tag = lms.get(at, params=asked).headers["ETag"]
    blind = lms.put(at, params=asked, json={"n": 2})
    assert (blind.status_code, blind.json()["type"]) == (409, "/v1/problems/document-conflict")
    for headers in (new, {"If-Match": '"0"'}):
        assert lms.put(at, params=asked, json={"n": 2}, headers=headers).status_code == 412, headers
    for method in ("POST", "DELETE"):
        late = lms.request(method, at, params=asked, json={"n": 2}, headers={"If-Match": '"0"'})
        assert late.status_code == 412, method
    assert lms.get(at, params=asked).json() == {"n": 1}
    assert lms.put(at, params=asked, json={"n": 2}, headers={"If-Match": tag}).status_code == 204
    absent = lms.put(at, params=place(kind), json={}, headers={"If-Match": "*"})
    assert absent.status_code == 412, "there is nothing that it could replace"


def test_a_state_is_its_learners_alone_and_the_last_one_counts(lms: httpx.Client) -> None:
    at, asked = WITHIN["state"], place("state")
    for number in (1, 2):
        assert lms.put(at, params=asked, json={"n": number}).status_code == 204
    assert lms.get(at, params=asked).json() == {"n": 2}
    assert lms.get(at, params=asked | {"agent": agent("li.qiang")}).status_code == 404
    named = json.loads(asked["agent"]) | {"name": "Wang Fang", "objectType": "Agent"}
    assert lms.get(at, params=asked | {"agent": json.dumps(named)}).status_code == 200, "the same agent"


def test_states_are_listed_and_removed_by_registration(lms: httpx.Client) -> None:
    at, asked = WITHIN["state"], place("state")
    first, second = str(uuid4()), str(uuid4())
    for number, registration in enumerate((first, second, None)):
        of = {} if registration is None else {"registration": registration}
        named = asked | {"stateId": f"s{number}"} | of
        assert lms.put(at, params=named, json={}).status_code == 204
    del asked["stateId"]
    assert lms.get(at, params=asked).json() == ["s0", "s1", "s2"]
    assert lms.get(at, params=asked | {"registration": first.upper()}).json() == ["s0"]
    assert lms.get(at, params=asked | {"since": "2999-01-01T00:00:00Z"}).json() == []
    assert lms.delete(at, params=asked | {"registration": first}).status_code == 204
    assert lms.get(at, params=asked).json() == ["s1", "s2"]
    assert lms.delete(at, params=asked).status_code == 204
    assert lms.get(at, params=asked).json() == []


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("state", {"agent": "{}"}, "agent"),
        ("state", {"agent": "nonsense"}, "agent"),
        ("state", {"activityId": "no iri"}, "activityId"),
        ("state", {"registration": "7"}, "registration"),
        ("state", {"stateId": "x" * 2001}, "stateId"),
        ("activity", {"profileId": ""}, "profileId"),
        ("agent", {"agent": '{"name": "nobody"}'}, "agent"),
    ],
)
def test_what_is_asked_wrongly_is_refused_by_its_name(
    lms: httpx.Client, kind: str, changes: dict[str, str], field: str
) -> None:
    asked = place(kind) | changes
    for answer in (lms.put(WITHIN[kind], params=asked, json={}), lms.get(WITHIN[kind], params=asked)):
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text
    unversioned = lms.get(WITHIN[kind], params=asked, headers={"X-Experience-API-Version": "0.9"})
    assert unversioned.status_code == 400


def test_a_document_is_of_bounded_size(lms: httpx.Client) -> None:
    answer = lms.put(WITHIN["state"], params=place("state"), content=b"x" * (1 << 19))
    assert answer.status_code == 413 and answer.json()["remedy"]


def test_documents_are_kept_encrypted_with_whom_they_are_about(firm: Service, lms: httpx.Client) -> None:
    """An agent whose account is called like a person is that person, as far as erasing goes."""
    hired = {"employee": "E-doc", "hired_on": "2024-06-03", "branch": "SH", "post": "seller"}
    assert firm.record("employee_hired", hired).status_code == 201
    firm.get("/v1/plans")
    asked = place("state") | {"agent": agent("E-doc")}
    assert lms.put(WITHIN["state"], params=asked, json={"secret": "bookmark"}).status_code == 204
    assert firm.settings.database_url
    with connect(firm.settings.database_url, firm.settings.ledger) as connection:
        rows = connection.execute(
            "select d::text from xapi_document d where about = '{employee:E-doc}'"
        ).fetchall()
        assert len(rows) == 1 and "bookmark" not in rows[0][0] and "lms.example" not in rows[0][0]
    read = firm.http.get("/v1/facts", params={"type": "personal_data_read", "limit": 1000}).json()["facts"]
    assert lms.get(WITHIN["state"], params=asked).status_code == 200
    after = firm.http.get("/v1/facts", params={"type": "personal_data_read", "limit": 1000}).json()["facts"]
    assert {"E-doc"} <= {each["data"].get("employee") for each in after if each not in read}


def test_what_is_known_of_agents_and_activities_is_told(lms: httpx.Client) -> None:
    person = lms.get("/xapi/agents", params={"agent": agent()}).json()
    account = {"homePage": "http://lms.example", "name": "wang.fang"}
    assert person == {"objectType": "Person", "account": [account]}
    activity = lms.get("/xapi/activities", params={"activityId": ACTIVITY}).json()
    assert activity == {"objectType": "Activity", "id": ACTIVITY}
    about: dict[str, Any] = lms.get("/xapi/about").json()
    assert about["version"] == ["1.0.3"] and "state" in about["extensions"]["urn:meritbook:offered"]
