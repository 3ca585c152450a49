"""The head of an answer leaves with its body, unless that is long in coming."""

import asyncio
from collections.abc import Callable
from typing import cast

from api.protocol import Joining


class Wire:
    """A transport that notes each packet."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Sends a packet."""
        self.sent.append(data)

    def close(self) -> None:
        """Hangs up."""
        self.sent.append(b"(closed)")


def sent(scene: Callable[[Joining], object]) -> list[bytes]:
    """What leaves before the loop has its next turn, then after that."""
    wire = Wire()

    async def run() -> None:
        scene(Joining(asyncio.get_running_loop(), cast(asyncio.Transport, wire)))
        wire.sent.append(b"(turn)")
        await asyncio.sleep(0)

    asyncio.run(run())
    return wire.sent


def test_a_head_and_its_body_are_one_packet() -> None:
    assert sent(lambda out: [out.write(b"head"), out.write(b"body"), out.write(b"more")]) == [
        b"headbody",
        b"more",
        b"(turn)",
    ]


def test_a_head_alone_leaves_before_anything_else_happens() -> None:
    """An event stream may have nothing to tell for long, and its reader wants to know that it is heard."""
    assert sent(lambda out: out.write(b"head")) == [b"(turn)", b"head"]


def test_nothing_is_left_behind_when_the_connection_ends() -> None:
    assert sent(lambda out: [out.write(b"head"), out.close()]) == [b"head", b"(closed)", b"(turn)"]
    assert sent(lambda out: [out.write(b"head"), out.write(b""), out.close()])[0] == b"head"
