"""JSON from outside, bounded before it is believed: size, depth, repeated names."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.types import Receive

from api.problems import BodyTooLarge
from domain.refusals import BadField, Malformed

MAX_DEPTH = 32
"""Levels of nesting; a plan document has about ten."""

_NOT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b'"[]{}')
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_TOO_DEEP = b"[" * (MAX_DEPTH + 1)
_READ_AT_ONCE_BYTES = 1_000_000
"""A larger body is scanned, which keeps nothing of it."""


async def read_body(request: Request[Any, Any, Any], limit_bytes: int) -> bytes:
    """The whole body of `request`, as `received` gives it.

    Raises: BodyTooLarge, Malformed.
    """
    return await received(dict(request.scope["headers"]), request.receive, limit_bytes)


def announced_bytes(request: Request[Any, Any, Any], limit_bytes: int) -> int:
    """How long the body of `request` is by its own account; `limit_bytes` where it does not say."""
    announced = request.headers.get("content-length", "")
    return min(int(announced), limit_bytes) if announced.isdecimal() else limit_bytes


async def received(headers: Mapping[bytes, bytes], receive: Receive, limit_bytes: int) -> bytes:
    """The whole body, given up as soon as it says or proves to be longer than `limit_bytes`.

    One that dawdles ends with its connection (api.protocol). Raises: BodyTooLarge, Malformed.
    """
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit_bytes:
        raise _too_large(limit_bytes)
    message: Any = await receive()
    body = message.get("body", b"")
    if message.get("more_body"):
        chunks, length = [body], len(body)
        while message.get("more_body") and length <= limit_bytes:
            message = await receive()
            chunks.append(message.get("body", b""))
            length += len(chunks[-1])
        body = b"".join(chunks)
    if message["type"] != "http.request":
        raise Malformed(field="", detail="The body was broken off.", remedy="Send it again.")
    if len(body) > limit_bytes:
        raise _too_large(limit_bytes)
    return body


def _too_large(limit_bytes: int) -> BodyTooLarge:
    return BodyTooLarge(
        field="",
        detail=f"The body has more than {limit_bytes} bytes.",
        remedy="Send a large batch in several requests, and one fact alone.",
    )


def require_sound(body: bytes) -> None:
    """Checks that `body` is JSON of at most MAX_DEPTH levels in which no object gives a name twice.

    Raises: Malformed.
    """
    if not _is_shallow(body):
        raise Malformed(
            field="",
            detail=f"The JSON is nested deeper than {MAX_DEPTH} levels, or its brackets do not match.",
            remedy="Send it flatter.",
        )
    if len(body) <= _READ_AT_ONCE_BYTES and _is_unique(body):
        return
    try:
        _SCAN.decode(body.decode())
    except UnicodeDecodeError as error:
        raise Malformed(
            field="", detail=f"Byte {error.start} of the body is not UTF-8.", remedy="Send UTF-8."
        ) from None
    except (ValueError, RecursionError) as error:
        raise not_json(error) from None


def not_json(error: Exception) -> Malformed:
    """The refusal for a body that no decoder could read."""
    return Malformed(
        field="", detail=f"The body is not JSON: {str(error)[:200]}.", remedy="Send JSON as RFC 8259 has it."
    )


def decoded(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    """What is in the JSON of a request.

    Raises: Malformed, BadField.
    """
    require_sound(body)
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        field, message = place(error)
        raise BadField(field=field, detail=f"{message}.", remedy="See /schema/openapi.json.") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_json(error) from None


def place(error: msgspec.ValidationError, prefix: str = "") -> tuple[str, str]:
    """The field and the message of what a typed decoder found; a path ends in the field itself."""
    message, _, path = str(error).partition(" - at `$")
    field = prefix + path.rstrip("`")
    if "field `" in message:
        field = f"{field}.{message.split('field `')[1].split('`')[0]}"
    return field.lstrip("."), message


def _is_shallow(body: bytes) -> bool:
    """Whether brackets outside of strings nest no deeper than MAX_DEPTH, in a few quick passes.

    Two quotes side by side may go, wherever they stand: what is inside of a string and what outside stays so.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return True
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = unescaped.translate(_ONE_KIND, _NOT_STRUCTURE).replace(b'""', b"")
    brackets = b"".join(structure.split(b'"')[::2])
    for _ in range(MAX_DEPTH):
        if _TOO_DEEP in brackets:
            return False
        brackets = brackets.replace(b"[]", b"")
    return not brackets


def _is_unique(body: bytes) -> bool:
    """Whether `body` surely is JSON that gives no name twice: as many colons stand in what is kept of it.

    Only an escape can bring a colon that was none before. It takes two thirds of the time of a scan.
    """
    if b"\\u" in body:
        return False
    try:
        return _WRITER.encode(_READER.decode(body)).count(b":") == body.count(b":")
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False


def _require_unique(pairs: list[tuple[str, object]]) -> None:
    """Refuses an object that repeats a name; gives nothing back, so that a scan keeps nothing."""
    if len(dict(pairs)) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed(
            field=twice.encode("ascii", "backslashreplace").decode()[:100],
            detail="The name is given twice in one object.",
            remedy="Give it once.",
        )


def _not_a_number(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


_SCAN = json.JSONDecoder(
    object_pairs_hook=_require_unique, parse_int=len, parse_float=len, parse_constant=_not_a_number
)
"""Reads JSON for its soundness alone; numbers stay text, so a huge one costs nothing."""
_READER = msgspec.json.Decoder()
_WRITER = msgspec.json.Encoder()
