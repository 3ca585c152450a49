"""The files of a period, built once, on disk, and kept a while for whoever goes on or asks again."""

import asyncio
import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import structlog

from api.bulk.forms import Form, write
from api.bulk.tables import TABLES, Ask, Progress
from api.problems import DiskFull
from domain.period import Period

log = structlog.get_logger("meritbook")

MOST_FILES = 16
MOST_BYTES = 4 * 1024**3


class Wanted(NamedTuple):
    """Which file: what it holds, of which period, as known at which position, in which form."""

    table: str
    period: Period
    known_at: int
    form: Form

    @property
    def name(self) -> str:
        """What to call it."""
        return f"{self.table}-{self.period}-at-{self.known_at}.{self.form}"


class Built:
    """A file that is whole. It has no name in any directory, and is gone when nobody has it."""

    def __init__(self, opened: IO[bytes], rows: int, bytes: int, sha256: str) -> None:
        self._opened = opened
        self.rows, self.bytes, self.sha256 = rows, bytes, sha256
        self._readers, self._is_kept = 0, True

    def read(self, start: int, size: int) -> bytes:
        """At most `size` bytes from `start` on."""
        return os.pread(self._opened.fileno(), size, start)

    def __enter__(self) -> "Built":
        self._readers += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._readers -= 1
        self._close()

    def let_go(self) -> None:
        """Keeps it no longer than somebody reads it."""
        self._is_kept = False
        self._close()

    def _close(self) -> None:
        if not self._is_kept and not self._readers:
            self._opened.close()


class Building:
    """Builds what is asked for, one file at a time, whoever goes away meanwhile, and keeps the last ones."""

    def __init__(self, ask: Ask, home: Path) -> None:
        self._ask, self._home = ask, home
        self._kept: dict[Wanted, Built] = {}
        self._under_way: dict[Wanted, asyncio.Task[Built]] = {}
        self._shares: dict[Wanted, float] = {}
        self._turn = asyncio.Lock()

    async def built(self, wanted: Wanted) -> Built:
        """The file.

        Raises: DiskFull.
        """
        if found := self._kept.pop(wanted, None):
            self._kept[wanted] = found
            return found
        task = self._under_way.get(wanted)
        if task is None:
            task = self._under_way[wanted] = asyncio.create_task(self._build(wanted))
            task.add_done_callback(lambda done: self._done(wanted, done))
        return await asyncio.shield(task)

    def share(self, files: Sequence[Wanted]) -> float:
        """How much of `files`, which are built one after the other, stands by now: 1 for all of it."""
        stands = (1.0 if each in self._kept else self._shares.get(each, 0.0) for each in files)
        return sum(stands) / len(files)

    async def _build(self, wanted: Wanted) -> Built:
        def told(share: float) -> None:
            self._shares[wanted] = share

        async with self._turn:
            made = await asyncio.to_thread(build, wanted, self._ask, self._home, told)
        log.info("export_built", file=wanted.name, rows=made.rows, bytes=made.bytes)
        self._kept[wanted] = made
        while len(self._kept) > MOST_FILES or sum(each.bytes for each in self._kept.values()) > MOST_BYTES:
            oldest = next(iter(self._kept))
            if oldest == wanted:
                break
            self._kept.pop(oldest).let_go()
        return made

    def _done(self, wanted: Wanted, task: "asyncio.Task[Built]") -> None:
        del self._under_way[wanted]
        self._shares.pop(wanted, None)
        if not task.cancelled() and task.exception() is not None:
            log.warning("export_failed", file=wanted.name, error=type(task.exception()).__name__)


def build(wanted: Wanted, ask: Ask, home: Path, told: Progress) -> Built:
    """The file, in bounded memory. told: what share of it is written.

    Raises: DiskFull.
    """
    table = TABLES[wanted.table]
    opened = tempfile.TemporaryFile(dir=home)  # noqa: SIM115  it lives on
    try:
        sink = _Sink(opened)
        rows = write(wanted.form, table, table.batches(ask, wanted.period, wanted.known_at, told), sink)
        opened.flush()
    except BaseException as error:
        opened.close()
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                field="",
                detail="The disk of the service has no room for the file.",
                remedy="Ask again when whoever runs the service has made room.",
            ) from None
        raise
    return Built(opened, rows, sink.bytes, sink.sha256.hexdigest())


class _Sink:
    """A file, how long it is, and its digest."""

    def __init__(self, opened: IO[bytes]) -> None:
        self._write: Callable[[bytes], int] = opened.write
        self.sha256, self.bytes, self.closed = hashlib.sha256(), 0, False

    def write(self, content: bytes, /) -> int:
        """Adds `content`."""
        self.sha256.update(content)
        self.bytes += len(content)
        return self._write(content)

    def flush(self) -> None:
        """Nothing waits in here."""

    def close(self) -> None:
        """The file outlives whoever wrote it."""
