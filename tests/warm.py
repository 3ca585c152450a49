"""Processes of the command line that begin with its modules imported: forks of one process that waits.

A process that imports them all itself spends a second of a core on it, and the tests start hundreds. A fork
is as real: it has a process id, an environment and files of its own, and can be killed.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import IO

import psutil

MESSAGE = 1 << 20
STREAMS = 3
MODULES = ("api.cli", "api.app", "api.serve", "uvicorn.protocols.http.httptools_impl", "uvicorn.lifespan.on")


class Warm(psutil.Process):
    """A process begun warm; used as one of subprocess is."""

    def __init__(self, arguments: Sequence[str], link: socket.socket) -> None:
        self.arguments, self._link = arguments, link
        self.returncode: int | None = None
        super().__init__(int(link.recv(MESSAGE)))

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""
        if self.returncode is None and select.select([self._link], [], [], 0)[0]:
            self._take()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """How it ended: its exit status, or the signal that killed it as a negative number.

        Raises: subprocess.TimeoutExpired.
        """
        if self.returncode is None:
            if not select.select([self._link], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.arguments, timeout or 0)
            self._take()
        assert self.returncode is not None
        return self.returncode

    def _take(self) -> None:
        self.returncode = int(self._link.recv(MESSAGE))
        self._link.close()


def start(
    *arguments: str,
    environment: Mapping[str, str],
    folder: str | None = None,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
    stderr: IO[bytes] | None = None,
) -> Warm:
    """A process that runs the command line with these arguments, here or in `folder`.

    Streams not given lead nowhere.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs, open(os.devnull, "r+b") as nowhere:
        streams = [(stream or nowhere).fileno() for stream in (stdin, stdout, stderr)]
        asked = json.dumps([arguments, dict(environment), folder or os.getcwd()]).encode()
        socket.send_fds(_waiting(), [asked], [*streams, theirs.fileno()])
    return Warm(arguments, ours)


@functools.cache
def _waiting() -> socket.socket:
    """The line to the process that waits with everything imported; it ends when the line does."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with theirs:
        waiting = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], env=environment
        )

    def end() -> None:
        ours.close()
        waiting.wait(timeout=60)

    atexit.register(end)
    return ours


def _wait_for_work(line: socket.socket) -> None:
    """Forks once for every message, tells each asker how its fork ended, and returns only in a fork."""
    for module in MODULES:
        importlib.import_module(module)
    for found in pkgutil.iter_modules(importlib.import_module("api.cli").__path__, "api.cli."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    gc.collect()
    gc.freeze()
    ended, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    links: dict[int, socket.socket] = {}
    while True:
        ready = select.select([line, ended], [], [])[0]
        if ended in ready:
            ended.recv(MESSAGE)
            _tell_ended(links)
        if line in ready:
            asked, streams, _, _ = socket.recv_fds(line, MESSAGE, STREAMS + 1)
            if not asked:
                sys.exit()
            link = socket.socket(fileno=streams.pop())
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                for open_here in (line, ended, wake, link, *links.values()):
                    open_here.close()
                _become(streams, *json.loads(asked))
                return
            link.send(str(child).encode())
            links[child] = link
            for stream in streams:
                os.close(stream)


def _tell_ended(links: dict[int, socket.socket]) -> None:
    """Sends how they ended to those who started them."""
    while links:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            return
        with links.pop(child) as link, contextlib.suppress(OSError):
            link.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(streams: list[int], arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Takes on what the asker gave, as if begun with it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    time.tzset()
    random.seed()
    sys.argv[:] = ["-c", *arguments]


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as forks_are_asked_for_here:
        _wait_for_work(forks_are_asked_for_here)
    from api.cli import main

    main()
