"""Requests by xAPI 1.0.3, part three: HEAD, the alternate syntax, statuses and headers."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from connectors.conftest import VERSION
from connectors.test_statements import said
from served import Service

AT = "/xapi/statements"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def authorization(lms: httpx.Client) -> str:
    """What a client says of itself."""
    assert lms.auth is not None
    return next(lms.auth.auth_flow(lms.build_request("GET", AT))).headers["Authorization"]


def kept(lms: httpx.Client, **changes: Any) -> str:
    """A statement that was taken."""
    [id] = lms.post(AT, json=said(**changes)).json()
    return str(id)


def test_a_head_is_answered_as_a_get_without_its_body(lms: httpx.Client) -> None:
    id = kept(lms)
    for query in ({"statementId": id}, {"statementId": str(uuid4())}, {"limit": 1}):
        head, got = lms.head(AT, params=query), lms.get(AT, params=query)
        assert head.status_code == got.status_code and not head.content
        assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert lms.head("/xapi/about").status_code == 200


def test_a_client_that_can_only_post_says_the_rest_in_a_form(firm: Service, lms: httpx.Client) -> None:
    """Parameters, headers and the content; the answer is that of the request that is meant."""
    id = str(uuid4())
    secret = authorization(lms)
    with httpx.Client(base_url=firm.url, params=None) as bare:
        told = {**VERSION, "Authorization": secret, "statementId": id, "content": json.dumps(said())}
        put = bare.post(AT, params={"method": "PUT"}, data=told)
        assert put.status_code == 204, put.text
        asked = {"x-experience-api-version": "1.0.3", "authorization": secret, "statementId": id}
        assert bare.post(AT, params={"method": "GET"}, data=asked).json()["id"] == id
        assert bare.post(AT, params={"method": "GET"}, data={**VERSION}).status_code == 401
    where = {"activityId": "http://lms.example/1", "agent": json.dumps({"mbox": "mailto:a@b.example"})}
    state = where | {"stateId": id}
    sent = {**state, "content": "page 7", "Content-Type": "text/plain"}
    assert lms.post("/xapi/activities/state", params={"method": "PUT"}, data=sent).status_code == 204
    found = lms.get("/xapi/activities/state", params=state)
    assert found.text == "page 7" and found.headers["Content-Type"] == "text/plain"
    assert lms.post("/xapi/activities/state", params={"method": "DELETE"}, data=state).status_code == 204
    assert lms.get("/xapi/activities/state", params=state).status_code == 404


@pytest.mark.parametrize(
    ("query", "form", "field"),
    [
        ({"method": "PATCH"}, {}, "method"),
        ({"method": "GET", "limit": "1"}, {}, "method"),
        ({"method": "PUT"}, {"statementId": str(uuid4())}, "content"),
        ({"method": "GET"}, {"content": "{}"}, "content"),
        ({"method": "GET"}, {"limt": "1"}, "limt"),
        ({"method": "GET"}, {"X-Experience-API-Version": "0.8"}, "X-Experience-API-Version"),
    ],
)
def test_a_form_that_means_no_request_is_refused(
    lms: httpx.Client, query: dict[str, str], form: dict[str, str], field: str
) -> None:
    answer = lms.post(AT, params=query, data=form, headers=FORM)
    told = answer.json()
    assert (answer.status_code, told["field"]) == (400, field) and told["remedy"], answer.text
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"


def test_a_form_is_bounded_and_is_one(lms: httpx.Client) -> None:
    asked = {"params": {"method": "POST"}, "headers": FORM}
    assert lms.post(AT, **asked, content=b'{"content": 1}').status_code == 400
    assert lms.post(AT, **asked, content=b"content=1&content=2").status_code == 400
    assert lms.post(AT, **asked, content=b"content=" + b"a" * 1024 * 1024).status_code == 413


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "status"),
    [
        ("GET", AT, {}, VERSION, 200),
        ("GET", AT, {}, {}, 400),
        ("GET", AT, {}, {"X-Experience-API-Version": "1.1.0"}, 400),
        ("GET", AT, {}, {"X-Experience-API-Version": "1.0"}, 200),
        ("GET", AT, {"statementid": str(uuid4())}, VERSION, 400),
        ("GET", AT, {"limit": "-1"}, VERSION, 400),
        ("GET", AT, {"ascending": "maybe"}, VERSION, 400),
        ("GET", AT, {"since": "yesterday"}, VERSION, 400),
        ("GET", "/xapi/activities", {}, VERSION, 400),
        ("GET", "/xapi/nothing", {}, VERSION, 404),
        ("DELETE", AT, {}, VERSION, 405),
        ("PUT", AT, {"method": "GET"}, VERSION, 400),
        ("GET", "/xapi/about", {}, {}, 200),
    ],
)
def test_every_answer_says_its_version_and_what_is_wrong_is_400(
    firm: Service,
    lms: httpx.Client,
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    status: int,
) -> None:
    """3.2 and 3.3: our own addresses tell 422 from 400, the standard does not."""
    auth = authorization(lms)
    sent = {"Authorization": auth, "Content-Type": "application/json", **headers}
    answer = httpx.request(method, firm.url + path, params=query, headers=sent, timeout=60)
    assert answer.status_code == status, answer.text
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    assert ("X-Experience-API-Consistent-Through" in answer.headers) == (path == AT)
    if status in (400, 422):
        assert answer.json()["status"] == 400 and "field" in answer.json()
