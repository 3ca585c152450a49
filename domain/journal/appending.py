"""The one statement of the group commit, asked straight from the event loop over a connection of its own.

What a driver does for whatever may be asked of it (a cursor, the types of what it is given and answered, a
new look at the socket for each question) takes several times as long here as the way to the server.
"""

import asyncio
import datetime as dt
import select
import struct
from typing import Self

import msgspec
import psycopg
from psycopg import AsyncConnection
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow

from domain.journal.batch import WIRE_EPOCH, Batch, Opening, on_wire, opening

_NAME = b"append"
_STATEMENT = b"select head, recorded_at, known from journal_append($1, $2, $3)"
_JSON_OID, _INSTANT_OID = 114, 1184
_TYPES = _JSON_OID, _JSON_OID, _INSTANT_OID
_FORMATS = Format.TEXT, Format.TEXT, Format.BINARY
_NUMBER = struct.Struct("!q")


class Appending:
    """A connection that appends batches, one after another. To be used by one task at a time.

    prepares: the server is to keep the statement prepared, which it cannot where sessions are shared out.
    """

    def __init__(self, connection: AsyncConnection[TupleRow], *, prepares: bool) -> None:
        self._connection, self._server = connection, connection.pgconn
        self._prepares, self._is_prepared = prepares, False
        self._loop = asyncio.get_running_loop()
        self._socket = self._server.socket
        self._more = select.poll()
        self._more.register(self._socket, select.POLLIN)
        self._is_heard = True
        self._answer: asyncio.Future[PGresult] | None = None
        self._found: PGresult | None = None
        self._loop.add_reader(self._socket, self._heed)

    @classmethod
    async def connect(cls, conninfo: str, *, prepares: bool) -> Self:
        """A new connection.

        Raises: OperationalError.
        """
        return cls(await AsyncConnection.connect(conninfo, autocommit=True), prepares=prepares)

    async def append(self, batch: Batch, told_at: dt.datetime) -> Opening:
        """Writes the fresh drafts, or nothing if one of their keys is known.

        Raises: the error of the server, or OperationalError where the way to it is lost.
        """
        given = batch.claims(), batch.rows(), _NUMBER.pack(on_wire(told_at))
        if not self._prepares:
            self._server.send_query_params(_STATEMENT, given, _TYPES, _FORMATS, Format.BINARY)
        else:
            if not self._is_prepared:
                self._server.send_prepare(_NAME, _STATEMENT, _TYPES)
                await self._answered()
                self._is_prepared = True
            self._server.send_query_prepared(_NAME, given, _FORMATS, Format.BINARY)
        result = await self._answered()
        head, recorded_at, known = (result.get_value(0, column) for column in range(3))
        assert head is not None and recorded_at is not None, "the function always answers"
        instant = WIRE_EPOCH + dt.timedelta(microseconds=_NUMBER.unpack(recorded_at)[0])
        return opening((_NUMBER.unpack(head)[0], instant, known and msgspec.json.decode(known)))

    async def close(self) -> None:
        """Gives the connection back to the server."""
        self._let_go()
        await self._connection.close()

    async def _answered(self) -> PGresult:
        """What the server says to the question that was just asked."""
        answer = self._answer = self._loop.create_future()
        self._found = None
        self._send()
        result = await answer
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise psycopg.errors.error_from_result(result)
        return result

    def _send(self) -> None:
        """Sends what the socket takes; the rest when it takes more."""
        try:
            if self._server.flush():
                self._loop.add_writer(self._socket, self._send)
            else:
                self._loop.remove_writer(self._socket)
        except psycopg.OperationalError as error:
            self._fail(error)

    def _heed(self) -> None:
        """Takes in what came: an answer, a part of one, or that the server has gone.

        Of a connection that was reset uvloop tells once, and then no more: what came before the reset and the
        reset itself are taken in together.
        """
        try:
            while True:
                self._server.consume_input()
                if self._is_answered() or not self._more.poll(0):
                    return
        except psycopg.OperationalError as error:
            self._fail(error)

    def _is_answered(self) -> bool:
        """Whether the question that was asked has its answer now."""
        was_asked = self._answer is not None
        while self._answer is not None and not self._server.is_busy():
            result = self._server.get_result()
            if result is None:
                self._tell()
            else:
                self._found = result
        return was_asked and self._answer is None

    def _tell(self) -> None:
        answer, found, self._answer = self._answer, self._found, None
        if answer is None or answer.done():
            return
        if found is None:
            answer.set_exception(psycopg.OperationalError("the server has not answered"))
        else:
            answer.set_result(found)

    def _fail(self, error: psycopg.OperationalError) -> None:
        """Lets the socket go at once: its number may be somebody else's next."""
        self._let_go()
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)

    def _let_go(self) -> None:
        if self._is_heard:
            self._is_heard = False
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
