"""Whether a server lives in a data directory, and how it is stopped."""

import hashlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from api.embedded.failure import EmbeddedFailed

FAST_STOP_SECONDS = 300.0
HARD_STOP_SECONDS = 10.0
ORPHAN_SECONDS = 2.0
POLL_SECONDS = 0.01
STATUS_LINE = 7


def cluster_name(data: Path) -> str:
    """A name that all processes of the server in `data` carry in their title."""
    return f"meritbook-{hashlib.sha256(os.path.realpath(data).encode()).hexdigest()[:12]}"


def lives_in(process: psutil.Process, data: Path) -> bool:
    """Whether `process` is a live, non-zombie process named postgres whose working directory is `data`."""
    try:
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        try:
            return process.cwd() == os.path.realpath(data)
        except psutil.AccessDenied:
            # Root without CAP_SYS_PTRACE, as in a container, may not see another user's directory.
            return cluster_name(data) in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def inhabitants(data: Path) -> list[psutil.Process]:
    """Every live process of a server in `data`, also those whose postmaster is dead."""
    return [process for process in psutil.process_iter() if lives_in(process, data)]


def postmaster(data: Path) -> psutil.Process | None:
    """The server of `data` if it is alive, whatever its pid file says."""
    pid_file = read_pid_file(data)
    if (
        pid_file is not None
        and (named := process_of(pid_file.pid)) is not None
        and _is_postmaster(named, data)
    ):
        return named
    return next((process for process in inhabitants(data) if _is_postmaster(process, data)), None)


def process_of(pid: int) -> psutil.Process | None:
    """The process that has `pid` now, if any."""
    try:
        return psutil.Process(pid)
    except (psutil.NoSuchProcess, ValueError):
        return None


def _is_postmaster(process: psutil.Process, data: Path) -> bool:
    """Whether it is the server, not one of its children (which are titled, or have a server as parent)."""
    try:
        if not lives_in(process, data) or "".join(process.cmdline()).startswith("postgres:"):
            return False
        parent = process.parent()
        return parent is None or not lives_in(parent, data)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@dataclass(frozen=True, kw_only=True)
class PidFile:
    """What postmaster.pid claims; a claim only, for pids are used again."""

    pid: int
    status: str


def read_pid_file(data: Path) -> PidFile | None:
    """The claim of `data`/postmaster.pid; status is "" until the server writes it."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    return PidFile(pid=pid, status=lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else "")


def status(pid: int, data: Path) -> str:
    """`starting`, `ready` or `stopping` as the server `pid` itself says; "" when it has not spoken yet."""
    pid_file = read_pid_file(data)
    return pid_file.status if pid_file is not None and pid_file.pid == pid else ""


def stop_server(data: Path) -> None:
    """Ends whatever server lives in `data`: politely, then hard; acknowledged rows are durable either way.

    Raises: EmbeddedFailed
    """
    server = postmaster(data)
    if server is not None and not _ended([server], signal.SIGINT, FAST_STOP_SECONDS):
        _ended([server], signal.SIGQUIT, HARD_STOP_SECONDS)
    clear_remains(data)


def clear_remains(data: Path) -> None:
    """Removes what a killed server left in `data`: processes without their postmaster, and its pid file.

    Call it only when nobody else can start a server there. PostgreSQL itself would refuse to start over a pid
    file whose pid now belongs to any other live process.

    Raises: EmbeddedFailed
    """
    if not _all_gone(inhabitants(data), ORPHAN_SECONDS):
        # Without their postmaster they can commit nothing more, and recovery reads only the log.
        stubborn = inhabitants(data)
        if not _ended(stubborn, signal.SIGKILL, HARD_STOP_SECONDS):
            raise EmbeddedFailed(
                f"Processes {[process.pid for process in stubborn]} of a dead server do not leave {data}.",
                remedy="see whether the disk still answers, then end them.",
            )
    (data / "postmaster.pid").unlink(missing_ok=True)


def _ended(processes: list[psutil.Process], number: signal.Signals, seconds: float) -> bool:
    """Signals processes and waits; true when all have gone. psutil never signals a reused pid."""
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue
    return _all_gone(processes, seconds)


def _all_gone(processes: list[psutil.Process], seconds: float) -> bool:
    """Waits; a zombie has gone, for it holds nothing, whenever its parent reaps it."""
    deadline = time.monotonic() + seconds
    while not all(_gone(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
