"""The AsyncAPI 3.0 document of all that is sent: the live stream and the webhooks, made from their types."""

from collections.abc import Iterator
from functools import cache
from typing import get_args

import msgspec
from litestar import Response, get

from api.fact_schemas import Json, free_form, portable
from api.streaming.frames import Event, Reason
from api.webhooks.events import FACT, LEFT_OUT, RESULTS, TEST, FactTold, WebhookTest, needs
from domain.facts.personal import personal_fields
from domain.facts.registry import FACT_TYPES
from projections.boards import BoardPlace
from projections.totals import Total

REF = "#/components/schemas/{name}"
_TYPES = (
    *FACT_TYPES.values(),
    *dict.fromkeys(result.data for result in RESULTS.values()),
    FactTold,
    WebhookTest,
    Total,
    BoardPlace,
)

_POSITION: Json = {"type": "integer", "minimum": 0, "description": "A position of the journal."}
_GONE: Json = {
    "type": "object",
    "description": "Somebody who stands on the board no longer.",
    "required": ["employee", "gone"],
    "properties": {"employee": {"type": "string"}, "gone": {"const": True}},
    "additionalProperties": False,
}
_HEADERS: Json = {
    "type": "object",
    "description": "Of Standard Webhooks 1.0; group robots get a message in their own format instead.",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {
            "type": "string",
            "pattern": "^msg_[0-9a-f]{32}$",
            "description": "The same on each try.",
        },
        "webhook-timestamp": {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "Of this try, in seconds.",
        },
        "webhook-signature": {
            "type": "string",
            "pattern": "^v1a?,[A-Za-z0-9+/=]+( v1a?,[A-Za-z0-9+/=]+)*$",
            "description": "One for each secret; any that verifies will do.",
        },
    },
}


@get("/schema/asyncapi.json", opt={"open": True}, include_in_schema=False, sync_to_thread=False)
def read_asyncapi() -> Response[bytes]:
    """What the stream and the webhooks send."""
    return Response(_encoded(), media_type="application/json")


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(asyncapi())


def asyncapi() -> Json:
    """The document."""
    streamed, hooked = dict(_streamed()), dict(_hooked())
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Meritbook",
            "version": "1",
            "description": "What Meritbook sends: the live stream, as server-sent events, and webhooks.",
        },
        "defaultContentType": "application/json",
        "channels": {
            "stream": {
                "address": "/v1/stream",
                "title": "Live standings or a live board",
                "description": "Server-sent events. The id of one is the position that it brings to; "
                "parameters are those of GET /v1/stream in the OpenAPI document.",
                "messages": _references(streamed),
            },
            "webhooks": {
                "address": None,
                "title": "Webhooks",
                "description": "POST to the address of a webhook, made at /v1/webhooks. At least once, "
                "each with a webhook-id of its own; begun in the order in which events came up.",
                "messages": _references(hooked),
            },
        },
        "operations": {
            "stream": {"action": "send", "channel": {"$ref": "#/channels/stream"}},
            "webhook": {"action": "send", "channel": {"$ref": "#/channels/webhooks"}},
        },
        "components": {
            "messages": streamed | hooked,
            "schemas": _schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _references(messages: Json) -> Json:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in messages}


def _streamed() -> Iterator[tuple[str, Json]]:
    """The events of the stream."""
    row = {"anyOf": [_ref(Total), _ref(BoardPlace), _GONE]}
    rows = {"type": "array", "items": row}
    told: dict[str, tuple[str, Json, list[str]]] = {
        "snapshot": (
            "All rows; with `more`, the first part of them.",
            {"position": _POSITION, "more": {"const": True}, "rows": rows},
            ["position", "rows"],
        ),
        "delta": (
            "Rows that changed, as they are now.",
            {"after": _POSITION, "position": _POSITION, "rows": rows},
            ["after", "position", "rows"],
        ),
        "progress": ("Nothing of yours changed up to here.", {"position": _POSITION}, ["position"]),
        "must-refetch": (
            "Forget what you have and begin anew.",
            {"reason": {"type": "string", "enum": sorted(get_args(Reason))}},
            ["reason"],
        ),
    }
    for name in get_args(Event):
        meaning, properties, required = told[name]
        yield (
            f"stream.{name}",
            {
                "name": name,
                "title": name,
                "summary": meaning,
                "contentType": "application/json",
                "payload": _object(properties, required),
            },
        )


def _hooked() -> Iterator[tuple[str, Json]]:
    """The events of webhooks."""
    for name, result in RESULTS.items():
        yield name, _event(name, _claim(result.data), _ref(result.data), needs(name))
    yield TEST, _event(TEST, _claim(WebhookTest), _ref(WebhookTest))
    for tag, kind in FACT_TYPES.items():
        data = {"allOf": [_ref(FactTold), {"type": "object", "properties": {"fact": _ref(kind)}}]}
        yield f"{FACT}{tag}", _event(f"{FACT}{tag}", _claim(kind), data, needs(f"{FACT}{tag}"))


def _event(name: str, meaning: str, data: Json, right: str | None = None) -> Json:
    properties = {
        "type": {"const": name},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "data": data,
    }
    told: Json = {
        "name": name,
        "title": name,
        "summary": meaning,
        "contentType": "application/json",
        "headers": _HEADERS,
        "payload": _object(properties, list(properties)),
    }
    return told if right is None else told | {"description": f"Takes the right {right}."}


def _schemas() -> Json:
    """The forms of data: facts without what never leaves."""
    schemas: Json = msgspec.json.schema_components(_TYPES, schema_hook=free_form, ref_template=REF)[1]
    for kind in FACT_TYPES.values():
        own, hidden = schemas[kind.__name__], LEFT_OUT.union(personal_fields(kind))
        own["properties"] = {name: said for name, said in own["properties"].items() if name not in hidden}
        own["required"] = [name for name in own.get("required", []) if name not in hidden]
    found: Json = portable(schemas)
    return found


def _object(properties: Json, required: list[str]) -> Json:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def _ref(kind: type) -> Json:
    return {"$ref": REF.format(name=kind.__name__)}


def _claim(kind: type) -> str:
    """The first line of a docstring."""
    return (kind.__doc__ or "").strip().partition("\n")[0]
