"""Bad input: each gets a 4xx that names the field, nothing is stored, memory stays bounded."""

import json
import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from served import Service, fact

VISIT = {"employee": "E1", "customer": "H1"}
DEAL = {"employee": "E1", "customer": "H1", "deal": "D1", "amount_minor": 100, "currency": "CNY"}
HIRED = {"employee": "E9", "hired_on": "2025-01-01", "branch": "SH", "post": "seller"}
MIB = 1024 * 1024


def said(**changes: Any) -> bytes:
    """A sound visit with `changes`."""
    return json.dumps(fact("visit_recorded", VISIT) | changes).encode()


def deal(**changes: Any) -> bytes:
    """A sound deal with `changes` of its data."""
    return json.dumps(fact("deal_closed", DEAL | changes)).encode()


CASES: dict[str, tuple[bytes, int, str]] = {
    "unknown type": (said(type="visit_dreamt"), 422, "type"),
    "unknown field of the envelope": (said(colour="red"), 422, "colour"),
    "unknown field of the fact": (said(data=VISIT | {"stars": 5}), 422, "data.stars"),
    "missing field": (said(data={"employee": "E1"}), 422, "data.customer"),
    "wrong type": (said(data=VISIT | {"minutes": "thirty"}), 422, "data.minutes"),
    "no object": (said(data=[1, 2]), 422, "data"),
    "float where an integer is due": (deal(amount_minor=100.5), 422, "data.amount_minor"),
    "float where a decimal text is due": (
        json.dumps(fact("satisfaction_scored", VISIT | {"score": 8.5})).encode(), 422, "data.score"),
    "amount of zero": (deal(amount_minor=0), 422, "data.amount_minor"),
    "negative amount": (deal(amount_minor=-1), 422, "data.amount_minor"),
    "amount of 2^53": (deal(amount_minor=2**53), 422, "data.amount_minor"),
    "integer of 5,000 digits": (deal().replace(b"100", b"9" * 5000), 422, "data.amount_minor"),
    "not a number": (deal().replace(b"100", b"NaN"), 400, ""),
    "currency in words": (deal(currency="yuan"), 422, "data.currency"),
    "instant without zone": (said(occurred_at="2025-03-04T09:30:00"), 422, "occurred_at"),
    "instant in the far future": (said(occurred_at="2999-01-01T00:00:00Z"), 422, "occurred_at"),
    "instant before the ledgers": (said(occurred_at="1949-10-01T00:00:00Z"), 422, "occurred_at"),
    "no instant": (said(occurred_at="yesterday"), 422, "occurred_at"),
    "unknown employee": (said(data=VISIT | {"employee": "nobody"}), 422, "data.employee"),
    "unknown branch": (
        json.dumps(fact("employee_hired", HIRED | {"branch": "XX"})).encode(), 422, "data.branch"),
    "NUL": (said(data=VISIT | {"note": "a\0b"}), 422, "data.note"),
    "NUL in the key": (said(key="a\0b"), 422, "key"),
    "lone surrogate, escaped": (said(data=VISIT | {"note": "X"}).replace(b'"X"', b'"\\ud800"'), 400, ""),
    "lone surrogate, raw": (said(data=VISIT | {"note": "X"}).replace(b'"X"', b'"\xed\xa0\x80"'), 400, ""),
    "not UTF-8": (said(data=VISIT | {"note": "X"}).replace(b'"X"', b'"\xb9\xa6\xc0\xcd"'), 400, ""),
    "nested 10,000 deep": (said(data=VISIT).replace(b'"H1"', b"[" * 9000 + b"]" * 9000), 400, ""),
    "name given twice": (deal().replace(b'"deal"', b'"amount_minor": 1, "deal"'), 400, "amount_minor"),
    "name given twice in the envelope": (said().replace(b'"key"', b'"key": "x", "key"', 1), 400, "key"),
    "empty body": (b"", 400, ""),
    "no JSON": (b"type=visit_recorded", 400, ""),
    "two documents": (said() + said(), 400, ""),
    "a list": (b"[]", 422, ""),
    "unknown cause": (said(causation=10**9), 422, "causation"),
    "too large": (said(data=VISIT | {"note": "x" * 30_000}), 413, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_refused_by_name_and_leaves_nothing_behind(service: Service, case: str) -> None:
    body, status, field = CASES[case]
    head = service.head()
    answer = service.http.post("/v1/facts", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem.get("field", "") == field, problem
    assert problem["detail"]
    assert problem["remedy"]
    assert problem["status"] == status
    assert service.head() == head
    assert service.record("visit_recorded", VISIT).status_code == 201


@pytest.mark.parametrize(
    "case", [name for name, (_, status, _) in CASES.items() if status == 422 and name != "a list"]
)
def test_bad_input_within_a_batch_leaves_its_neighbours_alone(service: Service, case: str) -> None:
    body, _, field = CASES[case]
    sent = b"[" + said() + b"," + body + b"]"
    headers = {"Content-Type": "application/json"}
    answer = service.http.post("/v1/facts:batch?atomic=false", content=sent, headers=headers)
    assert answer.status_code == 207, answer.text
    stored, refused = answer.json()["outcomes"]
    assert stored["position"] == service.head()
    assert refused["problem"]["field"] == field


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/facts:batch", b'{"type": "visit_recorded"}', 422),
        ("/v1/facts:batch", b"[1]", 422),
        ("/v1/facts:batch", b"[" * 50_000, 400),
        ("/v1/facts:batch", b"[" + b" " * 1_100_000 + b"]", 413),
    ],
)
def test_a_batch_that_is_none_is_refused(service: Service, path: str, body: bytes, status: int) -> None:
    answer = service.http.post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("kind", ["text/csv", "application/xml", "multipart/form-data; boundary=x"])
def test_another_kind_of_body_is_refused(service: Service, kind: str) -> None:
    answer = service.http.post("/v1/facts", content=b"x", headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["field"]) == (415, "Content-Type")
    assert answer.json()["type"] == "/v1/problems/wrong-media-type"


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        ("/v1/facts/0", 404, "position"),
        ("/v1/facts/999999999", 404, "position"),
        ("/v1/facts/99999999999999999999", 404, "position"),
        ("/v1/facts?after=-1", 400, "after"),
        ("/v1/facts?limit=100000", 400, "limit"),
        ("/v1/facts?type=visit_dreamt", 422, "type"),
        ("/v1/facts?tag=a%00b", 422, "tag"),
        ("/v1/quarantine?kind=a%00b", 422, "kind"),
        ("/v1/notices?as_of=2025-03-01T00:00:00Z&employee=E1&employee=a%00b", 422, "employee"),
        ("/v1/employees/a%00b", 422, "path"),
        ("/v1/employees/nobody", 404, "employee"),
        ("/v1/employees/E1/statements/march", 422, "period"),
        ("/v1/employees/E1/statements/2025-13", 422, "period"),
        ("/v1/employees/E1/statements/2025-Q1", 422, "period"),
        ("/v1/employees/E1?known_at=yesterday", 422, "known_at"),
        ("/v1/employees/E1?known_at=2025-03-01T00:00:00", 422, "known_at"),
        ("/v1/employees/E1?known_at=999999999", 422, "known_at"),
        ("/v1/employees/E1?day=tomorrow", 400, "day"),
        ("/v1/plans/none", 404, "plan"),
        ("/v1/facts?limmit=5", 422, "limmit"),
        ("/v1/nowhere", 404, ""),
    ],
)
def test_a_wrong_question_is_answered_with_the_field(
    service: Service, path: str, status: int, field: str
) -> None:
    answer = service.http.get(path)
    assert answer.status_code == status, answer.text
    assert answer.json().get("field", "") == field
    assert answer.json()["remedy"]


