"""CloudEvents 1.0 over HTTP, in: structured, binary and batched events, each one submission.

type is a type of fact, source and id are the idempotency key, time is when it happened, data is the fact.
The extension attribute `causation` is the position of the fact that caused this one; other extensions belong
to the carriers and are left unread, as the specification allows.
"""

import datetime as dt
from collections.abc import Container, Mapping
from urllib.parse import unquote

import msgspec

from api.bodies import not_json, place
from api.intake import Submission
from domain.refusals import BadField, Refusal

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
HEADER_PREFIX = "ce-"
_VERSION = "1.0"
_JSON = ("application/json", "+json")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The attributes that we read of a structured event."""

    specversion: str
    type: str
    source: str
    id: str
    time: dt.datetime | None = None
    datacontenttype: str = "application/json"
    data: msgspec.Raw = msgspec.Raw()
    data_base64: str | None = None
    causation: int | str | None = None


_EVENT = msgspec.json.Decoder(Event)
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])


def structured(body: bytes | msgspec.Raw) -> Submission:
    """The submission in one structured event.

    Raises: BadField, Malformed.
    """
    try:
        event = _EVENT.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise _refused(field, f"{message}.", "See CloudEvents 1.0, JSON format.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None
    if event.data_base64 is not None:
        raise _refused("data_base64", "The data is wrapped in Base64.", "Send it as JSON under data.")
    return _submission(event)


def batched(body: bytes) -> list[Submission | Refusal]:
    """The submission, or what is wrong with it, of each event in a batch.

    Raises: BadField, Malformed when there is no batch at all.
    """
    try:
        items = _ITEMS.decode(body)
    except msgspec.ValidationError as error:
        raise _refused("", f"{error}.", "Send an array of events.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None
    return [_each(item) for item in items]


def is_binary(headers: Container[bytes]) -> bool:
    """Whether a request carries an event's attributes in its headers."""
    return b"ce-specversion" in headers


def binary(headers: Mapping[str, str], body: bytes) -> Submission:
    """The submission of which the attributes are in the headers and the data is the body.

    Raises: BadField.
    """
    attributes = {
        name.removeprefix(HEADER_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.startswith(HEADER_PREFIX)
    }
    attributes["datacontenttype"] = headers.get("content-type", "")
    try:
        event = msgspec.convert(attributes, Event, strict=False)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise _refused(
            f"{HEADER_PREFIX}{field}", f"{message}.", "See CloudEvents 1.0, HTTP binding."
        ) from None
    return _submission(msgspec.structs.replace(event, data=msgspec.Raw(body)))


def _each(item: msgspec.Raw) -> Submission | Refusal:
    try:
        return structured(item)
    except Refusal as refusal:
        return refusal


def _submission(event: Event) -> Submission:
    if event.specversion != _VERSION:
        raise _refused("specversion", f"{event.specversion!r} is not spoken here.", f"Send {_VERSION}.")
    if event.time is None:
        raise _refused("time", "The event does not say when it happened.", "Send its time with zone.")
    kind = event.datacontenttype.partition(";")[0].strip().lower()
    if not kind.endswith(_JSON):
        raise _refused("datacontenttype", f"{kind!r} is not JSON.", "Send the data as application/json.")
    if not event.data:
        raise _refused("data", "The event has no data.", "Send the fact as its data.")
    return Submission(
        type=event.type,
        source=event.source,
        key=event.id,
        occurred_at=event.time,
        data=bytes(event.data),
        causation=_position(event.causation),
    )


def _position(causation: int | str | None) -> int | None:
    if isinstance(causation, str):
        if not (causation.isascii() and causation.isdecimal() and len(causation) <= 16):
            raise _refused(
                "causation", f"{causation[:40]!r} is not a position.", "Send a number, or leave it out."
            )
        return int(causation)
    return causation


def _refused(field: str, detail: str, remedy: str) -> BadField:
    return BadField(field=field, detail=detail, remedy=remedy)
