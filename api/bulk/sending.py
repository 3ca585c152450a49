"""A file as an answer: whole, or the rest of it, for whoever lost the line (RFC 9110, range requests)."""

import asyncio
import re
from http import HTTPStatus
from typing import Any, NamedTuple

from litestar.response import Response
from litestar.types import Receive, Scope, Send

from api.bulk.building import Built
from api.deadlines import Deadline
from api.problems import NotSatisfiable

CHUNK = 256 * 1024
SEND_SECONDS = 60.0
"""Whoever takes nothing for so long is cut off, and may go on later."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})\Z", re.ASCII)


class Part(NamedTuple):
    """Bytes of a file, from `start` until `until`."""

    start: int
    until: int


def part_asked(said: str, length: int) -> Part | None:
    """Which part a Range header asks for; None for one that is to be passed over, as several parts are.

    Raises: NotSatisfiable for one that begins beyond the end.
    """
    found = _RANGE.match(said.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        return Part(max(0, length - int(found[2])), length) if int(found[2]) else _beyond(length)
    start = int(found[1])
    last = int(found[2]) if found[2] else length - 1
    if last < start:
        return None if found[2] and last < start < length else _beyond(length)
    return Part(start, min(last + 1, length)) if start < length else _beyond(length)


def _beyond(length: int) -> Part:
    raise NotSatisfiable(
        field="Range", detail=f"The file has {length} bytes.", remedy="Ask for bytes before its end."
    )


class FileAnswer(Response[bytes]):
    """A file or a part of it, read and sent piece by piece."""

    def __init__(self, built: Built, part: Part | None, *, media_type: str, headers: dict[str, str]) -> None:
        super().__init__(content=b"")
        self._built, self._part = built, part or Part(0, built.bytes)
        own = {"Content-Type": media_type, "Content-Length": str(self._part.until - self._part.start)}
        if part is not None:
            own["Content-Range"] = f"bytes {part.start}-{part.until - 1}/{built.bytes}"
        self._said = [(name.lower().encode(), value.encode()) for name, value in (own | headers).items()]
        self._status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """The file, as an ASGI application."""
        return self._send

    async def _send(self, _: Scope, __: Receive, send: Send) -> None:
        with self._built as built:
            await send({"type": "http.response.start", "status": self._status, "headers": self._said})
            at, until = self._part
            try:
                while at < until:
                    piece = await asyncio.to_thread(built.read, at, min(CHUNK, until - at))
                    at += len(piece)
                    with Deadline(SEND_SECONDS):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
            except TimeoutError:
                return  # the server ends the connection of an answer that was not finished
            await send({"type": "http.response.body", "body": b"", "more_body": False})
