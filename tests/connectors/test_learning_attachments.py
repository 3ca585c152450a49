"""Files that statements bring along by xAPI 1.0.3: taken when they are what they are said to be."""

import hashlib
from typing import Any
from uuid import uuid4

import httpx
import pytest
from connectors.test_statements import said

CONTENT = b"\x00%PDF\r\n\r\n--not-the-boundary\r\n\xff"
OTHER = hashlib.sha256(b"x").hexdigest()
DAY = {"timestamp": "2025-03-04T09:30:00+08:00"}
AT = "/xapi/statements"


def describing(content: bytes = CONTENT, **changes: Any) -> dict[str, Any]:
    """What a statement says of a file."""
    told = {"usageType": "http://lms.example/certificate", "display": {"en": "Certificate"}}
    told |= {"contentType": "application/pdf", "length": len(content)}
    return told | {"sha2": hashlib.sha256(content).hexdigest()} | changes


def mixed(told: bytes, *parts: tuple[str, bytes], end: bytes = b"--") -> bytes:
    """A body of statements and of files, each with its digest."""
    body = b"--B\r\nContent-Type: application/json\r\n\r\n" + told + b"\r\n"
    for digest, content in parts:
        head = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n"
        body += b"--B\r\n" + f"{head}X-Experience-API-Hash: {digest}\r\n\r\n".encode() + content + b"\r\n"
    return body + b"--B" + end + b"\r\n"


def sent(lms: httpx.Client, body: bytes, type: str = "multipart/mixed; boundary=B") -> httpx.Response:
    return lms.post(AT, content=body, headers={"Content-Type": type})


def statement(id: str, **attached: Any) -> bytes:
    return httpx.Request(
        "POST", "http://x", json=said(id=id, attachments=[describing(**attached)], **DAY)
    ).content


def test_a_file_comes_along_and_is_told_again_to_the_byte(lms: httpx.Client) -> None:
    id, digest = str(uuid4()), hashlib.sha256(CONTENT).hexdigest()
    body = mixed(statement(id), (digest, CONTENT))
    for _ in range(2):
        answer = sent(lms, body)
        assert (answer.status_code, answer.json()) == (200, [id]), "the same again changes nothing"
    for asked in ({"statementId": id}, {"limit": "1"}):
        told = lms.get(AT, params=asked | {"attachments": "true"})
        assert told.headers["Content-Type"].startswith("multipart/mixed; boundary="), told.text
        boundary = told.headers["Content-Type"].partition("boundary=")[2].encode()
        _, first, second, rest = told.content.split(b"--" + boundary)
        assert id.encode() in first and rest == b"--\r\n"
        head, _, content = second.partition(b"\r\n\r\n")
        assert content == CONTENT + b"\r\n"
        assert f"X-Experience-API-Hash: {digest}".encode() in head and b"binary" in head
    plain = lms.get(AT, params={"statementId": id})
    assert plain.json()["attachments"][0]["sha2"] == digest


def test_a_file_that_lies_elsewhere_need_not_come_along(lms: httpx.Client) -> None:
    told = said(id=str(uuid4()), attachments=[describing(fileUrl="http://lms.example/c.pdf")], **DAY)
    assert lms.post(AT, json=told).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (lambda told, digest: mixed(told), "attachments[0]"),
        (lambda told, digest: mixed(told, (digest, CONTENT + b"!")), "parts[1]"),
        (lambda told, digest: mixed(told, (digest[:-2], CONTENT)), "parts[1]"),
        (
            lambda told, digest: mixed(told, (digest, CONTENT), (hashlib.sha256(b"x").hexdigest(), b"x")),
            "parts[2]",
        ),
        (lambda told, digest: mixed(told, (digest, CONTENT)).replace(b"binary", b"base64"), "parts[1]"),
        (
            lambda told, digest: mixed(told, (digest, CONTENT)).replace(b"application/json", b"text/plain"),
            "parts[0]",
        ),
        (lambda told, digest: mixed(told, (digest, CONTENT), end=b""), ""),
        (lambda told, digest: mixed(told, *[(digest, CONTENT)] * 101), ""),
    ],
)
def test_what_does_not_belong_together_is_refused_whole(lms: httpx.Client, body: Any, field: str) -> None:
    id = str(uuid4())
    answer = sent(lms, body(statement(id), hashlib.sha256(CONTENT).hexdigest()))
    assert (answer.status_code, answer.json().get("field", "")) == (400, field), answer.text
    assert lms.get(AT, params={"statementId": id}).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"usageType": "no iri"}, "usageType"),
        ({"usageType": "http://adlnet.gov/expapi/attachments/signature"}, "contentType"),
        ({"display": "Certificate"}, "display"),
        ({"length": True}, "length"),
        ({"contentType": None}, "contentType"),
        ({"sha2": "abc"}, "sha2"),
    ],
)
def test_a_file_that_is_described_wrongly_is_refused(lms: httpx.Client, changes: Any, field: str) -> None:
    answer = lms.post(
        AT, content=statement(str(uuid4()), **changes), headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["field"]) == (400, f"attachments[0].{field}"), answer.text


def test_a_mixed_body_names_its_boundary(lms: httpx.Client) -> None:
    assert sent(lms, mixed(b"{}"), "multipart/mixed").json()["field"] == "Content-Type"
    assert sent(lms, b"{}", "text/plain").status_code == 400
