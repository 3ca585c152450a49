"""Connections that are used again: as long as the name leads to the judged address, no longer."""

import asyncio
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

import pytest

from api.webhooks.guard import Ip, Target
from api.webhooks.lines import IDLE_SECONDS, Lines
from api.webhooks.posting import Answer, post

LOCAL = ip_address("127.0.0.1")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request with what is said, and counts connections."""

    def __init__(self, *answers: bytes, hangs_up: bool = False) -> None:
        self.connections, self.requests, self._answers = 0, 0, answers
        self._hangs_up = hangs_up

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                assert b"connection: keep-alive" in head
                await reader.readexactly(2)
                writer.write(self._answers[min(self.requests, len(self._answers) - 1)])
                self.requests += 1
                await writer.drain()
                if self._hangs_up:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def told(server: Server, asks: Callable[[Callable[..., Awaitable[Answer]], Lines], Awaitable[None]]) -> None:
    """Lets `asks` post to a server, with connections that are kept."""

    async def run() -> None:
        listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        lines = Lines()
        async with listening:
            port = listening.sockets[0].getsockname()[1]

            async def send(host: str = "hooks.example", address: Ip = LOCAL) -> Answer:
                target = Target("http", host, port, "/")
                return await post(target, address, b"{}", {}, seconds=20, lines=lines)

            await asks(send, lines)
            lines.close()

    asyncio.run(run())


def test_one_connection_serves_one_try_after_the_other() -> None:
    server = Server(OK)

    async def asks(send: Callable[..., Awaitable[Answer]], lines: Lines) -> None:
        for _ in range(5):
            assert (await send()).status == 200
        assert (server.connections, server.requests, len(lines)) == (1, 5, 1)

    told(server, asks)


def test_a_name_that_leads_elsewhere_is_spoken_to_anew() -> None:
    """The guard has judged another address, or another name: what was made for the first is over."""
    server = Server(OK)

    async def asks(send: Callable[..., Awaitable[Answer]], lines: Lines) -> None:
        assert (await send()).status == 200
        assert (await send(host="other.example")).status == 200
        assert (server.connections, len(lines)) == (2, 1)
        assert (await send(host="other.example", address=ip_address("127.0.0.2"))).status in (200, None)
        assert server.connections in (2, 3), "the line to the first address is not taken"
        assert len(lines) <= 1

    told(server, asks)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (OK, 1),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 0),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 0),
        (OK + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100_000, 0),
    ],
    ids=["usual", "closing", "old", "more than was asked", "too long"],
)
def test_only_a_connection_that_stands_where_the_next_answer_begins_is_kept(answer: bytes, kept: int) -> None:
    async def asks(send: Callable[..., Awaitable[Answer]], lines: Lines) -> None:
        assert (await send()).status == 200
        assert len(lines) == kept

    told(Server(answer), asks)


def test_a_server_that_hung_up_meanwhile_is_spoken_to_again() -> None:
    server = Server(OK, hangs_up=True)

    async def asks(send: Callable[..., Awaitable[Answer]], lines: Lines) -> None:
        for _ in range(3):
            assert (await send()).status == 200
            await asyncio.sleep(0)
        assert server.requests == 3

    told(server, asks)


def test_what_nobody_speaks_on_ends() -> None:
    async def asks(send: Callable[..., Awaitable[Answer]], lines: Lines) -> None:
        assert (await send()).status == 200
        lines._clock = lambda: 10 * IDLE_SECONDS + asyncio.get_running_loop().time()
        lines.drop_idle()
        assert len(lines) == 0

    told(Server(OK), asks)
