"""One POST to one resolved address: bounded in time and bytes, never redirected, never through a proxy.

Written on asyncio and httptools: a client library resolves names for itself, and the guard has to judge the
very address that is spoken to; TLS still proves the name.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from typing import NamedTuple

import httptools

from api.webhooks.guard import AddressRefused, Guard, Ip, Target
from api.webhooks.lines import Line, Lines

TIMEOUT_SECONDS = 20.0
RESOLVE_SECONDS = 5.0
ANSWER_BYTES = 4_096
"""So much of an answer is read, and no more."""
HEAD_BYTES = 32_768
SHOWN_CHARACTERS = 200


class Answer(NamedTuple):
    """What came of one try. status: None where no answer came, and `error` says why.

    asked_seconds: of Retry-After. body: its first bytes.
    """

    status: int | None
    ms: int
    error: str | None = None
    asked_seconds: int = 0
    body: bytes = b""

    @property
    def shown(self) -> str:
        """The beginning of the answer, for a log."""
        text = self.body.decode("utf-8", "replace")[:SHOWN_CHARACTERS]
        return "".join(each if each.isprintable() else " " for each in text)


class _Reading:
    """What a parser finds in an answer."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.asked_seconds = 0
        self.body = bytearray()
        self.began, self.over = False, False
        self._goes_on = self._is_followed = False
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, chunk: bytes) -> None:
        """Takes some more bytes."""
        self.began = True
        self._parser.feed_data(chunk)

    @property
    def may_go_on(self) -> bool:
        """Whether the connection is where the next answer begins."""
        return self._goes_on and not self._is_followed

    def on_message_begin(self) -> None:
        """Called by the parser; what follows the answer was not asked for."""
        self._is_followed |= self.over

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        if name.lower() == b"retry-after" and value.isdigit() and len(value) <= 9:
            self.asked_seconds = int(value)

    def on_headers_complete(self) -> None:
        """Called by the parser; an answer of 1xx is followed by the real one."""
        status = int(self._parser.get_status_code())
        self.status = None if status < 200 else status

    def on_body(self, chunk: bytes) -> None:
        """Called by the parser."""
        self.body += chunk[: ANSWER_BYTES - len(self.body)]

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.over = self.status is not None
        self._goes_on = self.over and bool(self._parser.should_keep_alive())


async def resolved(guard: Guard, target: Target) -> Ip:
    """The address of `target` to connect to, judged.

    Raises: AddressRefused; OSError or TimeoutError when nobody knows the name.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RESOLVE_SECONDS):
        found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(each[4][0])) for each in found]
    return guard.require(target.host, addresses)[0]


async def post(
    target: Target,
    address: Ip,
    body: bytes,
    headers: Mapping[str, str],
    *,
    seconds: float = TIMEOUT_SECONDS,
    context: ssl.SSLContext | None = None,
    lines: Lines | None = None,
) -> Answer:
    """What came of a try to send `body` to `target` at `address`; an endpoint cannot make it raise.

    lines: connections to go on with, and to leave for the next try.
    """
    started = time.monotonic()
    reading = _Reading()
    error: str | None = None
    try:
        async with asyncio.timeout(seconds):
            going = lines is not None
            request = _request(target, body, headers, "keep-alive" if going else "close")
            await _exchanged(target, address, request, reading, context, lines)
    except TimeoutError:
        error = f"no whole answer within {seconds:g} s"
    except (ssl.SSLError, ssl.CertificateError) as failure:
        error = f"TLS: {getattr(failure, 'verify_message', '') or failure.reason or 'failed'}"
    except OSError as failure:
        error = f"connection: {failure.strerror or type(failure).__name__}"
    except httptools.HttpParserError:
        error = "the answer is no HTTP"
    ms = round((time.monotonic() - started) * 1000)
    status = reading.status
    if status is not None and (reading.over or len(reading.body) >= ANSWER_BYTES):
        error = None
    elif status is not None:
        status = None  # half an answer says nothing of whether it was taken
    return Answer(status, ms, error, reading.asked_seconds, bytes(reading.body))


def failed(why: Exception) -> Answer:
    """What came of a try for which there was no address to speak to."""
    error = why.detail if isinstance(why, AddressRefused) else f"name: {type(why).__name__}"
    return Answer(None, 0, error)


@cache
def _trusting() -> ssl.SSLContext:
    """Whom this machine trusts; reading that costs more than a delivery."""
    return ssl.create_default_context()


async def _exchanged(
    target: Target,
    address: Ip,
    request: bytes,
    reading: _Reading,
    context: ssl.SSLContext | None,
    lines: Lines | None,
) -> None:
    """Sends a request and reads its answer, on a connection that is kept if there is one."""
    line = None if lines is None else lines.take(target, address)
    try:
        if line is not None:
            with suppress(OSError):
                await _spoken(line, request, reading)
            if not reading.began:  # the other side had hung up; nothing of it was answered
                line.close()
                line = None
        if line is None:
            line = await _opened(target, address, context)
            await _spoken(line, request, reading)
        if lines is not None and reading.may_go_on:
            lines.give(target, address, line)
            line = None
    finally:
        if line is not None:
            line.close()
            with suppress(OSError):
                await line.writer.wait_closed()


async def _opened(target: Target, address: Ip, context: ssl.SSLContext | None) -> Line:
    encrypted = (context or _trusting()) if target.scheme == "https" else None
    return Line(
        *await asyncio.open_connection(
            str(address),
            target.port,
            ssl=encrypted,
            server_hostname=target.host if encrypted else None,
            limit=HEAD_BYTES,
        )
    )


async def _spoken(line: Line, request: bytes, reading: _Reading) -> None:
    """Sends a request, and reads so much of the answer as matters."""
    line.writer.write(request)
    await line.writer.drain()
    read = 0
    while not reading.over and len(reading.body) < ANSWER_BYTES and read < HEAD_BYTES + ANSWER_BYTES:
        chunk = await line.reader.read(ANSWER_BYTES)
        if not chunk:
            break
        read += len(chunk)
        reading.feed(chunk)
    if reading.status is not None and not reading.over and line.reader.at_eof():
        reading.over = True  # an answer without a length ends with its connection


def _request(target: Target, body: bytes, headers: Mapping[str, str], connection: str) -> bytes:
    own: Sequence[tuple[str, str]] = (
        ("host", target.authority),
        ("content-type", "application/json; charset=utf-8"),
        ("content-length", str(len(body))),
        ("user-agent", "Meritbook-Webhooks/1"),
        ("accept", "*/*"),
        ("connection", connection),
        *headers.items(),
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in own)
    return f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body
