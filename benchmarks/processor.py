"""Who uses the processor: a process and its threads, and the database server with all its backends."""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

import psutil
import psycopg


class Used(NamedTuple):
    """Seconds of processor. loop: of the service's first thread, which is its event loop."""

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
    """What they have used so far; of the database, backends that live."""
    process = psutil.Process(service)
    threads = {thread.id: thread.user_time + thread.system_time for thread in process.threads()}
    family = [] if database is None else [database, *database.children(recursive=True)]
    return Used(sum(threads.values()), threads[service], sum(_times(family)))


def _times(processes: list[psutil.Process]) -> Iterator[float]:
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            yield times.user + times.system


def load_of_machine() -> float:
    """How many want a processor at a time, over the last minute."""
    return os.getloadavg()[0]
