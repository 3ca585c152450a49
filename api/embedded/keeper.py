"""The keeper: a small detached process that starts the server, reaps it, and stops it after its last user.

Every user holds a shared lock on one file; the keeper waits for the exclusive one. The kernel grants it when
the last user has left, by stop(), by exit, or by kill -9. The keeper is no user's child: it outlives them.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from api.embedded.account import Account, clean_environment
from api.embedded.failure import EmbeddedFailed
from api.embedded.locks import try_lock
from api.embedded.process import stop_server

LAUNCH_SECONDS = 60.0
TRIM_SECONDS = 30.0
LOG_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a keeper is told: the server to launch (`command`) or, if that is empty, the one to adopt (`pid`).

    start_lock: descriptor that the keeper inherits and lets go once the server's process can be seen.
    """

    data: str
    users_lock: str
    keeper_lock: str
    log: str
    start_lock: int
    uid: int
    gid: int
    switched: bool
    command: tuple[str, ...] = ()
    pid: int = 0


def send_keeper(order: Order) -> int:
    """Starts a keeper and gives the pid of its server, which may still be recovering.

    Raises: EmbeddedFailed
    """
    root = str(Path(__file__).resolve().parents[2])
    try:
        answer = subprocess.run(
            [sys.executable, "-S", "-P", "-m", "api.embedded.keeper", json.dumps(asdict(order))],
            cwd="/",
            env={**clean_environment(), "PYTHONPATH": os.pathsep.join([root, *filter(None, sys.path)])},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LAUNCH_SECONDS,
            check=False,
            pass_fds=[order.start_lock],
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        reason = f"it did not answer in {LAUNCH_SECONDS:.0f} s"
    else:
        if answer.stdout.strip().isdecimal():
            return int(answer.stdout)
        reason = answer.stderr.strip()
    raise EmbeddedFailed(
        f"The keeper of the embedded PostgreSQL did not start its server: {reason}",
        remedy="correct what it names and start again.",
        log=Path(order.log),
    )


def trim(log: Path) -> None:
    """Keeps `log` and its predecessor within LOG_BYTES each.

    The server appends, so it goes on at the new end; lines of the very moment may be lost.
    """
    try:
        size = log.stat().st_size
        if size <= LOG_BYTES:
            return
        with log.open("rb") as file:
            file.seek(size - LOG_BYTES)
            kept = file.read(LOG_BYTES)
        before = log.with_suffix(".log.1")
        before.touch(mode=0o600)
        before.write_bytes(kept)
        os.truncate(log, 0)
    except OSError:
        return  # A full disk must not end the keeper.


def _launch(order: Order) -> subprocess.Popen[bytes]:
    account = Account(name="", uid=order.uid, gid=order.gid, switched=order.switched)
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    server = subprocess.Popen(
        order.command,
        cwd=order.data,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        umask=0o077,
        start_new_session=True,
        user=account.switch_user,
        group=account.switch_group,
        extra_groups=account.switch_extra_groups,
    )
    os.close(log)
    return server


def _dismiss(order: Order) -> None:
    """Waits until the last user has gone, then stops the server; meanwhile a new user waits for its turn."""
    users = os.open(order.users_lock, os.O_RDWR | os.O_CLOEXEC)
    fcntl.flock(users, fcntl.LOCK_EX)
    try:
        stop_server(Path(order.data))
    finally:
        os._exit(0)


def _trim_for_ever(log: Path, ended: threading.Event) -> None:
    while not ended.wait(TRIM_SECONDS):
        trim(log)


def main() -> None:
    """Runs as a process of its own; answers on standard output with the server's pid, then is silent."""
    order = Order(**json.loads(sys.argv[1]))
    if os.fork():
        os._exit(0)
    keeper_lock = try_lock(Path(order.keeper_lock), fcntl.LOCK_SH)
    try:
        server = _launch(order) if order.command else psutil.Process(order.pid)
    except (OSError, psutil.Error) as error:
        sys.exit(str(error))
    # A service manager that signals our whole group must not leave the server without a keeper.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    print(server.pid, flush=True)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    os.close(order.start_lock)
    dismissed = threading.Thread(target=_dismiss, args=(order,), daemon=True)
    dismissed.start()
    ended = threading.Event()
    threading.Thread(target=_trim_for_ever, args=(Path(order.log), ended), daemon=True).start()
    server.wait()
    assert keeper_lock is not None
    os._exit(0)


if __name__ == "__main__":
    main()
