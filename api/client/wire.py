"""One request to the service and its answer: refusals told as such, and sent again where that is harmless."""

import http.client
import json
import random
import re
import ssl
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from .refused import Unreachable, refused

JSON = "application/json"
Query = Mapping[str, Any]

_NEXT = re.compile(r'<([^>]*)>[^<]*;\s*rel="?next\b')


class Wire:
    """The way to a service. One thread at a time; it keeps a connection open between requests.

    tries: how often a request is sent that changes nothing when it comes twice, while the service does not
    answer or says to come back (429, 503).
    """

    def __init__(self, url: str, token: str, *, timeout_seconds: float = 60, tries: int = 5) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url!r} is no address of a service: https://host or http://host:port")
        self._host, self._port, self._base = parts.hostname, parts.port, parts.path.rstrip("/")
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "meritbook-client"}
        self._timeout, self.tries = timeout_seconds, tries
        self._kept: http.client.HTTPConnection | None = None

    def json(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: object = None,
        *,
        again: bool = False,
        taken: Sequence[int] = (),
        if_match: str | None = None,
    ) -> Any:
        """The JSON that is answered. again: coming twice does no harm, as for every GET.

        taken: statuses beside 2xx under which an answer may come that is no problem document. if_match: the
        ETag of what is to be changed.

        Raises: Refused, Unreachable.
        """
        _, content = self.ask(
            method, path, query or {}, body, accept=JSON, again=again, taken=taken, if_match=if_match
        )
        return json.loads(content)

    def nothing(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        body: object = None,
        *,
        if_match: str | None = None,
    ) -> None:
        """Sends what is answered without words.

        Raises: Refused, Unreachable.
        """
        self.ask(method, path, query or {}, body, accept="*/*", if_match=if_match)

    def file(self, path: str, query: Query | None = None, *, accept: str) -> bytes:
        """The bytes that stand at an address, in the form `accept`.

        Raises: Refused, Unreachable.
        """
        return self.ask("GET", path, query or {}, accept=accept)[1]

    def pages(self, path: str, query: Query) -> Iterator[Any]:
        """Every page of a list, as it is gone through; `Link` names the next.

        Raises: Refused, Unreachable.
        """
        asked: Query | None = query
        while asked is not None:
            headers, body = self.ask("GET", path, asked, accept=JSON)
            yield json.loads(body)
            asked = next_page(headers)

    def rows(self, path: str, query: Query, *, field: str = "", cursor: str = "") -> Iterator[Any]:
        """Every row of a list, page by page: of the pages themselves, or of their `field`, by their `cursor`.

        Raises: Refused, Unreachable.
        """
        if not field:
            for page in self.pages(path, query):
                yield from page
            return
        after: object = None
        while True:
            page = self.json("GET", path, query if after is None else {**query, "after": after})
            yield from page[field]
            if (after := page[cursor]) is None:
                return

    def ask(
        self,
        method: str,
        path: str,
        query: Query,
        body: object = None,
        *,
        accept: str,
        again: bool = False,
        taken: Sequence[int] = (),
        if_match: str | None = None,
    ) -> tuple[Message, bytes]:
        """Headers and bytes of the answer.

        Raises: Refused, Unreachable.
        """
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        may_repeat = again or method == "GET"
        asked = {"Accept": accept} | ({} if if_match is None else {"If-Match": if_match})
        for left in reversed(range(self.tries if may_repeat else 1)):
            try:
                answer = self._send(method, path, query, sent, asked, fresh=not may_repeat)
                content = answer.read()
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if not left:
                    raise Unreachable(f"{self._host} did not answer {method} {path}: {error!r}") from error
                pause(self.tries - left)
                continue
            is_taken = answer.status in taken and answer.headers.get_content_type() == JSON
            if is_taken or 200 <= answer.status < 300:
                return answer.headers, content
            problem = refused(answer.status, content, answer.headers.get("Retry-After"))
            if not left or not problem.may_pass:
                raise problem
            pause(self.tries - left, problem.retry_seconds)
        raise AssertionError("a request is tried at least once")

    @contextmanager
    def open(
        self, path: str, query: Query, headers: Mapping[str, str]
    ) -> Generator[http.client.HTTPResponse]:
        """An answer that is read as it comes, on a connection of its own, which ends with it.

        Raises: Refused, OSError, http.client.HTTPException.
        """
        connection = self._connection()
        try:
            connection.request("GET", self._target(path, query), headers={**self._headers, **headers})
            with connection.getresponse() as answer:
                if answer.status not in (200, 206):
                    raise refused(answer.status, answer.read(), answer.headers.get("Retry-After"))
                yield answer
        finally:
            connection.close()

    def close(self) -> None:
        """Closes the connection; the next request opens another."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _send(
        self,
        method: str,
        path: str,
        query: Query,
        sent: bytes | None,
        asked: Mapping[str, str],
        *,
        fresh: bool,
    ) -> http.client.HTTPResponse:
        """Sends a request. fresh: on a new connection, as the one that is kept may have ended unnoticed."""
        if fresh:
            self.close()
        if self._kept is None:
            self._kept = self._connection()
        headers = {**self._headers, **asked}
        if sent is not None:
            headers["Content-Type"] = JSON
        self._kept.request(method, self._target(path, query), sent, headers)
        return self._kept.getresponse()

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._tls)

    def _target(self, path: str, query: Query) -> str:
        told = urlencode([pair for name, value in query.items() for pair in _told(name, value)])
        return f"{self._base}{path}?{told}" if told else f"{self._base}{path}"


def part(value: object) -> str:
    """A value as a part of an address."""
    return quote(str(value), safe="")


def pause(times: int, seconds: float = 0) -> None:
    """Waits before the next try: at least `seconds`, and longer each time, never as long as somebody else."""
    time.sleep(max(seconds, random.uniform(0.5, 1) * min(0.2 * 2**times, 10)))


def _told(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case bool():
            yield name, str(value).lower()
        case list() | tuple() | set() | frozenset():
            for each in value:
                yield from _told(name, each)
        case _:
            yield name, str(value)


def next_page(headers: Message) -> dict[str, list[str]] | None:
    """What the next page is asked by; None of the last page."""
    found = _NEXT.search(", ".join(headers.get_all("Link", ())))
    return found and parse_qs(urlsplit(found[1]).query, keep_blank_values=True)
