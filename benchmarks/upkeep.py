"""What a database server does of its own accord, apart from what it is asked: cleaning and writing back.

Its autovacuum, checkpoints and writers run when they think fit, minutes after the work that made them
necessary, and so fall by chance on whatever is measured then.
"""

import re
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import psutil

LOOK_SECONDS = 0.1
"""What a cleaner used in the last moments before it ended, shorter than this, is not seen."""

TITLE = "postgres: "
"""So begins what a process calls itself, as soon as it knows what it is for."""

OWN = re.compile(
    r"(\S+: )?(autovacuum|checkpointer|background writer|walwriter|io worker|logger|archiver"
    r"|logical replication launcher)"
)
"""What those call themselves that the server has for itself."""


class Upkeep:
    """Looks at the server's processes while it is open, and adds up what its own have used."""

    def __init__(self, server: psutil.Process | None) -> None:
        self.server = server
        self._own: dict[int, psutil.Process] = {}
        self._others: set[int] = set()
        self._used: dict[int, float] = {}
        self._ended = 0.0
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def seconds(self) -> float:
        """What they have used so far."""
        with self._lock:
            self._look()
            return self._ended + sum(self._used.values())

    def _look_on(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            with self._lock:
                self._look()

    def _look(self) -> None:
        living = self._children()
        for pid in self._own.keys() - living:
            del self._own[pid]
            self._ended += self._used.pop(pid, 0.0)
        self._others &= living
        for pid in living - self._own.keys() - self._others:
            self._sort(pid)
        for pid, process in self._own.items():
            with suppress(psutil.Error):
                self._used[pid] = sum(process.cpu_times()[:2])

    def _sort(self, pid: int) -> None:
        """Who it is; one that has only begun does not say so yet."""
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            title = " ".join(process.cmdline())
            if OWN.match(title.removeprefix(TITLE)):
                self._own[pid] = process
            elif title.startswith(TITLE):
                self._others.add(pid)

    def _children(self) -> set[int]:
        """By the list the kernel keeps where it does: to look through all processes takes milliseconds."""
        if self.server is None:
            return set()
        try:
            with open(f"/proc/{self.server.pid}/task/{self.server.pid}/children", encoding="ascii") as file:
                return set(map(int, file.read().split()))
        except OSError:
            return {child.pid for child in self.server.children()}
