"""A client of the live stream: what it holds is what it was told."""

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from announced import require_announced
from httpx_sse import EventSource, ServerSentEvent, connect_sse
from served import Service

Key = tuple[str, str]


class StreamClient:
    """What a client holds: the last id, and the rows as it has been told."""

    def __init__(self, service: Service, **query: Any) -> None:
        self.http, self.query = service.http, {"period": "2025-04", **query}
        self.position: int | None = None
        self.rows: dict[Key, dict[str, Any]] = {}
        self.started_at: list[int] = []
        self.events: list[str] = []

    @contextmanager
    def connected(self) -> Generator[EventSource]:
        """A line to the service, going on where the last one broke."""
        headers = {} if self.position is None else {"Last-Event-ID": str(self.position)}
        with connect_sse(self.http, "GET", "/v1/stream", params=self.query, headers=headers) as source:
            assert source.response.status_code == 200, source.response.read()
            self.started_at.append(int(source.response.headers["Stream-Starts-At"]))
            yield source

    def take(self, event: ServerSentEvent) -> None:
        """Takes an event to heart."""
        self.events.append(event.event)
        said = json.loads(event.data)
        require_announced(f"stream.{event.event}", said)
        if event.event == "snapshot":
            self.rows = {} if not said.get("more") else self.rows
        for row in said.get("rows", ()):
            key = (row["employee"], row.get("fact", ""))
            if row.get("gone") or row.get("count") == "0":
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        self.position = said.get("position")

    def follow(self, until: int, after_each: Callable[[], bool] = lambda: False) -> None:
        """Listens until it stands at `until`; hangs up earlier when `after_each` event says so."""
        with self.connected() as source:
            for event in source.iter_sse():
                self.take(event)
                if (self.position or 0) >= until or after_each():
                    return
