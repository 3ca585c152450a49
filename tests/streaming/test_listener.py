"""What a client is queued is bounded, and who does not keep up is sent away."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from api.streaming import listener as listening
from api.streaming import response as responding
from api.streaming.frames import part_frame, progress_frame, refetch_frame, rows_frame
from api.streaming.listener import Listener, Wish
from api.streaming.response import EventStream

pytestmark = pytest.mark.anyio
WISH = Wish(dt.date(2025, 4, 1), dt.date(2025, 4, 30))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def delta(position: int, size: int = 10) -> bytes:
    return rows_frame("delta", position - 1, position, [b"1" * size])


async def test_events_are_as_the_standard_writes_them() -> None:
    assert rows_frame("snapshot", None, 7, [b"1", b"2"]) == (
        b'event: snapshot\nid: 7\ndata: {"position":7,"rows":[1,2]}\n\n'
    )
    assert rows_frame("delta", 7, 9, [b"1"]) == (
        b'event: delta\nid: 9\ndata: {"after":7,"position":9,"rows":[1]}\n\n'
    )
    assert part_frame(7, [b"1"]) == b'event: snapshot\ndata: {"position":7,"more":true,"rows":[1]}\n\n'
    assert progress_frame(9) == b'event: progress\nid: 9\ndata: {"position":9}\n\n'
    assert refetch_frame("rebuilt") == b'event: must-refetch\nid:\ndata: {"reason":"rebuilt"}\n\n'


async def test_what_the_beginning_held_already_is_left_out() -> None:
    client = Listener(WISH, None)
    client.push(5, delta(5))
    client.push(6, delta(6))
    client.position = 5
    assert await client.next() == delta(6)


async def test_who_falls_behind_is_sent_away_and_holds_no_memory() -> None:
    client = Listener(WISH, None)
    size = listening.QUEUE_BYTES // 10
    for position in range(1, 20):
        client.push(position, delta(position, size))
    assert await client.next() == refetch_frame("too-slow")
    client.push(20, delta(20))
    assert await client.next() is None


async def test_a_quiet_line_shows_that_it_is_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEARTBEAT_SECONDS", 0.01)
    client = Listener(WISH, None)
    client.reached.position = 12
    assert await client.next() == progress_frame(12)


async def streamed(client: Listener, send: Any, *, allowed: bool = True) -> list[Listener]:
    """Runs an answer to its end; who has left by then."""
    left: list[Listener] = []

    async def may() -> bool:
        return allowed

    stream = EventStream(client, (), headers={}, allowed=may, leave=left.append)

    async def receive() -> Any:
        await asyncio.Event().wait()

    await stream.to_asgi_response()({}, receive, send)
    return left


async def test_who_takes_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is left unfinished, at which the server ends the connection."""
    monkeypatch.setattr(responding, "SEND_SECONDS", 0.01)
    client = Listener(WISH, None)
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    assert await streamed(client, send) == [client]
    assert all(message.get("more_body", True) for message in sent)


async def test_who_may_no_longer_listen_is_told_to_come_back() -> None:
    client = Listener(WISH, None)
    client.push(1, delta(1))
    said = b""

    async def send(message: Any) -> None:
        nonlocal said
        said += message.get("body", b"")

    assert await streamed(client, send, allowed=False) == [client]
    assert said.endswith(delta(1) + refetch_frame("token-ended"))
