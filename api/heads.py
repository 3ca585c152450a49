"""The head of an answer: put together in one go, and looked through once."""

from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HEADER_RE, STATUS_LINE, RequestResponseCycle

KEPT_NAMES = 500

_LENGTH = b"content-length"
_OF_THE_CONNECTION = frozenset({b"connection", b"transfer-encoding"})
_PRINTED = bytes(byte for byte in range(256) if byte == 9 or 32 <= byte != 127)
_names: dict[bytes, bytes] = {}
"""Names of headers that are sound, as they begin a line."""


class Answer(RequestResponseCycle):
    """A request with its answer, whose head goes out without a look at each of its headers, most times."""

    async def send(self, message: Any) -> None:
        """Sends one message of the answer."""
        if self._may_begin_plainly() and message["type"] == "http.response.start":
            headers = [*self.default_headers, *message.get("headers", ())]
            plain = plain_head(message["status"], headers)
            if plain is not None:
                head, self.expected_content_length = plain
                self.response_started, self.waiting_for_100_continue = True, False
                self.chunked_encoding = False
                self.transport.write(head)
                return
        await super().send(message)

    def _may_begin_plainly(self) -> bool:
        return not (self.response_started or self.disconnected or self.flow.write_paused) and self.keep_alive


def plain_head(status: int, headers: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, int] | None:
    """The head of an answer that says how long it is, and that; None where it needs a closer look.

    That is one which says something of the connection, or holds what must not stand in a head.
    """
    parts, length, lines = [STATUS_LINE[status]], None, 2
    for name, value in headers:
        beginning = _names.get(name) or _beginning(name)
        if beginning is None:
            return None
        if name == _LENGTH:
            length = value
        parts += beginning, value, b"\r\n"
        lines += 1
    parts.append(b"\r\n")
    head = b"".join(parts)
    if length is None or not length.isdigit() or head.translate(None, _PRINTED) != b"\r\n" * lines:
        return None
    return head, int(length)


def _beginning(name: bytes) -> bytes | None:
    """How the line of a header begins; None for one that needs a closer look."""
    if name in _OF_THE_CONNECTION or HEADER_RE.search(name) or name != name.lower():
        return None
    if len(_names) < KEPT_NAMES:
        _names[name] = name + b": "
    return name + b": "
