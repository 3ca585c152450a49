"""What a worker does: it makes a part by reading the ledger over a connection of its own.

The address of the database comes from the worker's own environment and is never sent. A worker of another
program, or with another database, makes nothing: what it made could differ by a cent and nobody would see.
"""

import functools
import hashlib
import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from psycopg import Connection, Cursor, OperationalError
from psycopg.rows import TupleRow

from api.cluster.failure import ClusterFailed
from api.embedded.account import default_home
from api.garbage import collect_seldom
from api.settings import SettingRefused, read_settings
from domain.journal.connection import connect

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")

LAST = "select position, content_hash from journal order by position desc limit 1"
SAME = """
select pg_is_in_recovery(),
    exists (select from journal where position = %(position)s and content_hash = %(content_hash)s)"""

COMPUTING = ("domain", "projections")
"""The packages on which every amount rests."""


class Order(NamedTuple):
    """For whom a part is made: by which program, and of which ledger.

    schemas: in which its tables are looked for. position, content_hash: of the last fact when the work began.
    """

    program: str
    schemas: tuple[str, ...]
    position: int
    content_hash: bytes


@functools.cache
def program() -> str:
    """Name and version of this program, and a digest of what computes in it."""
    told, root = hashlib.sha256(), Path(__file__).resolve().parents[2]
    for package in COMPUTING:
        for file in sorted((root / package).rglob("*.py")):
            told.update(file.relative_to(root).as_posix().encode() + b"\0")
            told.update(hashlib.sha256(file.read_bytes()).digest())
    return f"meritbook {version('meritbook')} ({told.hexdigest()[:12]})"


def order(dsn: str, schemas: tuple[str, ...]) -> Order:
    """What tells workers the ledger behind `dsn`."""
    with connect(dsn, *schemas, service=False) as connection:
        found = connection.execute(LAST).fetchone()
        position, content_hash = found or (0, b"")
        return Order(program(), schemas, position, content_hash)


def made(order: Order, make: Callable[[Cursor[Any], _Part], _Made], part: _Part) -> _Made:
    """The part, by this worker.

    Raises: ClusterFailed; the Refusals of `make`.
    """
    if order.program != program():
        raise ClusterFailed(
            f"{_here()} computes with {program()}, not with {order.program}.",
            "Install the same version of Meritbook on all workers, and start them again.",
        )
    collect_seldom()
    with _reading(order) as cursor:
        return make(cursor, part)


@contextmanager
def _reading(order: Order) -> Generator[Cursor[TupleRow]]:
    with _connected(order) as connection:
        connection.read_only = True
        with connection.transaction(), connection.cursor() as cursor:
            found = cursor.execute(SAME, order._asdict()).fetchone()
            if found != (False, order.position > 0):
                what = "a standby, which may lag behind" if found and found[0] else "another ledger"
                raise ClusterFailed(
                    f"{_here()} reads {what}.",
                    "Set MERITBOOK_DATABASE_URL of the worker to the database of this ledger.",
                )
            yield cursor


def _connected(order: Order) -> Connection[TupleRow]:
    """A connection as the service, whose password is in no message."""
    try:
        url = read_settings(os.environ, default_home()).database_url
    except SettingRefused as refused:
        raise ClusterFailed(f"{_here()} cannot read its settings: {refused}", "Mend them there.") from None
    if url is None:
        raise ClusterFailed(
            f"{_here()} has no database.", "Start it with MERITBOOK_DATABASE_URL in its environment."
        )
    try:
        return connect(url, *order.schemas)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[-1:] or ["no reason given"]
        raise ClusterFailed(
            f"{_here()} does not reach its database: {reason[0]}",
            "Check MERITBOOK_DATABASE_URL of the worker, and whether the database lets that machine in.",
        ) from None


def _here() -> str:
    return f"The worker {os.getpid()} on {socket.gethostname()}"
