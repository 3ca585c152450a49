"""The connection of the group commit: what it answers is what a driver would, and a lost one says so."""

import asyncio
import datetime as dt
import select
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

import psycopg
import pytest
import uvloop
from given import LEDGER, NOW, drafted, visits
from psycopg.conninfo import make_conninfo

from domain.journal.append import Journal
from domain.journal.appending import Appending
from domain.journal.batch import Batch

WAYS = [True, False]
"""Whether the server keeps the statement prepared."""

TEXT = "x" * 100_000
"""More of it than a socket takes at a time."""


SAID_LAST = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to unexpected postmaster exit\0\0"
LAST_WORDS = b"E" + (4 + len(SAID_LAST)).to_bytes(4, "big") + SAID_LAST
"""The message of a session whose server was killed."""


def play(journal: Journal, scene: Callable[[Appending], Awaitable[None]], prepares: bool = True) -> None:
    """Runs `scene` with a connection, and closes it."""

    async def run() -> None:
        appending = await Appending.connect(journal.conninfo, prepares=prepares)
        try:
            await asyncio.wait_for(scene(appending), 60)
        finally:
            await appending.close()

    uvloop.run(run())


@pytest.mark.parametrize("prepares", WAYS)
def test_what_is_new_is_written_and_what_is_known_is_told(journal: Journal, prepares: bool) -> None:
    first, second = drafted(), drafted()
    later = NOW + dt.timedelta(microseconds=250_001)

    async def scene(appending: Appending) -> None:
        opened = await appending.append(Batch([first]), NOW)
        assert (opened.head, opened.recorded_at, opened.known) == (0, NOW, {})
        again = await appending.append(Batch([first, second]), later)
        said = again.known[first.source, first.key]
        assert (said.content_hash, said.receipt.position) == (first.content_hash, 1)
        assert said.receipt.recorded_at == NOW and [*again.known] == [(first.source, first.key)]
        opened = await appending.append(Batch([second]), later)
        assert (opened.head, opened.recorded_at) == (1, later)

    play(journal, scene, prepares)
    assert [(each.key, each.recorded_at) for each in journal.read()] == [
        (first.key, NOW),
        (second.key, later),
    ]


def test_more_than_a_socket_takes_at_once_is_written_whole(journal: Journal) -> None:
    large = [draft._replace(data=b'{"note":"%s"}' % TEXT.encode()) for draft in visits(100)]

    async def scene(appending: Appending) -> None:
        assert (await appending.append(Batch(large), NOW)).head == 0

    play(journal, scene)
    assert {len(each.data) for each in journal.read()} == {len(large[0].data)}
    assert journal.head() == 100


def test_what_the_server_refuses_leaves_the_connection_as_it_was(journal: Journal) -> None:
    broken = drafted()._replace(data=b'{"note":')

    async def scene(appending: Appending) -> None:
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            await appending.append(Batch([broken]), NOW)
        assert (await appending.append(Batch([drafted()]), NOW)).head == 0

    play(journal, scene)


def test_a_server_that_has_gone_while_nobody_asked_is_noticed(journal: Journal, ledger_dsn: str) -> None:
    async def scene(appending: Appending) -> None:
        await appending.append(Batch([drafted()]), NOW)
        async with await psycopg.AsyncConnection.connect(ledger_dsn, autocommit=True) as killer:
            await killer.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                "where datname = current_database() and application_name = %s and pid <> pg_backend_pid()",
                [f"meritbook {LEDGER}"],
            )
        with pytest.raises(psycopg.OperationalError):
            await appending.append(Batch([drafted()]), NOW)

    play(journal, scene)
    assert journal.head() == 1


def _carry(listener: socket.socket, server: socket.socket) -> None:
    """Carries a session until it asks to append; then says the last words, and leaves the question unread."""
    client, _ = listener.accept()
    with listener, server, client:
        while ready := select.select([client, server], [], [], 60)[0]:
            if server in ready:
                client.sendall(server.recv(65_536))
            if client in ready:
                asked = client.recv(65_536, socket.MSG_PEEK)
                if not asked or b"journal_append" in asked:
                    client.sendall(LAST_WORDS)
                    return  # the kernel resets a connection with something unread
                server.sendall(client.recv(len(asked)))


@contextmanager
def dying(conninfo: str) -> Generator[str]:
    """The address of a server that is killed when it is asked to append."""
    with psycopg.connect(conninfo) as probe:
        host, port = probe.info.host, probe.info.port
    family = socket.AF_UNIX if host.startswith("/") else socket.AF_INET
    server = socket.socket(family)
    server.connect(f"{host}/.s.PGSQL.{port}" if family is socket.AF_UNIX else (host, port))
    listener = socket.create_server(("127.0.0.1", 0))
    carrying = threading.Thread(target=_carry, args=[listener, server])
    here = {"host": "127.0.0.1", "port": listener.getsockname()[1], "sslmode": "disable"}
    carrying.start()
    yield make_conninfo(conninfo, **here, gssencmode="disable")
    carrying.join(60)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("prepares", WAYS)
def test_a_server_that_is_killed_while_it_is_asked_is_noticed(
    journal: Journal, run: Callable[[Awaitable[None]], None], prepares: bool
) -> None:
    """Its last words and the reset of the connection come at once; uvloop tells of both together, once."""

    async def scene(conninfo: str) -> None:
        appending = await Appending.connect(conninfo, prepares=prepares)
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(appending.append(Batch([drafted()]), NOW), 60)
        await appending.close()

    with dying(journal.conninfo) as conninfo:
        run(scene(conninfo))
    assert journal.head() == 0
