"""What the service is held against: the same server and framework with next to nothing behind them.

`python -m benchmarks.bare answers` serves a handler that reads a fact as JSON and answers 201; `python -m
benchmarks.bare eventsourcing DSN` one that appends it through the library's own recorder, with a condition
on a key tag, which is how the library can tell a redelivery. Neither asks who it is, decides on anything,
tells read models, seals, or writes a trail.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import msgspec
import uvicorn
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem
from litestar import Litestar, Request, Response, post

from benchmarks.append import PEER_THREADS, Peer

Write = Callable[[dict[str, Any]], Awaitable[int]]
"""Where the fact stands that was sent."""


def nowhere() -> Write:
    """Numbers what it is given."""
    numbers = count(1)

    async def write(_: dict[str, Any]) -> int:
        return next(numbers)

    return write


def recorded(dsn: str) -> Write:
    """Appends through the library's recorder, in as many threads as it has connections."""
    peer = Peer(dsn)
    threads = ThreadPoolExecutor(PEER_THREADS)

    def append(fact: dict[str, Any]) -> int:
        tags = [f"key:{fact['source']}:{fact['key']}", f"employee:{fact['data']['employee']}"]
        event = DCBEvent(fact["type"], msgspec.json.encode(fact["data"]), tags)
        condition = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=tags[:1])]))
        return peer.recorder.append([event], condition)

    async def write(fact: dict[str, Any]) -> int:
        return await asyncio.get_running_loop().run_in_executor(threads, append, fact)

    return write


def build(write: Write) -> Litestar:
    """A service of one handler."""

    @post("/v1/facts")
    async def record(request: Request[Any, Any, Any]) -> Response[dict[str, int]]:
        position = await write(msgspec.json.decode(await request.body()))
        return Response({"position": position}, status_code=201)

    return Litestar([record], logging_config=None, openapi_config=None)


class _Server(uvicorn.Server):
    """A server that says where it listens, as the service does."""

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listens, then tells."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"serves on http://127.0.0.1:{port}", file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> None:
    """Serves until it is stopped."""
    write = recorded(arguments[1]) if arguments[0] == "eventsourcing" else nowhere()
    config = uvicorn.Config(build(write), port=0, http="httptools", log_config=None, access_log=False)
    _Server(config).run()


if __name__ == "__main__":
    main(sys.argv[1:])
