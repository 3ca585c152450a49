"""kill -9 of the user, the server, the keeper, or all of them: start() works, no acknowledged row is lost."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from faults.embedded_user import (
    User,
    as_root,
    count,
    data_of,
    is_empty,
    keepers_of,
    kill_inhabitants,
    server_of,
    table,
    until,
    write,
    write_many,
)
from psycopg import sql

from api.embedded import EmbeddedFailed, EmbeddedPostgres
from api.embedded.process import lives_in, postmaster

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("order", ["user", "server", "user server", "server user", "keeper server user"])
def test_no_acknowledged_row_is_lost(home: Path, order: str) -> None:
    """Rows committed one by one are all there after each kind of kill."""
    with User(home) as user:
        write(user.answer(), 50)
        victims = {"server": server_of(home), "keeper": keepers_of(home)[0]}
        for victim in order.split():
            user.kill() if victim == "user" else victims[victim].kill()
    began = time.monotonic()
    with EmbeddedPostgres(home) as server:
        print(f"start after kill of {order}: {time.monotonic() - began:.2f} s")
        assert count(server.dsn) == 50


def test_rows_acknowledged_up_to_the_kill_are_there(home: Path) -> None:
    """The server is killed in the midst of writing; what was acknowledged until then counts."""
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 0)
        acknowledged = 0
        killer = threading.Timer(0.3, server_of(home).kill)
        killer.start()
        with pytest.raises(psycopg.OperationalError), psycopg.connect(server.dsn, autocommit=True) as session:
            insert = sql.SQL("insert into {} values (1)").format(table())
            while True:
                session.execute(insert)
                acknowledged += 1
        killer.join()
        assert acknowledged > 0
        assert count(server.start()) in (acknowledged, acknowledged + 1)


def test_a_user_starts_the_killed_server_again_with_the_same_dsn(home: Path) -> None:
    """start() by who already holds on: pools need no new address."""
    with EmbeddedPostgres(home) as server:
        dsn = server.dsn
        write(dsn, 5)
        server_of(home).kill()
        assert server.start() == dsn
        assert count(dsn) == 5


def test_an_unreaped_zombie_is_not_a_running_server(home: Path) -> None:
    """The keeper, its parent, is suspended, so the killed server stays a zombie while we start."""
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 5)
        (keeper,) = keepers_of(home)
        keeper.suspend()
        until(lambda: keeper.status() == psutil.STATUS_STOPPED)
        try:
            dead = server_of(home)
            dead.kill()
            until(lambda: dead.status() == psutil.STATUS_ZOMBIE)
            assert postmaster(data_of(home)) is None
            assert count(server.start()) == 5
            assert server_of(home).pid != dead.pid
        finally:
            keeper.resume()
        until(lambda: not keeper.is_running())
        assert count(server.dsn) == 5


@pytest.mark.parametrize("thief", ["sleep", "postgres"])
def test_a_stale_pid_that_another_process_took_is_not_a_running_server(home: Path, thief: str) -> None:
    """Not even if that process is called postgres or runs as the same user; it is left alone."""
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 5)
    data = data_of(home)
    owner = data.stat()
    other = subprocess.Popen(
        [thief, "100"],
        executable="/bin/sleep",
        cwd="/",
        user=owner.st_uid if as_root else None,
        group=owner.st_gid if as_root else None,
    )
    try:
        socket = home / "postgres" / "socket"
        stale = f"{other.pid}\n{data}\n{int(time.time())}\n5432\n{socket}\n\n  1234  5678\nready   \n"
        (data / "postmaster.pid").write_text(stale)
        (socket / ".s.PGSQL.5432.lock").write_text(stale)
        assert postmaster(data) is None
        with EmbeddedPostgres(home) as server:
            assert count(server.dsn) == 5
            assert server_of(home).pid != other.pid
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("content", ["", "nonsense\n", "-5\n", "99999999999999999999\n", "1\n"])
def test_a_broken_pid_file_is_not_a_running_server(home: Path, content: str) -> None:
    """A crash of the machine can leave any bytes there."""
    (data_of(home) / "postmaster.pid").write_text(content)
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 1)


def test_a_live_server_without_its_pid_file_is_still_found(home: Path) -> None:
    """Alive is what a process is, not what a file says."""
    with EmbeddedPostgres(home):
        server = server_of(home)
        (data_of(home) / "postmaster.pid").rename(home / "aside")
        assert postmaster(data_of(home)) == server
        (home / "aside").rename(data_of(home) / "postmaster.pid")


def test_children_that_outlive_their_killed_server_are_cleared(home: Path) -> None:
    """A suspended backend would hold the old shared memory and make PostgreSQL refuse to start."""
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 5)
        with psycopg.connect(server.dsn) as session:
            backend = psutil.Process(session.info.backend_pid)
            backend.suspend()
            server_of(home).kill()
            assert count(server.start()) == 5
            assert not lives_in(backend, data_of(home))


def test_a_server_that_is_stopping_is_waited_for_and_replaced(home: Path) -> None:
    """Somebody sends it a shutdown behind our back."""
    with EmbeddedPostgres(home) as server:
        write(server.dsn, 5)
        old = server_of(home)
        old.send_signal(signal.SIGINT)
        assert count(server.start()) == 5
        assert server_of(home) != old


def test_recovery_is_waited_for_with_news(home: Path) -> None:
    """Starting up is no failure, even beyond the 10 s at which others give up."""
    with EmbeddedPostgres(home) as server:
        write_many(server.dsn, 600_000)
        kill_inhabitants(home)
        news: list[str] = []
        held = threading.Thread(target=_hold_recovery, args=(home, 12.5))
        held.start()
        began = time.monotonic()
        with EmbeddedPostgres(home, on_wait=news.append) as waiting:
            waited = time.monotonic() - began
            assert count(waiting.dsn) == 600_000
        held.join()
    assert waited > 12
    assert any("recovering" in line for line in news)


def _hold_recovery(home: Path, seconds: float) -> None:
    """Suspends the recovering process for a while, as a slow disk would."""

    def recovering() -> psutil.Process | None:
        server = postmaster(data_of(home))
        with suppress(psutil.NoSuchProcess):  # the killed one may be seen for the last time
            for child in server.children() if server else []:
                if any("startup" in word for word in child.cmdline()):
                    return child
        return None

    process = until(recovering)
    process.suspend()
    time.sleep(seconds)
    process.resume()


def test_too_long_a_recovery_fails_with_a_remedy_and_leaves_nothing_behind(home: Path) -> None:
    """The wait is bounded; the next start() repeats the recovery."""
    with EmbeddedPostgres(home) as server:
        write_many(server.dsn, 600_000)
        kill_inhabitants(home)
        until(lambda: not keepers_of(home))
    held = threading.Thread(target=_hold_recovery, args=(home, 3.0))
    held.start()
    with pytest.raises(EmbeddedFailed, match=r"(?s)Gave up after 1 s.*Remedy:.*end of"):
        EmbeddedPostgres(home, start_timeout_seconds=1.0).start()
    held.join()
    until(lambda: is_empty(home))
    with EmbeddedPostgres(home) as server:
        assert count(server.dsn) == 600_000


@pytest.mark.skipif(not as_root, reason="only root can give up the right to look at others' processes")
def test_root_of_a_container_who_may_not_see_working_directories_still_knows_its_server(home: Path) -> None:
    """Containers take CAP_SYS_PTRACE from root; the cluster's name then stands in for the directory."""
    limited = ["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"]
    with User(home, before=limited) as one, User(home, before=limited) as two:
        dsn = one.answer()
        assert two.answer() == dsn
        write(dsn, 5)
        server_of(home).kill()
        assert one.order("start") == dsn
        assert count(dsn) == 5
        one.kill()
        two.kill()
        until(lambda: is_empty(home))
    assert os.geteuid() == 0
