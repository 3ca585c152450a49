"""A process that uses the embedded server, for tests to kill; and the tests' hold on it.

Run as a program it starts the server, prints its DSN, then obeys one order a line.
"""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg
from psycopg import sql

from api.embedded import EmbeddedFailed, EmbeddedPostgres
from api.embedded.process import inhabitants, postmaster

TABLE = "EMBEDDED_TEST_TABLE"  # A table of its own lets a test share a home with others.
ROOT = Path(__file__).resolve().parents[2]
as_root = os.geteuid() == 0
FOREIGN_UID = 64_321
SHARED = "/dev/shm/PostgreSQL."
ORDINARY_UID = pwd.getpwnam("nobody").pw_uid


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def as_foreigner(*command: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as a local user who has nothing to do with us."""
    return subprocess.run(
        command,
        cwd="/",
        user=FOREIGN_UID,
        group=FOREIGN_UID,
        extra_groups=(),
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )


def until(true: Callable[[], Any], *, seconds: float = 60.0) -> Any:
    """Waits for `true()`, bounded, and gives what it gave."""
    deadline = time.monotonic() + seconds
    while not (value := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    return value


@contextmanager
def new_home(where: Path = Path("/tmp")) -> Generator[Path]:
    """A home that does not exist yet, by a short path that the server's user can pass (pytest's are 0700)."""
    place = Path(tempfile.mkdtemp(prefix="merit-", dir=where))
    place.chmod(0o711)
    try:
        yield place / "home"
        until(lambda: is_empty(place / "home"), seconds=60.0)
    finally:
        kill_inhabitants(place / "home")
        shutil.rmtree(place, ignore_errors=True)


def kill_inhabitants(home: Path) -> None:
    """Kills every process of the server at once; the end of one may end the others first.

    What they share in memory goes too: only another server over the same data would clear it away.
    """
    processes, shared = inhabitants(data_of(home)), set[str]()
    for process in processes:
        with suppress(psutil.Error):
            shared |= {each.path for each in process.memory_maps() if each.path.startswith(SHARED)}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for path in shared:
        Path(path).unlink(missing_ok=True)


class User:
    """Another process that uses the server of `home`; killed at the end of the block."""

    def __init__(
        self,
        home: Path,
        *,
        python: str = sys.executable,
        uid: int | None = None,
        before: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self.process = subprocess.Popen(
            [*before, python, __file__, str(home), json.dumps(options)],
            cwd="/",
            env={
                "PATH": os.environ["PATH"],
                TABLE: os.environ.get(TABLE, "acknowledged"),
                "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=uid,
            group=uid,
            extra_groups=None if uid is None else (),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)

    def answer(self) -> str:
        """Its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def order(self, line: str) -> str:
        """Its answer to an order."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Ends it and waits for its end."""
        self.process.send_signal(number)
        self.process.communicate(timeout=60)


def data_of(home: Path) -> Path:
    """Where the server of `home` keeps its data."""
    return home / "postgres" / "data"


def server_of(home: Path) -> psutil.Process:
    """The live server of `home`."""
    server = postmaster(data_of(home))
    assert server is not None
    return server


def is_empty(home: Path) -> bool:
    """Whether no process of a server is left in `home`."""
    return not inhabitants(data_of(home))


def keepers_of(home: Path) -> list[psutil.Process]:
    """The live keepers of `home`."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if alive and "api.embedded.keeper" in words and str(data_of(home)) in " ".join(words):
            found.append(process)
    return found


def table() -> sql.Identifier:
    """Where the rows of this test are."""
    return sql.Identifier(os.environ.get(TABLE, "acknowledged"))


def count(dsn: str) -> int:
    """How many rows there are."""
    with psycopg.connect(dsn) as session:
        row = session.execute(sql.SQL("select count(*) from {}").format(table())).fetchone()
        assert row is not None
        return int(row[0])


def write(dsn: str, rows: int) -> None:
    """Writes rows, each in a commit of its own; on return all are acknowledged."""
    with psycopg.connect(dsn, autocommit=True) as session:
        session.execute(sql.SQL("create table if not exists {} (n int)").format(table()))
        for n in range(rows):
            session.execute(sql.SQL("insert into {} values (%s)").format(table()), [n])


def write_many(dsn: str, rows: int) -> None:
    """Writes rows in one commit."""
    write(dsn, 0)
    with psycopg.connect(dsn) as session:
        session.execute(sql.SQL("insert into {} select generate_series(1, %s)").format(table()), [rows])


def main() -> None:
    """Obeys: write N, start, stop, fork-and-stop; at the end of the input it exits without stopping."""
    options = json.loads(sys.argv[2])
    if "bin_dir" in options:
        options["bin_dir"] = Path(options["bin_dir"])
    server = EmbeddedPostgres(Path(sys.argv[1]), **options)
    try:
        print(server.start(), flush=True)
    except EmbeddedFailed as failure:
        sys.exit(print(f"failed: {failure}"))
    for line in sys.stdin:
        match line.split():
            case ["write", rows]:
                write(server.dsn, int(rows))
                print("written", flush=True)
            case ["start"]:
                print(server.start(), flush=True)
            case ["stop"]:
                server.stop()
                print("stopped", flush=True)
            case ["fork-and-stop"]:
                if (child := os.fork()) == 0:
                    server.stop()
                    os._exit(0)
                os.waitpid(child, 0)
                print("forked", flush=True)
            case _:
                print(f"unknown order {line}", flush=True)


if __name__ == "__main__":
    main()
