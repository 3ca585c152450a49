"""Who uses the processor: a process and its threads, and the database server with all its backends."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import psutil
import psycopg


class Used(NamedTuple):
    """Seconds of processor. loop: of the first threads of the service's processes: their event loops."""

    service: float
    loop: float
    database: float

    def since(self, before: "Used") -> "Used":
        """What was used since `before`."""
        return Used(*(now - then for now, then in zip(self, before, strict=True)))


def database_process(dsn: str) -> psutil.Process | None:
    """The server's first process; None where it is on another machine."""
    with psycopg.connect(dsn) as connection, suppress(psutil.Error):
        backend = psutil.Process(connection.info.backend_pid)
        return backend.parent() if "postgres" in backend.name() else None
    return None


def used(service: int, database: psutil.Process | None) -> Used:
    """What they have used so far, with the processes of their own; of the database, backends that live."""
    process = psutil.Process(service)
    processes = [process, *process.children(recursive=True)]
    loops = sum(
        thread.user_time + thread.system_time
        for each in processes
        for thread in each.threads()
        if thread.id == each.pid
    )
    family = [] if database is None else [database, *database.children(recursive=True)]
    return Used(sum(_times(processes)), loops, sum(_times(family)))


def _times(processes: list[psutil.Process]) -> Iterator[float]:
    for process in processes:
        with suppress(psutil.Error, OSError):
            yield _seconds(process)


def _seconds(process: psutil.Process) -> float:
    """What a process used, with all its threads: on Linux by its own clock, which counts nanoseconds.

    The identifier is that of clock_getcpuclockid(3); the times in /proc tick in hundredths of a second.
    """
    if sys.platform == "linux":
        return time.clock_gettime((~process.pid << 3) | 2)
    times = process.cpu_times()
    return times.user + times.system


def load_of_machine() -> float:
    """How many want a processor at a time, over the last minute."""
    return os.getloadavg()[0]
