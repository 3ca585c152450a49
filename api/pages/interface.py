"""The interface for programs as a page: each address with what it takes and what it answers.

What the page says is written at each release: to put the document into these words takes
a quarter of a second.
"""

import gzip
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency

from api.pages.page import HEADERS, Site, html_answer, render

Json = Mapping[str, Any]


WRITTEN = Path(__file__).resolve().parents[1] / "web" / "interface.json"

VARIES = {"Vary": "Accept-Encoding, Accept-Language, Cookie"}
QUICKLY = 4
"""A level of gzip that costs little."""


class Part(NamedTuple):
    """A parameter, a body or an answer, in words. kind: of JSON, or the media type where it is no JSON."""

    name: str
    kind: str
    required: bool
    text: str


class Operation(NamedTuple):
    """One method of an address. mark: its place on the page."""

    method: str
    path: str
    mark: str
    summary: str
    text: str
    parameters: tuple[Part, ...]
    body: tuple[Part, ...]
    answers: tuple[Part, ...]


@get("/interface", opt={"open": True}, include_in_schema=False, sync_to_thread=False)
def interface_page(request: Request[Any, Any, Any], site: NamedDependency[Site]) -> Response[Any]:
    """Every address under its subject; made from the OpenAPI document, and loads nothing from elsewhere."""
    wording = site.wording(request)
    html = render(site, request, wording, "interface.html", {"groups": _groups()})
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return html_answer(html, headers=VARIES)
    # The same for everybody: nothing of the reader's is in it that its length could give away.
    headers = {**HEADERS, **VARIES, "Content-Encoding": "gzip"}
    return Response(gzip.compress(html.encode(), QUICKLY), media_type=MediaType.HTML, headers=headers)


@cache
def _groups() -> dict[str, list[Operation]]:
    return msgspec.json.decode(WRITTEN.read_bytes(), type=dict[str, list[Operation]])


def written_out(document: Json) -> bytes:
    """What of an OpenAPI document the page shows, as it stands in the file `WRITTEN`: a line an operation."""
    subjects = [
        msgspec.json.encode(subject) + b": [\n" + b",\n".join(map(msgspec.json.encode, operations)) + b"\n]"
        for subject, operations in _by_subject(document).items()
    ]
    return b"{" + b",\n".join(subjects) + b"}\n"


def _by_subject(document: Json) -> dict[str, list[Operation]]:
    """The operations of a service by subject, both in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, item in document["paths"].items():
        for method, said in item.items():
            if "responses" in said:
                operation = _operation(method.upper(), path, said, document)
                found.setdefault((said.get("tags") or ["service"])[0], []).append(operation)
    return dict(sorted(found.items()))


def _operation(method: str, path: str, said: Json, document: Json) -> Operation:
    body = said.get("requestBody", {})
    return Operation(
        method=method,
        path=path,
        mark=said["operationId"],
        summary=said.get("summary", ""),
        text=said.get("description", ""),
        parameters=tuple(_parameter(each) for each in said.get("parameters", ())),
        body=tuple(_bodies(body, "", body.get("description", ""), body.get("required", False))),
        answers=tuple(
            part
            for status, answer in sorted(said["responses"].items())
            for part in list(_bodies(answer, status, answer.get("description", ""), False))
            or [Part(status, "", False, answer.get("description", ""))]
        ),
    )


def _parameter(said: Json) -> Part:
    return Part(
        said["name"],
        kind_of(said.get("schema", {})),
        said.get("required", False),
        said.get("description", ""),
    )


def _bodies(said: Json, name: str, text: str, required: bool) -> Iterator[Part]:
    for media, form in said.get("content", {}).items():
        kind = kind_of(form.get("schema", {}))
        yield Part(name, kind if media == "application/json" else f"{media} {kind}".strip(), required, text)


def kind_of(schema: Json) -> str:
    """What a JSON Schema asks for, shortly: its type, the words it may be, or the name of its form."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(word) for word in schema["enum"])
    for several in ("oneOf", "anyOf"):
        if several in schema:
            kinds = dict.fromkeys(kind_of(each) for each in schema[several])
            return " | ".join(kind for kind in kinds if kind != "null")
    if schema.get("type") == "array":
        return f"{kind_of(schema.get('items', {}))} …"
    kind = schema.get("format") or schema.get("type", "")
    return " | ".join(each for each in kind if each != "null") if isinstance(kind, list) else str(kind)