def test_a_body_of_100_mb_is_refused_and_costs_no_memory(service: Service) -> None:
    """Announced, it is refused at once; sent in chunks without a length, as soon as it has grown too long."""
    before = service.process.memory_info().rss
    peak, chunk = before, b"x" * MIB

    def chunks() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(100):
            peak = max(peak, service.process.memory_info().rss)
            yield chunk

    for path in ("/v1/facts", "/v1/facts:batch"):
        try:
            answer = service.http.post(path, content=chunks(), headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()["type"]) == (413, "/v1/problems/body-too-large")
        except httpx.WriteError:
            pass  # the service hung up while we were still talking
    peak = max(peak, service.process.memory_info().rss)
    assert peak - before < 30 * MIB
    assert service.http.get("/health/live").status_code == 200


def test_an_announced_body_of_100_mb_is_refused_before_it_is_sent(service: Service) -> None:
    address = urlsplit(service.url)
    request = (
        f"POST /v1/facts HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: {service.http.headers['Authorization']}\r\nContent-Length: {100 * MIB}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(request.encode())
        head = connection.recv(4096)
    assert head.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in head


def test_a_body_that_is_nested_too_deep_is_refused_wherever_json_is_read(service: Service) -> None:
    """At every address that takes a body, those of the standards among them."""
    deep = b'{"x":' * 40 + b"1" + b"}" * 40
    paths = service.http.get("/schema/openapi.json").json()["paths"]
    asked = [
        (method.upper(), re.sub(r"\{[^}]*\}", "x", path))
        for path, operations in paths.items()
        for method in operations.keys() & {"post", "put", "patch"}
        if "requestBody" in operations[method]
    ]
    asked += [("POST", "/scim/v2/Users"), ("POST", "/scim/v2/Groups"), ("PUT", "/scim/v2/Users/x")]
    asked += [("POST", "/xapi/statements")]
    headers = {"Content-Type": "application/json", "X-Experience-API-Version": "1.0.3"}
    deepest = 0
    for method, path in asked:
        answer = service.http.request(method, path, content=deep, headers=headers)
        problem = answer.json()
        assert 400 <= answer.status_code < 500, (method, path, answer.text)
        assert problem["detail"], (method, path)
        deepest += "nested deeper" in problem["detail"]
    assert deepest >= 10, deepest
