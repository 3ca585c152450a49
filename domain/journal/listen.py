"""Waiting for new facts: PostgreSQL's NOTIFY as a wake-up, never as the news itself."""

import select
import socket
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import psycopg
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from domain.journal.connection import channel, connect


class Wakeup:
    """Ends a follower's pause when something happened, facts being appended for one, or when somebody rings.

    The follower looks for itself after every pause, for a wake-up may be lost or vain.
    heard: names the channel of a ledger.
    """

    def __init__(self, dsn: str, schema: str, heard: Callable[[str], str] = channel) -> None:
        self._dsn, self._schema, self._channel = dsn, schema, heard(schema)
        self._connection: Connection[TupleRow] | None = None
        self._bell, self._rope = socket.socketpair()
        self._rope.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait(self, seconds: float) -> None:
        """Returns when it is time to look, after at most `seconds`.

        A lost connection ends the pause, and the next call makes a new one.
        """
        if self._connection is None:
            try:
                # What was appended before the LISTEN woke nobody, so it is time to look.
                self._connection = self._listen()
                return
            except psycopg.OperationalError:
                pass  # the server is away: only time or the bell can end the pause
        ways = [self._bell] if self._connection is None else [self._bell, self._connection]
        ready, _, _ = select.select(ways, [], [], seconds)
        if self._bell in ready:
            self._bell.recv(4096)
        if self._connection in ready:
            self._heed(self._connection)

    def ring(self) -> None:
        """Ends the pause of whoever waits, from any thread."""
        with suppress(BlockingIOError):  # it rings already
            self._rope.send(b"!")

    def close(self) -> None:
        """Gives connection and bell back."""
        self._hang_up()
        self._bell.close()
        self._rope.close()

    def _listen(self) -> Connection[TupleRow]:
        connection = connect(self._dsn, self._schema, autocommit=True)
        connection.execute(sql.SQL("listen {}").format(sql.Identifier(self._channel)))
        return connection

    def _heed(self, connection: Connection[TupleRow]) -> None:
        try:
            connection.pgconn.consume_input()
            while connection.pgconn.notifies():
                pass
        except psycopg.OperationalError:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
