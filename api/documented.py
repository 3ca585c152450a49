"""The finishing of the OpenAPI document: what neither a signature nor a docstring can say of an address."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    PathItem,
    Reference,
    RequestBody,
    Schema,
)

from api import lists, payroll_files, trail_pages
from api.bulk import forms
from api.preconditions import IF_MATCH
from api.problems import MEDIA_TYPE as PROBLEM
from domain.facts.registry import FACT_TYPES

_REFUSED = {
    "type": "/v1/problems/key-reused",
    "title": "The key was used before, for other content.",
    "status": 422,
    "detail": "Source 'crm.huikang' used the key 'visit-88213' before, for other content: position 3382.",
    "field": "key",
    "remedy": "If the first was wrong, void it and send this under a new key; if not, send it unchanged.",
    "request_id": "5fed4e55-1a",
}
_TEXT = Schema(type="string")  # type: ignore[arg-type]
_PROBLEM = Schema(
    type="object",  # type: ignore[arg-type]
    properties={
        name: Schema(type="integer") if name == "status" else _TEXT  # type: ignore[arg-type]
        for name in _REFUSED
    },
    required=["type", "title", "status", "detail"],
    description="What is wrong. type: the address of what this kind of problem means. "
    "field: path of the field to blame. remedy: what to do.",
)

OTHER_FORMS: Mapping[str, tuple[str, ...]] = {
    "GET /v1/payroll/runs/{period}": tuple(payroll_files.MEDIA_TYPES.values()),
    "GET /v1/exports/{period}/facts": tuple(forms.MEDIA_TYPES.values()),
    "GET /v1/exports/{period}/results": tuple(forms.MEDIA_TYPES.values()),
    "GET /v1/audit/trail": tuple(trail_pages.MEDIA_TYPES.values()),
}
"""The media types of addresses whose answers are had in several forms."""

OTHER_STATUSES: Mapping[str, Mapping[str, str]] = {
    "POST /v1/facts": {
        "200": "It was stored before, and nothing changed.",
        "422": "Refused; nothing was stored. Of a batch of CloudEvents each outcome says why.",
    },
    "POST /v1/facts:batch": {
        "200": "All were stored before.",
        "207": "Some were refused, the others stored.",
        "422": "Refused; nothing was stored, and each outcome says why.",
    },
    "GET /health/ready": {"503": "Not ready; `reasons` says why."},
}
"""Statuses beside the usual one whose answers have the same form."""

_OF_BATCHES = ("POST /v1/facts", "POST /v1/facts:batch")

_UNMET: Mapping[str, str] = {
    "412": "What is to be changed was changed since it was read.",
    "428": "The change does not say which state it is meant for.",
}
"""What becomes of a change whose If-Match names another state, or that has none."""


_YEAR = r"(19|2\d)\d\d"
_MONTH = rf"{_YEAR}-(0[1-9]|1[0-2])"
_WEEK = rf"{_YEAR}-W(0[1-9]|[1-4]\d|5[0-3])"
_PERIOD = {"pattern": rf"^({_MONTH}|{_WEEK}|{_YEAR}(-Q[1-4])?)$"}
_INSTANT = Schema(type="string", format="date-time")  # type: ignore[arg-type]
_POSITION_OR_INSTANT = [Schema(type="string", pattern=r"^\d{1,16}$"), _INSTANT]  # type: ignore[arg-type]

FORMS: Mapping[tuple[object, str], Mapping[str, Any]] = {
    ("query", "known_at"): {"one_of": _POSITION_OR_INSTANT},
    ("query", "as_of"): {"format": "date-time"},
    ("query", "since"): {"format": "date-time"},
    ("query", "type"): {"enum": sorted(FACT_TYPES)},
    ("query", "period"): _PERIOD,
    ("query", "first"): _PERIOD,
    ("query", "second"): _PERIOD,
    ("query", "before"): _PERIOD,
    ("query", "at_least"): {"minimum": 0},  # a bound of 0 is lost where a parameter may be absent
    ("query", "upto"): {"minimum": 0},
    ("query", "week"): {"pattern": rf"^{_WEEK}$"},
    ("path", "period"): {"pattern": rf"^{_MONTH}$"},
}
"""The form of what stands in addresses, by place and name: a name means the same everywhere."""


def examples() -> dict[str, Any]:
    """An answer of each address, by method and path: those of the demo, lists cut to their first item."""
    return msgspec.json.decode(
        files("api").joinpath("openapi_examples.json").read_bytes(), type=dict[str, Any]
    )


def complete(app: Litestar, batch_facts: int = lists.FACTS) -> None:
    """Puts an example under every answer, and says what else an address answers, to whom, and in which forms.

    Whatever goes wrong is a problem document; no token is asked for where `opt` says `open`; a parameter of
    an address is never null, only absent. batch_facts: that one request may bring.
    """
    shown, open_ones = examples(), _open_ones(app)
    for path, method, operation in _operations(app.openapi_schema.paths or {}):
        name = f"{method} {path}"
        if name in open_ones:
            operation.security = []
        _narrow(operation)
        if name in _OF_BATCHES:
            _bound(operation, batch_facts)
        answers = operation.responses
        if answers is None:
            continue
        answers.pop("400", None)
        if path.startswith("/v1/"):
            _precondition(operation, answers)
        usual = next((each for status, each in answers.items() if status.startswith("2")), None)
        if isinstance(usual, OpenAPIResponse):
            _exemplify(usual, shown.get(name), OTHER_FORMS.get(name, ()))
            for status, description in OTHER_STATUSES.get(name, {}).items():
                content = dict(usual.content or {})
                if int(status) >= 400:
                    content[PROBLEM] = _problem()
                answers[status] = OpenAPIResponse(description=description, content=content)
        answers["default"] = OpenAPIResponse(
            description="A problem (RFC 9457).", content={PROBLEM: _problem()}
        )


def _operations(paths: Mapping[str, PathItem]) -> Iterator[tuple[str, str, Operation]]:
    for path, item in paths.items():
        for method in ("get", "post", "put", "patch", "delete"):
            operation: Operation | None = getattr(item, method)
            if operation is not None:
                yield path, method.upper(), operation


def _open_ones(app: Litestar) -> set[str]:
    """The addresses that ask for no token."""
    return {
        f"{method} {route.path_format}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if isinstance(handler, HTTPRouteHandler) and handler.opt.get("open")
        for method in handler.http_methods
    }


def _problem() -> OpenAPIMediaType:
    return OpenAPIMediaType(schema=_PROBLEM, examples={"refused": Example(summary="Refused", value=_REFUSED)})


def _exemplify(answer: OpenAPIResponse, example: object, forms: tuple[str, ...]) -> None:
    content = answer.content or {}
    if example is not None and "application/json" in content:
        content["application/json"].examples = {"example": Example(value=example)}
    for form in forms:
        content.setdefault(form, OpenAPIMediaType(schema=_TEXT))


def _bound(operation: Operation, batch_facts: int) -> None:
    """Says how many facts a batch may have, which is for the settings to say."""
    body = operation.request_body
    for content in body.content.values() if isinstance(body, RequestBody) else ():
        if isinstance(content.schema, Schema) and content.schema.items is not None:
            content.schema = replace(content.schema, max_items=batch_facts)


def _precondition(operation: Operation, answers: dict[str, OpenAPIResponse | Reference]) -> None:
    """Says of a change of what has an ETag that it must name it, and what becomes of one that does not."""
    for parameter in operation.parameters or ():
        if isinstance(parameter, Parameter) and (parameter.param_in, parameter.name) == ("header", IF_MATCH):
            parameter.required = True
            for status, description in _UNMET.items():
                answers[status] = OpenAPIResponse(description=description, content={PROBLEM: _problem()})


def _narrow(operation: Operation) -> None:
    """Takes null from what may stand in an address: what is absent is left out of it."""
    for parameter in operation.parameters or ():
        if isinstance(parameter, Parameter) and isinstance(parameter.schema, Schema):
            parameter.schema = _without_null(parameter.schema)
            form = FORMS.get((parameter.param_in, parameter.name), {})
            of = parameter.schema.items if parameter.schema.type == "array" else parameter.schema
            if isinstance(of, Schema):
                for name, value in form.items():
                    setattr(of, name, value)
            if parameter.schema.type == "array" and parameter.schema.max_items is None:
                parameter.schema.max_items = lists.IN_A_QUERY


def _without_null(schema: Schema) -> Schema:
    kinds = [each for each in schema.one_of or () if getattr(each, "type", None) != "null"]
    if len(kinds) == 1 and isinstance(kinds[0], Schema):
        only = kinds[0]
        # Bounds of a parameter that may be absent stand beside the choice, not within it.
        for name in ("minimum", "maximum", "pattern", "max_length", "max_items", "default"):
            if (value := getattr(schema, name)) is not None:
                setattr(only, name, value)
        only.description = schema.description
        return only
    if isinstance(schema.type, list):
        schema.type = next(kind for kind in schema.type if kind != "null")
        schema.enum = [each for each in schema.enum or () if each is not None] or None
    return schema
