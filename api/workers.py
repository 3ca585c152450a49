"""Several processes that serve one address together, and the one that looks after them.

It forks each of them and does nothing else: it opens no database and begins no thread, so that it can fork
again when one dies. They end with it, however it ends.
"""

import os
import select
import signal
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

log = structlog.get_logger("meritbook")

LOOK_SECONDS = 0.1
AGAIN_SECONDS = 1.0
"""Until a process that died is begun anew."""

FAILURES = 5
"""After so many starts of which none came to anything, another would mend nothing."""

STOP_SECONDS = 60.0
"""Longer than requests under way are waited for."""

Child = Callable[[Callable[[], None]], None]
"""Runs as a process of its own until SIGTERM; given what it calls when it is ready."""


class WorkersFailed(Exception):
    """A process does not stay alive. remedy: what to look at."""

    def __init__(self, detail: str) -> None:
        self.detail, self.remedy = detail, "What it said stands above, or in the log."
        super().__init__(f"{self.detail} {self.remedy}")


class Workers:
    """Processes by their names, begun in this order and ended in the reverse."""

    def __init__(self, children: Mapping[str, Child], on_ready: Callable[[], None]) -> None:
        self._children, self._on_ready = children, on_ready
        self._alive: dict[int, str] = {}
        self._ready: set[str] = set()
        self._failures = 0
        self._stopping = False
        self._lifeline, self._told = os.pipe(), os.pipe()

    def run(self) -> None:
        """Looks after them until SIGTERM or SIGINT; in each of them, returns when that has done its work.

        Raises: WorkersFailed.
        """
        ends = self._on_signal
        before: dict[int, Any] = {each: signal.signal(each, ends) for each in (signal.SIGTERM, signal.SIGINT)}
        first, *others = self._children
        for group in ([first], others):
            for name in group:
                if self._fork(name, before):
                    return
            while not self._stopping and not self._ready.issuperset(group):
                self._hear()
                for name, status in self._reaped():
                    self._end()
                    raise WorkersFailed(f"The process {name} ended before it was ready: {status}.")
        if not self._stopping:
            self._on_ready()
        while not self._stopping:
            self._hear()
            for name, status in self._reaped():
                log.error("worker_died", worker=name, status=status)
                self._count_failure(name, status)
                time.sleep(AGAIN_SECONDS)
                if not self._stopping and self._fork(name, before):
                    return
        self._end()

    def _fork(self, name: str, handlers: Mapping[int, Any]) -> bool:
        """Begins a process; whether this is it, and its work is done."""
        self._ready.discard(name)
        pid = os.fork()
        if pid:
            self._alive[pid] = name
            return False
        for each, handler in handlers.items():
            signal.signal(each, handler)
        os.close(self._lifeline[1])
        threading.Thread(target=_end_with, args=[self._lifeline[0]], name="lifeline", daemon=True).start()
        number = list(self._children).index(name)
        self._children[name](lambda: _tell(self._told[1], number))
        return True

    def _on_signal(self, *_: object) -> None:
        self._stopping = True

    def _hear(self) -> None:
        """Notes who is ready, or waits a moment."""
        if select.select([self._told[0]], [], [], LOOK_SECONDS)[0]:
            names = list(self._children)
            self._ready |= {names[number] for number in os.read(self._told[0], 64)}
            self._failures = 0

    def _reaped(self) -> list[tuple[str, int]]:
        """Who has ended, and how."""
        ended: list[tuple[str, int]] = []
        while self._alive:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            ended.append((self._alive.pop(pid), os.waitstatus_to_exitcode(status)))
        return ended

    def _count_failure(self, name: str, status: int) -> None:
        """Counts the death of a process that was not ready yet."""
        if name in self._ready:
            return
        self._failures += 1
        if self._failures >= FAILURES:
            self._end()
            raise WorkersFailed(f"The process {name} does not start any more, lastly with {status}.")

    def _end(self) -> None:
        """Ends them all, last begun first ended."""
        deadline = time.monotonic() + STOP_SECONDS
        first, *others = self._children
        for group in (others, [first]):
            for pid, name in self._alive.items():
                if name in group:
                    os.kill(pid, signal.SIGTERM)
            while any(name in group for name in self._alive.values()):
                self._reaped()
                if time.monotonic() > deadline:
                    for pid in self._alive:
                        os.kill(pid, signal.SIGKILL)
                time.sleep(LOOK_SECONDS / 2)


def _tell(told: int, number: int) -> None:
    os.write(told, bytes([number]))


def _end_with(lifeline: int) -> None:
    """Ends this process gently when whoever looks after it is gone."""
    os.read(lifeline, 1)
    os.kill(os.getpid(), signal.SIGTERM)
